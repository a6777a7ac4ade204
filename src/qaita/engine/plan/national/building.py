"""A plan that keeps every limit, led by the prices: construct, repair, ruin and recreate, fill.

1. *Construct*: packages by falling margin (best reduced profit less the second, per tenge), each
   its best option that fits every cap; least amounts are priced a little higher, so that they are
   met on the way.
2. *Repair*: while a limit is broken, sweeps over the close calls (`core`), each taking the option
   best for benefit − Σ weight·excess; weights of limits still broken grow.
3. *Ruin and recreate* (`recreating`): a few packages of a place at a time.
4. *Fill*: the sweep of the repair, never breaking a limit; packages of large regret are forced in.
"""

from dataclasses import dataclass, replace

import numpy as np

from qaita.engine.compiling import compiled
from qaita.engine.plan.national.core import (
    MOST_OPTIONS,
    Core,
    Draft,
    close_options,
    favour,
    kick,
    margins_of,
    not_at_best,
    options_now,
    regrets_of,
    still_allowed,
    sweep,
    users_of,
)
from qaita.engine.plan.national.moves import (
    Board,
    apply,
    board_of,
    empty_tally,
    fits,
    forget,
    standing,
    tally_option,
)
from qaita.engine.plan.national.packs import Flags, Floats, Ints, Pack, cluster_prices, padded
from qaita.engine.plan.national.passes import first_cost, profits
from qaita.engine.plan.national.pricing import Tables
from qaita.engine.plan.national.recreating import anneal

TILT = 0.01  # by how much least amounts are priced higher while constructing
SLACK = 1e-9  # of a limit, kept back against rounding
SWEEPS = 25
FILLS = 6
GROWTH = 1.3
SPREADS = (1.0, 4.0, 20.0, 1000.0)  # times the regret of the core, while limits stay broken
CLOSE = 4.0  # options of the core: within this many times the margin that bounds it

ALIKE = 1.0 + 1e-6  # times the margin at the cut: as close a call as the last one looked at
LEAST_MARGIN = 1e-3  # per tenge: prices are no finer


@dataclass(frozen=True)
class Effort:
    """How long to look.

    `share` of the packages, those of the smallest margins, are looked at again, never fewer than
    `least` nor than `each` of a place; a few at a time are taken out and put back, `turns` times
    in all; and the `kicks` of largest regret are forced in.
    """

    share: float = 0.3
    least: int = 3000
    each: int = 100
    turns: int = 1_000_000
    kicks: int = 30


QUICK = Effort(share=0.1, turns=1_500_000)
DEEP = Effort(share=0.2, turns=8_000_000)
LARGE = 300_000  # packages from which a plan is built quickly unless asked otherwise


@dataclass(frozen=True)
class Kept:
    """A plan to stay close to: leaving its option must gain `bonus` per tenge of the package.

    A package whose option is no longer there starts from being left as it is.
    """

    option: Ints  # (n,)
    bonus: float = 0.01


@dataclass(frozen=True)
class Built:
    """A plan: the option of every package; `used` of every limit; `broken` counts limits."""

    option: Ints
    worth_mkzt: float
    used: Floats
    broken: int


def build_plan(
    tables: Tables, prices: Floats, effort: Effort | None = None, *, kept: Kept | None = None
) -> Built:
    """Build a plan from prices. The best that keeps every limit; else the last, with `broken`.

    With `kept` the plan stays close to an older one: it changes what limits or gains ask for.
    """
    problem = tables.problem
    effort = effort or (QUICK if problem.size >= LARGE else Effort())
    board = board_of(problem)
    board = board._replace(most=board.most - SLACK * tables.scale)
    packs = padded(problem.packs)
    local = cluster_prices(problem, np.where(problem.rows.is_hard, prices, prices * (1.0 + TILT)))
    margin = np.empty(problem.size)
    margins_of(packs, board, local, margin)
    order = np.argsort(-margin, kind="stable")
    kept = None if kept is None else replace(kept, option=still_allowed(packs, board, kept.option))
    old = (np.zeros_like(order), 0.0) if kept is None else (kept.option, kept.bonus)
    if kept is not None and problem.size < LARGE:
        option = kept.option.copy()  # fewer changes, but repairing a large country takes longer
    else:
        option = construct(packs, board, order, local, problem.rows.is_hard, old)
    close, bound = _closest(tables, margin, effort)
    regret = CLOSE * max(bound, LEAST_MARGIN)
    search = _Search(tables, board, packs, prices, close, regret, kept)
    return _improve(search, option, effort)


def _closest(tables: Tables, margin: Floats, effort: Effort) -> tuple[Ints, float]:
    """Return the packages of the smallest margins, and the margin that bounds the country's.

    A small place has its own closest calls looked at, however far off they are; of packages that
    are all alike, none is left out.
    """
    place, order = _places(tables), np.argsort(margin, kind="stable")
    count = min(max(int(effort.share * len(order)), effort.least), len(order))
    bound = float(margin[order[count - 1 : count]].sum())
    count = int((margin <= bound * ALIKE).sum())
    in_place = order[np.argsort(place[order], kind="stable")]
    turn = np.arange(len(order)) - np.searchsorted(place[in_place], place[in_place])
    others = np.setdiff1d(in_place[turn < effort.each], order[:count], assume_unique=True)
    close = np.concatenate([order[:count], others])
    return close[np.argsort(margin[close], kind="stable")], bound


@dataclass(frozen=True)
class _Search:
    """Where a plan is improved: among the close calls, at these prices."""

    tables: Tables
    board: Board
    packs: tuple[Pack, ...]
    prices: Floats
    close: Ints
    regret: float
    kept: Kept | None

    @property
    def shared(self) -> Flags:
        """Which limits the whole country shares: everybody uses them."""
        return np.asarray(self.tables.tree.block == len(self.tables.tree.parent) - 1)

    def core(self, option: Ints, spread: float, broken: Flags | None = None) -> Core:
        """Return the close options, place by place; `spread` times as far as usual.

        All that uses a limit which is `broken` belongs to it as well.
        """
        local = cluster_prices(self.tables.problem, self.prices)
        away = not_at_best(self.packs, self.board, local, option)
        if broken is not None:
            away = np.union1d(away, users_of(self.packs, self.board, option, broken))
        who = np.concatenate([self.close, np.setdiff1d(away, self.close)])
        place = _places(self.tables)[who]
        turn = np.lexsort((np.arange(len(place)), place))
        core = close_options(self.packs, self.board, local, who[turn], spread * self.regret, option)
        if self.kept is not None:
            favour(core, self.packs, self.board, self.kept.option, self.kept.bonus)
        place = place[turn]
        return core._replace(
            group_begin=np.searchsorted(place, place).astype(np.int64),
            group_end=np.searchsorted(place, place, side="right").astype(np.int64),
        )

    def draft(self, core: Core, option: Ints, weight: Floats) -> Draft:
        """Return a plan to be moved within a core; what it uses is counted anew."""
        used, _worth = standing(self.tables.problem, option)
        now = options_now(core, option)
        return Draft(now, used, self.board.most, weight.copy(), empty_tally(len(used)))


def _places(tables: Tables) -> Ints:
    """Return the place of every package: its own block of limits, the smallest it meets."""
    found = []
    for chunks, knot in zip(tables.chunks, tables.knot_of_chunk, strict=True):
        found.append(np.repeat(tables.knots.block[knot], chunks.end - chunks.start))
    return np.concatenate(found)


@compiled()
def construct(
    packs: tuple[Pack, ...],
    board: Board,
    order: Ints,
    local: Floats,
    is_hard: Flags,
    old: tuple[Ints, float],
) -> Ints:
    """Give every package, the surest first, its best option that fits the hard limits.

    `old`: the option of an older plan is worth so much more per tenge of the package.
    """
    option = np.zeros(len(order), np.int64)
    used = np.zeros(len(board.most))
    tally = empty_tally(len(board.most))
    v = np.empty(MOST_OPTIONS)
    for at in order:
        pack, g = packs[board.pack[at]], board.place[at]
        options = 1 + pack.take.shape[0] * pack.cost.shape[3]
        profits(pack, g, local[pack.cluster[g]], v[:options])
        v[old[0][at]] += old[1] * first_cost(pack, g)
        best = int(np.argmax(v[:options]))
        while best > 0:
            tally_option(pack, g, best, 1.0, board, tally)
            if fits(tally, used, board.most, is_hard):
                apply(tally, used)
                forget(tally, 0)
                break
            forget(tally, 0)
            v[best] = -np.inf
            best = int(np.argmax(v[:options]))
        option[at] = best
    return option


def _improve(search: _Search, option: Ints, effort: Effort) -> Built:
    """Repair, ruin and recreate, fill and exchange; return the best plan that was seen."""
    tables = search.tables
    weight = 1.1 * _weights(tables, search.prices)
    core = search.core(option, 1.0)
    repaired = _repair(search, core, option, weight)
    if (repaired != option).any():
        option, core = repaired, search.core(repaired, 1.0)
    draft, own = search.draft(core, option, weight), _own(tables)
    if (draft.used <= draft.most).all():
        cold = search.kept is not None
        anneal(core, draft, search.prices, own, effort.turns, cold=cold)
    _fill(core, draft, effort, 1e-5 * abs(float(core.benefit[draft.now].sum())))
    better = option.copy()
    better[core.who] = core.option[draft.now]
    plans = [_judged(tables, option), _judged(tables, better)]
    return min(plans, key=lambda plan: (plan.broken, -plan.worth_mkzt))


def _own(tables: Tables) -> Flags:
    """Tell which limits only one place meets."""
    return np.isin(tables.tree.block, np.unique(tables.knots.block))


def _fill(core: Core, draft: Draft, effort: Effort, least: float) -> None:
    """Sweep and kick within the limits while it gains enough."""
    size = len(core.who)
    for _ in range(FILLS):
        gain = sweep(core, draft, 0, size, 1)
        regret = regrets_of(core, draft)
        for i in np.argsort(-regret, kind="stable")[: effort.kicks].tolist():
            if regret[i] > least:
                gain += kick(core, draft, i)
        if gain < least:
            return


def _weights(tables: Tables, prices: Floats) -> Floats:
    """Return what exceeding a limit costs at least: caps of a place weigh more than shared ones."""
    weight = np.maximum(prices, 0.01 * tables.unit)
    shared = tables.tree.block == len(tables.tree.parent) - 1
    own = tables.problem.rows.is_hard & ~shared
    weight[own] = 4.0 * np.maximum(prices, 0.05 * tables.unit)[own]
    return weight


def _repair(search: _Search, core: Core, option: Ints, weight: Floats) -> Ints:
    """Sweep until no limit is broken, over ever more options; raise the weights meanwhile."""
    over = np.zeros(len(weight), bool)
    for spread in SPREADS:
        if spread > 1.0:
            core = search.core(option, spread, over & ~search.shared)
        draft = search.draft(core, option, weight)
        option = option.copy()
        for turn in range(SWEEPS):
            broken = draft.used > draft.most
            if not broken.any():
                break
            if turn:
                weight[broken] *= GROWTH
            draft.weight[:] = weight
            sweep(core, draft, 0, len(core.who), 0)
        option[core.who] = core.option[draft.now]
        over = draft.used > draft.most
        if not over.any():
            break
    return option


def _judged(tables: Tables, option: Ints) -> Built:
    """Count a plan anew from its options, so that no rounding of the moves stays in it."""
    used, worth = standing(tables.problem, option)
    broken = int((used > tables.problem.rows.most).sum())
    return Built(option, worth, used, broken)
