"""The close calls of a country, and moves among them: the only packages worth a second look.

At good prices most packages have one option far better than the rest, and no move of theirs helps
a plan. What is left are the options within a small regret of the best, per tenge; sweeps look at
nothing else (Balas and Zemel, Operations Research 28(5), 1980, for the core of a knapsack). What
each close option uses of each limit is written out once.
"""

from typing import NamedTuple

import numpy as np

from qaita.engine.compiling import NO, NONE, YES, compiled, inner
from qaita.engine.plan.national.moves import (
    Board,
    Tally,
    add_to_tally,
    apply,
    benefit_of,
    breaks,
    copy_part,
    empty_tally,
    forget,
    is_allowed,
    penalty,
    tally_option,
)
from qaita.engine.plan.national.packs import Flags, Floats, Ints, Pack
from qaita.engine.plan.national.passes import first_cost, profits

MOST_OPTIONS = 512
LEAST_GAIN = 1e-9
KICK_SWEEPS = 12

Packs = tuple[Pack, ...]


class Core(NamedTuple):
    """Close calls: packages in the order they are looked at, their options and what these use."""

    who: Ints  # (k,): package
    start: Ints  # (k + 1,): of its options
    option: Ints  # (options,)
    benefit: Floats  # (options,)
    profit: Floats  # (options,): the benefit less what the limits' prices take
    use: Ints  # (options + 1,): of what an option uses
    row: Ints  # (uses,): limit
    amount: Floats  # (uses,)
    group_begin: Ints  # (k,): where the packages of the same place begin
    group_end: Ints  # (k,): and where they end


class Draft(NamedTuple):
    """A plan in the making."""

    now: Ints  # (k,): each core package's option, as an index of the core's options
    used: Floats  # (m,)
    most: Floats  # (m,)
    weight: Floats  # (m,): price of exceeding a limit by one
    tally: Tally  # empty between moves


@compiled()
def margins_of(packs: Packs, board: Board, local: Floats, margin: Floats) -> None:
    """Fill in each package's best reduced profit less the second, per tenge of its cost."""
    v = np.empty(MOST_OPTIONS)
    for at in range(len(board.pack)):
        pack, g = packs[board.pack[at]], board.place[at]
        options = 1 + pack.take.shape[0] * pack.cost.shape[3]
        best = profits(pack, g, local[pack.cluster[g]], v[:options])
        second = -np.inf
        for j in range(options):
            if j != best and v[j] > second:
                second = v[j]
        margin[at] = (v[best] - second) / first_cost(pack, g)


@compiled()
def not_at_best(packs: Packs, board: Board, local: Floats, option: Ints) -> Ints:
    """Return the packages whose option (n,) is not the best at these prices."""
    v = np.empty(MOST_OPTIONS)
    found = [0]
    for at in range(len(option)):
        pack, g = packs[board.pack[at]], board.place[at]
        options = 1 + pack.take.shape[0] * pack.cost.shape[3]
        best = profits(pack, g, local[pack.cluster[g]], v[:options])
        if v[best] - v[option[at]] > LEAST_GAIN * first_cost(pack, g):
            found.append(at)
    return np.array(found)[1:]


@compiled()
def still_allowed(packs: Packs, board: Board, option: Ints) -> Ints:
    """Return the options (n,), 0 for a package whose option may not be taken."""
    kept = option.copy()
    for at in range(len(kept)):
        if not is_allowed(packs[board.pack[at]], board.place[at], kept[at]):
            kept[at] = 0
    return kept


@compiled()
def users_of(packs: Packs, board: Board, option: Ints, rows: Flags) -> Ints:
    """Return the packages whose option (n,) uses any of the limits marked (m,)."""
    tally = empty_tally(len(board.most))
    found = [0]
    for at in range(len(option)):
        pack, g = packs[board.pack[at]], board.place[at]
        tally_option(pack, g, option[at], 1.0, board, tally)
        for i in range(tally.size[0]):
            if rows[tally.row[i]] and tally.change[i] > 0.0:
                found.append(at)
                break
        forget(tally, 0)
    return np.array(found)[1:]


@compiled()
def close_options(
    packs: Packs, board: Board, local: Floats, who: Ints, regret: float, option: Ints
) -> Core:
    """Return the core of the packages `who`: options within `regret` per tenge of the best.

    All that is no worse than what a package does now, `option` (n,), belongs to it as well. Groups
    are left open.
    """
    v = np.empty(MOST_OPTIONS)
    tally = empty_tally(len(board.most))
    start = np.zeros(len(who) + 1, np.int64)
    found, worth, left, ends = [0], [0.0], [0.0], [0]
    rows, amounts = [0], [0.0]
    for i in range(len(who)):
        pack, g = packs[board.pack[who[i]]], board.place[who[i]]
        options = 1 + pack.take.shape[0] * pack.cost.shape[3]
        best = profits(pack, g, local[pack.cluster[g]], v[:options])
        least = min(v[best] - regret * first_cost(pack, g), v[option[who[i]]])
        for j in range(options):
            if v[j] < least or not is_allowed(pack, g, j):
                continue
            found.append(j)
            worth.append(benefit_of(pack, g, j))
            left.append(v[j])
            tally_option(pack, g, j, 1.0, board, tally)
            for k in range(tally.size[0]):
                rows.append(tally.row[k])
                amounts.append(tally.change[k])
            ends.append(len(rows) - 1)
            forget(tally, 0)
        start[i + 1] = len(found) - 1
    return Core(
        who,
        start,
        np.array(found[1:]),
        np.array(worth[1:]),
        np.array(left[1:]),
        np.array(ends),
        np.array(rows[1:]),
        np.array(amounts[1:]),
        np.zeros(len(who), np.int64),
        np.zeros(len(who), np.int64),
    )


@compiled()
def favour(core: Core, packs: Packs, board: Board, option: Ints, bonus: float) -> None:
    """Make the options of an older plan (n,) worth `bonus` more per tenge of the package."""
    for i in range(len(core.who)):
        at = core.who[i]
        more = bonus * first_cost(packs[board.pack[at]], board.place[at])
        for k in range(core.start[i], core.start[i + 1]):
            if core.option[k] == option[at]:
                core.benefit[k] += more
                core.profit[k] += more


@compiled()
def options_now(core: Core, option: Ints) -> Ints:
    """Return, as indexes of the core's options, what its packages do in a plan (n,)."""
    now = np.full(len(core.who), -1, np.int64)
    for i in range(len(core.who)):
        for k in range(core.start[i], core.start[i + 1]):
            if core.option[k] == option[core.who[i]]:
                now[i] = k
        if now[i] < 0:
            raise ValueError("a package has an option that may not be taken")
    return now


@compiled()
def sweep(core: Core, draft: Draft, begin: int, end: int, strict: int) -> float:
    """Let the packages from `begin` to `end` take their best close options; return the gain.

    `strict` (1) never exceeds a limit more than it is.
    """
    gained = 0.0
    for i in range(begin, end):
        best, best_gain = NONE, LEAST_GAIN
        own = core.benefit[draft.now[i]]
        for k in range(core.start[i], core.start[i + 1]):
            more = core.benefit[k] - own
            if k == draft.now[i] or (strict and more <= best_gain):
                continue
            _tally_change(core, draft, i, k)
            gain = _gain(draft, strict, more)
            forget(draft.tally, 0)
            if gain > best_gain:
                best, best_gain = k, gain
        if best >= 0:
            gained += core.benefit[best] - own
            _change(core, draft, i, best)
    return gained


@inner
def _gain(draft: Draft, strict: int, benefit: float) -> float:
    if strict and breaks(draft.tally, draft.used, draft.most):
        return -np.inf
    return benefit - penalty(draft.tally, draft.used, draft.most, draft.weight)


@inner
def _tally_change(core: Core, draft: Draft, i: int, k: int) -> None:
    """Add to the tally what a package's change to the option k does."""
    now = draft.now[i]
    for u in range(core.use[now], core.use[now + 1]):
        add_to_tally(draft.tally, core.row[u], -core.amount[u])
    for u in range(core.use[k], core.use[k + 1]):
        add_to_tally(draft.tally, core.row[u], core.amount[u])


@inner
def _change(core: Core, draft: Draft, i: int, k: int) -> None:
    """Give a package another option and count what that uses."""
    _tally_change(core, draft, i, k)
    apply(draft.tally, draft.used)
    forget(draft.tally, 0)
    draft.now[i] = k


@compiled()
def kick(core: Core, draft: Draft, i: int) -> float:
    """Force a package's best option, let its place make room; keep that if it gains.

    A package almost as dear as its place's cap finds no room by small moves. Returns the gain.
    """
    begin, end = core.group_begin[i], core.group_end[i]
    now, used, weight = np.empty(end - begin, np.int64), draft.used.copy(), draft.weight.copy()
    copy_part(draft.now, begin, now, NO, end - begin)
    best = _best_option(core, i)
    gained = core.benefit[best] - core.benefit[draft.now[i]]
    _change(core, draft, i, best)
    for _ in range(KICK_SWEEPS):
        over = 0
        for row in range(len(used)):
            if draft.used[row] > draft.most[row]:
                draft.weight[row] *= 2.0
                over += 1
        if not over:
            break
        gained += sweep(core, draft, begin, i, NO) + sweep(core, draft, i + 1, end, NO)
    gained += sweep(core, draft, begin, end, YES)
    kept = gained > LEAST_GAIN
    for row in range(len(used)):
        kept = kept and (draft.used[row] <= draft.most[row] or draft.used[row] <= used[row])
    copy_part(weight, NO, draft.weight, NO, len(used))
    if kept:
        return float(gained)
    copy_part(used, NO, draft.used, NO, len(used))
    copy_part(now, NO, draft.now, begin, end - begin)
    return 0.0


@compiled()
def regrets_of(core: Core, draft: Draft) -> Floats:
    """Return how much each core package's best reduced profit is above its own."""
    regret = np.empty(len(core.who))
    for i in range(len(core.who)):
        regret[i] = core.profit[_best_option(core, i)] - core.profit[draft.now[i]]
    return regret


@inner
def _best_option(core: Core, i: int) -> int:
    """Return the first of a package's options of largest reduced profit."""
    best: int = core.start[i]
    for k in range(core.start[i] + 1, core.start[i + 1]):
        if core.profit[k] > core.profit[best]:
            best = k
    return best
