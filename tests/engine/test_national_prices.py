"""The prices of a country's limits: a bound that holds, nearly the best there is."""

from itertools import product

import highspy
import numpy as np
import pytest

from qaita.engine import threads
from qaita.engine.plan.national import pricing
from qaita.engine.plan.national.building import build_plan
from qaita.engine.plan.national.packs import FORBIDDEN, check_problem, cluster_prices
from qaita.engine.plan.national.passes import profits
from qaita.engine.plan.national.pricing import find_prices, read, tables_of
from tests.engine.make_national import as_linear, make_country


def best_fraction(problem) -> float:
    """Return the optimum when packages may be chosen in part, by another solver."""
    benefit, uses, owner = as_linear(problem)
    solver = highspy.Highs()
    solver.silent()
    for worth in benefit:
        solver.addVariable(0.0, 1.0, obj=-worth)
    for row, most in zip(uses, problem.rows.most, strict=True):
        used = np.flatnonzero(row)
        solver.addRow(-highspy.kHighsInf, most, len(used), used.astype(np.int32), row[used])
    for number in np.unique(owner):
        own = np.flatnonzero(owner == number).astype(np.int32)
        solver.addRow(-highspy.kHighsInf, 1.0, len(own), own, np.ones(len(own)))
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return -solver.getInfo().objective_function_value


def best_whole(problem) -> float:
    """Return the optimum by trying every combination."""
    benefit, uses, owner = as_linear(problem)
    own = [[-1, *np.flatnonzero(owner == number)] for number in range(problem.size)]
    best = -np.inf
    for combination in product(*own):
        taken = [column for column in combination if column >= 0]
        if (uses[:, taken].sum(1) <= problem.rows.most + 1e-9).all():
            best = max(best, float(benefit[taken].sum()))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_is_nearly_that_of_another_solver_and_never_below(seed):
    problem = make_country(60, seed=seed, pairs=20)
    bound, truth = find_prices(tables_of(problem)).bound, best_fraction(problem)
    assert truth - 1e-6 * truth <= bound <= truth * 1.001


@pytest.mark.parametrize("seed", range(6))
def test_a_tiny_country_is_bounded_and_planned_as_trying_everything_says(seed):
    problem = make_country(6, seed=seed, cities=2, years=1, pairs=2, tight=0.6)
    tables = tables_of(problem)
    priced = find_prices(tables)
    truth, built = best_whole(problem), build_plan(tables, priced.prices)
    assert priced.bound >= truth - 1e-6
    if not built.broken:
        assert built.worth_mkzt <= truth + 1e-6


def test_any_prices_bound_every_plan():
    problem = make_country(40, seed=3, pairs=10)
    tables, chance = tables_of(problem), np.random.default_rng(5)
    truth = best_fraction(problem)
    for _ in range(20):
        prices = chance.exponential(0.3, len(problem.rows.most)) * tables.unit
        assert read(tables, prices).bound >= truth - 1e-6


def test_slope_and_curvature_are_those_of_the_softened_dual():
    problem = make_country(80, seed=1, pairs=20)
    tables = tables_of(problem)
    prices = 0.2 * tables.unit * np.random.default_rng(2).random(len(problem.rows.most))
    seen = read(tables, prices, 0.05)
    for row in range(len(prices)):
        nudge = np.zeros_like(prices)
        nudge[row] = 1e-5 * tables.unit[row]
        up, down = (read(tables, prices + s * nudge, 0.05) for s in (1, -1))
        slope = (up.soft - down.soft) / (2 * nudge[row])
        assert slope == pytest.approx(seen.slack[row], rel=1e-4, abs=1e-4)


def test_more_money_never_lowers_the_bound():
    poor, rich = (make_country(50, seed=4, tight=t) for t in (0.3, 0.31))
    assert find_prices(tables_of(rich)).bound >= find_prices(tables_of(poor)).bound * (1 - 1e-3)


def test_a_plan_keeps_every_limit_and_takes_only_what_is_there():
    problem = make_country(400, seed=7, pairs=100)
    tables = tables_of(problem)
    built = build_plan(tables, find_prices(tables).prices)
    assert built.broken == 0
    assert (built.used <= problem.rows.most).all()
    benefit, uses, owner = as_linear(problem)
    taken = _columns(problem, built.option)
    assert benefit[taken].sum() == pytest.approx(built.worth_mkzt, rel=1e-6)
    assert uses[:, taken].sum(1) == pytest.approx(built.used, rel=1e-5, abs=1e-4)
    assert len(set(owner[taken])) == len(taken)


def _columns(problem, option):
    """Return the columns of `as_linear` that a plan takes."""
    taken, column, number = [], 0, 0
    for pack in problem.packs:
        flat = pack.benefit.reshape(len(pack.cluster), -1)
        for own in flat:
            there = np.flatnonzero(own > 0.5 * FORBIDDEN)
            if option[number]:
                taken.append(column + int(np.searchsorted(there, option[number] - 1)))
            column += len(there)
            number += 1
    return taken


def test_the_same_country_gives_the_same_plan():
    first, second = (tables_of(make_country(300, seed=9, pairs=60)) for _ in range(2))
    one, two = find_prices(first), find_prices(second)
    assert one.prices.tobytes() == two.prices.tobytes()
    assert (build_plan(first, one.prices).option == build_plan(second, two.prices).option).all()


def test_the_number_of_threads_changes_no_bit(monkeypatch):
    monkeypatch.setattr(pricing, "WORTH_THREADS", 1)
    tables = tables_of(make_country(5000, seed=2, pairs=700))
    found = []
    for threads_count in (1, 3):
        monkeypatch.setattr(threads, "THREADS", threads_count)
        priced = find_prices(tables)
        built = build_plan(tables, priced.prices)
        found.append((priced.prices.tobytes(), priced.bound, built.option.tobytes()))
    assert found[0] == found[1]


def test_packages_side_by_side_are_read_as_one_by_one():
    problem = make_country(700, seed=8, pairs=150)
    tables, chance = tables_of(problem), np.random.default_rng(1)
    prices = chance.exponential(0.3, len(problem.rows.most)) * tables.unit
    seen, local = read(tables, prices), cluster_prices(problem, prices)
    best, option, v = 0.0, [], np.empty(100)
    for pack in tables.problem.packs:
        options = 1 + pack.take.shape[0] * problem.years
        for g in range(len(pack.cluster)):
            option.append(profits(pack, g, local[pack.cluster[g]], v[:options]))
            best += v[option[-1]]
    assert seen.bound == pytest.approx(prices @ problem.rows.most + best)
    assert (np.concatenate([out.option for out in tables.readings]) == option).all()


def test_what_is_not_a_number_is_refused():
    problem = make_country(10, seed=1)
    problem.packs[0].cost[3, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="cost holds what is not a number"):
        check_problem(problem)
