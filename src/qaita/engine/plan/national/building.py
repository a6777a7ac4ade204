"""A plan that keeps every limit, led by the prices: construct, repair, fill, exchange.

1. *Construct*: packages by falling margin (best reduced profit less the second, per tenge), each
   its best option that fits every cap; least amounts are priced a little higher, so that they are
   met on the way.
2. *Repair*: while a limit is broken, sweeps over the packages with the smallest margins, each
   taking the option best for benefit − Σ weight·excess; weights of limits still broken grow.
3. *Fill*: the same sweep, never breaking a limit.
4. *Exchange*: a package takes a better option and another of the same utility makes room.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from qaita.engine.plan.national.moves import (
    Board,
    Tally,
    apply,
    benefit_of,
    board_of,
    breaks,
    empty_tally,
    forget,
    is_allowed,
    penalty,
    standing,
    tally_option,
)
from qaita.engine.plan.national.packs import Flags, Floats, Ints, Pack, resources_of
from qaita.engine.plan.national.passes import profits
from qaita.engine.plan.national.pricing import Tables

TILT = 0.01  # by how much least amounts are priced higher while constructing
SLACK = 1e-9  # of a limit, kept back against rounding
SWEEPS = 60
FILLS = 4
GROWTH = 1.3
MOST_OPTIONS = 512

Packs = tuple[Pack, ...]


@dataclass(frozen=True)
class Effort:
    """How long to look: share of packages with small margins, rounds, exchanges per package."""

    share: float = 0.3
    least: int = 3000
    rounds: int = 2
    exchanges: float = 0.0
    neighbours: int = 12
    seed: int = 1


@dataclass(frozen=True)
class Built:
    """A plan: the option of every package; `used` of every limit; `broken` counts limits."""

    option: Ints
    worth_mkzt: float
    used: Floats
    broken: int


class Field(NamedTuple):
    """What a sweep works on."""

    option: Ints  # (n,)
    used: Floats  # (m,)
    weight: Floats  # (m,): price of exceeding a limit by one


def build_plan(tables: Tables, prices: Floats, effort: Effort | None = None) -> Built:
    """Build a plan from prices. The best that keeps every limit; else the last, with `broken`."""
    effort = effort or Effort()
    problem = tables.problem
    board = board_of(problem)
    board = board._replace(most=board.most - SLACK * tables.scale)
    tilted = np.where(problem.rows.is_hard, prices, prices * (1.0 + TILT))
    local = _local(tables, tilted)
    margin = _margins(problem.packs, board, local)
    order = np.argsort(-margin, kind="stable")
    field = Field(np.zeros(problem.size, np.int64), np.zeros(len(prices)), np.zeros(len(prices)))
    construct(problem.packs, board, order, local, problem.rows.is_hard, field)
    count = max(int(effort.share * problem.size), min(problem.size, effort.least))
    close = order[::-1][:count].copy()
    return _improve(tables, board, field, close, prices, effort)


def _local(tables: Tables, prices: Floats) -> Floats:
    width = resources_of(tables.problem.years)
    local = (tables.problem.rows.weights.T @ prices).reshape(-1, width)
    return np.ascontiguousarray(local)


def _margins(packs: Packs, board: Board, local: Floats) -> Floats:
    margin = np.empty(len(board.pack))
    start = 0
    for pack in packs:
        _pack_margins(pack, local, margin[start : start + len(pack.cluster)])
        start += len(pack.cluster)
    return margin


@njit(cache=True)
def _pack_margins(pack: Pack, local: Floats, margin: Floats) -> None:
    v = np.empty(1 + pack.take.shape[0] * pack.cost.shape[3])
    for g in range(len(margin)):
        best = profits(pack, g, local[pack.cluster[g]], v)
        second = -np.inf
        for j in range(len(v)):
            if j != best and v[j] > second:
                second = v[j]
        cost = 0.0
        for m in range(pack.cost.shape[1]):
            cost += pack.cost[g, m, 0, 0]
        margin[g] = (v[best] - second) / cost


@njit(cache=True)
def construct(
    packs: Packs, board: Board, order: Ints, local: Floats, is_hard: Flags, field: Field
) -> None:
    """Give every package, the surest first, its best option that fits the hard limits."""
    tally = empty_tally(len(board.most))
    v = np.empty(MOST_OPTIONS)
    for at in order:
        pack, g = packs[board.pack[at]], board.place[at]
        options = 1 + pack.take.shape[0] * pack.cost.shape[3]
        best = profits(pack, g, local[pack.cluster[g]], v[:options])
        while best > 0:
            tally_option(pack, g, best, 1.0, board, tally)
            fits = True
            for i in range(tally.size[0]):
                row = tally.row[i]
                if is_hard[row] and field.used[row] + tally.change[i] > board.most[row]:
                    fits = False
            if fits:
                apply(tally, field.used)
                forget(tally, 0)
                break
            forget(tally, 0)
            v[best] = -np.inf
            best = np.argmax(v[:options])
        field.option[at] = best


def _improve(
    tables: Tables, board: Board, field: Field, close: Ints, prices: Floats, effort: Effort
) -> Built:
    """Repair and fill in rounds; return the best plan that keeps all limits."""
    floor = 0.01 * tables.unit
    local_rows = tables.problem.rows.is_hard & (tables.tree.block != len(tables.tree.parent) - 1)
    light = np.maximum(prices, floor)
    light[local_rows] = 4.0 * np.maximum(prices, 0.05 * tables.unit)[local_rows]
    weight = 1.1 * light
    best = _judged(tables, field)
    for turn in range(effort.rounds):
        sweeps = _repair(tables, board, field, close, weight, begin=turn > 0)
        field.weight[:] = weight
        for _ in range(FILLS):
            moves, gain = sweep(tables.problem.packs, board, close, field, 1)
            if not moves or gain < 1e-5 * abs(gain + 1.0):
                break
        built = _judged(tables, field)
        if (built.broken, -built.worth_mkzt) < (best.broken, -best.worth_mkzt):
            best = built
        if not built.broken and sweeps == 0:
            break
        weight = np.maximum(light, np.minimum(weight, 1.15 * light))
    return best


def _repair(
    tables: Tables, board: Board, field: Field, close: Ints, weight: Floats, *, begin: bool
) -> int:
    """Sweep until no limit is broken; return how many sweeps it took."""
    for turn in range(SWEEPS):
        broken = field.used > board.most
        if not broken.any() and not (begin and turn == 0):
            return turn
        if turn:
            weight[broken] *= GROWTH
        field.weight[:] = weight
        sweep(tables.problem.packs, board, close, field, 0)
    return SWEEPS


@njit(cache=True)
def sweep(packs: Packs, board: Board, close: Ints, field: Field, strict: int) -> tuple[int, float]:
    """Let each package take its best option; `strict` (1) never exceeds a limit more.

    Returns how many moved and the benefit gained.
    """
    tally = empty_tally(len(board.most))
    moves, gained = 0, 0.0
    for at in close:
        pack, g = packs[board.pack[at]], board.place[at]
        now = field.option[at]
        tally_option(pack, g, now, -1.0, board, tally)
        base = tally.size[0]
        saved = tally.change[:base].copy()
        own = benefit_of(pack, g, now)
        best, best_gain = -1, 1e-9
        for j in range(1 + pack.take.shape[0] * pack.cost.shape[3]):
            if j == now or not is_allowed(pack, g, j):
                continue
            tally_option(pack, g, j, 1.0, board, tally)
            gain = _gain(tally, field, board, strict, benefit_of(pack, g, j) - own)
            if gain > best_gain:
                best, best_gain = j, gain
            forget(tally, base)
            tally.change[:base] = saved
        if best >= 0:
            tally_option(pack, g, best, 1.0, board, tally)
            apply(tally, field.used)
            field.option[at] = best
            moves += 1
            gained += benefit_of(pack, g, best) - own
        forget(tally, 0)
    return moves, gained


@njit(cache=True)
def _gain(tally: Tally, field: Field, board: Board, strict: int, benefit: float) -> float:
    if strict and breaks(tally, field.used, board):
        return -np.inf
    return benefit - penalty(tally, field.used, board, field.weight)


def _judged(tables: Tables, field: Field) -> Built:
    """Count a plan anew from its options, so that no rounding of the sweeps stays in it."""
    used, worth = standing(tables.problem, field.option)
    field.used[:] = used
    broken = int((used > tables.problem.rows.most).sum())
    return Built(field.option.copy(), worth, used, broken)
