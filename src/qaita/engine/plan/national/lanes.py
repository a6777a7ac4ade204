"""Packages side by side: the same figure of neighbours stands together, so processors read eight.

A pack keeps what belongs to one package together; a pass over all of them asks the same question
of each. Turned round, figure by figure, a block of packages answers it in a few wide instructions.
Sums are made within a chunk and in one order, LANES side by side: they depend neither on the number
of threads nor on how a compiler would rather add, which differs between what it has just made and
what it kept.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from qaita.engine.compiling import compiled, inner
from qaita.engine.plan.national.packs import Floats, Ints, Pack, Singles
from qaita.engine.threads import pieces_of, run_pieces

BLOCK = 128  # packages side by side: what they need lies in the nearest cache
ROWS = 10_000  # fewer are turned before a thread has begun
LANES = 16  # sums side by side: an eighth of a block
A, B, C, D, E, F, G = range(LANES, BLOCK, LANES)  # where the other eighths begin
# no sum in another order, and nothing assumed about infinities
FAST = {"contract", "arcp", "nsz"}

inlined = compiled(fastmath=FAST, forceinline=True)


class Lanes(NamedTuple):
    """A pack turned round: packages stand along the last axis. Units are those of the pack."""

    take: Ints  # (choices, members)
    length_km: Singles  # (members, k)
    cost: Singles  # (members, methods, years, k)
    deficit: Singles  # (members, methods, k)
    benefit: Singles  # (choices, years, k)
    scale: Floats  # (k,): what doing everything in the first year costs


class Room(NamedTuple):
    """Room for a block's figures, used again for every block of a chunk; w = members·resources.

    Where a block is not full, what is summed is 0 beyond its end.
    """

    value: Floats  # (options, BLOCK): reduced profits, then weights; "nothing" is not among them
    best: Floats  # (BLOCK,): the largest, or 0 for nothing
    free: Floats  # (BLOCK,): 1 while no option is taken; or the sum of weights
    cold: Floats  # (BLOCK,): one over the temperature
    mean: Floats  # (w, BLOCK): mean use of each resource
    use: Floats  # (3·members, BLOCK): what one option uses
    left: Floats  # (BLOCK,): one side of a product
    best_sum: Floats  # (1, LANES): of the best
    use_sums: Floats  # (w, LANES): of the mean use
    bend_sums: Floats  # (w·(w + 1)/2, LANES): of the curvature's lower triangle, row by row


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
            flat, across = table.reshape(k, -1), turned.reshape(-1, k)
            run_pieces([partial(_turn, flat, across, part) for part in pieces_of(k, least=ROWS)])
    lanes.scale[:] = lanes.cost[:, 0, 0].sum(0, dtype=np.float64)
    return lanes


@compiled(nogil=True)
def _turn(table: Singles, turned: Singles, part: tuple[int, int]) -> None:
    """Turn the rows from part[0] to part[1], few at a time: they stay near."""
    for begin in range(part[0], part[1], BLOCK):
        for column in range(table.shape[1]):
            for row in range(begin, min(begin + BLOCK, part[1])):
                turned[column, row] = table[row, column]


@inner
def make_room(lanes: Lanes) -> Room:
    """Return room for the blocks of a chunk, its sums 0."""
    choices, members = lanes.take.shape
    years = lanes.cost.shape[2]
    width = members * (2 * years + 1)
    return Room(
        np.zeros((choices * years, BLOCK)),
        np.zeros(BLOCK),
        np.zeros(BLOCK),
        np.zeros(BLOCK),
        np.zeros((width, BLOCK)),
        np.zeros((3 * members, BLOCK)),
        np.zeros(BLOCK),
        np.zeros((1, LANES)),
        np.zeros((width, LANES)),
        np.zeros((width * (width + 1) // 2, LANES)),
    )


@inlined
def _add(row: Floats, sums: Floats) -> None:
    """Add a block's figures to sums that stand side by side."""
    for i in range(LANES):
        sums[i] += ((row[i] + row[i + A]) + (row[i + B] + row[i + C])) + (
            (row[i + D] + row[i + E]) + (row[i + F] + row[i + G])
        )


@inlined
def _add_product(left: Floats, right: Floats, sums: Floats) -> None:
    """Add the product of two rows of figures to sums that stand side by side."""
    for i in range(LANES):
        sums[i] += (
            (left[i] * right[i] + left[i + A] * right[i + A])
            + (left[i + B] * right[i + B] + left[i + C] * right[i + C])
        ) + (
            (left[i + D] * right[i + D] + left[i + E] * right[i + E])
            + (left[i + F] * right[i + F] + left[i + G] * right[i + G])
        )


@inner
def total_of(sums: Floats) -> float:
    """Add up sums that stand side by side, in their order."""
    total = 0.0
    for i in range(LANES):
        total += sums[i]
    return total


@inlined
def value_block(lanes: Lanes, a: int, b: int, local: Floats, room: Room) -> None:
    """Fill in the reduced profits of packages a to b, and the best of each (0: nothing)."""
    n, years = b - a, lanes.cost.shape[2]
    best = room.best[:n]
    room.best[:] = 0.0
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


@inlined
def choose_block(a: int, b: int, room: Room, option: Ints) -> None:
    """Give packages a to b their first best option, weight 1."""
    n = b - a
    best, free, chosen = room.best[:n], room.free[:n], option[a:b]
    for i in range(n):
        free[i] = 1.0 if best[i] > 0.0 else 0.0
        chosen[i] = 0
    for j in range(len(room.value)):
        value = room.value[j, :n]
        for i in range(n):
            taken = free[i] if value[i] == best[i] else 0.0
            free[i] -= taken
            chosen[i] += int(taken) * (j + 1)
            value[i] = taken


@inlined
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


@inlined
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


@inlined
def use_block(lanes: Lanes, a: int, b: int, room: Room) -> None:
    """Add the best of packages a to b and their mean use, by their weights, to the sums."""
    room.mean[:] = 0.0
    for choice in range(lanes.take.shape[0]):
        for m in range(lanes.take.shape[1]):
            if lanes.take[choice, m] >= 0:
                _mean_use(lanes, a, b, choice, m, room)
    _add(room.best, room.best_sum[0])
    for r in range(len(room.mean)):
        _add(room.mean[r], room.use_sums[r])


@inlined
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


@inlined
def bend_block(lanes: Lanes, a: int, b: int, room: Room) -> None:
    """Add the variance of the use of packages a to b over τ: Σ (Σ p·x·xᵀ − μ·μᵀ)/τ."""
    n, cold = b - a, room.cold[: b - a]
    place = np.empty(3 * lanes.take.shape[1], np.int64)
    room.left[n:] = 0.0
    left = room.left[:n]
    for j in range(len(room.value)):
        count = _use_of(lanes, a, b, j, room, place)
        weight = room.value[j, :n]
        for r in range(count):
            use, first = room.use[r, :n], place[r] * (place[r] + 1) // 2
            for i in range(n):
                left[i] = weight[i] * cold[i] * use[i]
            for c in range(r + 1):
                _add_product(room.left, room.use[c], room.bend_sums[first + place[c]])
    for r in range(len(room.mean)):
        mean, first = room.mean[r, :n], r * (r + 1) // 2
        for i in range(n):
            left[i] = -cold[i] * mean[i]
        for c in range(r + 1):
            _add_product(room.left, room.mean[c], room.bend_sums[first + c])


@inlined
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
