"""How sure a plan is when failure rates are not: draws from what is known of them.

A package's benefit is in proportion to the failures that it avoids, so a draw is one factor per
package. At the published prices each package decides alone, so how often it stays in the plan is
counted without planning anew; a plan and its rival are judged at the same draws.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaita.engine.compiling import compiled, inner
from qaita.engine.plan.national.core import MOST_OPTIONS, Packs
from qaita.engine.plan.national.moves import (
    Board,
    apply,
    benefit_of,
    board_of,
    empty_tally,
    fits,
    forget,
    is_allowed,
    tally_option,
)
from qaita.engine.plan.national.packs import (
    Flags,
    Floats,
    Ints,
    National,
    Pack,
    cluster_prices,
    padded,
)
from qaita.engine.plan.national.passes import profits


@dataclass(frozen=True)
class Sureness:
    """What draws say: how often each package is in, and how often a plan beats its rival."""

    included_share: NDArray[np.float32]  # (n,)
    beats_share: float
    worth_mkzt: Floats  # (draws,)
    rival_mkzt: Floats  # (draws,)


def sureness(
    problem: National, prices: Floats, option: Ints, rival: Ints, draws: Iterable[Floats]
) -> Sureness:
    """Judge a plan and a rival (both (n,) options) at draws of factors (n,), mean about one."""
    packs, board = padded(problem.packs), board_of(problem)
    local = cluster_prices(problem, prices)
    mine, other = worths(packs, board, option), worths(packs, board, rival)
    least, count = thresholds(packs, board, local), np.zeros(problem.size, np.int64)
    worth, against = [], []
    for factor in draws:
        count += factor > least
        worth.append(float(factor @ mine))
        against.append(float(factor @ other))
    a, b = np.array(worth), np.array(against)
    share = (count / max(len(a), 1)).astype(np.float32)
    return Sureness(share, float((a > b).mean()) if len(a) else 0.0, a, b)


@compiled()
def worths(packs: Packs, board: Board, option: Ints) -> Floats:
    """Return what each package's option is worth, million tenge."""
    worth = np.empty(len(option))
    for at in range(len(option)):
        worth[at] = benefit_of(packs[board.pack[at]], board.place[at], option[at])
    return worth


@compiled()
def thresholds(packs: Packs, board: Board, local: Floats) -> Floats:
    """Return the factor of its benefit above which each package would be renewed at these prices.

    An option of benefit b and reduced profit v is worth v + (factor − 1)·b: more than nothing from
    1 − v/b on.
    """
    v = np.empty(MOST_OPTIONS)
    least = np.full(len(board.pack), np.inf)
    for at in range(len(least)):
        pack, g = packs[board.pack[at]], board.place[at]
        options = 1 + pack.take.shape[0] * pack.cost.shape[3]
        profits(pack, g, local[pack.cluster[g]], v[:options])
        for j in range(1, options):
            own = benefit_of(pack, g, j)
            if is_allowed(pack, g, j) and own > 0.0:
                least[at] = min(least[at], 1.0 - v[j] / own)
    return least


def oldest_first(problem: National, age: Floats) -> Ints:
    """Return the plan that renews by age (n,) alone, as early as the caps allow: the usual rival.

    Least amounts are not its concern; it replaces, and opens a street once.
    """
    order = np.argsort(-age, kind="stable")
    return in_turn(padded(problem.packs), board_of(problem), order, problem.rows.is_hard)


@inner
def _fullest(pack: Pack) -> int:
    """Return the first of the choices that take the most members."""
    best, most = 0, 0
    for choice in range(pack.take.shape[0]):
        taken = 0
        for m in range(pack.take.shape[1]):
            taken += pack.take[choice, m] >= 0
        if taken > most:
            best, most = choice, taken
    return best


@compiled()
def in_turn(packs: Packs, board: Board, order: Ints, is_hard: Flags) -> Ints:
    """Give packages, in this order, the earliest year that fits the hard limits."""
    option = np.zeros(len(order), np.int64)
    used, tally = np.zeros(len(board.most)), empty_tally(len(board.most))
    for at in order:
        pack, g = packs[board.pack[at]], board.place[at]
        years = pack.cost.shape[3]
        choice = _fullest(pack)
        for year in range(years):
            j = 1 + choice * years + year
            if not is_allowed(pack, g, j):
                continue
            tally_option(pack, g, j, 1.0, board, tally)
            if fits(tally, used, board.most, is_hard):
                apply(tally, used)
                forget(tally, 0)
                option[at] = j
                break
            forget(tally, 0)
    return option
