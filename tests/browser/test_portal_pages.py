"""Every kind of portal page, in three languages, on a phone and on a desk, light and dark."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.looking import Looker, Walk, walk

pytestmark = [pytest.mark.crawl, pytest.mark.browser]
SCREENS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
_walks: dict[str, Walk] = {}


def pages_in(site: Site, language: str) -> Walk:
    """Walk the portal once per language."""
    if language not in _walks:
        _walks[language] = walk(site.address, f"/{language}/")
    return _walks[language]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_link_of_the_portal_is_broken(site: Site, language: str):
    found = pages_in(site, language)
    assert not found.broken, "\n".join(found.broken)


def test_the_three_languages_have_the_same_kinds_of_pages(site: Site):
    kinds = {language: set(pages_in(site, language).pages) for language in ("kk", "ru", "en")}
    assert kinds["kk"] == kinds["ru"] == kinds["en"]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_portal_pages_are_sound(site: Site, browser: Browser, axe: str, language: str, screen: str):
    context = browser.new_context(viewport=SCREENS[screen], locale=language)
    looker = Looker(context, site.address, axe)
    for path in pages_in(site, language).pages.values():
        looker.look(path)
    context.close()
    assert not looker.faults, "\n".join(looker.faults)


def test_portal_pages_are_sound_in_the_dark(site: Site, browser: Browser, axe: str):
    context = browser.new_context(viewport=SCREENS["phone"], color_scheme="dark")
    looker = Looker(context, site.address, axe)
    for path in pages_in(site, "kk").pages.values():
        looker.look(path)
    context.close()
    assert not looker.faults, "\n".join(looker.faults)


def test_the_portal_works_without_scripts(site: Site, browser: Browser):
    context = browser.new_context(java_script_enabled=False, viewport=SCREENS["phone"])
    page = context.new_page()
    empty = []
    for kind, path in pages_in(site, "ru").pages.items():
        page.goto(site.address + path)
        if len(page.inner_text("main").strip()) < 40:
            empty.append(f"{kind} {path}")
    context.close()
    assert not empty
