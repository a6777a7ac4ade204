"""What people see of an appeal, and what nobody sees."""

import logging

import pytest
from django.test import Client

from qaita.accounts.services import grant_role
from qaita.appeals.models import Appeal, Contact
from qaita.appeals.services import accept_appeal, answer_appeal
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.ledger.models import Entry
from tests.accounts.make import make_person
from tests.appeals.make import (
    ADDRESS,
    EMAIL,
    MARKS,
    NAME,
    PHONE,
    WORDS,
    make_appeal,
    make_operator,
    make_settlement,
)
from tests.turmys.make import AT, make_fed_network, make_outage

pytestmark = pytest.mark.django_db

FORM = {
    "subject": "water.no_supply",
    "extent": "house",
    "town": "Павлодар",
    "address": ADDRESS,
    "lat_deg": "52.2801",
    "lon_deg": "76.9538",
    "statement": WORDS,
    "name": NAME,
    "phone": PHONE,
    "email": EMAIL,
}


@pytest.fixture
def network():
    made = make_fed_network()
    make_settlement(made)
    return made


def signed_in(network, role: str) -> Client:
    person = make_person()
    organisation = network.utility_service.organisation
    grant_role(person, role, organisation=organisation, by=SYSTEM, at=AT)
    client = Client()
    client.force_login(person)
    return client


def clean(answer) -> None:
    text = answer.content.decode()
    assert not [mark for mark in MARKS if mark in text]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_form_works_without_a_session(client, network, language):
    page = client.get(f"/{language}/appeals/new/")
    assert page.status_code == 200 and not page.cookies and b"csrf" not in page.content
    answer = client.post(f"/{language}/appeals/new/", FORM)
    assert answer.status_code == 201, answer.content.decode()
    appeal = Appeal.objects.get()
    assert appeal.code in answer.content.decode()
    assert (appeal.extent, appeal.section is not None) == ("house", True)
    assert Contact.objects.get().language == language


def test_faults_stand_beside_their_fields_and_nothing_is_filed(client, network):
    answer = client.post("/en/appeals/new/", {**FORM, "town": "Nowhereville", "phone": "12"})
    assert answer.status_code == 422
    assert "We do not know such a place" in answer.content.decode()
    answer = client.post("/en/appeals/new/", {**FORM, "phone": "12"})
    assert answer.status_code == 422 and "10 to 15 digits" in answer.content.decode()
    assert not Appeal.objects.exists()


def test_the_smell_of_gas_stops_the_form(client, network):
    gas = {**FORM, "subject": "gas.gas_smell"}
    answer = client.post("/en/appeals/new/", gas)
    assert answer.status_code == 409 and b'href="tel:104"' in answer.content
    assert not Appeal.objects.exists()
    assert client.post("/en/appeals/new/", {**gas, "is_safe": "on"}).status_code == 201


def test_only_the_key_opens_the_words_and_the_answer(client, network):
    filed = make_appeal(network)
    page = f"/ru/appeals/{filed.appeal.code}/"
    clean(client.get(page))
    wrong = client.post(page, {"key": "AAAA-BBBB-CCCC-DDDD"})
    assert wrong.status_code == 403
    clean(wrong)
    own = client.post(page, {"key": filed.key})
    assert own.status_code == 200 and "Secretov" in own.content.decode()


def test_the_person_rates_and_reopens_on_the_page(client, network):
    filed = make_appeal(network)
    by = make_operator(network)
    accept_appeal(filed.appeal, by=by, at=AT)
    answer_appeal(filed.appeal, text="Mended", outcome="fixed", by=by, at=now())
    page = f"/en/appeals/{filed.appeal.code}/"
    rated = client.post(f"{page}rate/", {"key": filed.key, "rating": "4"})
    assert rated.status_code == 200 and "Thank you for the mark" in rated.content.decode()
    again = client.post(f"{page}reopen/", {"key": filed.key, "reason": "Dry again"})
    assert again.status_code == 200
    assert Appeal.objects.get().state == "reopened"
    assert client.post(f"{page}reopen/", {"key": "x", "reason": "y"}).status_code == 403


@pytest.mark.parametrize(
    ("language", "says"),
    [("kk", "Бұл өрісті толтыру міндетті."), ("ru", "Обязательное поле."), ("en", "is required")],
)
def test_what_the_person_left_out_is_asked_for_on_the_page(client, network, language, says):
    filed = make_appeal(network)
    page = f"/{language}/appeals/{filed.appeal.code}/"
    asked = client.post(page, {"key": " "})
    assert asked.status_code == 422 and says in asked.content.decode()
    clean(asked)
    by = make_operator(network)
    accept_appeal(filed.appeal, by=by, at=AT)
    answer_appeal(filed.appeal, text="Mended", outcome="fixed", by=by, at=now())
    for step, words in (("reopen", {}), ("rate", {"rating": ""})):
        again = client.post(f"{page}{step}/", {"key": filed.key, **words})
        assert again.status_code == 422 and says in again.content.decode()
        assert "Secretov" in again.content.decode()  # the page stays the person's own
    assert Appeal.objects.get().state == "answered"


def test_a_key_that_does_not_fit_stays_in_its_field(client, network):
    page = f"/en/appeals/{make_appeal(network).appeal.code}/"
    wrong = client.post(page, {"key": "AAAA-BBBB-CCCC-DDDD"}).content.decode()
    assert 'value="AAAA-BBBB-CCCC-DDDD"' in wrong
    assert wrong.count("This key does not open this appeal. Check its letters.") == 2


def test_nothing_personal_is_on_any_public_page_answer_leaf_or_log(client, network, caplog):
    caplog.set_level(logging.DEBUG)
    made = client.post("/en/appeals/new/", FORM)
    assert made.status_code == 201
    client.post("/en/appeals/new/", {**FORM, "phone": "12"})
    appeal = Appeal.objects.get()
    by = make_operator(network)
    accept_appeal(appeal, by=by, at=AT)
    answer_appeal(appeal, text=f"Dear {NAME}", outcome="fixed", by=by, at=AT)
    make_outage(network)
    pages = [
        *(f"/{language}/{page}" for language in ("kk", "ru", "en") for page in (
            "", "outages/", "address/?q=Павлодар", "address/?lat=52.2801&lon=76.9535",
            f"appeals/{appeal.code}/", "ledger-book/", f"sections/{appeal.section.code}/",
            "regions/55/",
        )),
        "/api/v1/appeals", f"/api/v1/appeals/{appeal.code}", "/api/v1/appeals/tally",
        "/api/v1/incidents", "/api/v1/outages", "/api/v1/feed",
        "/open311/v2/requests.json", "/open311/v2/requests.xml",
        f"/open311/v2/requests/{appeal.code}.json", f"/open311/v2/requests/{appeal.code}.xml",
        "/alerts/cap.xml",
    ]  # fmt: skip
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        clean(answer)
    leaves = " ".join(Entry.objects.values_list("leaf", flat=True))
    logged = caplog.text
    assert not [mark for mark in MARKS if mark in leaves]
    assert not [mark for mark in MARKS if mark in logged]


def test_an_operator_takes_a_call_and_answers_it(network):
    outage = make_outage(network)
    client = signed_in(network, "call_operator")
    look = client.get("/en/desk/appeals/phone/?lat_deg=52.2801&lon_deg=76.9538")
    assert outage.code in look.content.decode()
    filed = client.post("/en/desk/appeals/phone/", FORM, follow=True)
    assert "Key for the caller" in filed.content.decode()
    appeal = Appeal.objects.get()
    assert appeal.channel == "phone"
    page = f"/en/desk/appeals/{appeal.code}/"
    assert client.post(f"{page}accept/").status_code == 302
    ready = client.get(f"{page}?template=fixed").content.decode()
    assert "Key for the caller" not in ready and appeal.code in ready
    bad = client.post(f"{page}word/", {"statement": "call 8 701 555 01 99"})
    assert bad.status_code == 422
    client.post(f"{page}word/", {"statement": "No water in several houses"})
    client.post(f"{page}answer/", {"outcome": "fixed", "text": "Mended"})
    appeal.refresh_from_db()
    assert (appeal.state, appeal.statement) == ("answered", "No water in several houses")
    assert client.get("/en/desk/appeals/").status_code == 200
    assert client.get("/en/desk/").status_code == 200


def test_a_nobody_gets_no_desk(network, client):
    appeal = make_appeal(network).appeal
    assert client.get("/en/desk/appeals/").status_code == 302
    client.force_login(make_person())
    assert client.get("/en/desk/appeals/").status_code == 403
    assert client.get(f"/en/desk/appeals/{appeal.code}/").status_code == 404
    assert client.get("/en/desk/turmys/").status_code == 403
    assert client.post(f"/en/desk/appeals/{appeal.code}/accept/").status_code == 404


@pytest.mark.parametrize("text", ["Павлодар", "Pavlodar, Lomov 5", "павлодар ломова", "xyz", ""])
def test_my_address_answers_whatever_is_typed(client, network, text):
    make_outage(network)
    answer = client.get("/en/address/", {"q": text})
    assert answer.status_code == 200
    found = "Off now" in answer.content.decode()
    assert found == (text.lower().startswith(("павл", "pavl")))
