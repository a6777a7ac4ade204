"""What the prices say of each package: its regret, what decides it, where it would flip.

At prices λ an option is worth its reduced profit v = benefit − Σ λ·use. The regret of a package is
how much its best option is worth more than the chosen one; what a plan lacks of its bound is the
sum of all regrets and of λ times what each limit leaves unused (complementary slackness).
"""

from dataclasses import dataclass

import numpy as np

from qaita.engine.compiling import NO, NONE, compiled, inner
from qaita.engine.plan.national.packs import (
    Floats,
    Ints,
    National,
    Pack,
    Rows,
    cluster_prices,
)
from qaita.engine.plan.national.passes import profits

MOST_DECIDERS = 256


@dataclass(frozen=True)
class Verdicts:
    """One entry per package of a pack; money in million tenge."""

    regret: Floats
    asked: Ints  # the option spoken of: the chosen one, or the best of those not chosen
    profit: Floats  # of it, at the prices
    flip: Floats  # share by which its benefit may fall (chosen) or must rise (not) to flip
    row: Ints  # the limit whose price weighs most on it, −1 when none does
    best_benefit: Floats  # of all options, without any price


def judge_packs(problem: National, prices: Floats, option: Ints) -> list[Verdicts]:
    """Return the verdicts of every pack at the prices; `option` is of all packages in order."""
    local = cluster_prices(problem, prices)
    verdicts, start = [], 0
    for pack in problem.packs:
        chosen = option[start : start + len(pack.cluster)]
        start += len(chosen)
        verdicts.append(_judge(pack, local, problem.rows, prices, chosen))
    return verdicts


def _judge(pack: Pack, local: Floats, rows: Rows, prices: Floats, chosen: Ints) -> Verdicts:
    count = len(chosen)
    made = Verdicts(
        np.zeros(count),
        np.zeros(count, np.int64),
        np.zeros(count),
        np.zeros(count),
        np.full(count, -1, np.int64),
        np.zeros(count),
    )
    csc = rows.weights.tocsc()
    starts, places = csc.indptr.astype(np.int64), csc.indices.astype(np.int64)
    priced = (starts, places, csc.data, prices)
    figures = (made.regret, made.profit, made.flip, made.best_benefit)
    _judge_all(pack, local, priced, chosen, figures, (made.asked, made.row))
    return made


@compiled()
def _judge_all(
    pack: Pack,
    local: Floats,
    priced: tuple[Ints, Ints, Floats, Floats],
    chosen: Ints,
    figures: tuple[Floats, Floats, Floats, Floats],
    places: tuple[Ints, Ints],
) -> None:
    regret, profit, flip, most = figures
    years = pack.cost.shape[3]
    v = np.empty(1 + pack.take.shape[0] * years)
    for g in range(len(chosen)):
        best = profits(pack, g, local[pack.cluster[g]], v)
        own = chosen[g]
        asked, other = _asked(v, own)
        worth = float(pack.benefit[g, (asked - 1) // years, (asked - 1) % years])
        regret[g] = v[best] - v[own]
        profit[g] = v[asked]
        flip[g] = abs(v[asked] - v[other]) / worth if worth > 0 else 0.0
        most[g] = pack.benefit[g].max()
        places[0][g] = asked
        places[1][g] = _decider(pack, g, asked, priced)


@inner
def _asked(v: Floats, own: int) -> tuple[int, int]:
    """Return the option spoken of and the one it is weighed against."""
    second = -1
    for j in range(len(v)):
        if j != own and (second < 0 or v[j] > v[second]):
            second = j
    if own > 0:
        return own, second
    best = 1
    for j in range(1, len(v)):
        if v[j] > v[best]:
            best = j
    return best, 0


@inner
def _decider(pack: Pack, g: int, option: int, priced: tuple[Ints, Ints, Floats, Floats]) -> int:
    """Return the limit whose price takes most from the option."""
    years = pack.cost.shape[3]
    row, paid, size = np.empty(MOST_DECIDERS, np.int64), np.zeros(MOST_DECIDERS), NO
    choice, year = (option - 1) // years, (option - 1) % years
    for m in range(pack.take.shape[1]):
        k = pack.take[choice, m]
        if k < 0:
            continue
        base, cost = pack.cluster[g, m] * (2 * years + 1), pack.cost[g, m, k, year]
        size = _pay(base + year, cost, priced, (row, paid), size)
        length = pack.length_km[g, m]
        size = _pay(base + years + year, length, priced, (row, paid), size)
        short = cost * pack.deficit[g, m, k]
        size = _pay(base + 2 * years, short, priced, (row, paid), size)
    best: int = NONE
    most = 1e-9
    for i in range(size):
        if paid[i] > most:
            best, most = row[i], paid[i]
    return best


@inner
def _pay(
    column: int,
    amount: float,
    priced: tuple[Ints, Ints, Floats, Floats],
    bill: tuple[Ints, Floats],
    size: int,
) -> int:
    start, limit, weight, prices = priced
    row, paid = bill
    for i in range(start[column], start[column + 1]):
        at = 0
        while at < size and row[at] != limit[i]:
            at += 1
        if at == size:
            if size == MOST_DECIDERS:
                continue
            row[at], paid[at] = limit[i], 0.0
            size += 1
        paid[at] += prices[limit[i]] * weight[i] * amount
    return size
