"""A bidder and the committee at their browsers: price and keys never leave them."""

import json
import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Browser, Page

from qaita.console.testing import chromium
from qaita.kernel.ids import new_code
from qaita.procurement import services
from qaita.procurement.models import Bid, MemberKey, Share
from qaita.procurement.sealing import b64

from . import make
from .test_desk import NOW, people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Playwright's loop runs in this thread from the first window on; the database is asked beside it
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
PRICE = "87 654 321,50"
BARE = "87654321"
WARE = new_code("PD")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    found = chromium()
    if not found:
        pytest.skip("there is no Chromium here (on Debian: apt-get install chromium)")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    return {"executable_path": found, "args": quiet}


@pytest.fixture
def hour(monkeypatch, settings):
    """The hour the site believes it is."""
    if not (Path(settings.DATA_DIR) / "static-src" / "qaita" / "seal.js").exists():
        pytest.skip("the browser files are not built here; ./qaita up builds them")
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    held = {"at": NOW}
    monkeypatch.setattr("qaita.web.middleware.now", lambda: held["at"])
    return held


class Window:
    """A signed-in window that remembers what it sent and what it complained about."""

    def __init__(self, browser: Browser, address: str, session: str) -> None:
        context = browser.new_context()
        name = django_settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": session, "url": address}])
        self.page: Page = context.new_page()
        self.sent: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.sent.append(request.post_data or ""))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.desk = f"{address}/en/desk/procurement/"


def test_price_and_private_keys_stay_in_the_browser(
    browser: Browser, live_server, hour, tmp_path: Path
) -> None:
    made = make.make_procedure()
    clients = people(made)

    def window(who: str) -> Window:
        session = clients[who].cookies[django_settings.SESSION_COOKIE_NAME].value
        return Window(browser, live_server.url, session)

    hour["at"] = NOW + timedelta(days=1)
    bidder = window("cheap")
    bidder.page.goto(f"{bidder.desk}lots/{made.lot.code}/bid/")
    bidder.page.fill("#price", "not a price")
    bidder.page.click("form[data-sealing] button.btn-primary")
    bidder.page.get_by_text("Write the price in tenge as a number above zero").wait_for()
    bidder.page.fill("#price", PRICE)
    bidder.page.click("summary:has-text('Products offered')")
    bidder.page.fill("#o1-code", "PD-7K3M9QX2AF4W")
    bidder.page.fill("#o1-quantity", "1 200,5")
    bidder.page.click("form[data-sealing] button.btn-primary")
    bidder.page.get_by_text("This is no code of the catalogue").wait_for()
    bidder.page.fill("#o1-code", WARE.lower())
    bidder.page.fill("#o2-name", "Gate valve")
    bidder.page.fill("#o2-quantity", "4")
    bidder.page.click("form[data-sealing] button.btn-primary")
    bidder.page.get_by_text("Say in which country this product is made").wait_for()
    bidder.page.select_option("#o2-origin", "TR")
    bidder.page.select_option("#o2-unit", "pcs")
    bidder.page.click("form[data-sealing] button.btn-primary")
    bidder.page.get_by_text("Your price is sealed already.").wait_for()  # the guarantee is missing
    bidder.page.fill("#id_security_no", "BG-7 of 5 March 2026")
    bidder.page.click("form[data-sealing] button.btn-primary")
    bidder.page.wait_for_url("**/bids/**")
    assert Bid.objects.count() == 1
    assert not any(BARE in text or PRICE in text for text in bidder.sent)

    made.close()
    made.admit_all()
    hour["at"] = make.AFTER
    for code in list(made.keys)[:3]:
        member = window(code)
        key_file = tmp_path / f"{code}.json"
        private = b64(made.keys[code])
        key_file.write_text(json.dumps({"v": 1, "person": code, "private": private}))
        member.page.goto(f"{member.desk}tenders/{made.tender.code}/shares/")
        member.page.set_input_files("#key_file", str(key_file))
        member.page.click("form[data-sealing] button.btn-primary")
        member.page.wait_for_url("**/tenders/*/")
        assert not any(private in text for text in member.sent)
        assert member.said == []
    assert Share.objects.count() == 6
    services.open_bids(made.fresh(), by=made.members[0], at=make.AFTER)
    assert str(make.only_bid().price_kzt) == "87654321.50"
    assert not any("Gate valve" in text or WARE in text for text in bidder.sent)
    told = make.only_bid().products.values_list("name", "origin", "unit", "quantity")
    assert list(told) == [(WARE, "", "", Decimal("1200.5")), ("Gate valve", "TR", "pcs", 4)]
    assert all("422" in text for text in bidder.said)  # the form that came back


def test_a_wrong_key_file_is_refused_in_the_browser(
    browser: Browser, live_server, hour, tmp_path: Path
) -> None:
    made = make.make_procedure()
    made.bid("OR-CHEAP", "90000000.00")
    made.close()
    made.admit_all()
    hour["at"] = make.AFTER
    session = people(made)["PN-MEMBER1"].cookies[django_settings.SESSION_COOKIE_NAME].value
    member = Window(browser, live_server.url, session)
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps({"private": b64(made.keys["PN-MEMBER2"])}))
    member.page.goto(f"{member.desk}tenders/{made.tender.code}/shares/")
    member.page.set_input_files("#key_file", str(wrong))
    member.page.click("form[data-sealing] button.btn-primary")
    member.page.get_by_text("This file does not open the bids.").wait_for()
    assert not Share.objects.exists()


def test_a_key_is_made_here_and_only_its_public_half_is_sent(
    browser: Browser, live_server, hour, tmp_path: Path
) -> None:
    made = make.make_procedure()
    session = people(made)["PN-MEMBER1"].cookies[django_settings.SESSION_COOKIE_NAME].value
    member = Window(browser, live_server.url, session)
    with member.page.expect_download() as download:
        member.page.goto(f"{member.desk}key/")
        member.page.click("form[data-sealing] button.btn-primary")
    download.value.save_as(tmp_path / "key.json")
    pair = json.loads((tmp_path / "key.json").read_text())
    member.page.click("form[data-sealing] button.btn-primary")
    member.page.get_by_text("The public key is kept.").wait_for()
    kept = MemberKey.objects.get(person__code="PN-MEMBER1")
    assert b64(bytes(kept.public_key)) == pair["public"]
    assert not any(pair["private"] in text for text in member.sent)
