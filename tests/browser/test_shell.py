"""The frame of every page: menu, languages, colours, keyboard."""

import brotli
import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser]


def test_the_menu_opens_on_a_phone_and_holds_the_pages(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site.address}/kk/")
    page.click(".q-menu-button")
    assert page.locator("#menu").is_visible()
    links = page.locator("#menu li a")
    boxes = [links.nth(at).bounding_box() for at in range(links.count())]
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    page.keyboard.press("Escape")
    assert not page.locator("#menu").is_visible()


def test_the_language_switch_keeps_page_and_filters(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/kk/?q=Павлодар")
    page.click(".q-lang a[hreflang=ru]")
    assert page.url.startswith(f"{site.address}/ru/?q=")
    assert page.locator("html").get_attribute("lang") == "ru"


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_chosen_colours_last(page: Page, site: Site, choice: str) -> None:
    page.goto(f"{site.address}/en/")
    page.click(".q-menu-button")
    page.click(f"[data-themes] button[value={choice}]")
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == choice
    assert page.context.cookies() == []


def test_the_first_tab_offers_to_skip_to_the_content(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/ru/")
    page.keyboard.press("Tab")
    skip = page.locator(".q-skip")
    assert skip.evaluate("e => e === document.activeElement")
    box = skip.bounding_box()
    assert box and box["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_an_unknown_address_says_what_to_do(page: Page, site: Site) -> None:
    answer = page.goto(f"{site.address}/ru/no-such-page/")
    assert answer and answer.status == 404
    assert page.locator("h1").inner_text() == "Такой страницы или объекта нет."


def test_the_menu_opens_without_scripts(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/kk/")
    page.click(".q-menu-button")
    assert page.locator("#menu").is_visible()
    context.close()


def test_the_first_view_weighs_little(page: Page, site: Site) -> None:
    """The goal of the house: 60 KB over the wire, texts packed with Brotli, fonts as they are."""
    weights: dict[str, int] = {}

    def weigh(response: Response) -> None:
        body = response.body()
        packed = response.url.endswith(".woff2")
        weights[response.url] = len(body) if packed else len(brotli.compress(body))

    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response))
    page.goto(f"{site.address}/kk/", wait_until="networkidle")
    for answer in answers:
        weigh(answer)
    assert sum(weights.values()) < 60_000, weights
