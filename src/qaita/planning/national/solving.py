"""Prices, a plan, and what both say of every package."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qaita.engine.plan.national.building import build_plan
from qaita.engine.plan.national.packs import Floats, Ints, National
from qaita.engine.plan.national.pricing import find_prices, tables_of
from qaita.engine.verdicts import Verdicts, judge_packs

Told = Callable[[float, str], None]


@dataclass(frozen=True)
class Solved:
    """A plan with the prices that prove how good it is. Money in million tenge."""

    prices: Floats
    bound_mkzt: float
    option: Ints  # of every package, pack after pack
    worth_mkzt: float
    used: Floats  # of every limit
    verdicts: list[Verdicts]
    broken: Ints  # limits that the plan does not keep

    @property
    def gap_share(self) -> float:
        """How much better a plan could be at most, as a share of this one."""
        more = max(self.bound_mkzt - self.worth_mkzt, 0.0)
        return more / self.worth_mkzt if self.worth_mkzt > 0 else 0.0


def solve_country(problem: National, told: Told) -> Solved:
    """Find prices and a plan; `told` may raise to stop the work."""
    if not problem.size:
        return _empty(problem)
    tables = tables_of(problem)
    told(0.45, "pricing")
    priced = find_prices(tables)
    told(0.65, "building")
    built = build_plan(tables, priced.prices)
    told(0.85, "reasons")
    verdicts = judge_packs(problem, priced.prices, built.option)
    broken = np.flatnonzero(built.used > problem.rows.most)
    return Solved(
        priced.prices, priced.bound, built.option, built.worth_mkzt, built.used, verdicts, broken
    )


def _empty(problem: National) -> Solved:
    """Return the plan of a country without packages: it breaks every least amount."""
    rows = len(problem.rows.most)
    broken = np.flatnonzero(problem.rows.most < 0)
    nothing, none = np.zeros(0, np.int64), np.zeros(0)
    verdicts = [Verdicts(none, nothing, none, none, nothing, none) for _ in problem.packs]
    return Solved(np.zeros(rows), 0.0, nothing, 0.0, np.zeros(rows), verdicts, broken)
