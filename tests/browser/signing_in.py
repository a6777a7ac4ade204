"""The way to the desk."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site


def sign_in(page: Page, site: Site, role: str, language: str, username: str = "") -> None:
    """Sign in as the demonstration's person with the role, or as another who has it too."""
    person = site.sign_ins[role]
    page.goto(f"{site.address}/{language}/account/login/")
    page.fill("input[name=login]", username or person["username"])
    page.fill("input[name=password]", person["password"])
    page.click("main form .btn-primary")
    expect(page).to_have_url(re.compile("/desk/$"))
