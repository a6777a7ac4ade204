"""What would have to give way for a plan to exist: one limit alone, or all together, in parts.

Prices of a limit that may give way are capped: at the cap its missing amount costs no more, so the
lowest bound tells the least total amount (elastic duality). Prices only say how much at least; a
plan built at the eased limits says how much is enough, and that is what is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from qaita.engine.plan.national.building import LARGE, Built, build_plan
from qaita.engine.plan.national.moves import uses_of
from qaita.engine.plan.national.packs import Floats, Ints, National
from qaita.engine.plan.national.pricing import Pace, Tables, find_prices, read, tables_of
from qaita.engine.plan.national.proving import Impossible, worthless

MOST_ALONE = 8  # limits that are tried alone, those of the largest part in the proof first
MOST_ALONE_LARGE = 3
SMALL_PART = 1e-4  # of a limit: a missing part below it is rounding
ROOM = (1.002, 1.02, 1.1, 1.5)  # whole packages need a little more than parts of them do
PACE = Pace(first=0.05, last=2e-4, steps_last=10, near=1e-5)

Told = Callable[[float], None]


@dataclass(frozen=True)
class Relaxation:
    """Limits that give way, and by how much, in their units: a plan is known that needs no more."""

    rows: Ints
    by: Floats
    spent: Floats  # (clusters, resources): what that plan uses


def relaxations(problem: National, why: Impossible, told: Told | None = None) -> list[Relaxation]:
    """Return single limits that suffice alone, by the part that gives way, then all together."""
    tell = told or (lambda _share: None)
    empty = replace(problem, packs=tuple(worthless(pack) for pack in problem.packs))
    tables = tables_of(empty)
    part = why.prices * tables.scale
    several = MOST_ALONE if problem.size < LARGE else MOST_ALONE_LARGE
    tried = [n for n in np.argsort(-part).tolist() if part[n] > 1e-3 * part.max()][:several]
    found: list[Relaxation] = []
    for n, row in enumerate(tried):
        tell(n / (len(tried) + 1))
        one = _alone(tables, why, row)
        found += [one] if one is not None else []
    found.sort(key=lambda one: float(one.by[0] / tables.scale[one.rows[0]]))
    tell(len(tried) / (len(tried) + 1))
    joint = _together(tables, why)
    if joint is not None and len(joint.rows) > 1:
        found.append(joint)
    return found


def _alone(tables: Tables, why: Impossible, row: int) -> Relaxation | None:
    """Let one limit give way, or return None where that is not enough."""
    ceiling = np.full(len(why.prices), np.inf)
    ceiling[row] = tables.unit[row]
    start = why.prices * (tables.unit[row] / why.prices[row])
    found = find_prices(tables, start=np.minimum(start, ceiling), ceiling=ceiling, pace=PACE)
    least = -found.bound / tables.unit[row]
    for room in ROOM:
        eased = tables.problem.rows.most.copy()
        eased[row] += max(room * least, SMALL_PART * tables.scale[row])
        built = _built(tables, eased, found.prices)
        over = _over(tables, built)
        if not np.delete(over, row).any():
            return _told(tables, built, over)
    return None


def _together(tables: Tables, why: Impossible) -> Relaxation | None:
    """Let every limit of the proof give way, at a cost in parts of each."""
    part = why.prices * tables.scale
    own = (part > 1e-3 * part.max()) | (why.short > 0)
    ceiling = np.full(len(own), np.inf)
    middle = float(np.exp(np.log((tables.unit * tables.scale)[own]).mean()))
    ceiling[own] = middle / tables.scale[own]
    found = find_prices(tables, ceiling=ceiling, pace=PACE)
    seen = read(tables, found.soft_prices, PACE.last)
    missing = np.where(own, np.maximum(-seen.slack, 0.0), 0.0)
    missing[missing < SMALL_PART * tables.scale] = 0.0
    best: Relaxation | None = None
    for room in ROOM:
        built = _built(tables, tables.problem.rows.most + room * missing, found.prices)
        over = _over(tables, built)
        if not over[missing == 0].any():
            return _told(tables, built, over)
        best = best or _told(tables, built, over)
    return best


def _built(tables: Tables, most: Floats, prices: Floats) -> Built:
    rows = replace(tables.problem.rows, most=most)
    return build_plan(replace(tables, problem=replace(tables.problem, rows=rows)), prices)


def _over(tables: Tables, built: Built) -> Floats:
    """Return by how much a plan exceeds the limits as they were asked for."""
    over = np.maximum(built.used - tables.problem.rows.most, 0.0)
    return np.where(over > 1e-9 * tables.scale, over, 0.0)


def _told(tables: Tables, built: Built, over: Floats) -> Relaxation | None:
    rows = np.flatnonzero(over)
    if not len(rows):
        return None
    return Relaxation(rows, over[rows], uses_of(tables.problem, built.option)[0])
