"""Scenarios of the country's plan: who may make them, what cannot be one, and how they are kept."""

import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from qaita.kernel.actor import NOBODY
from qaita.kernel.errors import Refused, Wrong
from qaita.planning.models import CountryScenario
from qaita.planning.queries import (
    CountryLimits,
    limits_of_json,
)
from qaita.planning.services import (
    adopt_country_run,
    make_country_scenario,
    start_country_run,
)
from tests.planning.make import AT
from tests.planning.make_country import (
    make_country_run,
    make_land,
    make_limits_of_land,
    make_office,
)

pytestmark = pytest.mark.django_db


def test_only_the_programme_office_plans_the_country():
    land = make_land()
    for stranger in (NOBODY, land.water.engineer, land.water.head):
        with pytest.raises(Refused):
            make_country_scenario(make_limits_of_land(), title="Plan", by=stranger, at=AT)
    scenario = make_country_scenario(make_limits_of_land(), title="Plan", by=land.office, at=AT)
    with pytest.raises(Refused):
        start_country_run(scenario, by=land.water.head, at=AT)
    with pytest.raises(Refused):
        adopt_country_run(make_country_run(land), by=land.water.head, at=AT)


def test_a_scenario_without_money_is_not_run():
    land = make_land()
    scenario = make_country_scenario(make_limits_of_land(0), title="Plan", by=land.office, at=AT)
    with pytest.raises(Refused) as refusal:
        start_country_run(scenario, by=land.office, at=AT)
    assert [reason.code for reason in refusal.value.reasons] == ["no_budget"]


@pytest.mark.parametrize(
    "change",
    [
        {"years": ()},
        {"years": (2026, 2028)},
        {"budgets_kzt": {2026: Decimal(-1)}},
        {"floors_km": {"water": {2026: float("nan")}}},
        {"budgets_kzt": {2026: Decimal("NaN")}},
        {"budgets_kzt": {2026: Decimal("Infinity")}},
        {"caps_kzt": {"OR-1": {2026: Decimal("-Infinity")}}},
        {"regions_kzt": {"55": Decimal("1e40")}},
        {"budgets_kzt": {2026: Decimal(1), 2040: Decimal(1)}},
        {"floors_km": {"water": {1999: 1.0}}},
        {"capacities_km": {"55": {"water": {2026: float("inf")}}}},
        {"supplies_km": {"water": {"22.21.21": {2026: -1.0}}}},
        {"supplies_km": {"water": {"22.21.21": {2033: 1.0}}}},
        {"import_shares": {"water": float("nan")}},
        {"domestic_shares": {"water": -0.1}},
        {"red_zone_share": 1.5},
    ],
)
def test_a_scenario_that_cannot_be_is_refused(change: dict):
    office = make_office()
    for language in ("kk", "ru", "en"):
        with override(language), pytest.raises(Wrong) as refusal:
            make_country_scenario(make_limits_of_land(**change), title="Plan", by=office, at=AT)
        told = [str(text) for texts in refusal.value.fields.values() for text in texts]
        assert told and all(text.endswith(".") for text in told)
    assert not CountryScenario.objects.exists()  # nothing half stored


def test_a_scenario_is_run_again_and_laid_aside_from_the_command_line(capsys):
    run = make_country_run(make_land())
    call_command("plan", "run", "--scenario", run.scenario.code, "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["inputs_digest"]) == ("made", run.inputs_digest)
    call_command("plan", "shelve", run.scenario.code)
    run.scenario.refresh_from_db()
    assert run.scenario.state == "shelved"
    with pytest.raises(CommandError):
        call_command("plan", "run", "--scenario", run.scenario.code)


def test_limits_are_kept_as_they_were_entered():
    limits = make_limits_of_land(
        caps_kzt={"OR-1": {2026: Decimal("5.50")}},
        capacities_km={"55": {"water": {2026: 1.5}}},
        floors_km={"heat": {2027: 0.25}},
        domestic_shares={"heat": 0.7},
        regions_kzt={"55": Decimal("1.00")},
        red_zone_share=0.3,
        carries_over=False,
    )
    assert limits_of_json(json.loads(json.dumps(limits.as_json()))) == limits
    assert isinstance(limits, CountryLimits)
