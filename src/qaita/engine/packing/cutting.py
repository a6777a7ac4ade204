"""Cuts a run of sections along a street into packages of like need.

Each package costs CALLOUT for coming at all, what it lacks of the least length as a share of it,
and the spread of need inside it: Σ length·(need − mean)² over the least length. The cheapest way
of cutting is found exactly from left to right (Bellman, Communications of the ACM 4(6), 1961).
"""

import numpy as np

from qaita.engine.compiling import compiled, inner
from qaita.engine.packing.streets import Floats, Ints

CALLOUT = 1.0
NEVER = 1e30


@compiled()
def cut_runs(
    order: Ints, begins: Ints, length_m: Floats, need: Floats, bounds_m: tuple[float, float]
) -> Ints:
    """Return the package number of every place in `order`; packages never leave their run.

    `need` is the logarithm of what renewal saves per metre; `bounds_m` the least and the greatest
    length. A section longer than the greatest length is a package of its own.
    """
    package = np.empty(len(order), np.int64)
    count = 0
    for run in range(len(begins) - 1):
        a, b = begins[run], begins[run + 1]
        count = _cut_run(order[a:b], length_m, need, bounds_m, package[a:b], count)
    return package


@inner
def _cut_run(
    run: Ints,
    length_m: Floats,
    need: Floats,
    bounds_m: tuple[float, float],
    package: Ints,
    count: int,
) -> int:
    size = len(run)
    best, back = np.full(size + 1, NEVER), np.zeros(size + 1, np.int64)
    best[0] = 0.0
    for end in range(1, size + 1):
        total, first, second = 0.0, 0.0, 0.0
        for begin in range(end - 1, -1, -1):
            i = run[begin]
            total += length_m[i]
            if total > bounds_m[1] and begin < end - 1:
                break
            first += length_m[i] * need[i]
            second += length_m[i] * need[i] ** 2
            spread = max(second - first * first / total, 0.0) / bounds_m[0]
            lacking = max(bounds_m[0] - total, 0.0) / bounds_m[0]
            cost = best[begin] + CALLOUT + lacking + spread
            if cost < best[end] - 1e-12:
                best[end], back[end] = cost, begin
    return _number(back, package, count)


@inner
def _number(back: Ints, package: Ints, count: int) -> int:
    """Number the packages of a run from its beginning."""
    end, cuts = len(back) - 1, 0
    while end > 0:
        cuts += 1
        package[back[end] : end] = -cuts
        end = back[end]
    for i in range(len(package)):
        package[i] += count + cuts
    return count + cuts
