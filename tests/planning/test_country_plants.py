"""A plant and its network: pipes wait for the plant that feeds them, and everybody reads why."""

import json
from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from qaita.accounts.models import Person
from qaita.console import check_plan
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Wrong
from qaita.networks.models import EquipmentUnit, NodeKind
from qaita.planning.models import CountryRun, CountryScenario
from qaita.planning.national.plants import closed_years
from qaita.planning.queries import (
    PackageLine,
    RunWords,
    Targets,
    folder_of,
    limits_from_law,
    limits_in_file,
    limits_of_json,
    lines_of_limits,
    options_of_package,
    packages_of_run,
    plants_of_run,
    price_swap,
)
from qaita.planning.services import (
    adopt_country_run,
    compute_country_run,
    make_country_scenario,
    start_country_run,
)
from tests.disclosure.leading import faults_of
from tests.planning.make import AT, YEARS
from tests.planning.make_country import Land, make_country_run, make_land, make_limits_of_land
from tests.planning.test_country_desk import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> Land:
    return make_land()


def planned(land: Land, **plants: dict[str, int]) -> CountryRun:
    return make_country_run(land, make_limits_of_land(**plants))


def lines(run: CountryRun) -> list[PackageLine]:
    return packages_of_run(run).lines


def of_heat(land: Land, run: CountryRun) -> list[PackageLine]:
    return [one for one in lines(run) if land.heat.network.code in one.networks]


def heat_years(land: Land, run: CountryRun) -> set[int | None]:
    """Return the years in which anything of the heat network is renewed."""
    folder, found = folder_of(run), set()
    for pack in json.loads((folder / "run.json").read_text())["packs"]:
        plan = pq.read_table(folder / pack["plan"]).to_pylist()
        own = pq.read_table(folder / pack["file"]).to_pylist()
        for decided, package in zip(plan, own, strict=True):
            choice = (decided["option"] - 1) // len(YEARS)
            for m in range(pack["networks"]):
                is_heat = package[f"network_{m}"] == land.heat.network.code
                if is_heat and decided["option"] and pack["take"][choice][m] >= 0:
                    found.add(decided["year"])
    return found


@pytest.mark.parametrize(
    ("kind", "year", "closed"),
    [
        ("plant_ready", 2027, [2026]),
        ("plant_ready", 2026, []),
        ("plant_ready", 2040, [2026, 2027, 2028]),
        ("plant_past_life", 2027, [2027, 2028]),
        ("plant_past_life", 1999, [2026, 2027, 2028]),
        ("plant_closing", 2040, [2026, 2027, 2028]),
        ("", 0, []),
    ],
)
def test_pipes_wait_for_their_plant(kind: str, year: int, closed: list[int]):
    assert closed_years(kind, year, YEARS) == closed


def test_pipes_are_not_renewed_before_the_plant_that_will_feed_them(land: Land):
    free = planned(land)
    assert YEARS[0] in heat_years(land, free)
    run = planned(land, plants_ready={land.heat.network.code: YEARS[2]})
    assert run.state == "made" and check_plan.check(folder_of(run)) == []
    assert heat_years(land, run) == {YEARS[2]}  # worth it still, only later
    # the water beside it need not wait, unless it is dug up together
    sides = options_of_package(run, lines(run)[0].code)[1]
    early, late = ({one.method for one in sides if one.year == y} for y in (YEARS[0], YEARS[2]))
    assert early and "joint" not in early and "joint" in late
    assert run.value_kzt < free.value_kzt and run.bound_kzt < free.bound_kzt
    assert run.inputs_digest != free.inputs_digest


@pytest.mark.parametrize("kind", ["plants_closing", "plants_past_life"])
def test_pipes_that_lead_to_no_plant_are_not_renewed_and_the_reason_is_told(land: Land, kind: str):
    run = planned(land, **{kind: {land.heat.network.code: YEARS[0]}})
    assert check_plan.check(folder_of(run)) == [] and heat_years(land, run) == set()
    alone = [one for one in of_heat(land, run) if len(one.networks) == 1]
    assert all(one.reason == "plant" and one.benefit_mkzt == 0 for one in alone)
    for language in ("kk", "ru", "en"):
        words = RunWords(run, language)
        for one in of_heat(land, run):
            told = words.why(one)
            assert str(YEARS[0]) in told and told.count(".") >= 2 and "{" not in told
    told = RunWords(run, "en").why(of_heat(land, run)[0])
    assert "its plant" in told.lower() or "Its plant" in told


def test_nobody_puts_in_by_hand_what_waits_for_its_plant(land: Land):
    run = planned(land, plants_ready={land.heat.network.code: YEARS[1]})
    code = of_heat(land, run)[0].code
    first = planned(land)
    option = next(
        side.option
        for side in options_of_package(first, code)[1]
        if side.year == YEARS[0] and side.method.startswith("joint")
    )
    with pytest.raises(Wrong):
        price_swap(run, {code: option})


def test_a_plan_at_other_money_waits_for_the_plants_as_well(land: Land):
    plants = {"plants_ready": {land.heat.network.code: YEARS[2]}}
    base = make_country_run(land, make_limits_of_land(120, **plants))

    def again(limits):
        scenario = make_country_scenario(limits, title="Again", by=land.office, at=AT)
        run = start_country_run(scenario, by=land.office, at=AT, begun_from=base)
        return compute_country_run(run, by=land.office, at=AT)

    made = again(make_limits_of_land(500, **plants))
    assert made.value_kzt > base.value_kzt and heat_years(land, made) == {YEARS[2]}
    assert check_plan.check(folder_of(made)) == []
    third = again(make_limits_of_land(500, **plants))
    assert third.value_kzt == made.value_kzt
    with pytest.raises(Wrong):
        again(make_limits_of_land(500))  # other plants are another question


def test_a_package_too_large_for_every_year_does_not_say_that_it_avoids_nothing(land: Land):
    caps = {land.heat.utility.code: dict.fromkeys(YEARS, Decimal(0))}
    run = make_country_run(land, make_limits_of_land(caps_kzt=caps))
    alone = [one for one in of_heat(land, run) if len(one.networks) == 1 and not one.year]
    assert {one.reason for one in alone} <= {"too_large"}
    assert all(one.benefit_mkzt >= 0 for one in lines(run))


def test_the_law_names_plants_wholly_past_their_norm_life(land: Land):
    def limits():
        found = limits_from_law(Targets({}, {}), on=day_of(AT), first_year=YEARS[0])
        return found.plants_past_life

    assert limits() == {}
    network = land.heat.network
    source = network.nodes.get(kind=NodeKind.SOURCE)

    def unit(since: date | None, life: float | None) -> EquipmentUnit:
        return EquipmentUnit.objects.create(
            network=network, node=source, kind="boiler", installed_on=since, norm_life_years=life
        )

    unit(date(2003, 6, 1), 24)  # past its life in the summer of 2027
    assert limits() == {network.code: 2028}
    unit(None, None)  # of which nothing is known
    assert limits() == {network.code: 2028}
    younger = unit(date(2020, 6, 1), 24)
    assert limits() == {}
    EquipmentUnit.objects.filter(pk=younger.pk).update(norm_life_years=None)
    assert limits() == {}
    EquipmentUnit.objects.filter(pk=younger.pk).update(norm_life_years=1e9)
    assert limits() == {}


@pytest.mark.parametrize("name", ["plants_ready", "plants_past_life", "plants_closing"])
@pytest.mark.parametrize("year", [0, -5, 1066, 2500])
def test_years_of_plants_that_cannot_be_are_refused(land: Land, name: str, year: int):
    limits = make_limits_of_land(**{name: {land.heat.network.code: year}})
    with pytest.raises(Wrong) as caught:
        make_country_scenario(limits, title="Plan", by=land.office, at=AT)
    assert name in caught.value.fields


def office(land: Land) -> Client:
    return signed_in(Person.objects.get(code=land.office.code))


def door(name: str, *words: str) -> str:
    return reverse(f"planning:{name}", args=words)


def typed_in(page: HttpResponse) -> dict[str, str]:
    form = page.context["form"]
    typed = {field.html_name: field.value() for field in form}
    return {name: value for name, value in typed.items() if value is not None}


def test_the_form_names_plants_of_the_register_and_a_year_may_be_given_to_each(land: Land):
    network, other = land.heat.network, land.water.network
    source = network.nodes.get(kind=NodeKind.SOURCE)
    EquipmentUnit.objects.create(
        network=network, node=source, kind="boiler", installed_on=date(1980, 6, 1),
        norm_life_years=24,
    )  # fmt: skip
    client = office(land)
    page = client.get(door("country_new", "law"))
    assert "Plants and their networks" in page.content.decode()
    told = typed_in(page) | {"title": "As it is"}
    assert told[f"plant_{network.code}"] == "plant_past_life:2005"
    client.post(door("country_new", "law"), told)
    made = CountryScenario.objects.get(title="As it is")
    assert made.limits["plants_past_life"] == {network.code: 2005}
    year = page.context["form"].base.years[1]
    told |= {f"plant_{network.code}": f"plant_ready:{year}", "title": "Dated"}
    told |= {"plant_other": other.code.lower(), "plant_other_when": f"plant_closing:{year}"}
    client.post(door("country_new", "law"), told)
    limits = limits_of_json(CountryScenario.objects.get(title="Dated").limits)
    assert limits.plants_ready == {network.code: year}
    assert limits.plants_closing == {other.code: year}
    assert limits.plants_past_life == {network.code: 2005}  # the year that is named holds
    shown = client.get(door("country_scenario", CountryScenario.objects.get(title="Dated").code))
    assert f"comes into use, in {year}" in shown.content.decode()
    told |= {f"plant_{network.code}": "", "title": "Free", "plant_other": ""}
    client.post(door("country_new", "law"), told)
    free = limits_of_json(CountryScenario.objects.get(title="Free").limits)
    assert (free.plants_ready, free.plants_past_life, free.plants_closing) == ({}, {}, {})
    told |= {"plant_other": "NW-NONE", "title": "Nowhere"}
    answer = client.post(door("country_new", "law"), told)
    assert answer.status_code == 422 and "plant_other" in answer.context["form"].errors
    assert not CountryScenario.objects.filter(title="Nowhere").exists()


def test_everybody_reads_what_the_plan_does_behind_each_plant(land: Land):
    run = planned(
        land,
        plants_ready={land.heat.network.code: YEARS[1]},
        plants_closing={land.water.network.code: YEARS[2]},
    )
    adopt_country_run(run, by=land.office, at=AT)
    heat, water = sorted(plants_of_run(run, "en"), key=lambda row: row.plant.kind, reverse=True)
    assert heat.plant.network == land.heat.network.code and heat.first_year == YEARS[1]
    assert 0 < heat.chosen_m <= heat.need_m + 1 and not heat.is_left_alone
    assert water.chosen_m == 0 and water.first_year is None and not water.is_left_alone
    for language, word in (("en", "Its plant"), ("ru", "Источник сети"), ("kk", "Желінің көзі")):
        told = Client().get(f"/{language}/country-plan/").content.decode()
        assert word in told and land.heat.network.code in told and faults_of(told) == []
    code = of_heat(land, run)[0].code
    address = reverse("portal:country_package", args=[run.code, code])
    assert str(YEARS[1]) in Client().get(address).content.decode()


def test_a_new_plant_whose_worn_network_is_left_out_is_marked(land: Land):
    caps = {land.heat.utility.code: dict.fromkeys(YEARS, Decimal(0))}
    plants = {"plants_ready": {land.heat.network.code: YEARS[0]}}
    run = make_country_run(land, make_limits_of_land(caps_kzt=caps, **plants))
    (row,) = plants_of_run(run, "en")
    assert row.is_left_alone and row.need_m > 0
    told = office(land).get(door("country_run", run.code)).content.decode()
    assert "nothing of its worn network in the plan" in told


def test_plants_go_out_and_come_back_in_the_file_of_limits(land: Land):
    code, head = land.heat.network.code, "kind,network,year,amount,unit"

    def told(*lines: str):
        content = "\n".join([head, f"budget,,{YEARS[0]},5,", *lines]).encode()
        return limits_in_file("x.csv", content, this_year=YEARS[0])

    limits, faults = told(
        f"plant_ready,{code},,{YEARS[1]},year",
        f"plant_past_life,{code},,1999,",
        f"plant_closing,{land.water.network.code},,2031,",
    )
    assert faults == [] and limits is not None
    assert (limits.plants_ready, limits.plants_past_life) == ({code: YEARS[1]}, {code: 1999})
    assert limits.plants_closing == {land.water.network.code: 2031}
    out = {(one.kind, one.network, int(one.amount)) for one in lines_of_limits(limits)}
    assert ("plant_ready", code, YEARS[1]) in out and ("plant_past_life", code, 1999) in out
    limits, faults = told(
        "plant_ready,NW-NONE,,2027,", f"plant_ready,{code},,2027.5,", f"plant_closing,{code},,,",
        f"plant_closing,{code},,20270,", f"plant_ready,{code},,nan,", "plant_ready,,,2027,km",
    )  # fmt: skip
    assert limits is None
    assert [(one.row, one.column) for one in faults] == [
        (3, "network"), (4, "amount"), (5, "amount"), (6, "amount"), (7, "amount"),
        (8, "network"), (8, "unit"),
    ]  # fmt: skip
