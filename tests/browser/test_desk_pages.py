"""The desk of every role: signed in, its home, and one page of each kind that it links to."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from qaita.accounts.roles import GIVEN_ROLES
from tests.browser.conftest import Site
from tests.browser.looking import Looker, Walk, walk
from tests.browser.signing_in import sign_in

pytestmark = [pytest.mark.browser]
LANGUAGES = ("kk", "ru", "en")
AXE = "axe"
# pages of people, keys and organisations are the same for all: two roles look at them
KEEPERS = ("utility_head", "sysadmin")
# kinds of pages, and languages in which a role looked at them, or axe
_seen: set[tuple[str, str]] = set()


def pages_of(window: BrowserContext, site: Site, role: str, language: str) -> Walk:
    """Follow the links of a role's desk."""

    def fetch(address: str) -> tuple[int, str, str]:
        answer = window.request.get(address)
        kind = answer.headers.get("content-type", "")
        return answer.status, kind, answer.text() if "html" in kind else ""

    skip = ("account",) if role in KEEPERS else ("account", "desk/accounts")
    return walk(site.address, f"/{language}/desk/", fetch=fetch, skip=skip, within="desk")


@pytest.mark.parametrize("role", GIVEN_ROLES)
def test_the_desk_of_each_role_is_sound(site: Site, window: BrowserContext, axe: str, role: str):
    """Axe looks in one language per role; words, width, policy and console in all three.

    What another role has looked at is not looked at in full again: each role's own home is, and
    of the other kinds of pages its words, width, policy and console, in its own language.
    """
    page = window.new_page()
    own = LANGUAGES[GIVEN_ROLES.index(role) % 3]
    sign_in(page, site, role, own)
    found = pages_of(window, site, role, own)
    looker = Looker(page, site.address, axe, list(found.broken))
    for kind, path in found.pages.items():
        if "home" in kind or (kind, AXE) not in _seen:
            looker.look(path)
        else:
            looker.look(path, screens={}, with_colors=False)
        _seen.update({(kind, AXE), (kind, own)})
        for language in LANGUAGES:
            if language == own or (kind, language) in _seen:
                continue
            _seen.add((kind, language))
            there = path.replace(f"/{own}/", f"/{language}/", 1)
            looker.look(there, screens={}, with_colors=False)
    assert not looker.faults, "\n".join(looker.faults)


def test_a_stranger_is_led_to_the_door(site: Site, page: Page):
    page.goto(f"{site.address}/ru/desk/")
    expect(page.locator("input[name=password]")).to_be_visible()
