"""The country's plan for programs: only what was adopted, the same figures as on the page."""

import pytest
from django.test import Client

from qaita.planning.models import CountryRun
from qaita.planning.queries import limit_rows, packages_of_run
from qaita.planning.services import adopt_country_run
from tests.planning.make import AT, YEARS
from tests.planning.make_country import make_country_run, make_land, make_limits_of_land

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/country-plan"


@pytest.fixture
def run() -> CountryRun:
    land = make_land()
    limits = make_limits_of_land(120, floors_km={"water": {YEARS[1]: 0.2}})
    return adopt_country_run(make_country_run(land, limits), by=land.office, at=AT)


def told(address: str, **asked: object) -> object:
    answer = Client().get(f"{ROOT}{address}", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_plan_in_force_is_told_with_its_limits_sums_and_digests(run: CountryRun):
    whole = told("")
    assert whole == told(f"/runs/{run.code}")
    assert (whole["code"], whole["result_digest"]) == (run.code, run.result_digest)
    assert sum(one["packages"] for one in whole["sums"]) >= run.chosen_count
    assert "limits.csv" in whole["sha256"] and whole["years"] == list(YEARS)
    assert [one["code"] for one in told("/runs")] == [run.code]


def test_every_package_is_told_with_its_reason_in_the_language_asked_for(run: CountryRun):
    page = told(f"/runs/{run.code}/packages", is_chosen=True, limit=500)
    assert page["total"] == len(page["packages"]) == run.chosen_count
    first = page["packages"][0]
    one = told(f"/runs/{run.code}/packages/{first['code']}", language="ru")
    assert one["sections"] and one["why"] != first["why"]
    assert {name: one[name] for name in first if name != "why"} == {
        name: first[name] for name in first if name != "why"
    }
    part = told(f"/runs/{run.code}/packages", after=1, limit=2)
    wanted = packages_of_run(run, offset=1, limit=2)
    assert [line["code"] for line in part["packages"]] == [line.code for line in wanted.lines]


def test_limits_are_told_with_the_prices_that_prove_the_bound(run: CountryRun):
    rows = told(f"/runs/{run.code}/limits")
    assert [row["price_mkzt"] for row in rows] == [row.price for row in limit_rows(run)]
    floor = next(row for row in rows if row["kind"] == "floor")
    assert floor["is_least"] and floor["amount"] == 0.2 <= floor["used"]


def test_a_plan_that_nobody_adopted_is_told_to_nobody():
    run = make_country_run(make_land(), make_limits_of_land(120))
    assert Client().get(ROOT).status_code == 404
    for address in ("", "/limits", "/packages", "/packages/PK-NONE"):
        assert Client().get(f"{ROOT}/runs/{run.code}{address}").status_code == 404
    assert Client().get(f"{ROOT}/runs").json() == []
    assert Client().get(f"{ROOT}/runs/%00").status_code in (400, 404)
