"""What old prices tell of other limits, and the proof that no plan exists.

For every price λ >= 0 no plan is worth more than λ·most + Σ max v. With all benefits 0 the same
bound is 0 for any plan that exists, so a negative one proves that none does (Farkas' lemma),
whatever prices it was found at.
"""

from dataclasses import dataclass, replace

import numpy as np

from qaita.engine.plan.national.packs import FORBIDDEN, Floats, National, Pack
from qaita.engine.plan.national.pricing import Pace, find_prices, read, tables_of

SHORT = 1e-6  # of a limit: less is rounding


@dataclass(frozen=True)
class Impossible:
    """Why no plan exists. Figures are in the unit of each limit."""

    value: float  # below 0: the proof, at these prices
    prices: Floats  # (m,)
    short: Floats  # (m,): by how much each is missed when all give way together, cheapest first
    alone: Floats  # (m,): at least this much must one limit give way if no other does; inf: cannot


def why_impossible(problem: National) -> Impossible | None:
    """Return a proof that no plan keeps every limit, or None when none was found.

    Every limit may give way at the size of its price, so those that do are the ones that clash.
    """
    tables = tables_of(replace(problem, packs=tuple(worthless(p) for p in problem.packs)))
    pace = Pace(first=0.05, last=1e-4, steps_last=12, near=1e-5)
    found = find_prices(tables, ceiling=tables.unit, pace=pace)
    if found.bound >= -SHORT * float(np.abs(tables.unit * tables.scale).max()):
        return None
    seen = read(tables, found.soft_prices, pace.last)
    short = np.maximum(-seen.slack, 0.0)
    short[short < 1e-4 * tables.scale] = 0.0
    with np.errstate(divide="ignore"):
        alone = np.where(found.prices > 1e-9, -found.bound / found.prices, np.inf)
    return Impossible(found.bound, found.prices, short, alone)


def worthless(pack: Pack) -> Pack:
    """Return the pack with options that are all worth nothing."""
    allowed = pack.benefit > 0.5 * FORBIDDEN
    return pack._replace(benefit=np.where(allowed, np.float32(0), np.float32(FORBIDDEN)))


def forecast(bound: float, prices: Floats, most: Floats, changed: Floats) -> float:
    """Return a bound for other right sides at once: the old prices prove it as well."""
    return float(bound + prices @ (changed - most))
