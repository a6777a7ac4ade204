"""Options that no plan can take: dearer alone than a cap, so they only loosen the bound."""

from dataclasses import replace

import numpy as np

from qaita.engine.compiling import compiled
from qaita.engine.plan.national.moves import (
    Board,
    board_of,
    empty_tally,
    fits,
    forget,
    tally_option,
)
from qaita.engine.plan.national.packs import (
    FORBIDDEN,
    Flags,
    National,
    Pack,
    even,
    resources_of,
)


def without_impossible(problem: National) -> tuple[National, int]:
    """Return the problem without options that alone exceed a cap, and how many these were.

    A cap counts only where everything that it counts is never negative, so that no other package
    can make room. No plan is lost; a share of such an option no longer raises the bound.
    """
    board, caps = board_of(problem), _plain_caps(problem)
    packs, dropped = [], 0
    for pack in problem.packs:
        kept = even(pack)._replace(benefit=np.array(pack.benefit, np.float32))
        dropped += _drop(kept, board, caps)
        packs.append(kept)
    return replace(problem, packs=tuple(packs)), dropped


def _plain_caps(problem: National) -> Flags:
    """Tell which limits are caps of costs and lengths with no negative weight."""
    weights, width = problem.rows.weights.tocoo(), resources_of(problem.years)
    odd = (weights.data < 0) | (weights.col % width == width - 1)
    caps = problem.rows.is_hard.copy()
    caps[weights.row[odd]] = False
    return caps


@compiled()
def _drop(pack: Pack, board: Board, caps: Flags) -> int:
    tally, none = empty_tally(len(board.most)), np.zeros(len(board.most))
    years, dropped = pack.cost.shape[3], 0
    for g in range(len(pack.cluster)):
        for choice in range(pack.take.shape[0]):
            for year in range(years):
                if pack.benefit[g, choice, year] <= 0.5 * FORBIDDEN:
                    continue
                tally_option(pack, g, 1 + choice * years + year, 1.0, board, tally)
                if not fits(tally, none, board.most, caps):
                    pack.benefit[g, choice, year] = FORBIDDEN
                    dropped += 1
                forget(tally, 0)
    return dropped
