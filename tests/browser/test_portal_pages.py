"""Every kind of portal page, in three languages, on a phone and on a desk, light and dark."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site
from tests.browser.looking import PHONE, Looker, Walk, walk

pytestmark = [pytest.mark.browser]
LANGUAGES = ("kk", "ru", "en")
# every page that the house promises to the public and that links lead to
PROMISED = """about act acts address appeal appeal_new catalogue contract contracts data effects
entry home law ledger map outage outages producer producers product programme project projects
region regions run section tender tenders trace utilities utility"""
_walks: dict[str, Walk] = {}


def pages_in(site: Site, language: str) -> Walk:
    """Walk the portal once per language."""
    if language not in _walks:
        _walks[language] = walk(site.address, f"/{language}/")
    return _walks[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_portal_pages_are_sound(site: Site, page: Page, axe: str, language: str):
    looker = Looker(page, site.address, axe)
    turn = LANGUAGES.index(language)
    for place, path in enumerate(pages_in(site, language).pages.values()):
        looker.look(path, with_colors=place % 3 == turn)
    assert not looker.faults, "\n".join(looker.faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_of_the_portal_lead_to_every_kind_of_page(site: Site, language: str):
    found = pages_in(site, language)
    assert not found.broken, "\n".join(found.broken)
    assert not {f"portal:{name}" for name in PROMISED.split()}.difference(found.pages)


def test_the_portal_works_without_scripts(site: Site, browser: Browser):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    empty = []
    for kind, path in pages_in(site, "ru").pages.items():
        page.goto(site.address + path)
        if len(page.inner_text("main").strip()) < 40:
            empty.append(f"{kind} {path}")
    context.close()
    assert not empty
