"""What changing a package's option does to the limits: the small arithmetic under every plan."""

from typing import NamedTuple

import numpy as np

from qaita.engine.compiling import compiled, inner
from qaita.engine.plan.national.packs import (
    FORBIDDEN,
    Flags,
    Floats,
    Ints,
    National,
    Pack,
    resources_of,
)

MOST_ROWS = 256  # rows that two packages can touch together at most


class Board(NamedTuple):
    """All packages in one numbering, and the limits by column."""

    pack: Ints  # (n,): which pack a package is in
    place: Ints  # (n,): and where there
    start: Ints  # CSC of the weights
    row: Ints
    value: Floats
    most: Floats  # (m,)


class Tally(NamedTuple):
    """Changes of rows being added up; `at[row]` is −1 where a row is not in it."""

    at: Ints  # (m,)
    row: Ints
    change: Floats
    size: Ints  # (1,): how many rows are in it


def board_of(problem: National) -> Board:
    """Return the board of a problem."""
    counts = [len(pack.cluster) for pack in problem.packs]
    csc = problem.rows.weights.tocsc()
    return Board(
        np.repeat(np.arange(len(counts)), counts),
        np.concatenate([np.arange(count) for count in counts]),
        csc.indptr.astype(np.int64),
        csc.indices.astype(np.int64),
        csc.data.astype(np.float64),
        problem.rows.most.copy(),
    )


@compiled()
def empty_tally(rows: int) -> Tally:
    """Return a tally of nothing."""
    return Tally(
        np.full(rows, -1, np.int64),
        np.zeros(MOST_ROWS, np.int64),
        np.zeros(MOST_ROWS),
        np.zeros(1, np.int64),
    )


@inner
def benefit_of(pack: Pack, g: int, option: int) -> float:
    """Return what an option is worth, million tenge."""
    if option == 0:
        return 0.0
    years = pack.cost.shape[3]
    return float(pack.benefit[g, (option - 1) // years, (option - 1) % years])


@compiled()
def is_allowed(pack: Pack, g: int, option: int) -> bool:
    """Tell whether the package has the option."""
    return option == 0 or benefit_of(pack, g, option) > 0.5 * FORBIDDEN


@inner
def tally_option(pack: Pack, g: int, option: int, sign: float, board: Board, tally: Tally) -> None:
    """Add `sign` times the use of an option to the tally."""
    if option == 0:
        return
    years = pack.cost.shape[3]
    width = 2 * years + 1
    choice, year = (option - 1) // years, (option - 1) % years
    for m in range(pack.take.shape[1]):
        k = pack.take[choice, m]
        if k < 0:
            continue
        base = pack.cluster[g, m] * width
        cost = sign * pack.cost[g, m, k, year]
        _tally_column(base + year, cost, board, tally)
        _tally_column(base + years + year, sign * pack.length_km[g, m], board, tally)
        _tally_column(base + 2 * years, cost * pack.deficit[g, m, k], board, tally)


@inner
def _tally_column(column: int, amount: float, board: Board, tally: Tally) -> None:
    for i in range(board.start[column], board.start[column + 1]):
        add_to_tally(tally, board.row[i], amount * board.value[i])


@inner
def add_to_tally(tally: Tally, row: int, amount: float) -> None:
    """Change one row."""
    at = tally.at[row]
    if at < 0:
        at = tally.size[0]
        tally.at[row] = at
        tally.row[at] = row
        tally.change[at] = 0.0
        tally.size[0] += 1
    tally.change[at] += amount


@inner
def forget(tally: Tally, size: int) -> None:
    """Take the rows beyond the first `size` out of the tally."""
    for i in range(size, tally.size[0]):
        tally.at[tally.row[i]] = -1
    tally.size[0] = size


@inner
def copy_part(of: np.ndarray, begin: int, into: np.ndarray, at: int, count: int) -> None:
    """Copy numbers; a slice of NumPy's would be compiled anew for every kind of array."""
    for i in range(count):
        into[at + i] = of[begin + i]


@inner
def apply(tally: Tally, used: Floats) -> None:
    """Add the tally to what is used."""
    for i in range(tally.size[0]):
        used[tally.row[i]] += tally.change[i]


@inner
def penalty(tally: Tally, used: Floats, most: Floats, weight: Floats) -> float:
    """Return how much more the rows are exceeded, by weight."""
    total = 0.0
    for i in range(tally.size[0]):
        row = tally.row[i]
        before = used[row] - most[row]
        after = before + tally.change[i]
        total += weight[row] * (max(after, 0.0) - max(before, 0.0))
    return total


@inner
def breaks(tally: Tally, used: Floats, most: Floats) -> bool:
    """Tell whether any row would be exceeded more than it is."""
    for i in range(tally.size[0]):
        over = used[tally.row[i]] + tally.change[i] - most[tally.row[i]]
        if over > 0.0 and tally.change[i] > 1e-12:
            return True
    return False


@inner
def fits(tally: Tally, used: Floats, most: Floats, is_hard: Flags) -> bool:
    """Tell whether no hard limit would be exceeded."""
    for i in range(tally.size[0]):
        row = tally.row[i]
        if is_hard[row] and used[row] + tally.change[i] > most[row]:
            return False
    return True


def standing(problem: National, option: Ints) -> tuple[Floats, float]:
    """Return what a plan uses of every limit (m,) and what it is worth, million tenge."""
    used, worth = uses_of(problem, option)
    return np.asarray(problem.rows.weights @ used.ravel()), worth


def uses_of(problem: National, option: Ints) -> tuple[Floats, float]:
    """Return what a plan uses (clusters, resources) and what it is worth, million tenge."""
    width = resources_of(problem.years)
    used = np.zeros((problem.clusters, width))
    worth, start = 0.0, 0
    for pack in problem.packs:
        own = option[start : start + len(pack.cluster)]
        worth += _stand(pack, own, used)
        start += len(own)
    return used, worth


@compiled()
def _stand(pack: Pack, option: Ints, used: Floats) -> float:
    years = pack.cost.shape[3]
    worth = 0.0
    for g in range(len(option)):
        if option[g] == 0:
            continue
        worth += benefit_of(pack, g, option[g])
        choice, year = (option[g] - 1) // years, (option[g] - 1) % years
        for m in range(pack.take.shape[1]):
            k = pack.take[choice, m]
            if k >= 0:
                q = pack.cluster[g, m]
                cost = float(pack.cost[g, m, k, year])
                used[q, year] += cost
                used[q, years + year] += pack.length_km[g, m]
                used[q, 2 * years] += cost * pack.deficit[g, m, k]
    return worth
