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
from numba import njit, prange

from qaita.engine.plan.national.packs import Chunks, Floats, Ints, Pack

DROPPED = 20.0  # options this many temperatures below the best weigh nothing (e^-20)
SLIGHT = 1e-9


class Reading(NamedTuple):
    """What a pass found in each chunk of a pack; w = members × resources."""

    soft: Floats  # (chunks,): sum of softened maxima
    best: Floats  # (chunks,): sum of maxima
    used: Floats  # (chunks, w)
    curvature: Floats  # (chunks, w, w)
    option: Ints  # (k,): the best option of each package


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


@njit(cache=True, parallel=True)
def read_exactly(pack: Pack, chunks: Chunks, prices: Floats, out: Reading) -> None:
    """Take the best option of every package. `prices` is (clusters, resources)."""
    options = 1 + pack.take.shape[0] * pack.cost.shape[3]
    # unpacked here: numba loses what a parallel loop writes through a named tuple
    best_of = out.best
    soft_of = out.soft
    used_of = out.used
    option_of = out.option
    for c in prange(len(chunks.start)):
        local = prices[pack.cluster[chunks.start[c]]]
        v = np.empty(options)
        used = used_of[c]
        used[:] = 0.0
        total = 0.0
        for g in range(chunks.start[c], chunks.end[c]):
            best = profits(pack, g, local, v)
            option_of[g] = best
            total += v[best]
            add_use(pack, g, best, 1.0, used)
        best_of[c] = total
        soft_of[c] = total


@njit(cache=True, parallel=True)
def read_softly(
    pack: Pack, chunks: Chunks, prices: Floats, eps: float, curved: int, out: Reading
) -> None:
    """Take options by the soft maximum; `curved` (0 or 1) asks for the curvature as well."""
    options = 1 + pack.take.shape[0] * pack.cost.shape[3]
    width = out.used.shape[1]
    best_of = out.best
    soft_of = out.soft
    used_of = out.used
    curvature_of = out.curvature
    for c in prange(len(chunks.start)):
        local = prices[pack.cluster[chunks.start[c]]]
        v, weight, mean = np.empty(options), np.empty(options), np.empty(width)
        used, curvature = used_of[c], curvature_of[c]
        used[:] = 0.0
        curvature[:] = 0.0
        soft, hard = 0.0, 0.0
        for g in range(chunks.start[c], chunks.end[c]):
            best = profits(pack, g, local, v)
            tau = eps * first_cost(pack, g)
            more, close = _soften(v, best, tau, weight)
            hard += v[best]
            soft += v[best] + more
            if close == 1:
                add_use(pack, g, best, 1.0, used)
            else:
                _add_mean(pack, g, weight, mean)
                used += mean
                if curved:
                    _add_variance(pack, g, weight, tau, mean, curvature)
        soft_of[c] = soft
        best_of[c] = hard


@njit(cache=True, fastmath=True)
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


@njit(cache=True)
def add_use(pack: Pack, g: int, option: int, weight: float, used: Floats) -> None:
    """Add `weight` times what an option uses: per member, its resources."""
    if option == 0:
        return
    years = pack.cost.shape[3]
    width = 2 * years + 1
    choice, year = (option - 1) // years, (option - 1) % years
    for m in range(pack.take.shape[1]):
        k = pack.take[choice, m]
        if k >= 0:
            cost = weight * pack.cost[g, m, k, year]
            used[m * width + year] += cost
            used[m * width + years + year] += weight * pack.length_km[g, m]
            used[m * width + 2 * years] += cost * pack.deficit[g, m, k]


@njit(cache=True)
def first_cost(pack: Pack, g: int) -> float:
    """Return what doing everything in the first year costs: the scale of a package."""
    total = 0.0
    for m in range(pack.cost.shape[1]):
        total += pack.cost[g, m, 0, 0]
    return total


@njit(cache=True)
def _soften(v: Floats, best: int, tau: float, weight: Floats) -> tuple[float, int]:
    """Fill weights with the soft choice; return τ·log Σ exp((v − best)/τ) and how many count."""
    total, close = 0.0, 0
    for j in range(len(v)):
        away = (v[j] - v[best]) / tau
        if away > -DROPPED:
            weight[j] = np.exp(away)
            total += weight[j]
            close += 1
        else:
            weight[j] = 0.0
    for j in range(len(v)):
        weight[j] /= total
    return tau * np.log(total), close


@njit(cache=True)
def _add_mean(pack: Pack, g: int, weight: Floats, mean: Floats) -> None:
    """Set the mean use of a soft choice."""
    mean[:] = 0.0
    for j in range(1, len(weight)):
        if weight[j] > SLIGHT:
            add_use(pack, g, j, weight[j], mean)


@njit(cache=True)
def _add_variance(
    pack: Pack, g: int, weight: Floats, tau: float, mean: Floats, curvature: Floats
) -> None:
    """Add the variance of the use of a soft choice over τ."""
    for j in range(1, len(weight)):
        if weight[j] > SLIGHT:
            _add_square(pack, g, j, weight[j] / tau, curvature)
    for i in range(len(mean)):
        if mean[i] != 0.0:
            scaled = mean[i] / tau
            for k in range(len(mean)):
                curvature[i, k] -= scaled * mean[k]


@njit(cache=True)
def _add_square(pack: Pack, g: int, option: int, weight: float, curvature: Floats) -> None:
    """Add weight × (use of an option)·(use of it)ᵀ, of which three entries a member are not 0."""
    years = pack.cost.shape[3]
    width = 2 * years + 1
    choice, year = (option - 1) // years, (option - 1) % years
    place = np.empty(3 * pack.take.shape[1], np.int64)
    amount = np.empty(3 * pack.take.shape[1])
    n = 0
    for m in range(pack.take.shape[1]):
        k = pack.take[choice, m]
        if k >= 0:
            cost = float(pack.cost[g, m, k, year])
            place[n], amount[n] = m * width + year, cost
            place[n + 1], amount[n + 1] = m * width + years + year, pack.length_km[g, m]
            place[n + 2], amount[n + 2] = m * width + 2 * years, cost * pack.deficit[g, m, k]
            n += 3
    for a in range(n):
        for b in range(n):
            curvature[place[a], place[b]] += weight * amount[a] * amount[b]
