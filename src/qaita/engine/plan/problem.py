"""What a plan is asked and what it answers, as arrays."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """Packages to choose from and the limits of every year.

    maximise   sum of benefit[g, t] over chosen (g, t)
    such that  each package is renewed at most once,
               cost of year t <= budget[t], or, when unspent money carries over,
               cost of all years up to t <= budgets up to t,
               length of year t <= capacity[t], length of year t >= floor[t],
               cost in the red zone >= red_zone_share * cost of everything.

    Money in million tenge, length in kilometres. An infinite limit does not bind.
    """

    benefit_mkzt: Floats  # (packages, years)
    cost_mkzt: Floats  # (packages, years)
    length_km: Floats  # (packages,)
    in_red_zone: npt.NDArray[np.bool_]  # (packages,)
    budget_mkzt: Floats  # (years,)
    capacity_km: Floats  # (years,)
    floor_km: Floats  # (years,)
    red_zone_share: float = 0.0
    carries_over: bool = False

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together."""
        packages, years = self.benefit_mkzt.shape
        shapes = [
            (self.cost_mkzt.shape, (packages, years)),
            (self.length_km.shape, (packages,)),
            (self.in_red_zone.shape, (packages,)),
            (self.budget_mkzt.shape, (years,)),
            (self.capacity_km.shape, (years,)),
            (self.floor_km.shape, (years,)),
        ]
        if any(found != wanted for found, wanted in shapes):
            raise ValueError(f"arrays do not fit: {shapes}")


@dataclass(frozen=True)
class Limit:
    """One row: sum of weight[g, t] over chosen (g, t) <= most. A floor is stored negated."""

    kind: str  # budget | capacity | floor | red_zone
    year: int  # index; -1 for all years together
    weight: Floats  # (packages, years)
    most: float


@dataclass(frozen=True)
class Plan:
    """What was chosen, how good it is, and what proves that it cannot be much better."""

    chosen: npt.NDArray[np.int64]  # (packages,): index of the year, -1 for nothing
    objective_mkzt: float
    bound_mkzt: float  # no plan is better
    prices: Floats = field(default_factory=lambda: np.zeros(0))  # one per limit, >= 0

    @property
    def gap_share(self) -> float:
        """How much better a plan could be at most, as a share of this one."""
        if self.objective_mkzt <= 0:
            return 0.0
        return max(0.0, self.bound_mkzt - self.objective_mkzt) / self.objective_mkzt


def limits_of(problem: Problem) -> list[Limit]:
    """Return the rows of the problem in a fixed order; limits that cannot bind are left out."""
    years = problem.cost_mkzt.shape[1]
    length = np.repeat(problem.length_km[:, None], years, axis=1)
    rows = []
    for t in range(years):
        only = np.zeros(years)
        only[t] = 1.0
        upto = (np.arange(years) <= t).astype(float) if problem.carries_over else only
        budget = float(problem.budget_mkzt[upto > 0].sum())
        rows.append(Limit("budget", t, problem.cost_mkzt * upto, budget))
        rows.append(Limit("capacity", t, length * only, float(problem.capacity_km[t])))
        if problem.floor_km[t] > 0:
            rows.append(Limit("floor", t, -length * only, -float(problem.floor_km[t])))
    if problem.red_zone_share > 0:
        outside = problem.red_zone_share - problem.in_red_zone.astype(float)
        rows.append(Limit("red_zone", -1, problem.cost_mkzt * outside[:, None], 0.0))
    return [row for row in rows if np.isfinite(row.most)]
