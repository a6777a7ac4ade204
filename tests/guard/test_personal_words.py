"""A name, a number and an address typed at every door: none is found in anything that is public.

Published files, bulk data, answers for programs, downloads, tiles of the ledger, its rows, logs,
pages of errors and the folders of data are searched for the very letters.
"""

import io
import logging
import re
from datetime import UTC, datetime
from pathlib import Path

import brotli
import openpyxl
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from django.test import Client

from qaita.accounts.authority import Signatory, issue
from qaita.accounts.models import Certificate, Person
from qaita.accounts.services import grant_role
from qaita.accounts.signing import certificate_pem
from qaita.appeals.models import Appeal, Contact
from qaita.console.publishing import bring_up
from qaita.kernel.actor import SYSTEM
from qaita.ledger.models import Entry
from qaita.ledger.queries import log_folder
from qaita.networks.models import Network
from tests.accounts.make import make_person
from tests.appeals.make import make_settlement
from tests.disclosure.make import make_told_and_accepted
from tests.guard.addresses import addresses
from tests.turmys.make import AT

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 11, 20, 6, tzinfo=UTC)
DOORS = ("web", "phone", "open311", "invitation", "certificate", "answer")
# per door a name, digits of a number, a part of an address: nothing else holds these letters
MARKS = {
    door: (f"Zhaqyp{number}arov", f"555{number}7{number}31", f"marked{number}person")
    for number, door in enumerate(DOORS, 1)
}
EVERY = [mark for marks in MARKS.values() for mark in marks]
BACKEND = "django.contrib.auth.backends.ModelBackend"


def typed(door: str) -> dict[str, str]:
    name, digits, mail = MARKS[door]
    words = f"{name} of {mail} asks to be called: 8 707 {digits}"
    return {
        "subject": "water.no_supply", "extent": "house", "town": "Павлодар", "statement": words,
        "address": f"{name} street 5", "name": name, "phone": f"+7707{digits}",
        "email": f"{mail}@example.kz", "lat_deg": "52.2801", "lon_deg": "76.9538",
    }  # fmt: skip


def signed_in(role: str, network) -> Client:
    person, client = make_person(), Client()
    place = network.utility_service.organisation if role != "sysadmin" else None
    grant_role(person, role, organisation=place, by=SYSTEM, at=AT)
    client.force_login(person, backend=BACKEND)
    return client


def knock_everywhere(network) -> None:
    """Type personal words through every door, wrongly and rightly, and work on what came in."""
    visitor, desk = Client(raise_request_exception=False), signed_in("call_operator", network)
    keeper = signed_in("sysadmin", network)
    web = typed("web")
    assert visitor.post("/en/appeals/new/", {**web, "town": MARKS["web"][0]}).status_code == 422
    assert visitor.post("/en/appeals/new/", web).status_code == 201
    assert desk.post("/en/desk/appeals/phone/", {**typed("phone"), "phone": "1"}).status_code == 422
    assert desk.post("/en/desk/appeals/phone/", typed("phone")).status_code == 302
    told = typed("open311")
    open311 = {
        "service_code": told["subject"], "lat": told["lat_deg"], "long": told["lon_deg"],
        "description": told["statement"], "address_string": told["address"],
        "first_name": told["name"], "phone": told["phone"], "email": told["email"],
    }  # fmt: skip
    assert visitor.post("/open311/v2/requests.xml", {**open311, "lat": "x"}).status_code == 400
    assert visitor.post("/open311/v2/requests.json", open311).status_code == 201
    name, _digits, mail = MARKS["invitation"]
    invited = {
        "username": f"{mail}.sign", "last_name": name, "first_name": name,
        "email": f"{mail}@example.kz", "language": "kk",
    }  # fmt: skip
    assert keeper.post("/en/desk/accounts/people/new/", invited).status_code == 200
    assert Person.objects.filter(last_name=name).exists()
    pem = certificate_of(MARKS["certificate"])
    assert keeper.post("/en/desk/accounts/certificates/", {"pem": pem}).status_code == 302
    for appeal in Appeal.objects.all():
        page = f"/en/desk/appeals/{appeal.code}/"
        assert desk.post(f"{page}accept/").status_code == 302
        words = f"Dear {MARKS['answer'][0]}, 8 707 {MARKS['answer'][1]}: it is mended"
        assert desk.post(f"{page}answer/", {"outcome": "fixed", "text": words}).status_code == 302
    assert Contact.objects.count() == Appeal.objects.count() == 3


def certificate_of(marks: tuple[str, ...]) -> str:
    """Return the PEM of a certificate that bears a person's name, as national ones do."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = Signatory(f"{marks[0]} {marks[1]}", marks[2], "031140001297")
    return certificate_pem(issue(who, key.public_key(), since=AT))


def found_in(text: str) -> list[str]:
    plain = re.sub(r"[ \-()]", "", text)
    return [mark for mark in EVERY if mark in text or mark in plain]


def body_of(answer) -> str:
    body = answer.getvalue() if answer.streaming else answer.content
    if body[:2] == b"PK":
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
        return " ".join(
            str(cell) for row in book.active.iter_rows(values_only=True) for cell in row
        )
    return body.decode(errors="replace")


def public_pages() -> list[str]:
    """Return every public address without a thing in it, in each shape, and the appeals'."""
    plain = [
        f"/{one.route.removesuffix('$')}"
        for one in addresses()
        if "<" not in one.route and "(" not in one.route and "/desk/" not in one.route
    ]
    pages = [one for one in plain if one.startswith("/en/") or not re.match(r"/\w\w/", one)]
    shapes = [f"{one}?format={kind}" for one in pages if one.startswith("/en/")
              for kind in ("csv", "xlsx")]  # fmt: skip
    things = []
    for code in Appeal.objects.values_list("code", flat=True):
        things += [f"/en/appeals/{code}/", f"/api/v1/appeals/{code}"]
        things += [f"/open311/v2/requests/{code}.{kind}" for kind in ("json", "xml")]
        things += [f"/en/ledger-book/?q={code}", f"/en/trace/{code}/", f"/en/appeals/{code}x/"]
    lists = [f"/open311/v2/{name}.{kind}" for name in ("requests", "services")
             for kind in ("json", "xml")]  # fmt: skip
    entries = [
        page
        for index in Entry.objects.filter(index__isnull=False).values_list("index", flat=True)[:60]
        for page in (f"/api/v1/ledger/{index}/proof",)
    ]
    return [*pages, *shapes, *things, *lists, *entries, "/en/no-such-page/", "/api/v1/none"]


def test_no_personal_word_is_found_in_anything_public(settings, caplog, tmp_path):
    cache.clear()
    caplog.set_level(logging.DEBUG)
    settings.DATA_DIR = tmp_path
    make_told_and_accepted()
    network = Network.objects.get()
    make_settlement(network)
    knock_everywhere(network)
    desk = signed_in("call_operator", network)
    shown = desk.get(f"/en/desk/appeals/{Appeal.objects.get(channel='web').code}/")
    assert found_in(body_of(shown)), "whoever answers sees who asks: the search finds what is there"
    bring_up(LATER)
    looked, client = 0, Client(raise_request_exception=False)
    for page in public_pages():
        answer = client.get(page)
        assert answer.status_code < 500, page
        assert found_in(body_of(answer)) == [], page
        looked += 1
    assert looked > 100
    for folder in (Path(settings.SITE_DIR), log_folder(), Path(settings.LAKE_DIR)):
        for path in folder.rglob("*"):
            if path.is_file():
                raw = path.read_bytes()
                text = brotli.decompress(raw) if path.suffix == ".br" else raw
                assert found_in(text.decode(errors="replace")) == [], path
    for leaf in Entry.objects.values_list("leaf", flat=True):
        assert found_in(leaf) == []
    assert found_in(caplog.text) == []
    assert Certificate.objects.filter(pem__startswith="-----BEGIN").exists()
