"""The desk of every role: signed in, its home, and one page of each kind that it links to."""

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from qaita.accounts.roles import ROLES
from tests.browser.conftest import Site
from tests.browser.looking import Looker, walk

pytestmark = [pytest.mark.crawl, pytest.mark.browser]
LANGUAGES = ("kk", "ru", "en")
SCREENS = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})
NO_DESK = {"clock", "system", "citizen"}
PEOPLE = [role for role in ROLES if role not in NO_DESK]


def sign_in(context: BrowserContext, site: Site, role: str, language: str) -> str:
    """Sign in as a person with the role; return the address of the desk."""
    person = next((row for row in site.sign_ins if row.get("code") == role), None)
    assert person, f"the demonstration has nobody to sign in as {role}"
    page = context.new_page()
    page.goto(f"{site.address}/{language}/account/login/")
    page.fill("input[name=login]", person["username"])
    page.fill("input[name=password]", person["password"])
    page.click("main form button[type=submit]")
    expect(page).to_have_url(f"{site.address}/{language}/desk/")
    page.close()
    return f"/{language}/desk/"


@pytest.mark.parametrize("role", PEOPLE)
def test_the_desk_of_each_role_is_sound(site: Site, browser: Browser, axe: str, role: str):
    turn = PEOPLE.index(role)
    language = LANGUAGES[turn % 3]
    context = browser.new_context(viewport=SCREENS[turn % 2])
    desk = sign_in(context, site, role, language)

    def fetch(address: str) -> tuple[int, str, str]:
        answer = context.request.get(address)
        kind = answer.headers.get("content-type", "")
        return answer.status, kind, answer.text() if "html" in kind else ""

    found = walk(site.address, desk, fetch=fetch, skip=("account",), within="desk")
    looker = Looker(context, site.address, axe)
    for path in found.pages.values():
        looker.look(path)
    context.close()
    assert not [*found.broken, *looker.faults], "\n".join([*found.broken, *looker.faults])


def test_a_stranger_is_led_to_the_door(site: Site, browser: Browser):
    page = browser.new_page()
    page.goto(f"{site.address}/ru/desk/")
    expect(page.locator("input[name=password]")).to_be_visible()
    page.close()
