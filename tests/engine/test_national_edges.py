"""Countries that are odd: nothing in them, everything alike, limits nobody meets or can meet."""

from dataclasses import replace

import numpy as np
import pytest

from qaita.engine.plan.national.building import Effort, build_plan
from qaita.engine.plan.national.core import still_allowed
from qaita.engine.plan.national.moves import board_of
from qaita.engine.plan.national.packs import check_problem, padded
from qaita.engine.plan.national.pricing import find_prices, tables_of
from qaita.engine.plan.national.proving import why_impossible
from qaita.engine.plan.national.screening import without_impossible
from qaita.engine.plan.national.solving import plan_again, plan_country
from tests.engine.make_national import make_country


def with_most(problem, most):
    return replace(problem, rows=replace(problem.rows, most=most))


def only(problem, count):
    """Return the country of its first so many plain packages."""
    pack = problem.packs[0]
    few = pack._replace(**{name: getattr(pack, name)[:count] for name in pack._fields[1:]})
    return replace(problem, packs=(few,))


def without_floors(problem):
    return with_most(problem, np.where(problem.rows.is_hard, problem.rows.most, 0.0))


def test_alike_packages_are_told_apart_by_their_order_and_the_caps_are_filled():
    problem = without_floors(make_country(20_000, seed=1, cities=2))
    pack = problem.packs[0]
    alike = {
        name: np.broadcast_to(getattr(pack, name)[:1], getattr(pack, name).shape).copy()
        for name in ("length_km", "cost", "deficit", "benefit")
    }
    alike["benefit"] = np.where(alike["benefit"] > 0, alike["benefit"], alike["benefit"].max())
    alike["deficit"][:] = -0.05  # or no plan buys enough at home
    problem = replace(problem, packs=(pack._replace(**alike),))
    tables = tables_of(problem)
    priced = find_prices(tables)
    first, again = (build_plan(tables, priced.prices, Effort(turns=20_000)) for _ in range(2))
    assert first.broken == 0
    assert (first.option == again.option).all()
    assert first.worth_mkzt > 0.999 * priced.bound


def test_one_package_is_renewed_where_it_fits_and_not_where_it_does_not():
    problem = without_floors(only(make_country(50, seed=2), 1))
    rich = with_most(problem, np.where(problem.rows.is_hard, 1e6, 0.0))
    poor = with_most(problem, np.where(problem.rows.is_hard, 1e-3, 0.0))
    assert plan_country(rich).plan.worth_mkzt == pytest.approx(problem.packs[0].benefit.max())
    assert (plan_country(poor).plan.option == 0).all()


def test_limits_that_nobody_meets_cost_nothing_and_everyone_is_best_served():
    problem = make_country(300, seed=3, pairs=50)
    wide = with_most(problem, np.where(problem.rows.is_hard, 1e9, -1e-3))
    answer = plan_country(wide, search=False)
    best = sum(
        np.maximum(pack.benefit.reshape(len(pack.cluster), -1).max(1), 0).sum(dtype=float)
        for pack in wide.packs
    )
    assert answer.plan.broken == 0
    assert answer.plan.worth_mkzt == pytest.approx(best, rel=1e-6)
    assert answer.bound_mkzt == pytest.approx(best, rel=1e-3)


def test_one_limit_that_cannot_be_met_is_the_one_that_is_named():
    problem = make_country(300, seed=4, pairs=50)
    most, floor = problem.rows.most.copy(), int(np.flatnonzero(~problem.rows.is_hard)[-1])
    most[floor] = -10.0 * sum(float(pack.length_km.sum()) for pack in problem.packs)
    answer = plan_country(with_most(problem, most), search=False)
    why = why_impossible(with_most(problem, most))
    assert answer.plan.broken
    assert why is not None
    assert why.value < 0
    assert why.short[floor] > 0
    assert np.isfinite(why.alone[floor])


def test_packages_without_length_are_planned_by_their_money():
    problem = without_floors(make_country(200, seed=5))
    problem.packs[0].length_km[:] = 0.0
    answer = plan_country(problem, search=False)
    assert answer.plan.broken == 0
    assert 0 < answer.plan.worth_mkzt <= answer.bound_mkzt


def test_a_country_without_packages_has_an_empty_plan():
    answer = plan_country(only(without_floors(make_country(50, seed=6)), 0))
    assert len(answer.plan.option) == 0
    assert answer.plan.worth_mkzt == 0.0
    assert answer.plan.broken == 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("cost", -1.0, "a cost must be above 0"),
        ("cost", 0.0, "a cost must be above 0"),
        ("length_km", -0.1, "lengths not below"),
        ("length_km", np.nan, "length_km holds what is not a number"),
        ("benefit", np.inf, "benefit holds what is not a number"),
        ("deficit", np.nan, "deficit holds what is not a number"),
    ],
)
def test_figures_that_no_package_can_have_are_refused(name, value, said):
    problem = make_country(10, seed=1)
    getattr(problem.packs[0], name).reshape(-1)[3] = value
    with pytest.raises(ValueError, match=said):
        check_problem(problem)


def test_money_in_another_unit_changes_no_choice():
    problem = make_country(400, seed=9, pairs=60)
    pack_scale = 1024.0  # a power of two: no figure is rounded otherwise
    packs = tuple(
        p._replace(cost=p.cost * np.float32(pack_scale), benefit=p.benefit * np.float32(pack_scale))
        for p in problem.packs
    )
    width = 2 * problem.years + 1
    column = np.arange(problem.rows.weights.shape[1]) % width
    in_money = np.asarray(
        abs(problem.rows.weights) @ ((column < problem.years) | (column == width - 1)) > 0
    )
    most = np.where(in_money, problem.rows.most * pack_scale, problem.rows.most)
    other = replace(with_most(problem, most), packs=packs)
    one, two = (find_prices(tables_of(country)) for country in (problem, other))
    assert two.bound == pytest.approx(one.bound * pack_scale, rel=1e-4)


def test_an_old_plan_whose_packages_no_longer_fit_alone_is_planned_again_without_them():
    problem = without_floors(make_country(300, seed=7, pairs=40))
    old = plan_country(problem, search=False)
    poor = with_most(problem, np.where(problem.rows.is_hard, 0.02 * problem.rows.most, 0.0))
    kept, dropped = without_impossible(poor)
    board = board_of(kept)
    gone = old.plan.option != still_allowed(padded(kept.packs), board, old.plan.option)
    assert dropped and gone.any()
    new = plan_again(tables_of(kept), old.prices, old.plan.option)
    assert new.plan.broken == 0 and (new.plan.option[gone] != old.plan.option[gone]).all()
    assert 0 <= new.plan.worth_mkzt <= new.bound_mkzt
