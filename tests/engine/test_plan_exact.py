"""The exact plan against brute force, its checker, its clashes."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from qaita.engine.plan import (
    Plan,
    Problem,
    check_plan,
    find_clashes,
    limits_of,
    present_benefit,
    price_bound,
    solve_exactly,
)


def make_problem(seed: int, packages: int = 6, years: int = 2, **more: object) -> Problem:
    random = np.random.default_rng(seed)
    length = random.uniform(0.2, 0.5, packages)
    cost = (length * random.uniform(50, 300, packages))[:, None] * 1.06 ** np.arange(years)
    benefit = cost[:, :1] * random.lognormal(0, 0.7, (packages, 1)) * 0.9 ** np.arange(years)
    values = {
        "budget_mkzt": np.full(years, cost[:, 0].sum() * 0.25),
        "capacity_km": np.full(years, length.sum() * 0.4),
        "floor_km": np.zeros(years),
        "red_zone_share": 0.3,
        "carries_over": bool(seed % 2),
        **more,
    }
    return Problem(benefit, cost, length, random.random(packages) < 0.6, **values)


def brute_force(problem: Problem) -> float | None:
    packages, years = problem.cost_mkzt.shape
    best = None
    for choice in product(range(-1, years), repeat=packages):
        taken = np.zeros((packages, years), dtype=bool)
        for g, t in enumerate(choice):
            if t >= 0:
                taken[g, t] = True
        if all(row.weight[taken].sum() <= row.most + 1e-9 for row in limits_of(problem)):
            value = float(problem.benefit_mkzt[taken].sum())
            best = value if best is None else max(best, value)
    return best


@pytest.mark.parametrize("seed", range(8))
def test_the_exact_plan_is_as_good_as_trying_everything(seed: int):
    problem = make_problem(seed)
    plan, best = solve_exactly(problem), brute_force(problem)
    assert plan is not None
    assert plan.objective_mkzt >= best * (1 - 1.1e-3)
    assert plan.bound_mkzt >= best - 1e-6
    assert check_plan(problem, plan) == []


def test_the_bound_holds_for_any_prices():
    problem = make_problem(3)
    limits, best = limits_of(problem), brute_force(problem)
    random = np.random.default_rng(0)
    for _ in range(20):
        assert price_bound(problem, limits, random.uniform(0, 3, len(limits))) >= best - 1e-9


def test_the_same_problem_gives_the_same_plan():
    problem = make_problem(5, packages=60, years=4)
    one, two = solve_exactly(problem), solve_exactly(problem)
    assert one.chosen.tolist() == two.chosen.tolist()
    assert (one.bound_mkzt, one.prices.tolist()) == (two.bound_mkzt, two.prices.tolist())


def test_money_in_other_units_changes_nothing_but_the_units():
    problem = make_problem(5, packages=30, years=3)
    bigger = replace(
        problem,
        benefit_mkzt=problem.benefit_mkzt * 1024,
        cost_mkzt=problem.cost_mkzt * 1024,
        budget_mkzt=problem.budget_mkzt * 1024,
    )
    one, two = solve_exactly(problem), solve_exactly(bigger)
    assert two.objective_mkzt == pytest.approx(1024 * one.objective_mkzt, rel=2e-3)


def test_the_checker_finds_what_is_wrong():
    problem = make_problem(1)
    plan = solve_exactly(problem)
    everything = Plan(np.zeros(6, dtype=np.int64), 1.0, 0.5, plan.prices)
    faults = " ".join(check_plan(problem, everything))
    assert "budget 0" in faults and "objective" in faults and "bound" in faults
    assert check_plan(problem, Plan(np.full(6, 7), 0, 0, plan.prices))
    assert check_plan(problem, replace(plan, bound_mkzt=plan.bound_mkzt * 2))


def test_clashing_limits_are_named_with_what_each_alone_must_give():
    problem = make_problem(2, red_zone_share=0.0, budget_mkzt=np.full(2, 1e6))
    tight = replace(problem, capacity_km=np.array([0.3, 9.0]), floor_km=np.array([0.8, 0.0]))
    assert solve_exactly(tight) is None
    found = {(c.kind, c.year): c for c in find_clashes(tight)}
    assert ("capacity", 0) in found and ("floor", 0) in found
    assert found["capacity", 0].alone > 0.5 - 1e-6
    assert find_clashes(problem) == []


def test_a_floor_alone_beyond_everything_is_its_own_clash():
    problem = make_problem(2, red_zone_share=0.0)
    free = np.full(2, np.inf)
    asked = replace(problem, budget_mkzt=free, capacity_km=free, floor_km=np.array([99.0, 0.0]))
    (clash,) = find_clashes(asked)
    assert (clash.kind, clash.year) == ("floor", 0)
    assert clash.alone == pytest.approx(99 - problem.length_km.sum(), rel=1e-6)


def test_no_packages_is_an_empty_plan():
    problem = make_problem(0, packages=0)
    assert solve_exactly(problem).objective_mkzt == 0
    assert solve_exactly(replace(problem, floor_km=np.array([1.0, 0.0]))) is None


def test_benefit_of_one_year_is_the_failures_avoided():
    benefit = present_benefit(
        np.array([2.0]),
        np.array([0.5]),
        np.array([10.0]),
        growth_share=0.0,
        rates=(0.0, 0.0),
        years=(2, 3),
    )
    assert benefit.tolist() == [[45.0, 30.0]]  # 1.5 failures x 10, three years or two
