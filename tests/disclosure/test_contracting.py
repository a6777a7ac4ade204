"""Tenders as OCDS and projects as OC4IDS, judged by the standards' own validators."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from qaita.disclosure.contracting import oc4ids_package, ocds_package, releases
from qaita.disclosure.contracting.packages import PER_PACKAGE
from qaita.disclosure.contracting.parts import Place
from qaita.ledger.models import Entry
from qaita.procurement.models import Contract
from tests.disclosure.make import make_told_and_accepted

pytestmark = pytest.mark.django_db
HERE = Place("https://qaita.example")


def told():
    return list(releases(HERE))


def test_an_accepted_contract_is_told_event_by_event():
    _ground, act = make_told_and_accepted()
    found = told()
    tags = [one["tag"][0] for one in found]
    assert tags.index("tender") < tags.index("award") < tags.index("contract")
    assert tags.index("contract") < tags.index("implementation")
    assert len({one["id"] for one in found}) == len(found)
    assert [one["date"] for one in found] == sorted(one["date"] for one in found)
    first, last = found[0], found[-1]
    assert "awards" not in first and "contracts" not in first
    assert "tenderers" not in first["tender"]
    paid = last["contracts"][0]["implementation"]["transactions"]
    assert sum(Decimal(str(one["value"]["amount"])) for one in paid) == act.amount_kzt
    assert all(one["value"]["currency"] == "KZT" for one in paid)


def test_a_release_is_named_by_its_leaf_in_the_ledger():
    make_told_and_accepted()
    leaves = {bytes(entry.leaf_hash).hex() for entry in Entry.objects.all()}
    assert {one["id"] for one in told()} <= leaves


def test_every_reference_leads_to_a_party_with_that_role():
    make_told_and_accepted()
    for one in told():
        roles = {party["id"]: set(party["roles"]) for party in one["parties"]}
        assert "buyer" in roles[one["buyer"]["id"]]
        for award in one.get("awards", []):
            assert "supplier" in roles[award["suppliers"][0]["id"]]


def test_a_price_is_not_told_before_the_opening():
    make_told_and_accepted()
    price = str(float(Contract.objects.get().original_sum_kzt))
    before = [one for one in told() if one["tag"][0] in ("tender", "tenderUpdate")]
    early = [one for one in before if "numberOfTenderers" not in one["tender"]]
    assert early and price not in json.dumps(early)


def test_a_finished_project_is_told_with_its_end_and_its_releases():
    ground, _act = make_told_and_accepted()
    package = oc4ids_package(HERE, told())
    project = next(one for one in package["projects"] if one["id"].endswith(ground.project.code))
    assert project["status"] == "completed"
    assert project["completion"]["finalValue"]["currency"] == "KZT"
    process = project["contractingProcesses"][0]
    assert process["summary"]["status"] == "closed"
    assert {one["id"] for one in process["releases"]} <= {one["id"] for one in told()}


def test_packages_are_cut_and_numbered_with_no_field_the_standard_does_not_know():
    many = [{"id": str(number), "date": f"{number:05d}"} for number in range(PER_PACKAGE + 5)]
    newest = ocds_package(HERE, many)
    assert len(newest["releases"]) == 5
    assert newest["uri"].endswith("/data/ocds/package/2.json")
    oldest = ocds_package(HERE, many, 1)
    assert len(oldest["releases"]) == PER_PACKAGE
    for package in (newest, oldest):
        assert set(package) == {
            "uri", "version", "publishedDate", "publisher", "license", "publicationPolicy",
            "releases",
        }  # fmt: skip


def test_the_addresses_answer_to_a_nobody():
    make_told_and_accepted()
    nobody = Client()
    package = nobody.get("/data/ocds/package.json").json()
    lines = nobody.get("/data/ocds/releases.jsonl").getvalue().decode().splitlines()
    assert [json.loads(line) for line in lines] == package["releases"]
    assert nobody.get("/data/ocds/package/1.json").json() == package
    assert nobody.get("/data/ocds/package/2.json").status_code == 404
    assert nobody.get("/data/oc4ids/package.json").json()["projects"]
