"""Room for a wanted change of a plan: which other packages give way at the least loss.

Packages are ranked by how much of what is exceeded they free, per tenge of benefit they lose; among
the best of them a branch-and-bound solver finds the cheapest set of changes with which every limit
is kept. A change that gains is worth nothing here: what is asked for is room, not another plan.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from qaita.engine.compiling import NO, compiled, inner
from qaita.engine.plan.exact import quiet_solver
from qaita.engine.plan.national.choosing import choose_best, chosen_of, uses_of_core
from qaita.engine.plan.national.core import Core, Packs, close_options, options_now
from qaita.engine.plan.national.moves import (
    Board,
    Tally,
    benefit_of,
    board_of,
    copy_part,
    empty_tally,
    forget,
    is_allowed,
    standing,
    tally_option,
)
from qaita.engine.plan.national.packs import Flags, Floats, Ints, National, Pack, padded
from qaita.engine.plan.national.passes import first_cost

CANDIDATES = (60, 240)  # packages looked at; the second time where the first found no room
EVERYTHING = 1e12  # a regret that leaves no option out
SLIGHT = 0.001  # of a package's cost: what changing one more package is taken to cost
NODES = 2_000
NEAR = 0.001
SAFE = 1e-9


@dataclass(frozen=True)
class Move:
    """Another option for a package."""

    package: int
    option: int


def make_room(problem: National, option: Ints, pinned: Ints, most: Floats) -> list[Move] | None:
    """Return changes of packages that are not pinned after which no limit is exceeded.

    `option` (n,): the plan with the wanted change; `most` (m,): what may be used of each limit.
    None where no room was found; an empty list where none is needed.
    """
    used, _worth = standing(problem, option)
    over = np.maximum(used - most, 0.0)
    if not over.any():
        return []
    packs, board = padded(problem.packs), board_of(problem)
    fixed = ~_may_free(problem, option, over > 0.0)
    fixed[pinned] = True
    score, alone = np.zeros(problem.size), np.full(problem.size, np.inf)
    _rank(packs, board, (option, fixed), over, score, alone)
    for count in CANDIDATES:
        who = np.union1d(_first(-score, count, score > 0), _first(alone, count, alone < np.inf))
        if found := _cheapest(problem, (packs, board), option, who, most):
            return found
    return None


def _may_free(problem: National, option: Ints, exceeded: Flags) -> Flags:
    """Return which packages can free anything of the limits that are exceeded.

    Their clusters must use these limits; and what is not in the plan only gives where a use is
    negative: in least amounts, or by a share that it has to spare.
    """
    uses = problem.rows.weights.tocsr()[np.flatnonzero(exceeded)].tocoo()
    width = 2 * problem.years + 1
    touched, gives = np.zeros((2, problem.clusters), dtype=bool)
    touched[uses.col // width] = True
    gives[(uses.col // width)[(uses.data < 0.0) | (uses.col % width == width - 1)]] = True
    found = [
        np.where(chosen, touched[pack.cluster].any(1), gives[pack.cluster].any(1))
        for pack, chosen in zip(
            problem.packs,
            np.split(option > 0, np.cumsum([len(pack.cluster) for pack in problem.packs])[:-1]),
            strict=True,
        )
    ]
    return np.concatenate(found)


def _first(values: Floats, count: int, fits: Flags) -> Ints:
    """Return the packages that fit with the smallest values."""
    places = np.flatnonzero(fits)
    return places[np.argsort(values[places], kind="stable")][:count]


@compiled()
def _rank(
    packs: Packs,
    board: Board,
    plan: tuple[Ints, Flags],
    over: Floats,
    score: Floats,
    alone: Floats,
) -> None:
    """Fill in what each package frees per tenge lost, and what it loses where it frees it all."""
    option, fixed = plan
    tally, wanted = empty_tally(len(board.most)), 0
    before = np.empty(len(tally.change))
    for row in range(len(over)):
        wanted += 1 if over[row] > 0.0 else 0
    for at in range(len(option)):
        if fixed[at]:
            continue
        pack, g = packs[board.pack[at]], board.place[at]
        tally_option(pack, g, option[at], -1.0, board, tally)
        base = tally.size[0]
        copy_part(tally.change, NO, before, NO, base)
        for j in range(1 + pack.take.shape[0] * pack.cost.shape[3]):
            if j == option[at] or not is_allowed(pack, g, j):
                continue
            tally_option(pack, g, j, 1.0, board, tally)
            freed = _freed(tally, over)
            forget(tally, base)
            copy_part(before, NO, tally.change, NO, base)
            if freed > 1e-9:
                lost = _loss(pack, g, option[at], j)
                score[at] = max(score[at], freed / lost)
                if freed > wanted - 1e-9:
                    alone[at] = min(alone[at], lost)
        forget(tally, 0)


@inner
def _freed(tally: Tally, over: Floats) -> float:
    """Return the shares of what is exceeded that a change takes away, added up."""
    total = 0.0
    for i in range(tally.size[0]):
        if over[tally.row[i]] > 0.0:
            total += min(-tally.change[i] / over[tally.row[i]], 1.0)
    return total


@compiled()
def _loss(pack: Pack, g: int, now: int, other: int) -> float:
    lost = benefit_of(pack, g, now) - benefit_of(pack, g, other)
    return max(lost, 0.0) + SLIGHT * first_cost(pack, g)


def _cheapest(
    problem: National, place: tuple[Packs, Board], option: Ints, who: Ints, most: Floats
) -> list[Move] | None:
    """Let the solver choose among all options of some packages; None where no choice fits."""
    packs, board = place
    if not len(who):
        return None
    local = np.zeros((problem.clusters, 2 * problem.years + 1))
    core = close_options(packs, board, local, who, EVERYTHING, option)
    now = options_now(core, option)
    without = option.copy()
    without[who] = 0
    rest = most - standing(problem, without)[0]
    taken = _solve(core, now, _losses(core, now, place), rest)
    if taken is None:
        return None
    changed = option.copy()
    changed[who] = core.option[taken]
    if (standing(problem, changed)[0] > most).any():
        return None
    return [Move(int(at), int(changed[at])) for at in who[changed[who] != option[who]]]


def _losses(core: Core, now: Ints, place: tuple[Packs, Board]) -> Floats:
    packs, board = place
    lost = np.zeros(len(core.option))
    for i, at in enumerate(core.who.tolist()):
        pack, g = packs[board.pack[at]], int(board.place[at])
        for k in range(core.start[i], core.start[i + 1]):
            if k != now[i]:
                own, other = int(core.option[now[i]]), int(core.option[k])
                lost[k] = _loss(pack, g, own, other)
    return lost


def _solve(core: Core, now: Ints, lost: Floats, rest: Floats) -> Ints | None:
    """Return the options (indexes of the core's) that lose least within what is left."""
    uses = uses_of_core(core, len(rest))
    touched = np.flatnonzero(np.diff(uses.indptr))
    within = _within(rest[touched], uses[touched][:, now].sum(1).A1)
    solver = _solver()
    choose_best(solver, core, -lost, uses[touched], within)
    solver.run()
    return chosen_of(solver, core)


def _within(rest: Floats, present: Floats) -> Floats:
    """Return what is left less a trifle, so that no rounding exceeds it; what stands may stay."""
    less = rest - SAFE * np.maximum(np.abs(rest), 1.0)
    return np.where(present <= rest, np.maximum(less, present), less)


def _solver() -> Any:
    solver = quiet_solver()
    solver.setOptionValue("mip_max_nodes", NODES)
    solver.setOptionValue("mip_rel_gap", NEAR)
    solver.setOptionValue("mip_feasibility_tolerance", SAFE)
    solver.setOptionValue("primal_feasibility_tolerance", SAFE)
    return solver
