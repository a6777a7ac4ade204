"""The country's plan on the desk: scenario, run, progress, other money, two runs, adoption."""

import re
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from qaita.accounts.models import Person
from qaita.jobs.models import Job
from qaita.ledger.models import Entry
from qaita.ledger.queries import timeline
from qaita.planning.jobs import TRIAL, queue_trial
from qaita.planning.models import CountryRun, CountryScenario
from qaita.planning.queries import changes_between, folder_of, forecast_bound, limits_of_json
from qaita.planning.services import make_country_scenario, start_country_run
from tests.accounts.make import make_person
from tests.planning.make import AT, YEARS
from tests.planning.make_country import (
    MILLION,
    Land,
    make_country_run,
    make_land,
    make_limits_of_land,
)

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


@pytest.fixture
def land() -> Land:
    return make_land()


def signed_in(person: Person) -> Client:
    client = Client(headers={"accept-language": "en"})
    person.language = "en"
    person.save()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def office(land: Land) -> Client:
    return signed_in(Person.objects.get(code=land.office.code))


def door(name: str, *words: str) -> str:
    return reverse(f"planning:{name}", args=words)


def test_a_scenario_is_made_from_the_law_changed_and_run_as_a_job(land: Land):
    client = office(land)
    page = client.get(door("country_new", "law"))
    form = page.context["form"]
    typed = {field.html_name: field.value() for field in form}
    told = {name: value for name, value in typed.items() if value is not None}
    first = form.base.years[0]
    told |= {"title": "Tight", f"budget_{first}": "77", f"floor_water_{first}": "0.05"}
    answer = client.post(door("country_new", "law"), told)
    assert answer.status_code == 302, answer.context["form"].errors
    scenario = CountryScenario.objects.get()
    assert answer["Location"] == door("country_scenario", scenario.code)
    assert Decimal(scenario.limits["budgets_kzt"][str(first)]) == 77 * MILLION
    assert scenario.limits["floors_km"]["water"][str(first)] == 0.05
    assert timeline(scenario.code)[-1].kind == "country_scenario.make"
    assert "Tight" in client.get(door("country_scenario", scenario.code)).content.decode()
    again = client.get(door("country_new", scenario.code)).context["form"]
    assert again[f"budget_{first}"].value() == 77
    answer = client.post(door("country_start", scenario.code))
    run = CountryRun.objects.get()
    assert answer["Location"] == door("country_run", run.code)
    assert run.state in ("made", "infeasible")
    told = client.get(door("country_run", run.code)).content.decode()
    assert "How far from the best plan" in told


def test_amounts_of_few_utilities_and_regions_are_written_one_by_one(land: Land):
    utility, region = land.water.utility.code, land.water.region.kato
    limits = make_limits_of_land(
        120,
        caps_kzt={utility: dict.fromkeys(YEARS, Decimal(40 * MILLION))},
        capacities_km={region: {"water": dict.fromkeys(YEARS, 2.0)}},
        regions_kzt={region: Decimal(10 * MILLION)},
    )
    base = make_country_scenario(limits, title="Base", by=land.office, at=AT)
    client = office(land)
    page = client.get(door("country_new", base.code))
    typed = {field.html_name: field.value() for field in page.context["form"]}
    told = {name: value for name, value in typed.items() if value is not None}
    told |= {"title": "Own", f"cap_{utility}_{YEARS[1]}": "55.5", f"least_{region}": "7"}
    told |= {f"built_{region}_water_{YEARS[2]}": "3.25"}
    assert "Tariff caps of utilities, mln" in page.content.decode()
    client.post(door("country_new", base.code), told)
    made = limits_of_json(CountryScenario.objects.get(title="Own").limits)
    assert made.caps_kzt[utility] == {
        **limits.caps_kzt[utility], YEARS[1]: Decimal("55.5") * MILLION,
    }  # fmt: skip
    assert made.regions_kzt == {region: Decimal(7 * MILLION)}
    assert made.capacities_km[region]["water"] == {YEARS[0]: 2.0, YEARS[1]: 2.0, YEARS[2]: 3.25}
    told |= {f"cap_{utility}_{YEARS[0]}": "-1", "title": "Bad", f"least_{region}": "nan"}
    answer = client.post(door("country_new", base.code), told)
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {
        f"cap_{utility}_{YEARS[0]}", f"least_{region}",
    }  # fmt: skip


def test_wrong_values_come_back_with_what_was_typed(land: Land):
    answer = office(land).post(door("country_new", "law"), {"title": "X", "red_percent": "150"})
    assert answer.status_code == 422 and not CountryScenario.objects.exists()
    assert 'value="150"' in answer.content.decode()


def test_a_run_is_stopped_and_nothing_of_it_is_kept(land: Land):
    client = office(land)
    scenario = make_country_scenario(make_limits_of_land(), title="S", by=land.office, at=AT)
    run = start_country_run(scenario, by=land.office, at=AT)
    waiting = client.get(door("country_run", run.code)).content.decode()
    assert "It waits for its turn." in waiting and door("country_cancel", run.code) in waiting
    told = client.post(door("country_cancel", run.code), follow=True).content.decode()
    run.refresh_from_db()
    assert run.state == "cancelled" and "Nothing of the run is kept" in told
    assert timeline(run.code)[-1].kind == "country_run.cancel"
    assert client.post(door("country_cancel", run.code)).status_code == 409


def test_limits_that_clash_are_named_with_what_is_short_and_what_would_be_enough(land: Land):
    limits = make_limits_of_land(floors_km={"water": {YEARS[0]: 50.0}})
    run, client = make_country_run(land, limits), office(land)
    told = client.get(door("country_run", run.code)).content.decode()
    assert "No plan keeps all these limits together." in told
    assert "kilometres promised by the end of 2026: short of 4" in told
    assert door("country_adopt", run.code) not in told
    assert "The smallest changes" in told and "ask for 4" in told and " km less" in told
    way = next(n for n, one in enumerate(run.relaxations) if one[0]["kind"] == "floor")
    client.post(door("country_relax", run.code, str(way)))
    eased = CountryScenario.objects.exclude(pk=run.scenario.pk).get()
    assert 0 < eased.limits["floors_km"]["water"][str(YEARS[0])] < 50.0
    possible = make_country_run(land, limits_of_json(eased.limits))
    assert possible.state == "made" and possible.chosen_count
    assert client.post(door("country_relax", run.code, "99")).status_code == 404


def test_a_plan_is_adopted_by_the_office_and_then_public(land: Land):
    run, client = make_country_run(land), office(land)
    assert (
        door("country_adopt", run.code)
        in client.get(door("country_run", run.code)).content.decode()
    )
    told = client.post(door("country_adopt", run.code), follow=True).content.decode()
    run.refresh_from_db()
    assert run.state == "adopted" and "plan in force now" in told
    assert timeline(run.code)[-1].kind == "country_run.adopt"
    assert run.code in Client().get(reverse("portal:country_plan")).content.decode()


def test_the_bound_at_other_money_is_true_before_anything_is_priced_again(land: Land):
    run, client = make_country_run(land, make_limits_of_land(60)), office(land)
    base = limits_of_json(run.scenario.limits)
    less = replace(base, budgets_kzt={year: Decimal(30 * MILLION) for year in YEARS})
    bound = forecast_bound(run, less)
    assert bound < run.bound_kzt
    assert forecast_bound(run, base) == pytest.approx(run.bound_kzt, abs=1)
    other = make_country_run(land, make_limits_of_land(30))
    assert other.value_kzt <= bound
    asked = {f"percent_{year}": "50" for year in YEARS}
    page = client.get(door("country_money", run.code), asked)
    assert page.context["bound"] == bound and "proven upper bound" in page.content.decode()
    part = client.get(door("country_money", run.code), asked, headers={"hx-request": "true"})
    one, whole = (TOKEN.sub("", answer.content.decode()) for answer in (part, page))
    assert one.strip() in whole


def test_a_plan_is_asked_for_at_the_other_money(land: Land):
    run, client = make_country_run(land, make_limits_of_land(120)), office(land)
    half = {f"percent_{year}": "50" for year in YEARS}
    answer = client.post(door("country_money", run.code), half)
    job = Job.objects.get(kind=TRIAL)
    assert answer["Location"] == door("country_trial", job.code) and job.outcome == "done"
    page = client.get(answer["Location"])
    told = page.content.decode()
    assert "Nothing is stored yet" in told and CountryRun.objects.count() == 1
    assert page.context["is_less"] and page.context["found"]["left"] > 0
    part = client.get(answer["Location"], headers={"hx-request": "true"}).content.decode()
    assert TOKEN.sub("", part).strip() in TOKEN.sub("", told)
    client.post(door("country_trial_keep", job.code))
    made = CountryRun.objects.exclude(pk=run.pk).get()
    before, after = (one.scenario.limits["budgets_kzt"] for one in (run, made))
    assert {y: Decimal(v) * 2 for y, v in after.items()} == {
        y: Decimal(v) for y, v in before.items()
    }
    assert made.state == "made" and made.begun_from == run
    assert made.value_kzt >= page.context["value_kzt"]  # a solver searched further


def test_money_of_a_utility_and_of_a_region_moves_as_well(land: Land):
    utility, region = land.water.utility.code, land.water.region.kato
    limits = make_limits_of_land(
        120,
        caps_kzt={utility: dict.fromkeys(YEARS, Decimal(40 * MILLION))},
        regions_kzt={region: Decimal(10 * MILLION)},
    )
    run, client = make_country_run(land, limits), office(land)
    asked = {"of": f"cap:{utility}", f"percent_{YEARS[0]}": "50"}
    page = client.get(door("country_money", run.code), asked)
    assert page.context["bound"] < run.bound_kzt and "Tariff cap" in page.content.decode()
    client.post(door("country_money", run.code), asked)
    kept = Job.objects.filter(kind=TRIAL).first().resume["limits"]
    assert Decimal(kept["caps_kzt"][utility][str(YEARS[0])]) == 20 * MILLION
    client.post(door("country_money", run.code), {"of": f"region:{region}", "percent_all": "200"})
    kept = Job.objects.filter(kind=TRIAL).first().resume["limits"]
    assert Decimal(kept["regions_kzt"][region]) == 20 * MILLION


def test_a_newer_trial_stops_the_older_and_a_trial_can_be_stopped(land: Land, monkeypatch):
    run, client = make_country_run(land), office(land)
    waiting = SimpleNamespace(enqueue=lambda _code: None)
    monkeypatch.setattr("qaita.planning.jobs.try_country", waiting)
    for _turn in range(2):
        client.post(door("country_money", run.code), {f"percent_{YEARS[0]}": "50"})
    newest, older = Job.objects.filter(kind=TRIAL)
    assert (older.outcome, newest.outcome) == ("cancelled", "waiting")
    page = client.get(door("country_trial", newest.code)).content.decode()
    assert "It waits for its turn." in page and door("country_trial_stop", newest.code) in page
    client.post(door("country_trial_stop", newest.code))
    newest.refresh_from_db()
    assert newest.outcome == "cancelled"


@pytest.mark.parametrize("lost", ["screened.parquet", "weights.csv", "packages-0.parquet"])
def test_a_question_to_a_plan_that_has_lost_a_file_ends_in_a_sentence(land: Land, lost: str):
    run, client = make_country_run(land), office(land)
    Person.objects.filter(code=land.office.code).update(language="ru")
    (folder_of(run) / lost).unlink()
    job = queue_trial(run, limits_of_json(run.scenario.limits), by=land.office, at=AT)
    assert job.outcome == "failed" and "Рассчитайте план заново" in job.message
    page = client.get(door("country_trial", job.code)).content.decode()
    assert job.message in page and "A fault on our side" not in page
    assert door("country_scenario", run.scenario.code) in page


def test_the_pages_of_a_plan_that_has_lost_a_file_name_it(land: Land):
    run, client = make_country_run(land), office(land)
    (folder_of(run) / "limits.csv").unlink()
    page = client.get(door("country_run", run.code))
    assert page.status_code == 200 and "limits.csv" in page.content.decode()
    assert "Compute the plan anew from its scenario." in page.content.decode()
    for name in ("country_packages", "country_money", "country_run_map"):
        answer = client.get(door(name, run.code))
        assert answer.status_code == 409, name
        assert "Compute the plan anew from its scenario" in answer.content.decode()


def test_a_torn_file_of_a_plan_is_no_fault_of_the_page(land: Land):
    run, client = make_country_run(land), office(land)
    (folder_of(run) / "packages-0.parquet").write_bytes(b"PAR1")
    page = client.get(door("country_swap", run.code))
    assert page.status_code == 409
    assert "Compute the plan anew from its scenario" in page.content.decode()


def test_two_runs_stand_side_by_side_with_the_packages_that_differ(land: Land):
    rich, poor = (
        make_country_run(land, make_limits_of_land(120)),
        make_country_run(land, make_limits_of_land(40)),
    )
    changes = changes_between(rich, poor)
    gone = [one for one in changes if one.second_year is None]
    assert len(gone) >= rich.chosen_count - poor.chosen_count > 0
    assert changes_between(rich, rich) == []
    address = door("country_compare", rich.code, poor.code)
    told = office(land).get(address, {"kind": "out"}).content.decode()
    assert "Two plans side by side" in told and gone[0].code in told
    alike = office(land).get(door("country_compare", rich.code, rich.code)).content.decode()
    assert "Both plans treat every package alike." in alike


def test_nobody_else_sees_or_moves_the_country_s_plan(land: Land):
    run = make_country_run(land)
    strangers = [
        signed_in(make_person()),
        signed_in(make_person("utility_engineer", land.water.utility)),
    ]
    trial = queue_trial(run, make_limits_of_land(), by=land.office, at=AT)
    height = Entry.objects.count()
    for client in strangers:
        for name in ("country_run", "country_packages", "country_money"):
            assert client.get(door(name, run.code)).status_code == 403
        assert client.get(door("country")).status_code == 403
        assert client.get(door("country_new", "law")).status_code == 403
        for name in ("country_adopt", "country_cancel", "country_money"):
            assert client.post(door(name, run.code)).status_code == 403
        for name in ("country_trial_stop", "country_trial_keep", "country_trial"):
            assert client.post(door(name, trial.code)).status_code == 403
        for name in ("country_start", "country_shelve"):
            assert client.post(door(name, run.scenario.code)).status_code == 403
    run.refresh_from_db()
    assert run.state == "made" and Entry.objects.count() == height


def test_a_scenario_is_laid_aside(land: Land):
    run, client = make_country_run(land), office(land)
    told = client.post(door("country_shelve", run.scenario.code), follow=True).content.decode()
    assert "is laid aside" in told
    assert CountryScenario.objects.get().state == "shelved"
    assert timeline(run.scenario.code)[-1].kind == "country_scenario.shelve"
