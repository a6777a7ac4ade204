"""What cannot be planned is said in a clear sentence, on the desk and from the command line.

And nothing half stored stays: no scenario of figures that cannot be, no run without its files.
"""

import itertools
from decimal import Decimal

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from qaita.accounts.models import Person
from qaita.console import check_plan
from qaita.ledger.models import Entry
from qaita.ledger.queries import timeline
from qaita.networks.models import Section
from qaita.planning.models import CountryRun, CountryScenario
from qaita.planning.queries import folder_of, packages_of_run
from qaita.planning.services import make_country_scenario
from tests.planning.make import AT, YEARS
from tests.planning.make_country import (
    Land,
    make_country_run,
    make_land,
    make_limits_of_land,
    make_office,
)
from tests.planning.test_country_desk import door, office

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> Land:
    return make_land()


def scenario_of(land: Land, million: int = 120, **more: object) -> CountryScenario:
    limits = make_limits_of_land(million, **more)
    return make_country_scenario(limits, title="S", by=land.office, at=AT)


def typed(client: Client) -> dict[str, str]:
    form = client.get(door("country_new", "law")).context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: value for name, value in values.items() if value is not None} | {"title": "Bad"}


def left_behind(settings: object) -> list[str]:
    folder = settings.PLANS_DIR
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def sentence(caught: pytest.ExceptionInfo[CommandError]) -> str:
    told = str(caught.value)
    assert told.endswith(".") and "{" not in told and "Traceback" not in told
    return told


@pytest.mark.parametrize("value", ["", "-1", "nan", "inf", "1e30", "many", "1,2,3"])
def test_money_that_cannot_be_comes_back_beside_its_field_and_nothing_is_kept(land, value: str):
    client, height = office(land), Entry.objects.count()
    told = typed(client)
    field = next(name for name in told if name.startswith("budget_"))
    answer = client.post(door("country_new", "law"), told | {field: value})
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {field}
    assert str(answer.context["form"].errors[field][0]).endswith(".")
    assert not CountryScenario.objects.exists() and Entry.objects.count() == height


def test_a_scenario_without_money_is_refused_at_its_start_on_the_desk_and_in_the_shell(
    land, settings
):
    scenario = scenario_of(land, 0)
    answer = office(land).post(door("country_start", scenario.code))
    assert answer.status_code == 409 and "enter one first." in answer.content.decode()
    with pytest.raises(CommandError) as caught:
        call_command("plan", "run", "--scenario", scenario.code)
    assert sentence(caught)
    assert not CountryRun.objects.exists() and left_behind(settings) == []


@pytest.mark.parametrize("year", ["1066", "1999", "9999"])
def test_years_out_of_range_are_refused_in_the_shell(land, settings, year: str):
    with pytest.raises(CommandError) as caught:
        call_command("plan", "run", "--first-year", year)
    assert sentence(caught)
    assert not CountryScenario.objects.exists() and not CountryRun.objects.exists()
    assert left_behind(settings) == []


def test_a_scenario_that_is_not_there_is_said(land):
    with pytest.raises(CommandError):
        call_command("plan", "run", "--scenario", "NS-NONE")
    assert office(land).get(door("country_scenario", "NS-NONE")).status_code == 404
    assert office(land).post(door("country_start", "NS-NONE")).status_code == 404
    assert not CountryRun.objects.exists()


def test_an_empty_country_has_an_empty_plan_in_the_shell_too(settings):
    scenario = make_country_scenario(make_limits_of_land(), title="Nobody", by=make_office(), at=AT)
    call_command("plan", "run", "--scenario", scenario.code)
    run = CountryRun.objects.get()
    assert (run.state, run.package_count) == ("made", 0) and left_behind(settings) == [run.code]
    assert check_plan.check(folder_of(run)) == []


def test_the_register_holds_no_section_without_length(land):
    one = Section.objects.filter(network=land.water.network)
    for length_m in (0.0, -1.0):
        with pytest.raises(IntegrityError), transaction.atomic():
            one.update(length_m=length_m)


def test_sections_of_hardly_any_length_are_planned_without_a_figure_that_is_none(land):
    Section.objects.filter(network=land.water.network).update(length_m=1e-9)
    some = Section.objects.filter(network=land.heat.network).order_by("code")[:3]
    Section.objects.filter(pk__in=list(some.values_list("pk", flat=True))).update(length_m=1e-3)
    run = make_country_run(land, make_limits_of_land(60))
    assert run.state == "made" and check_plan.check(folder_of(run)) == []
    for line in packages_of_run(run).lines:
        figures = [*line.length_km, line.cost_mkzt, line.benefit_mkzt, line.wear]
        assert np.isfinite(figures).all() and min(figures) >= 0


def test_one_row_that_cannot_be_kept_ends_the_command_with_a_sentence(land, settings):
    scenario = scenario_of(land, floors_km={"water": {YEARS[0]: 50.0}})
    with pytest.raises(CommandError, match=r"by the end of 2026: short of \d"):
        call_command("plan", "run", "--scenario", scenario.code, "--adopt")
    run = CountryRun.objects.get()
    assert run.state == "infeasible" and "floor" in {row["kind"] for row in run.broken}
    assert check_plan.check(folder_of(run)) == [] and left_behind(settings) == [run.code]


def test_a_computation_stopped_in_the_shell_is_a_stopped_run_of_which_nothing_is_kept(
    land, settings, monkeypatch
):
    def stopped(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qaita.planning.services.country_plans.given_of", stopped)
    with pytest.raises(CommandError, match="Nothing of it is kept"):
        call_command("plan", "run", "--scenario", scenario_of(land).code)
    run = CountryRun.objects.get()
    assert (run.state, run.result_digest) == ("cancelled", "") and left_behind(settings) == []
    assert timeline(run.code)[-1].kind == "country_run.cancel"


def test_a_computation_that_breaks_in_the_shell_is_a_failed_run(land, settings, monkeypatch):
    def broken(*_arguments: object, **_options: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("qaita.planning.national.folder.write_csv", broken)
    with pytest.raises(OSError, match="no space"):
        call_command("plan", "run", "--scenario", scenario_of(land).code)
    run = CountryRun.objects.get()
    assert (run.state, run.value_kzt) == ("failed", None) and left_behind(settings) == []
    told = office(land).get(door("country_run", run.code)).content.decode()
    assert "The run gave up; nothing of it is kept." in told


def test_money_missing_in_a_year_is_none_and_its_year_stays_empty(land):
    money = {YEARS[0]: Decimal(120_000_000)}
    run = make_country_run(land, make_limits_of_land(budgets_kzt=money))
    assert run.state == "made" and {line.year for line in packages_of_run(run).lines} <= {
        None, YEARS[0],
    }  # fmt: skip
    assert check_plan.check(folder_of(run)) == []
    told = Client(headers={"accept-language": "en"}).get(reverse("portal:country_plan"))
    assert told.status_code == 200  # nothing of it is public
    assert Person.objects.filter(code=land.office.code).exists()


def test_a_country_of_packages_all_alike_is_planned(land):
    sections = Section.objects.all()
    first = sections.order_by("code").first()
    assert first is not None
    same = ("length_m", "material", "diameter_mm", "laid_on", "norm_life_years", "past_norm_on")
    sections.update(**{name: getattr(first, name) for name in same}, condition=0.8)
    run = make_country_run(land, make_limits_of_land(60))
    assert run.state == "made" and check_plan.check(folder_of(run)) == []
    again = make_country_run(land, make_limits_of_land(60))
    assert again.inputs_digest == run.inputs_digest
    pairs = itertools.zip_longest(packages_of_run(run).lines, packages_of_run(again).lines)
    assert all(one.option == other.option for one, other in pairs)
