"""Packages side by side: the same figure of neighbours stands together, so processors read eight.

A pack keeps what belongs to one package together; a pass over all of them asks the same question
of each. Turned round, figure by figure, a block of packages answers it in a few wide instructions.
Sums are made block by block within a chunk, so they do not depend on the number of threads.
"""

from typing import NamedTuple

import numpy as np
from numba import prange

from qaita.engine.compiling import compiled
from qaita.engine.plan.national.packs import Floats, Ints, Pack, Singles

BLOCK = 128  # packages side by side: what they need lies in the nearest cache
# sums may be made in another order, but nothing is assumed about infinities
FAST = {"reassoc", "contract", "arcp", "nsz"}


class Lanes(NamedTuple):
    """A pack turned round: packages stand along the last axis. Units are those of the pack."""

    take: Ints  # (choices, members)
    length_km: Singles  # (members, k)
    cost: Singles  # (members, methods, years, k)
    deficit: Singles  # (members, methods, k)
    benefit: Singles  # (choices, years, k)
    scale: Floats  # (k,): what doing everything in the first year costs


class Room(NamedTuple):
    """Room for a block's figures, used again for every block of a chunk."""

    value: Floats  # (options, BLOCK): reduced profits, then weights; "nothing" is not among them
    best: Floats  # (BLOCK,): the largest, or 0 for nothing
    free: Floats  # (BLOCK,): 1 while no option is taken; or the sum of weights
    cold: Floats  # (BLOCK,): one over the temperature
    mean: Floats  # (w, BLOCK): mean use of each resource
    use: Floats  # (3·members, BLOCK): what one option uses


def lanes_of(pack: Pack) -> Lanes:
    """Turn a pack round."""
    k = len(pack.cluster)
    members, methods, years = pack.cost.shape[1:]
    choices = pack.take.shape[0]
    lanes = Lanes(
        pack.take,
        np.ascontiguousarray(pack.length_km.T),
        np.empty((members, methods, years, k), np.float32),
        np.empty((members, methods, k), np.float32),
        np.empty((choices, years, k), np.float32),
        np.empty(k),
    )
    for table, turned in zip(
        (pack.cost, pack.deficit, pack.benefit),
        (lanes.cost, lanes.deficit, lanes.benefit),
        strict=True,
    ):
        if k:
            _turn(table.reshape(k, -1), turned.reshape(-1, k))
    lanes.scale[:] = lanes.cost[:, 0, 0].sum(0, dtype=np.float64)
    return lanes


@compiled(parallel=True)
def _turn(table: Singles, turned: Singles) -> None:
    height, width = table.shape
    for block in prange((height + BLOCK - 1) // BLOCK):
        for column in range(width):
            for row in range(block * BLOCK, min((block + 1) * BLOCK, height)):
                turned[column, row] = table[row, column]


@compiled()
def make_room(lanes: Lanes) -> Room:
    """Return room for the blocks of a pack."""
    choices, members = lanes.take.shape
    years = lanes.cost.shape[2]
    return Room(
        np.empty((choices * years, BLOCK)),
        np.empty(BLOCK),
        np.empty(BLOCK),
        np.empty(BLOCK),
        np.empty((members * (2 * years + 1), BLOCK)),
        np.empty((3 * members, BLOCK)),
    )


@compiled(fastmath=FAST)
def value_block(lanes: Lanes, a: int, b: int, local: Floats, room: Room) -> None:
    """Fill in the reduced profits of packages a to b, and the best of each (0: nothing)."""
    n, years = b - a, lanes.cost.shape[2]
    best = room.best[:n]
    best[:] = 0.0
    for choice in range(lanes.take.shape[0]):
        for year in range(years):
            value = room.value[choice * years + year, :n]
            benefit = lanes.benefit[choice, year, a:b]
            for i in range(n):
                value[i] = benefit[i]
            for m in range(lanes.take.shape[1]):
                k = lanes.take[choice, m]
                if k < 0:
                    continue
                money, share = local[m, year], local[m, 2 * years]
                per_km = local[m, years + year]
                cost, deficit = lanes.cost[m, k, year, a:b], lanes.deficit[m, k, a:b]
                length = lanes.length_km[m, a:b]
                for i in range(n):
                    value[i] -= cost[i] * (money + deficit[i] * share) + length[i] * per_km
            for i in range(n):
                best[i] = max(best[i], value[i])


@compiled(fastmath=FAST)
def choose_block(a: int, b: int, room: Room, option: Ints) -> float:
    """Give packages a to b their first best option, weight 1; return the sum of the best."""
    n, total = b - a, 0.0
    best, free, chosen = room.best[:n], room.free[:n], option[a:b]
    for i in range(n):
        total += best[i]
        free[i] = 1.0 if best[i] > 0.0 else 0.0
        chosen[i] = 0
    for j in range(len(room.value)):
        value = room.value[j, :n]
        for i in range(n):
            taken = free[i] if value[i] == best[i] else 0.0
            free[i] -= taken
            chosen[i] += int(taken) * (j + 1)
            value[i] = taken
    return total


@compiled(fastmath=FAST)
def soften_block(lanes: Lanes, a: int, b: int, eps: float, dropped: float, room: Room) -> float:
    """Turn the values of packages a to b into soft weights; return Σ τ·log Σ exp((v − best)/τ).

    exp(x) is taken as the 64th power of a polynomial of x/64: its error is below 4e-6 of itself
    where it is e^-20, and below 1e-11 where it tells.
    """
    n = b - a
    best, total, cold = room.best[:n], room.free[:n], room.cold[:n]
    scale = lanes.scale[a:b]
    for i in range(n):
        cold[i] = 1.0 / (eps * scale[i])
        total[i] = _power(-best[i] * cold[i], dropped)
    for j in range(len(room.value)):
        value = room.value[j, :n]
        for i in range(n):
            value[i] = _power((value[i] - best[i]) * cold[i], dropped)
            total[i] += value[i]
    more = 0.0
    for i in range(n):
        if total[i] > 1.0:
            more += eps * scale[i] * np.log(total[i])
        total[i] = 1.0 / total[i]
    for j in range(len(room.value)):
        value = room.value[j, :n]
        for i in range(n):
            value[i] *= total[i]
    return more


@compiled(fastmath=FAST)
def _power(x: float, dropped: float) -> float:
    """Return exp(x) for x <= 0; 0 below −dropped."""
    y = max(x, -dropped) * (1.0 / 64.0)
    p = 1.0 + y * (1.0 + y * (1 / 2 + y * (1 / 6 + y * (1 / 24 + y * (1 / 120 + y / 720)))))
    p *= p
    p *= p
    p *= p
    p *= p
    p *= p
    p *= p
    return p if x > -dropped else 0.0


@compiled(fastmath=FAST)
def use_block(lanes: Lanes, a: int, b: int, room: Room, used: Floats) -> None:
    """Add the mean use of packages a to b, by their weights, to `used` (w,)."""
    n = b - a
    room.mean[:, :n] = 0.0
    for choice in range(lanes.take.shape[0]):
        for m in range(lanes.take.shape[1]):
            if lanes.take[choice, m] >= 0:
                _mean_use(lanes, a, b, choice, m, room)
    for r in range(len(used)):
        mean, total = room.mean[r, :n], 0.0
        for i in range(n):
            total += mean[i]
        used[r] += total


@compiled(fastmath=FAST)
def _mean_use(lanes: Lanes, a: int, b: int, choice: int, m: int, room: Room) -> None:
    """Add to the mean what a choice uses of a member's resources."""
    n, years, k = b - a, lanes.cost.shape[2], lanes.take[choice, m]
    first = m * (2 * years + 1)
    deficit, short = lanes.deficit[m, k, a:b], room.mean[first + 2 * years, :n]
    length = lanes.length_km[m, a:b]
    for year in range(years):
        weight, cost = room.value[choice * years + year, :n], lanes.cost[m, k, year, a:b]
        spent, built = room.mean[first + year, :n], room.mean[first + years + year, :n]
        for i in range(n):
            money = weight[i] * cost[i]
            spent[i] += money
            built[i] += weight[i] * length[i]
            short[i] += money * deficit[i]


@compiled(fastmath=FAST)
def bend_block(lanes: Lanes, a: int, b: int, room: Room, curvature: Floats) -> None:
    """Add the variance of the use of packages a to b over τ: Σ (Σ p·x·xᵀ − μ·μᵀ)/τ.

    Only the lower triangle of `curvature` (w, w) is kept. The weights are used up.
    """
    n, cold = b - a, room.cold[: b - a]
    place = np.empty(3 * lanes.take.shape[1], np.int64)
    for j in range(len(room.value)):
        count = _use_of(lanes, a, b, j, room, place)
        weight = room.value[j, :n]
        for i in range(n):
            weight[i] *= cold[i]
        for r in range(count):
            for c in range(r + 1):
                more = _product(weight, room.use[r, :n], room.use[c, :n])
                curvature[place[r], place[c]] += more
    for r in range(len(curvature)):
        for c in range(r + 1):
            curvature[r, c] -= _product(cold, room.mean[r, :n], room.mean[c, :n])


@compiled(fastmath=FAST)
def _product(weight: Floats, left: Floats, right: Floats) -> float:
    total = 0.0
    for i in range(len(weight)):
        total += weight[i] * left[i] * right[i]
    return total


@compiled(fastmath=FAST)
def _use_of(lanes: Lanes, a: int, b: int, j: int, room: Room, place: Ints) -> int:
    """Fill in what option j uses and of which resources; return of how many."""
    n, years, count = b - a, lanes.cost.shape[2], 0
    choice, year = j // years, j % years
    for m in range(lanes.take.shape[1]):
        k, first = lanes.take[choice, m], m * (2 * years + 1)
        if k < 0:
            continue
        cost, deficit = lanes.cost[m, k, year, a:b], lanes.deficit[m, k, a:b]
        length = lanes.length_km[m, a:b]
        spent, built, short = room.use[count, :n], room.use[count + 1, :n], room.use[count + 2, :n]
        for i in range(n):
            spent[i] = cost[i]
            built[i] = length[i]
            short[i] = cost[i] * deficit[i]
        place[count], place[count + 1] = first + year, first + years + year
        place[count + 2] = first + 2 * years
        count += 3
    return count
