"""Needs, packages, runs, reasons, adoption."""

import json
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from qaita.kernel.actor import NOBODY, SYSTEM
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.kernel.states import Ask
from qaita.law import planning
from qaita.ledger.queries import timeline
from qaita.networks.queries import consequence_of
from qaita.networks.services import begin_works, compute_criticality
from qaita.planning.inputs import problem_of
from qaita.planning.models import Need, Package, Run
from qaita.planning.needs import needs_in
from qaita.planning.queries import adopted_run, chosen_lines, lines_about, lines_of
from qaita.planning.reasons import clash_sentences
from qaita.planning.services import (
    Limits,
    adopt_run,
    compute_again,
    form_packages,
    make_scenario,
    run_plan,
)
from qaita.planning.states import RUN, SCENARIO
from tests.planning.make import AT, make_limits, make_packages, make_plan, make_scene
from tests.together import at_once

pytestmark = pytest.mark.django_db


def test_packages_are_adjoining_not_too_long_and_cover_each_needy_section_once():
    scene = make_scene()
    packages = make_packages(scene)
    codes = [code for p in packages for code in p.sections.values_list("code", flat=True)]
    assert len(codes) == len(set(codes)) == Need.objects.count() > 0
    for package in packages:
        sections = list(package.sections.all())
        assert package.length_m == pytest.approx(sum(s.length_m for s in sections))
        assert package.length_m <= 500
        nodes = {n for s in sections for n in (s.from_node_id, s.to_node_id)}
        assert len(nodes) == len(sections) + 1  # one connected piece of a street
    assert timeline(scene.network.code)[-1].kind == "network.pack"


def test_forming_packages_again_gives_the_same_packages():
    scene = make_scene()
    first = {p.code: (p.cost_kzt, p.benefit_kzt) for p in make_packages(scene)}
    make_packages(scene)
    again = Package.objects.filter(is_current=True)
    assert {p.code: (p.cost_kzt, p.benefit_kzt) for p in again} == first


def test_a_wide_diameter_costs_more_than_a_narrow_one():
    scene = make_scene()
    make_packages(scene)
    for package in Package.objects.all():
        assert package.cost_kzt > 0
        assert package.benefit_kzt > 0
        assert package.price_source


def test_the_same_inputs_give_the_same_bytes():
    scene = make_scene()
    make_packages(scene)
    scenario, first = make_plan(scene)
    second = run_plan(scenario, by=scene.engineer, at=AT + timedelta(hours=3))
    assert first.code != second.code
    assert (first.inputs_digest, first.inputs) == (second.inputs_digest, second.inputs)
    assert (first.result_digest, first.result) == (second.result_digest, second.result)


def test_a_run_keeps_the_budget_and_says_why_of_every_package():
    scene = make_scene()
    packages = make_packages(scene)
    _scenario, run = make_plan(scene, make_limits(12))
    assert run.state == "solved"
    assert run.bound_kzt >= run.objective_kzt > 0
    assert run.gap_share <= 0.01
    lines = list(lines_of(run))
    assert len(lines) == len(packages)
    spent = sum(line.cost_kzt for line in lines if line.year == 2026)
    assert spent <= 12_000_000
    for line in lines:
        assert line.reason_kk and line.reason_ru and line.reason_en
        assert "{" not in line.reason_kk + line.reason_ru + line.reason_en
    assert {line.option for line in lines} == {"replace", "nothing"}
    kinds = [moment.kind for moment in timeline(run.code)]
    assert kinds == ["run.solve"]
    assert timeline(run.code)[0].facts["result_digest"] == run.result_digest


def test_impossible_limits_end_in_the_named_limits_and_by_how_much():
    scene = make_scene()
    make_packages(scene)
    limits = make_limits(500, capacities_km={2026: 0.2}, floors_km={2026: 0.5})
    _scenario, run = make_plan(scene, limits)
    assert run.state == "infeasible"
    assert run.objective_kzt is None
    by_kind = {row["kind"]: row for row in run.clashes}
    assert set(by_kind) >= {"capacity", "floor"}
    assert by_kind["capacity"]["alone"] >= 0.3 - 1e-6
    assert "0" in clash_sentences(run.clashes, "kk")[0]
    assert json.loads(run.result)["clashes"] == run.clashes
    with pytest.raises(Refused):
        adopt_run(run, by=scene.head, at=AT)


def test_asking_for_more_than_there_is_names_the_floor():
    scene = make_scene()
    make_packages(scene)
    _scenario, run = make_plan(scene, make_limits(5000, floors_km={2026: 99.0}))
    assert [row["kind"] for row in run.clashes] == ["floor"]
    assert run.clashes[0]["alone"] > 90


def test_the_head_adopts_a_run_and_the_next_one_supersedes_it():
    scene = make_scene()
    make_packages(scene)
    _one, first = make_plan(scene)
    _two, second = make_plan(scene, make_limits(70))
    adopt_run(first, by=scene.head, at=AT)
    adopt_run(second, by=scene.head, at=AT)
    first.refresh_from_db()
    assert first.state == "superseded"
    assert adopted_run(scene.utility, "water") == second
    line = chosen_lines(second).first()
    assert line in lines_about(line.package.sections.first())


def test_only_planners_plan_and_only_heads_adopt():
    scene = make_scene()
    with pytest.raises(Refused):
        form_packages(scene.network, by=NOBODY, at=AT)
    make_packages(scene)
    with pytest.raises(Refused):
        make_scenario(scene.utility, make_limits(), service="water", title="x", by=NOBODY, at=AT)
    scenario, run = make_plan(scene)
    for table, thing in ((SCENARIO, scenario), (RUN, run)):
        for row in table.rows:
            thing.state = row.sources[0]
            reasons = table.why_not(row.action, Ask(thing, NOBODY, AT))
            assert [reason.code for reason in reasons] == ["not_your_role"]
    run.refresh_from_db()
    with pytest.raises(Refused):
        adopt_run(run, by=scene.engineer, at=AT)


def test_a_scenario_without_money_or_packages_is_refused():
    scene = make_scene()
    with pytest.raises(Refused) as caught:
        make_plan(scene, Limits({2026: 0}))
    assert {reason.code for reason in caught.value.reasons} == {"no_budget", "no_packages"}
    with pytest.raises(Wrong):
        make_plan(scene, Limits({}))
    with pytest.raises(Wrong):
        make_plan(scene, Limits({2026: -1}))


def test_a_run_can_be_computed_again_from_its_stored_inputs_alone():
    scene = make_scene()
    make_packages(scene)
    _one, solved = make_plan(scene, make_limits(12))
    _two, clashing = make_plan(scene, make_limits(500, floors_km={2026: 99.0}))
    Package.objects.update(cost_kzt=1)
    assert compute_again(solved)
    assert compute_again(clashing)
    solved.inputs = solved.inputs.replace("true", "false", 1)
    assert not compute_again(solved)


def test_the_command_plans_and_computes_again(capsys):
    scene = make_scene()
    words = {"utility": scene.utility.code, "service": "water", "budget": ["2026=30", "2027=30"]}
    call_command("plan", **words, as_json=True)
    facts = json.loads(capsys.readouterr().out)
    assert facts["state"] == "solved" and facts["packages_chosen"] > 0
    call_command("plan", again=facts["run"])
    assert facts["result_digest"] in capsys.readouterr().out
    with pytest.raises(CommandError, match="At least"):
        call_command("plan", **words, floor=["2026=99"])


def test_a_run_over_packages_that_were_formed_anew_is_not_adopted():
    scene = make_scene()
    make_packages(scene)
    _scenario, run = make_plan(scene)
    taken = run.lines.first().package.sections.all()
    begin_works(list(taken), project_code="AP-1", by=scene.engineer, at=AT)
    make_packages(scene)
    with pytest.raises(Refused) as caught:
        adopt_run(run, by=scene.head, at=AT)
    assert [reason.code for reason in caught.value.reasons] == ["old_packages"]
    assert adopted_run(scene.utility, "water") is None


def test_a_year_between_two_with_money_is_planned_for_too():
    scene = make_scene()
    make_packages(scene)
    money = {2026: Decimal(30_000_000), 2028: Decimal(30_000_000)}
    _scenario, run = make_plan(scene, Limits(money))
    problem, years = problem_of(run.inputs)
    assert years == [2026, 2027, 2028]
    assert problem.budget_mkzt.tolist() == [30.0, 0.0, 30.0]
    # three years on: prices have risen twice, not once
    growth = problem.cost_mkzt[0] / problem.cost_mkzt[0, 0]
    assert growth[2] == pytest.approx(growth[1] ** 2, rel=1e-6)
    with pytest.raises(Wrong):
        make_plan(scene, Limits({2026: Decimal(1), 2126: Decimal(1)}))


@pytest.mark.django_db(transaction=True)
def test_of_two_plans_adopted_at_once_one_is_in_force():
    scene = make_scene()
    make_packages(scene)
    runs = [make_plan(scene)[1], make_plan(scene, make_limits(70))[1]]
    at_once(*(lambda r=run: adopt_run(r, by=scene.head, at=AT) for run in runs))
    states = sorted(Run.objects.values_list("state", flat=True))
    assert states == ["adopted", "superseded"]


@pytest.mark.django_db(transaction=True)
def test_packages_formed_by_two_at_once_are_formed_once():
    scene = make_scene()
    form = lambda: form_packages(scene.network, by=scene.engineer, at=AT)  # noqa: E731 -- twice the same
    assert at_once(form, form) == [None, None]
    current = Package.objects.filter(is_current=True)
    assert current.count() == Package.objects.count()
    assert Need.objects.count() == sum(package.sections.count() for package in current)


def test_a_failure_costs_the_hours_of_those_whom_its_section_cuts_off():
    network, on = make_scene().network, day_of(AT)
    compute_criticality(network, by=SYSTEM, at=AT)
    needs, law = needs_in(network, on), planning(on=on)
    off = consequence_of([section.pk for section in needs.sections]).consumers_off
    alone = (needs.failures == 0) & ~np.isnan(off)
    assert alone.any()
    hour_kzt = law.hours_off["water"] * law.consumer_hour_kzt["water"]
    cost = law.repair_kzt["water"] + off[alone] * hour_kzt
    assert needs.consequence_kzt[alone] == pytest.approx(cost)
