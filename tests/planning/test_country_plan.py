"""The plan of the whole country: from sections to files that prove it."""

import csv
import hashlib
import json
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.core.management import call_command

from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused
from qaita.ledger.queries import timeline
from qaita.networks.models import FailureForecast, FailureModel, Section
from qaita.planning.models import CountryRun, Package
from qaita.planning.national.country import read_country
from qaita.planning.national.rates import find_needs
from qaita.planning.needs import in_need, needs_in
from qaita.planning.queries import (
    adopted_country_run,
    cost_of_sections,
    folder_of,
    limits_of_json,
    plan_sums,
)
from qaita.planning.services import (
    adopt_country_run,
    compute_country_run,
    make_country_scenario,
    start_country_run,
)
from qaita.programme.models import Target
from tests.planning.make import AT, YEARS, make_packages
from tests.planning.make_country import (
    MILLION,
    make_country_run,
    make_land,
    make_limits_of_land,
    make_office,
)

pytestmark = pytest.mark.django_db


def table(run: CountryRun, name: str) -> dict[str, list]:
    return pq.read_table(folder_of(run) / name).to_pydict()


def rows(run: CountryRun, name: str) -> list[dict[str, str]]:
    with (folder_of(run) / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def facts(run: CountryRun) -> dict:
    return json.loads((folder_of(run) / "run.json").read_text())


def test_the_needs_of_the_country_are_those_of_each_network():
    land = make_land()
    country = read_country(on=day_of(AT))
    found = find_needs(country)
    for scene in (land.water, land.heat):
        needs = needs_in(scene.network, day_of(AT))
        code = np.array([section.code for section in needs.sections], dtype="S16")
        order = np.argsort(code)
        own = country.of_place("code") == scene.network.code
        assert country.code[own].tolist() == code[order].tolist()
        assert found.old_per_year[own] == pytest.approx(needs.old_per_year[order])
        assert found.failure_kzt[own] == pytest.approx(needs.consequence_kzt[order])
        assert found.wanted[own].tolist() == in_need(needs, day_of(AT))[order].tolist()


def test_a_run_is_made_kept_whole_and_told_to_the_ledger():
    run = make_country_run(make_land())
    assert run.state == "made" and run.chosen_count > 0
    assert run.value_kzt > 0 and run.bound_kzt >= run.value_kzt
    told = facts(run)
    for name, digest in told["sha256"].items():
        assert hashlib.sha256((folder_of(run) / name).read_bytes()).hexdigest() == digest
    entry = timeline(run.code)[-1]
    assert entry.kind == "country_run.solve"
    assert (told["inputs_digest"], told["result_digest"]) == (run.inputs_digest, run.result_digest)


def test_every_section_in_need_is_in_one_package_and_its_shares_make_it_whole():
    run = make_country_run(make_land())
    country = read_country(on=day_of(AT))
    wanted = set(np.char.decode(country.code[find_needs(country).wanted], "ascii").tolist())
    share: dict[str, float] = {}
    for pack in facts(run)["packs"]:
        found = table(run, pack["sections"])
        for section, part in zip(found["section"], found["share"], strict=True):
            share[section] = share.get(section, 0.0) + part
    assert set(share) == wanted
    assert list(share.values()) == pytest.approx([1.0] * len(share))


def test_two_networks_in_one_street_may_be_dug_once_and_cost_less_together():
    run = make_country_run(make_land())
    pack = facts(run)["packs"][2]
    assert pack["labels"][-1] == "joint" and pack["size"] > 0
    found = table(run, pack["file"])
    for m in (0, 1):
        assert all(
            a > b for a, b in zip(found[f"cost_{m}_0_0"], found[f"cost_{m}_2_0"], strict=True)
        )
    # what one trench saves makes it the best way for a street
    assert "joint" in table(run, pack["plan"])["method"]


def test_a_package_costs_what_its_sections_cost():
    land = make_land()
    run = make_country_run(land)
    pack = facts(run)["packs"][2]
    found, parts = table(run, pack["file"]), table(run, pack["sections"])
    for n, code in enumerate(found["code"][:3]):
        own = [
            section
            for one, m, section in zip(
                parts["code"], parts["member"], parts["section"], strict=True
            )
            if one == code and m == 0
        ]
        sections = list(Section.objects.filter(code__in=own))
        cost = cost_of_sections(sections, on=day_of(AT))
        assert found["cost_0_0_0"][n] == pytest.approx(float(cost) / MILLION, rel=1e-5)
        assert found["cost_0_0_1"][n] == pytest.approx(1.06 * float(cost) / MILLION, rel=1e-5)


def test_used_of_every_row_is_what_the_chosen_packages_use():
    limits = make_limits_of_land(
        300,
        floors_km={"water": {YEARS[1]: 0.2}},
        capacities_km={"55": {"water": dict.fromkeys(YEARS, 0.5)}},
        red_zone_share=0.0,
    )
    run = make_country_run(make_land(), limits)
    assert run.state == "made"
    spent = dict.fromkeys(YEARS, 0.0)
    water = dict.fromkeys(YEARS, 0.0)
    for one in plan_sums(run, ("year", "service")):
        spent[one.names[0]] += one.cost_mkzt
        if one.names[1] == "water":
            water[one.names[0]] += one.length_km
    for row in rows(run, "limits.csv"):
        year, used, amount = row["year"], float(row["used"]), float(row["amount"])
        assert used <= amount
        if row["kind"] == "budget":
            assert used == pytest.approx(spent[int(year)], abs=1e-3) and used <= 300
        elif row["kind"] == "capacity":
            assert used == pytest.approx(water[int(year)], abs=1e-5)
        else:
            assert row["kind"] == "floor" and amount == -0.2
            assert -used == pytest.approx(water[YEARS[0]] + water[YEARS[1]], abs=1e-5)


def test_the_same_question_gives_the_same_bytes():
    land = make_land()
    first, second = make_country_run(land), make_country_run(land)
    assert first.code != second.code
    assert first.inputs_digest == second.inputs_digest
    assert first.result_digest == second.result_digest
    assert facts(first)["sha256"] == facts(second)["sha256"]


def test_a_dear_package_is_renewed_in_stages_that_the_utility_can_pay():
    land = make_land()
    cap = Decimal(30 * MILLION)
    limits = make_limits_of_land(caps_kzt={land.heat.utility.code: dict.fromkeys(YEARS, cap)})
    run = make_country_run(land, limits)
    clusters = {row["cluster"]: row["utility"] for row in rows(run, "clusters.csv")}
    costs = [
        cost
        for pack in facts(run)["packs"][:2]
        for found in [table(run, pack["file"])]
        for cluster, cost in zip(found["cluster_0"], found["cost_0_0_0"], strict=True)
        if clusters[str(cluster)] == land.heat.utility.code
    ]
    assert costs and max(costs) <= 30.001
    for row in rows(run, "limits.csv"):
        if row["kind"] == "cap":
            assert float(row["amount"]) == 30 * (1 + YEARS.index(int(row["year"])))


def test_the_country_and_a_utility_name_the_same_package_alike():
    land = make_land()
    make_packages(land.water)
    run = make_country_run(land)
    members = {
        code
        for pack in facts(run)["packs"]
        for m in range(pack["members"])
        for code in table(run, pack["file"])[f"member_{m}"]
    }
    assert members  # the same sections in one package have one code, whoever gathered them
    by_sections = {
        frozenset(p.sections.values_list("code", flat=True)): p.code for p in Package.objects.all()
    }
    for pack in facts(run)["packs"][:2]:
        found = table(run, pack["sections"])
        for code in set(found["code"]):
            own = frozenset(
                s for c, s in zip(found["code"], found["section"], strict=True) if c == code
            )
            assert by_sections.get(own, code) == code


def test_an_empty_country_gives_an_empty_plan():
    office = make_office()
    scenario = make_country_scenario(make_limits_of_land(), title="Plan", by=office, at=AT)
    run = compute_country_run(start_country_run(scenario, by=office, at=AT), by=office, at=AT)
    assert (run.state, run.package_count, run.value_kzt) == ("made", 0, 0)
    assert facts(run)["counts"]["sections"] == 0


def test_a_limit_that_cannot_be_kept_is_named_with_what_is_short():
    limits = make_limits_of_land(floors_km={"water": {YEARS[0]: 50.0}})
    land = make_land()
    run = make_country_run(land, limits)
    assert run.state == "infeasible"
    (row,) = run.broken
    assert (row["kind"], row["service"], row["unit"]) == ("floor", "water", "km")
    assert row["amount"] == 50.0 and 48 < row["short"] < 50
    assert facts(run)["proof_mkzt"] < 0
    with pytest.raises(Refused):
        adopt_country_run(run, by=land.office, at=AT)


def test_one_plan_of_the_country_is_in_force():
    land = make_land()
    first, second = make_country_run(land), make_country_run(land)
    adopt_country_run(first, by=land.office, at=AT)
    later = adopt_country_run(second, by=land.office, at=AT + timedelta(days=1))
    assert adopted_country_run() == later
    first.refresh_from_db()
    assert first.state == "superseded"
    assert timeline(first.code)[-1].kind == "country_run.supersede"


def test_kilometres_of_different_services_are_never_added():
    run = make_country_run(make_land())
    assert all(one.length_km is None for one in plan_sums(run, ("year",)))
    assert all(one.length_km is not None for one in plan_sums(run, ("year",), service="heat"))
    whole = sum(one.packages for one in plan_sums(run, ("year",)))
    assert whole == sum(one.packages for one in plan_sums(run, ("service", "region", "utility")))


def test_the_plan_of_the_country_from_the_command_line(capsys):
    make_land()
    for indicator, unit, value in (("length", "km", 4_700), ("money", "kzt", 6e13)):
        Target.objects.create(
            key=f"{indicator}-water",
            indicator=indicator,
            kind="plan",
            service="water",
            year=2029,
            value=value,
            unit=unit,
            source_key="A3",
            dated_on=day_of(AT),
        )
    call_command("plan", "run", "--json", "--title", "Console", "--first-year", "2026")
    told = json.loads(capsys.readouterr().out)
    run = CountryRun.objects.get()
    assert (told["run"], told["folder"]) == (run.code, str(folder_of(run)))
    # the register holds a part of the country's water pipes, so its money is that part of 60 trn,
    # and no region is promised more than a part of what its tariffs carry
    limits = limits_of_json(run.scenario.limits)
    assert 0 < sum(limits.budgets_kzt.values()) < 1e11
    carried = sum(sum(row.values()) for row in limits.caps_kzt.values())
    assert 0 < limits.regions_kzt["55"] <= carried * Decimal("0.4") + 1
    assert limits.caps_assumed == ()  # consumers are counted at the nodes
    assert run.state == "made" and run.broken == []


def test_a_plan_says_how_sure_it_is():
    run = make_country_run(make_land(), make_limits_of_land(120))
    facts = json.loads((folder_of(run) / "run.json").read_text())["certainty"]
    assert facts["draws"] == 200
    assert 0.0 <= facts["beats_oldest_first_share"] <= 1.0
    assert facts["low_mkzt"] < float(run.value_kzt) / 1e6 < facts["high_mkzt"]
    plans = [pq.read_table(folder_of(run) / f"plan-{i}.parquet") for i in range(3)]
    share = np.concatenate([plan["included_share"].to_numpy() for plan in plans])
    option = np.concatenate([plan["option"].to_numpy() for plan in plans])
    assert ((share >= 0) & (share <= 1)).all()
    assert share[option > 0].min() > 0.0  # what is in is in at some draw
    if (option == 0).any():
        assert share[option > 0].mean() > share[option == 0].mean()


def test_a_plan_says_whose_records_taught_its_failure_rates():
    land = make_land()
    own = land.water.network.utility_service
    days = {"made_on": day_of(AT), "records_from": day_of(AT)}
    FailureModel.objects.create(
        utility_service=own,
        name="nhpp",
        learnt_from="region",
        sections_count=900,
        failures_counted=300,
        own_failures_count=4,
        **days,
    )
    sections = list(land.water.network.sections.order_by("code"))
    for section in sections[1:]:
        FailureForecast.objects.create(
            section=section,
            made_on=day_of(AT),
            failures_per_year=0.5,
            low_per_year=0.1,
            high_per_year=1.0,
            gamma_k=4.0,
        )
    told = facts(make_country_run(land))["rates"]
    named = {(one["service"], one["learnt_from"], one["model"]): one["sections"] for one in told}
    assert named == {
        ("heat", "wear", ""): 12,
        ("water", "region", "nhpp"): 11,
        ("water", "wear", ""): 1,
    }
    found = find_needs(read_country(on=day_of(AT)))
    assert (found.old_per_year == 0.5).sum() == 11 and (found.shape == 4.0).sum() == 11
