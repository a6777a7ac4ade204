"""Joins packages that came out too short with a neighbour across a junction."""

import numpy as np

from qaita.engine.compiling import compiled, inner
from qaita.engine.packing.streets import Floats, Ints

ALIKE = np.log(4.0)  # needs that differ by more than four times are not one work


@compiled()
def join_short(
    package: Ints,
    ends_at: tuple[Ints, Ints, Ints],
    length_m: Floats,
    need: Floats,
    bounds_m: tuple[float, float],
) -> Ints:
    """Return the package of every section (−1: none) after joining, by its smallest number.

    `package` (sections,); `ends_at`: start and ends by node, and the node of every end. The
    shortest packages choose first: the neighbour most like them with which they are not too long.
    """
    count = package.max() + 1
    total, mean, least = np.zeros(count), np.zeros(count), np.full(count, len(package))
    first, following = np.full(count, -1), np.full(len(package), -1)
    for i in range(len(package) - 1, -1, -1):
        p = package[i]
        if p >= 0:
            total[p] += length_m[i]
            mean[p] += length_m[i] * need[i]
            following[i], first[p], least[p] = first[p], i, i
    owner = np.arange(count)
    order = np.argsort(total, kind="mergesort")
    chains = (first, following)
    for p in order:
        while owner[p] == p and total[p] < bounds_m[0]:
            other = _best_neighbour(p, package, ends_at, (total, mean), chains, bounds_m[1])
            if other < 0:
                break
            _take_in(p, other, package, (total, mean), chains)
            owner[other] = p
    return package


@inner
def _best_neighbour(
    p: int,
    package: Ints,
    ends_at: tuple[Ints, Ints, Ints],
    sums: tuple[Floats, Floats],
    chains: tuple[Ints, Ints],
    most_m: float,
) -> int:
    start, ends, node = ends_at
    total, mean = sums
    best, best_away = -1, ALIKE
    i = chains[0][p]
    while i >= 0:
        for end in (2 * i, 2 * i + 1):
            at = node[end]
            for k in range(start[at], start[at + 1]):
                other = package[ends[k] // 2]
                if other < 0 or other == p or total[p] + total[other] > most_m:
                    continue
                away = abs(mean[p] / total[p] - mean[other] / total[other])
                if away < best_away - 1e-12 or (away < best_away + 1e-12 and other < best):
                    best, best_away = other, away
        i = chains[1][i]
    return best


@inner
def _take_in(
    p: int,
    other: int,
    package: Ints,
    sums: tuple[Floats, Floats],
    chains: tuple[Ints, Ints],
) -> None:
    """Make the other package a part of p."""
    first, following = chains
    sums[0][p] += sums[0][other]
    sums[1][p] += sums[1][other]
    last = first[p]
    while following[last] >= 0:
        last = following[last]
    following[last] = first[other]
    i = first[other]
    while i >= 0:
        package[i] = p
        i = following[i]
