"""Plans of a country: their proof, their absence, and what changing a limit does."""

from dataclasses import replace

import numpy as np
import pytest

from qaita.engine.plan.national.building import Effort, Kept, build_plan
from qaita.engine.plan.national.moves import standing
from qaita.engine.plan.national.packs import FORBIDDEN, Rows
from qaita.engine.plan.national.pricing import Pace, find_prices, read, tables_of
from qaita.engine.plan.national.proving import forecast, why_impossible
from qaita.engine.plan.national.relaxing import relaxations
from qaita.engine.plan.national.robust import oldest_first, sureness
from qaita.engine.plan.national.sampling import prices_by_sample
from qaita.engine.plan.national.screening import without_impossible
from qaita.engine.plan.national.solving import plan_again, plan_country
from qaita.engine.verdicts import judge_packs
from tests.engine.make_national import make_country
from tests.engine.test_national_prices import best_fraction, best_whole


def with_limits(problem, most):
    return replace(problem, rows=Rows(problem.rows.weights, most, problem.rows.is_hard))


@pytest.mark.parametrize("seed", range(4))
def test_the_gap_is_regrets_and_unused_limits_to_the_last_tenge(seed):
    problem = make_country(300, seed=seed, pairs=80)
    tables = tables_of(problem)
    priced = find_prices(tables)
    built = build_plan(tables, priced.prices)
    verdicts = judge_packs(problem, priced.prices, built.option)
    regret = np.concatenate([one.regret for one in verdicts])
    slack = priced.prices * (problem.rows.most - built.used)
    assert (regret >= -1e-9).all()
    assert regret.sum() + slack.sum() == pytest.approx(priced.bound - built.worth_mkzt, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_a_small_country_gets_the_best_plan_there_is(seed):
    problem = make_country(5, seed=seed, cities=2, years=1, pairs=2, tight=0.7)
    answer, truth = plan_country(problem), best_whole(problem)
    if np.isfinite(truth):
        assert answer.plan.broken == 0
        assert answer.plan.worth_mkzt == pytest.approx(truth, rel=1e-3)
        assert answer.solver_bound_mkzt >= truth - 1e-6


def test_a_solver_never_makes_a_plan_worse_nor_its_bound_wrong():
    problem = make_country(120, seed=2, pairs=30)
    tables = tables_of(problem)
    built = build_plan(tables, find_prices(tables).prices)
    answer = plan_country(problem)
    assert answer.plan.broken == 0
    assert answer.plan.worth_mkzt >= built.worth_mkzt
    assert answer.plan.worth_mkzt <= answer.solver_bound_mkzt <= best_fraction(problem) * 1.0001


def test_old_prices_foretell_what_other_limits_are_worth():
    problem = make_country(200, seed=6, pairs=40)
    tables = tables_of(problem)
    priced = find_prices(tables)
    poorer = problem.rows.most.copy()
    poorer[0] *= 0.9
    told = forecast(priced.bound, priced.prices, problem.rows.most, poorer)
    real = find_prices(tables_of(with_limits(problem, poorer))).bound
    assert real <= told + 1e-6 * abs(told)  # the old prices prove a bound there as well
    assert told <= priced.bound


def test_a_plan_at_changed_limits_changes_little():
    problem = make_country(1500, seed=8, pairs=300)
    old = plan_country(problem)
    poorer = problem.rows.most.copy()
    poorer[0] *= 0.97
    tables = tables_of(with_limits(problem, poorer))
    new = plan_again(tables, old.warm, old.plan.option)
    fresh = build_plan(tables, new.prices)
    assert new.plan.broken == 0
    changed, anew = (
        (option != old.plan.option).mean() for option in (new.plan.option, fresh.option)
    )
    assert changed < min(0.02, anew + 0.005)  # three tenge in a hundred of a year's money less
    assert new.plan.worth_mkzt > 0.999 * fresh.worth_mkzt


def test_staying_put_keeps_the_same_plan_at_the_same_limits():
    problem = make_country(300, seed=3, pairs=60)
    tables = tables_of(problem)
    priced = find_prices(tables)
    built = build_plan(tables, priced.prices)
    again = build_plan(tables, priced.prices, kept=Kept(built.option, 0.05))
    assert again.broken == 0
    assert (again.option != built.option).mean() < 0.02


def test_a_possible_country_is_not_called_impossible():
    assert why_impossible(make_country(200, seed=1, pairs=40)) is None


def test_what_cannot_be_built_is_proven_and_named():
    problem = make_country(200, seed=1, pairs=40)
    most = problem.rows.most.copy()
    floor = int(np.flatnonzero(~problem.rows.is_hard)[0])
    most[floor] *= 12.0  # twelve times the length, more than can be built at all
    found = why_impossible(with_limits(problem, most))
    assert found is not None
    assert found.value < 0
    assert found.short[floor] > 0
    assert best_fraction_or_none(with_limits(problem, most)) is None
    eased = most.copy()
    eased[floor] += 0.9 * found.alone[floor]  # a little less than what it must give way at least
    assert best_fraction_or_none(with_limits(problem, eased)) is None


@pytest.mark.parametrize("seed", [1, 2])
def test_every_suggested_relaxation_makes_a_plan_possible_and_little_less_does_not(seed):
    problem = make_country(200, seed=seed, pairs=40)
    most = problem.rows.most.copy()
    floor = int(np.flatnonzero(~problem.rows.is_hard)[0])
    most[floor] *= 12.0
    asked = with_limits(problem, most)
    found = relaxations(asked, why_impossible(asked))
    assert any(one.rows.tolist() == [floor] for one in found)
    for one in found:
        eased = most.copy()
        eased[one.rows] += one.by
        assert best_fraction_or_none(with_limits(problem, eased)) is not None
        used = problem.rows.weights @ one.spent.ravel()
        assert (used <= eased + 1e-6 * np.abs(eased)).all()
        less = most.copy()
        less[one.rows] += 0.8 * one.by
        assert len(one.rows) > 1 or best_fraction_or_none(with_limits(problem, less)) is None


def best_fraction_or_none(problem):
    """Return the optimum in parts, or None when another solver finds that there is none."""
    try:
        return best_fraction(problem)
    except AssertionError:
        return None


def test_a_plan_that_is_cancelled_stops():
    class Cancelled(Exception):
        pass

    def watch(_stage, share):
        if share > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        plan_country(make_country(50, seed=1), watch=watch)


def test_what_the_draws_say_is_what_choosing_at_each_draw_says():
    problem = make_country(150, seed=5, pairs=40)
    tables, chance = tables_of(problem), np.random.default_rng(1)
    prices = find_prices(tables).prices
    option = build_plan(tables, prices).option
    rival = oldest_first(problem, chance.random(problem.size))
    draws = [chance.gamma(4.0, 0.25, problem.size) for _ in range(20)]
    found = sureness(problem, prices, option, rival, draws)
    counted = np.zeros(problem.size)
    for draw in draws:
        packs, start = [], 0
        for pack in problem.packs:
            own = draw[start : start + len(pack.cluster)]
            start += len(own)
            there = pack.benefit > 0.5 * FORBIDDEN
            packs.append(
                pack._replace(benefit=np.where(there, pack.benefit * own[:, None, None], FORBIDDEN))
            )
        drawn = tables_of(replace(problem, packs=tuple(packs)))
        read(drawn, prices)
        counted += np.concatenate([out.option for out in drawn.readings]) > 0
    assert found.included_share == pytest.approx(counted / len(draws), abs=0.051)
    assert found.beats_share == (found.worth_mkzt > found.rival_mkzt).mean()
    assert found.beats_share > 0.9  # a plan by need against one by chance


def test_renewing_by_age_keeps_the_caps_and_begins_with_the_oldest():
    problem = make_country(200, seed=4, pairs=20)
    age = np.random.default_rng(2).random(problem.size)
    option = oldest_first(problem, age)
    used, _worth = standing(problem, option)
    assert (used <= problem.rows.most)[problem.rows.is_hard].all()
    assert age[option > 0].mean() > age[option == 0].mean()


def test_dropping_what_no_plan_can_take_loses_no_plan():
    problem = make_country(6, seed=11, cities=2, years=1, pairs=1, tight=0.25)
    kept, dropped = without_impossible(problem)
    assert dropped > 0
    assert best_whole(kept) == best_whole(problem)
    assert find_prices(tables_of(kept)).bound <= find_prices(tables_of(problem)).bound + 1e-6
    assert (problem.packs[0].benefit > 0.5 * FORBIDDEN).sum() > (
        kept.packs[0].benefit > 0.5 * FORBIDDEN
    ).sum()  # the country that was asked about is left as it was


def test_one_package_as_dear_as_its_cap_is_forced_in_where_that_gains():
    problem = make_country(400, seed=12, pairs=0)
    pack = problem.packs[0]
    own = np.flatnonzero(pack.cluster[:, 0] == 0)[0]
    pack.cost[own] *= 8
    pack.length_km[own] *= 0.1
    pack.benefit[own, 0] = 30 * pack.cost[own, 0, 0]
    tables = tables_of(problem)
    built = build_plan(tables, find_prices(tables).prices)
    assert built.broken == 0
    assert built.option[own] > 0


def test_prices_begun_on_a_sample_prove_nearly_the_same_bound():
    problem = make_country(8000, seed=13, pairs=800)
    tables = tables_of(problem)
    whole, part = find_prices(tables), prices_by_sample(tables, Pace(), every=4)
    assert part.bound == pytest.approx(whole.bound, rel=1e-3)
    assert read(tables, part.prices).bound == pytest.approx(part.bound)  # and it is proven


def test_taking_out_and_putting_back_gains_and_keeps_every_limit():
    problem = make_country(900, seed=8, pairs=150)
    tables = tables_of(problem)
    priced = find_prices(tables)
    plain, better = (
        build_plan(tables, priced.prices, Effort(turns=turns)) for turns in (24, 60_000)
    )
    assert not plain.broken
    assert (standing(problem, better.option)[0] <= problem.rows.most).all()
    assert priced.bound - better.worth_mkzt < 0.7 * (priced.bound - plain.worth_mkzt)
