"""A plan that begins from another run: the same packages, other limits, few changes."""

import json
import shutil
from dataclasses import replace
from decimal import Decimal

import pytest

from qaita.console import check_plan
from qaita.kernel.errors import Wrong
from qaita.ledger.queries import timeline
from qaita.planning.models import CountryRun
from qaita.planning.queries import changes_between, folder_of, limits_of_json
from qaita.planning.services import (
    compute_country_run,
    make_country_scenario,
    start_country_run,
)
from tests.planning.make import AT, YEARS
from tests.planning.make_country import (
    Land,
    make_country_run,
    make_land,
    make_limits_of_land,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> Land:
    return make_land()


def again(land: Land, base: CountryRun, **changed: object) -> CountryRun:
    limits = replace(limits_of_json(base.scenario.limits), **changed)
    scenario = make_country_scenario(limits, title="Again", by=land.office, at=AT)
    run = start_country_run(scenario, by=land.office, at=AT, begun_from=base)
    return compute_country_run(run, by=land.office, at=AT)


def money(land: Land, million: int) -> dict[int, Decimal]:
    return make_limits_of_land(million).budgets_kzt


def test_a_plan_at_other_money_begins_from_a_run_keeps_every_limit_and_is_checked(land: Land):
    base = make_country_run(land, make_limits_of_land(120))
    made = again(land, base, budgets_kzt=money(land, 90))
    assert made.state == "made" and made.begun_from == base
    assert made.value_kzt < base.value_kzt <= base.bound_kzt
    assert check_plan.check(folder_of(made)) == []
    assert timeline(made.code)[0].facts["begun_from"] == base.code
    assert json.loads((folder_of(made) / "run.json").read_text())["begun_from"] == (
        base.result_digest
    )
    anew = make_country_run(land, limits_of_json(made.scenario.limits))
    assert len(changes_between(base, made)) <= len(changes_between(base, anew))


def test_a_plan_at_the_same_money_is_the_same_plan_with_the_same_bill_of_materials(land: Land):
    base = make_country_run(land, make_limits_of_land(120), search=True)
    made = again(land, base)
    assert changes_between(base, made) == []
    assert made.cells == base.cells
    told, wanted = (
        {(one["service"], one["product"], one["year"]): one["length_km"] for one in run.demands}
        for run in (made, base)
    )
    assert {key: km for key, km in told.items() if km} == pytest.approx(
        {key: km for key, km in wanted.items() if km}
    )


def test_options_that_no_plan_could_take_come_back_when_the_money_allows_them(land: Land):
    base = make_country_run(land, make_limits_of_land(120, budgets_kzt={YEARS[0]: Decimal(10**8)}))
    facts = json.loads((folder_of(base) / "run.json").read_text())
    made = again(land, base, budgets_kzt=money(land, 500))
    assert made.state == "made" and check_plan.check(folder_of(made)) == []
    assert facts["screened_mkzt"] > 0 and made.value_kzt > base.value_kzt


def test_the_folder_of_a_run_begun_from_another_stands_alone(land: Land, tmp_path):
    base = make_country_run(land, make_limits_of_land(120))
    made = again(land, base, budgets_kzt=money(land, 90))
    shutil.rmtree(folder_of(base))
    shutil.copytree(folder_of(made), tmp_path / "plan")
    assert check_plan.check(tmp_path / "plan") == []


def test_other_years_or_domestic_shares_begin_anew(land: Land):
    base = make_country_run(land, make_limits_of_land(120))
    with pytest.raises(Wrong):
        again(land, base, domestic_shares={"water": 0.7})
