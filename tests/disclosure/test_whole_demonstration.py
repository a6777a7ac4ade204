"""Everything a demonstration country publishes, judged by the standards' own validators."""

import json
from pathlib import Path

import pytest
from django.test import Client

from qaita.disclosure.contracting import packages
from qaita.ledger.queries import height
from tests.disclosure.rules import faults_of_projects, faults_of_releases
from tests.disclosure.standards import judge_oc4ids, judge_ocds
from tests.disclosure.strangers import (
    ask,
    ask_oddly,
    odd_refusals_are_problems,
    operations,
    refusals_are_problems,
    require_problem,
)

pytestmark = [pytest.mark.conformance, pytest.mark.django_db, pytest.mark.usefixtures("country")]


def get(address: str) -> dict:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.json()


def told() -> list[dict]:
    lines = Client().get("/data/ocds/releases.jsonl").getvalue().decode().splitlines()
    return [json.loads(line) for line in lines]


def test_the_validator_of_ocds_finds_nothing_in_the_whole_export():
    found = judge_ocds(get("/data/ocds/package.json"))
    assert found["validation_errors"] == []
    assert found["all_additional_fields"] == []
    assert found["additional_checks"] == {}
    assert found["additional_closed_codelist_values"] == {}


def test_the_validator_of_oc4ids_finds_nothing_in_the_whole_export(tmp_path: Path):
    found = judge_oc4ids(get("/data/oc4ids/package.json"), tmp_path)
    assert found["validation_errors"] == []
    assert found["additional_fields"] == {}
    assert found["conformance_checks"] == found["additional_checks"] == []
    assert found["additional_closed_codelist_values"] == {}


def test_the_releases_and_projects_keep_the_rules_no_schema_holds():
    releases = told()
    assert len(releases) > 50 and height() > 1000
    assert faults_of_releases(releases) == []
    projects = get("/data/oc4ids/package.json")["projects"]
    assert faults_of_projects(projects, {one["ocid"] for one in releases}) == []


def test_the_packages_lead_to_every_release(monkeypatch):
    monkeypatch.setattr(packages, "PER_PACKAGE", 15)
    found, seen, address = [], set(), "/data/ocds/package.json"
    while address:
        package = get(address)
        assert 0 < len(package["releases"]) <= 15 and address not in seen
        seen.add(address)
        found = package["releases"] + found
        address = package.get("links", {}).get("next", "")
    assert len(seen) > 3
    assert found == told()


@pytest.mark.parametrize("label", operations())
def test_whatever_is_asked_is_answered(label: str):
    ask(operations()[label], refusals_are_problems)


@pytest.mark.parametrize("label", operations())
def test_whatever_odd_word_is_put_in_is_answered(label: str):
    ask_oddly(operations()[label], odd_refusals_are_problems)


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_a_method_that_is_not_there_is_refused(method: str):
    answer = Client(raise_request_exception=False).generic(method.upper(), "/api/v1/projects")
    assert answer.status_code == 405
    require_problem(answer, answer.headers["content-type"])


def test_an_address_that_is_not_there_is_refused():
    answer = Client().get("/api/v1/no-such-thing")
    assert answer.status_code == 404
    require_problem(answer, answer.headers["content-type"])
