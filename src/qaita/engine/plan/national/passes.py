"""One reading of all packages at given prices: the bound, what is used, and its curvature.

With prices λ >= 0 every package takes the option of largest reduced profit
    v = benefit − Σ members cost·(P_year + deficit·P_local) − length·P_length_year,
where P = weightsᵀ·λ are the prices of a cluster's resources. λ·most + Σ max v is never below the
best plan (weak duality), whatever λ is. Softening the maximum with temperature τ,
    τ·log Σ exp(v / τ),  τ = ε · cost of the package,
gives a smooth function whose gradient is what is used on average and whose curvature is the
variance of what is used (Nesterov, Mathematical Programming 103, 2005).
"""

from typing import NamedTuple

import numpy as np

from qaita.engine.compiling import compiled, inner
from qaita.engine.plan.national.lanes import (
    BLOCK,
    FAST,
    Lanes,
    bend_block,
    choose_block,
    make_room,
    soften_block,
    total_of,
    use_block,
    value_block,
)
from qaita.engine.plan.national.packs import Chunks, Floats, Ints, Pack

DROPPED = 20.0  # options this many temperatures below the best weigh nothing (e^-20)


class Reading(NamedTuple):
    """What a pass found in each chunk of a pack; w = members × resources."""

    soft: Floats  # (chunks,): sum of softened maxima
    best: Floats  # (chunks,): sum of maxima
    used: Floats  # (chunks, w)
    curvature: Floats  # (chunks, w, w): its lower triangle
    option: Ints  # (k,): the best option of each package, after an exact pass


class Runs(NamedTuple):
    """Where the packages of a pack are: its clusters and the chunks of like ones."""

    cluster: Ints  # (k, members)
    chunks: Chunks


def empty_reading(pack: Pack, chunks: Chunks, resources: int) -> Reading:
    """Return room for what a pass finds."""
    count, width = len(chunks.start), pack.cluster.shape[1] * resources
    return Reading(
        np.zeros(count),
        np.zeros(count),
        np.zeros((count, width)),
        np.zeros((count, width, width)),
        np.zeros(len(pack.cluster), np.int64),
    )


@compiled(nogil=True)
def read_exactly(
    lanes: Lanes, runs: Runs, prices: Floats, part: tuple[int, int], out: Reading
) -> None:
    """Take the best option of every package of the chunks from part[0] to part[1].

    `prices` is (clusters, resources).
    """
    for c in range(part[0], part[1]):
        begin, end = runs.chunks.start[c], runs.chunks.end[c]
        local, room = prices[runs.cluster[begin]], make_room(lanes)
        for a in range(begin, end, BLOCK):
            b = min(a + BLOCK, end)
            value_block(lanes, a, b, local, room)
            choose_block(a, b, room, out.option)
            use_block(lanes, a, b, room)
        out.best[c] = out.soft[c] = total_of(room.best_sum[0])
        for r in range(len(room.use_sums)):
            out.used[c, r] = total_of(room.use_sums[r])


@compiled(nogil=True)
def read_softly(
    lanes: Lanes,
    runs: Runs,
    prices: Floats,
    part: tuple[int, int],
    out: Reading,
    eps: float,
) -> None:
    """Take options by the soft maximum, and count how what is used bends with the prices."""
    for c in range(part[0], part[1]):
        begin, end = runs.chunks.start[c], runs.chunks.end[c]
        local, room = prices[runs.cluster[begin]], make_room(lanes)
        soft = 0.0
        for a in range(begin, end, BLOCK):
            b = min(a + BLOCK, end)
            value_block(lanes, a, b, local, room)
            soft += soften_block(lanes, a, b, eps, DROPPED, room)
            use_block(lanes, a, b, room)
            bend_block(lanes, a, b, room)
        out.best[c] = total_of(room.best_sum[0])
        out.soft[c] = out.best[c] + soft
        for r in range(len(room.use_sums)):
            out.used[c, r] = total_of(room.use_sums[r])
            for k in range(r + 1):
                out.curvature[c, r, k] = total_of(room.bend_sums[r * (r + 1) // 2 + k])


@compiled(fastmath=FAST)
def profits(pack: Pack, g: int, local: Floats, v: Floats) -> int:
    """Fill v with the reduced profits of a package's options; return the best option."""
    years = pack.cost.shape[3]
    v[0] = 0.0
    best, j = 0, 0
    for choice in range(pack.take.shape[0]):
        for year in range(years):
            j += 1
            x = float(pack.benefit[g, choice, year])
            for m in range(pack.take.shape[1]):
                k = pack.take[choice, m]
                if k >= 0:
                    money = local[m, year] + pack.deficit[g, m, k] * local[m, 2 * years]
                    x -= pack.cost[g, m, k, year] * money
                    x -= pack.length_km[g, m] * local[m, years + year]
            v[j] = x
            if x > v[best]:
                best = j
    return best


@inner
def first_cost(pack: Pack, g: int) -> float:
    """Return what doing everything in the first year costs: the scale of a package."""
    total = 0.0
    for m in range(pack.cost.shape[1]):
        total += pack.cost[g, m, 0, 0]
    return total
