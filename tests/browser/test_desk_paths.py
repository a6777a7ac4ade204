"""What people come to the desk for, done with hands: a form filled in and sent, its result seen."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from qaita.kernel.clock import KAZAKHSTAN, now
from tests.browser.conftest import Site
from tests.browser.looking import PHONE, Looker
from tests.browser.signing_in import sign_in

# one after the other on one site: what one writes, the next one reads
pytestmark = [pytest.mark.browser, pytest.mark.slow]
Open = Callable[..., "Desk"]


def here() -> datetime:
    """Return the hour in Kazakhstan, as forms take it."""
    return now().astimezone(KAZAKHSTAN)


class Desk:
    """A person at the desk, on a telephone."""

    def __init__(
        self, page: Page, site: Site, role: str, language: str, axe: str, username: str = ""
    ) -> None:
        self.page, self.language = page, language
        self.start = f"{site.address}/{language}/desk/"
        self.looker = Looker(page, site.address, axe)
        page.set_viewport_size(PHONE)
        sign_in(page, site, role, language, username)
        self.open()

    def open(self, path: str = "") -> None:
        """Open a page of the desk."""
        self.page.goto(self.start + path)

    def follow(self, ending: str) -> None:
        """Follow the first link of the page whose address ends so (a pattern)."""
        for link in self.page.locator("main a").all():
            if re.search(f"{ending}$", link.get_attribute("href") or ""):
                self.page.goto(self.page.evaluate("e => e.href", link.element_handle()))
                return
        raise AssertionError(f"no link to {ending} on {self.page.url}")

    def fill(self, **fields: str) -> None:
        """Fill in fields by their names."""
        for name, value in fields.items():
            field = self.page.locator(f"main form[method=post] [name={name}]")
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def send(self, button: str = "main form[method=post] .btn-primary") -> None:
        """Press a button, wait for the answer, and look at it."""
        with self.page.expect_navigation():
            self.page.click(button)
        self.looker.inspect(self.language)
        self.page.set_viewport_size(PHONE)

    def sees(self, text: str) -> None:
        """Expect a text on the page."""
        expect(self.page.locator("main")).to_contain_text(text)


@pytest.fixture
def desk(workplace: Site, browser: Browser, axe: str) -> Iterator[Open]:
    """Open desks; in the end none of them has met a fault."""
    desks: list[Desk] = []

    def open_desk(role: str, language: str, username: str = "") -> Desk:
        page = browser.new_context().new_page()
        desks.append(Desk(page, workplace, role, language, axe, username))
        return desks[-1]

    yield open_desk
    for one in desks:
        one.page.context.close()
    faults = [fault for one in desks for fault in one.looker.faults]
    assert not faults, "\n".join(faults)


def step_of(person: Desk) -> int:
    """Return how far the project on the page has come on its road."""
    steps = "[...document.querySelectorAll('.q-road li')]"
    place: int = person.page.evaluate(f"{steps}.findIndex(e => e.ariaCurrent === 'step')")
    return place


def decide(desk: Open, role: str, language: str, code: str, action: str) -> int:
    """Come as a role to a project that waits in the queue, decide, return its step."""
    person = desk(role, language)
    person.follow(f"/programme/projects/{code}/")
    person.send(f"button[name=action][value={action}]")
    return step_of(person)


def begin_application(engineer: Desk) -> str:
    """Draft an application of one package of the plan; return the project's code."""
    engineer.open("programme/")
    engineer.follow(r"/programme/new/[\w-]+/")
    engineer.page.locator("[name=package]").last.check()
    engineer.send()
    assert step_of(engineer) == 0
    code = engineer.page.url.rstrip("/").rpartition("/")[2]
    engineer.follow(f"/funding/projects/{code}/")
    engineer.send("form[action$='/tariff/'] button")
    return code


def test_an_application_passes_from_desk_to_desk(desk: Open) -> None:
    code = begin_application(desk("utility_engineer", "kk"))
    assert decide(desk, "utility_head", "ru", code, "submit") == 1
    assert decide(desk, "technical_operator", "en", code, "check_technically") == 2
    lender = desk("financial_operator", "kk")
    lender.follow(f"/funding/projects/{code}/")
    lender.send()
    lender.open(f"programme/projects/{code}/")
    lender.send("button[name=action][value=check_financially]")
    assert step_of(lender) == 3
    assert decide(desk, "regulator", "ru", code, "agree_tariff") == 4
    assert decide(desk, "akimat", "kk", code, "confirm") == 5
    office = desk("programme_office", "en")
    office.open(f"programme/projects/{code}/")
    assert step_of(office) == 5


def test_an_engineer_records_a_failure_and_reads_it_in_the_passport(desk: Open) -> None:
    engineer = desk("utility_engineer", "ru")
    engineer.open("networks/sections/")
    engineer.follow(r"/networks/sections/SC-\w+/")
    engineer.follow("/failure/")
    engineer.send()  # with nothing filled in: the form says what is missing
    expect(engineer.page.locator("[name=happened_at]")).to_have_attribute("aria-invalid", "true")
    before = here() - timedelta(hours=3)
    engineer.fill(happened_at=f"{before:%Y-%m-%dT%H:%M}", cause="excavation", consumers_off="137")
    engineer.send()
    engineer.sees("137")


def test_a_dispatcher_announces_an_outage_and_everybody_reads_of_it(desk: Open) -> None:
    dispatcher = desk("dispatcher", "kk")
    dispatcher.open("networks/sections/")
    dispatcher.follow(r"/networks/sections/SC-\w+/")
    section = dispatcher.page.url.rstrip("/").rpartition("/")[2]
    dispatcher.open("turmys/announce/")
    start = here() + timedelta(days=12)
    times = [f"{start + timedelta(hours=hours):%Y-%m-%dT%H:%M}" for hours in (0, 5)]
    dispatcher.fill(
        place=section, kind="planned", reason="repair", starts_at=times[0], expected_at=times[1]
    )
    dispatcher.send("button[name=announce]")
    code = dispatcher.page.url.rstrip("/").rpartition("/")[2]
    assert code.startswith("OT-")
    dispatcher.page.goto(dispatcher.start.replace("/desk/", f"/outages/{code}/"))
    dispatcher.sees(code)


def test_an_operator_takes_a_call_and_answers_it(desk: Open) -> None:
    operator = desk("call_operator", "ru")
    operator.open("appeals/phone/")
    operator.fill(subject="heat.no_supply", town="Павлодар", statement="Батареи холодные с утра.")
    operator.send()
    operator.send("form[action$='/accept/'] button")
    operator.fill(text="Вечером бригада заменит задвижку.")
    operator.send("form[action$='/answer/'] .btn-primary")
    operator.sees("Вечером бригада заменит задвижку.")


def test_a_supplier_seals_a_price_in_the_browser_and_it_never_leaves_open(desk: Open) -> None:
    supplier = desk("supplier", "ru")
    supplier.open("procurement/?state=open")
    supplier.follow(r"/procurement/tenders/TN-\w+/")
    supplier.follow("/bid/")
    sent: list[str] = []
    supplier.page.on("request", lambda asked: sent.append(asked.post_data or ""))
    supplier.page.fill("#price", "1 234 567,89")
    supplier.fill(years_main="9", security_no="Гарантия № 5 от 20.11.2026")
    supplier.send()
    expect(supplier.page).to_have_url(re.compile(r"/bids/BD-\w+/$"))
    told = "".join(sent)
    assert "envelope_text" in told
    assert not re.search("1.?234.?567", told)


def test_a_committee_admits_gives_its_shares_and_opens_the_prices(
    desk: Open, workplace: Site
) -> None:
    chair = desk("committee_member", "kk")
    chair.open("procurement/?state=closed")
    chair.follow(r"/procurement/tenders/TN-\w+/")
    tender = chair.page.url.partition("/desk/")[2]
    while chair.page.locator("button[value=admit]").count():
        chair.send("button[value=admit]")
    chair.send("form[action$='/admission/'] button")
    others = workplace.sign_ins["committee_member"]["others"].split(", ")
    for member in (chair, *(desk("committee_member", "ru", name) for name in others[:2])):
        member.open(f"{tender}shares/")
        with member.page.expect_download() as key:
            member.page.click("a[href$='/key/demonstration.json']")
        member.page.set_input_files("#key_file", key.value.path())
        member.send("form[data-sealing=shares] .btn-primary")
    chair.open(tender)
    chair.send(f"form[action$='/{tender.rpartition('tenders/')[2]}open/'] button")
    expect(chair.page.locator("main .q-rows tbody tr").first).to_contain_text("₸")


def test_a_contractor_reports_the_day(desk: Open) -> None:
    contractor = desk("supplier", "en")
    contractor.follow(r"/works/sites/ST-\w+/")
    contractor.follow("/report/")
    contractor.fill(done="Trench dug, 40 metres.", workers="12", machines="2")
    contractor.send()
    contractor.sees("Trench dug, 40 metres.")


def test_supervision_keeps_a_picture_of_the_place(desk: Open) -> None:
    supervisor = desk("supervisor", "kk")
    supervisor.open("works/?state=running")
    supervisor.follow(r"/works/sites/ST-\w+/")
    supervisor.follow("/evidence/")
    noise = np.random.default_rng(7).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    picture = BytesIO()
    Image.fromarray(noise).resize((640, 480)).save(picture, "JPEG")
    kept = FilePayload(name="place.jpg", mimeType="image/jpeg", buffer=picture.getvalue())
    supervisor.page.set_input_files("[name=pictures]", kept)
    supervisor.fill(caption="Траншея")
    supervisor.send()
    supervisor.sees(sha256(picture.getvalue()).hexdigest())


def test_a_producer_adds_a_product(desk: Open) -> None:
    producer = desk("producer", "ru")
    producer.open("producers/")
    producer.follow(r"/producers/entries/PR-\w+/")
    producer.follow("/product/")
    producer.send()
    expect(producer.page.locator("[aria-invalid=true]").first).to_be_visible()


def test_an_administrator_invites_a_person_and_gives_a_role(desk: Open) -> None:
    keeper = desk("sysadmin", "en")
    keeper.open("accounts/people/new/")
    keeper.fill(username="new-member", last_name="Demo", first_name="New")
    keeper.send()
    keeper.open("accounts/people/?q=new-member")
    keeper.follow(r"/accounts/people/PN-\w+/")
    keeper.fill(role="committee_member")
    keeper.send("form[action$='/grant/'] .btn-primary")
    keeper.sees("Tender committee member")


def test_an_auditor_reads_and_decides_nothing(desk: Open) -> None:
    auditor = desk("auditor", "kk")
    auditor.open("programme/")
    auditor.follow(r"/programme/projects/AP-\w+/")
    expect(auditor.page.locator("#decision")).to_have_count(0)
    auditor.open("programme/")
    with auditor.page.expect_download() as taken:
        auditor.page.locator("a[href*='format=csv']").first.click()
    assert taken.value.path().read_text("utf-8-sig").count("\n") > 10


def test_a_citizen_files_an_appeal_and_follows_it(workplace: Site, page: Page, axe: str) -> None:
    looker = Looker(page, workplace.address, axe)
    page.goto(f"{workplace.address}/kk/appeals/new/")
    page.select_option("[name=subject]", "water.leak")
    page.fill("[name=statement]", "Көшеде құбырдан су ағып жатыр.")
    page.fill("[name=town]", "Павлодар")
    page.click("main form .btn-primary")
    looker.inspect("kk")
    link = page.locator("main a[href*='/appeals/AL-']").first.get_attribute("href")
    looker.look(str(link).split("?")[0])
    assert not looker.faults, "\n".join(looker.faults)


def test_a_citizen_reads_the_answer_with_the_key_and_opens_the_appeal_anew(
    desk: Open, workplace: Site, page: Page, axe: str
) -> None:
    looker = Looker(page, workplace.address, axe)
    page.goto(f"{workplace.address}/ru/appeals/new/")
    page.select_option("[name=subject]", "heat.no_supply")
    page.fill("[name=statement]", "Второй день нет тепла.")
    page.fill("[name=town]", "Павлодар")
    page.click("main form .btn-primary")
    address = str(page.locator("main a[href*='/appeals/AL-']").first.get_attribute("href"))
    code = address.rstrip("/").rpartition("/")[2]
    key = re.search(r"\b\w{4}(-\w{4}){3}\b", page.locator("main").inner_text())
    assert key
    operator = desk("call_operator", "ru")
    operator.open(f"appeals/{code}/")
    operator.send("form[action$='/accept/'] button")
    operator.fill(text="Тепло подано.")
    operator.send("form[action$='/answer/'] .btn-primary")
    page.goto(workplace.address + address)
    page.fill("[name=key]", key[0].lower().replace("-", " "))
    page.click("main form button")
    expect(page.locator("main")).to_contain_text("Тепло подано.")
    page.fill("[name=reason]", "Батареи всё ещё холодные.")
    page.click("form[action$='/reopen/'] button")
    looker.inspect("ru")
    expect(page.locator("main .q-badge").first).to_contain_text("Возобновлено")
    assert not looker.faults, "\n".join(looker.faults)
