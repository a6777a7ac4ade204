"""The whole way from a country's packages to a plan and its proof."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import highspy
import numpy as np

from qaita.engine.plan.exact import quiet_solver
from qaita.engine.plan.national.building import LARGE, Built, Effort, Kept, build_plan
from qaita.engine.plan.national.choosing import choose_best, chosen_of, uses_of_core
from qaita.engine.plan.national.core import close_options, options_now
from qaita.engine.plan.national.moves import board_of, standing
from qaita.engine.plan.national.packs import Floats, Ints, National, padded
from qaita.engine.plan.national.pricing import Pace, Priced, Tables, find_prices, tables_of
from qaita.engine.plan.national.sampling import prices_by_sample

SMALL = 3_000  # packages up to which a branch-and-bound solver is asked as well
EVERYTHING = 1e12  # a regret that leaves no option out
NODES_TIMES_COLUMNS = 100_000  # the solver's work: fewer nodes where each is dearer

TRIFLE = 1e-7  # of a limit, kept back from the solver: its own rounding exceeds none
STAY_PUT = 0.01  # of a package's cost: what leaving its old option must gain at least
VERSION = 3  # of the method: another one may give another plan for the same question

Watch = Callable[[str, float], None]


def national_version() -> str:
    """Return what computes a country's plan: it belongs to the inputs."""
    parts = ("numpy", "numba", "scipy", "highspy")
    return f"national {VERSION}, " + ", ".join(f"{name} {version(name)}" for name in parts)


@dataclass(frozen=True)
class Answer:
    """A plan with its proof.

    `bound_mkzt` is proven by `prices` and can be checked by arithmetic; `solver_bound_mkzt`, where
    not infinite, is what a branch-and-bound solver proved by search.
    """

    prices: Floats  # (m,): million tenge per unit
    bound_mkzt: float
    solver_bound_mkzt: float
    plan: Built
    warm: Floats  # (m,): where a search at changed limits begins

    @property
    def gap_share(self) -> float:
        """How much better any plan could be at most, as a share of this one."""
        best = min(self.bound_mkzt, self.solver_bound_mkzt)
        return max(0.0, best - self.plan.worth_mkzt) / max(self.plan.worth_mkzt, 1e-9)


def plan_country(
    problem: National,
    *,
    effort: Effort | None = None,
    watch: Watch | None = None,
    search: bool = True,
) -> Answer:
    """Price the limits, build a plan, and below SMALL packages let a solver try to better both.

    `watch(stage, share done)` is called between stages and may raise to cancel; without `search`
    no solver is asked.
    """
    tell = watch or (lambda _stage, _share: None)
    tell("prices", 0.0)
    tables = tables_of(problem)
    priced = price_limits(tables, watch=lambda share: tell("prices", share))
    tell("plan", 0.0)
    built = build_plan(tables, priced.prices, effort)
    bound = np.inf
    if search and 0 < problem.size <= SMALL:
        tell("exact", 0.0)
        built, bound = better_exactly(tables, built)
    tell("plan", 1.0)
    return Answer(priced.prices, priced.bound, bound, built, priced.soft_prices)


def plan_again(
    tables: Tables,
    warm: Floats,
    option: Ints,
    *,
    watch: Watch | None = None,
    priced: Callable[[float], None] | None = None,
    search: bool = False,
) -> Answer:
    """Plan at changed limits: prices from old ones, and a plan that stays close to an old one.

    `warm` are prices of the rows as they were (0: a new row), `option` the old plan. `priced` hears
    the bound before the plan is built. With `search` a solver looks for a better plan of a small
    country, however far from the old one.
    """
    tell = watch or (lambda _stage, _share: None)
    tell("prices", 0.0)
    pace = Pace(first=2e-3, last=pace_for(tables.problem).last, steps_first=3)
    found: Priced = find_prices(
        tables, start=warm, pace=pace, watch=lambda share: tell("prices", share)
    )
    if priced is not None:
        priced(found.bound)
    tell("plan", 0.0)
    built = build_plan(tables, found.prices, kept=Kept(option, STAY_PUT))
    bound = np.inf
    if search and 0 < tables.problem.size <= SMALL:
        tell("exact", 0.0)
        built, bound = better_exactly(tables, built)
    tell("plan", 1.0)
    return Answer(found.prices, found.bound, bound, built, found.soft_prices)


def price_limits(tables: Tables, *, watch: Callable[[float], None] | None = None) -> Priced:
    """Return prices of the limits: of a large country from a sample of it first."""
    pace = pace_for(tables.problem)
    if tables.problem.size >= LARGE:
        return prices_by_sample(tables, pace, watch=watch)
    return find_prices(tables, pace=pace, watch=watch)


def pace_for(problem: National) -> Pace:
    """Return how fine the temperature must fall for a country of this size."""
    return Pace(last=1e-4 if problem.size >= LARGE else 2e-4)


def better_exactly(tables: Tables, built: Built) -> tuple[Built, float]:
    """Let HiGHS search from a plan; return the better plan and the bound that it proved.

    Work is limited by nodes, never by time: the same problem gives the same answer.
    """
    problem = tables.problem
    board = board_of(problem)
    everyone = np.arange(problem.size)
    local = np.zeros((problem.clusters, 2 * problem.years + 1))
    core = close_options(padded(problem.packs), board, local, everyone, EVERYTHING, built.option)
    limit = problem.rows.most - TRIFLE * np.maximum(np.abs(problem.rows.most), 1.0)
    solver = quiet_solver()
    solver.setOptionValue("mip_max_nodes", max(1, NODES_TIMES_COLUMNS // len(core.option)))
    choose_best(solver, core, core.benefit, uses_of_core(core, len(limit)), limit)
    if not built.broken:
        begun = np.zeros(len(core.option))
        begun[options_now(core, built.option)] = 1.0
        given = highspy.HighsSolution()
        given.col_value = list(begun)
        solver.setSolution(given)
    solver.run()
    if solver.getInfo().primal_solution_status != 2:  # 2: a feasible point was found
        return built, np.inf
    taken = chosen_of(solver, core)
    better = built if taken is None else _judged(problem, core.option[taken], built)
    return better, float(solver.getInfo().mip_dual_bound)


def _judged(problem: National, option: Ints, built: Built) -> Built:
    """Return the solver's plan where it keeps every limit to the last digit and is better."""
    used, worth = standing(problem, option)
    broken = int((used > problem.rows.most).sum())
    mine, other = (built.broken, -built.worth_mkzt), (broken, -worth)
    return Built(option, worth, used, broken) if other < mine else built
