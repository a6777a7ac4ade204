"""Prices, a plan, and what both say of every package."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qaita.engine.plan.national.packs import Floats, Ints, National
from qaita.engine.plan.national.pricing import tables_of
from qaita.engine.plan.national.proving import Impossible, why_impossible
from qaita.engine.plan.national.relaxing import Relaxation, relaxations
from qaita.engine.plan.national.solving import Answer, plan_again, plan_country
from qaita.engine.verdicts import Verdicts, judge_packs

Told = Callable[[float, str], None]
# where each stage of the engine lies in the whole work
STAGES = {
    "prices": ("pricing", 0.45, 0.2),
    "plan": ("building", 0.65, 0.2),
    "exact": ("exact", 0.75, 0.1),
}


@dataclass(frozen=True)
class Certainty:
    """What draws of failures say of a plan; shares 0…1, money in million tenge."""

    included_share: Floats  # of every package, pack after pack: in how many draws it is renewed
    draws: int
    beats_oldest_first_share: float
    low_mkzt: float  # the plan's worth: nineteen draws in twenty are above
    high_mkzt: float


@dataclass(frozen=True)
class Solved:
    """A plan with the prices that prove how good it is. Money in million tenge."""

    prices: Floats
    bound_mkzt: float
    solver_bound_mkzt: float  # infinite where no solver searched
    option: Ints  # of every package, pack after pack
    worth_mkzt: float
    used: Floats  # of every limit
    verdicts: list[Verdicts]
    broken: Ints  # limits that the plan does not keep
    why: Impossible | None = None  # the proof that no plan keeps all limits together
    ways: Sequence[Relaxation] = ()  # what would have to give way for a plan to exist
    certainty: Certainty | None = None

    @property
    def gap_share(self) -> float:
        """How much better a plan could be at most by the prices, as a share of this one."""
        return self._gap(self.bound_mkzt)

    @property
    def solver_gap_share(self) -> float:
        """The same by what a solver's search proved; infinite where none searched."""
        return self._gap(self.solver_bound_mkzt)

    def _gap(self, bound: float) -> float:
        more = max(bound - self.worth_mkzt, 0.0)
        return more / self.worth_mkzt if self.worth_mkzt > 0 else 0.0


def solve_country(problem: National, told: Told, *, search: bool = True) -> Solved:
    """Find prices and a plan, or why there is none; `told` may raise to stop the work."""
    if not problem.size:
        return _empty(problem)

    def watch(stage: str, share: float) -> None:
        name, begin, width = STAGES[stage]
        told(begin + width * share, name)

    answer = plan_country(problem, watch=watch, search=search)
    told(0.85, "reasons")
    return _judged(problem, answer, told)


def solve_again(
    problem: National, warm: Floats, option: Ints, told: Told, *, search: bool = False
) -> Solved:
    """Find prices and a plan of other limits, beginning from old ones."""
    if not problem.size:
        return _empty(problem)

    def watch(stage: str, share: float) -> None:
        name, begin, width = STAGES[stage]
        told(begin + width * share, name)

    answer = plan_again(tables_of(problem), warm, option, watch=watch, search=search)
    told(0.85, "reasons")
    return _judged(problem, answer, told)


def _judged(problem: National, answer: Answer, told: Told) -> Solved:
    plan = answer.plan
    broken = np.flatnonzero(plan.used > problem.rows.most)
    why = why_impossible(problem) if len(broken) else None
    ways = []
    if why is not None:
        ways = relaxations(problem, why, lambda _share: told(0.86, "relaxing"))
    return Solved(
        answer.prices,
        answer.bound_mkzt,
        answer.solver_bound_mkzt,
        plan.option,
        plan.worth_mkzt,
        plan.used,
        judge_packs(problem, answer.prices, plan.option),
        broken,
        why,
        ways,
    )


def _empty(problem: National) -> Solved:
    """Return the plan of a country without packages: it breaks every least amount."""
    rows = len(problem.rows.most)
    broken = np.flatnonzero(problem.rows.most < 0)
    nothing, none = np.zeros(0, np.int64), np.zeros(0)
    verdicts = [Verdicts(none, nothing, none, none, nothing, none) for _ in problem.packs]
    return Solved(np.zeros(rows), 0.0, np.inf, nothing, 0.0, np.zeros(rows), verdicts, broken)
