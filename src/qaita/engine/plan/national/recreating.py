"""Ruin and recreate: some packages of a place give up their years, and take them again otherwise.

What one exchange cannot mend, many small beginnings can (Schrimpf et al., J. Comput. Phys. 159(2),
2000; Christiaens and Vanden Berghe, Transportation Science 54(2), 2020): a few close calls of one
place are taken out of the plan and put back one by one, in an order in which chance has a say,
each at its best option that fits. A result is kept if it is better, or while it is "hot" not much
worse; the best is remembered. At first what a place takes of limits shared with others costs it
their price, so that what it leaves is worth taking elsewhere; towards the end only benefits count.
Chance comes from a seed: always the same.
"""

from typing import NamedTuple

import numpy as np

from qaita.engine.compiling import NO, NONE, compiled, inner
from qaita.engine.plan.national.core import LEAST_GAIN, Core, Draft
from qaita.engine.plan.national.moves import copy_part
from qaita.engine.plan.national.packs import Flags, Floats, Ints

ROUNDS = 24  # over all places, ever colder
HEAT = 0.05  # of the mean benefit of a package: how much worse a result may be at first
MOST_TURNS = 600  # a package: a small country needs no more
MOST_OUT = 14  # packages taken out at once
BLINK = 0.04  # how often a better option is overlooked
LOOSE = 1e-12
TINY = 1e-12


class Chance(NamedTuple):
    """Numbers by chance: xorshift (Marsaglia, J. Stat. Software 8(14), 2003)."""

    state: np.ndarray  # (1,) of unsigned 64 bits


def chance_of(seed: int) -> Chance:
    """Return a beginning of chance."""
    return Chance(np.array([seed * 2 + 88172645463325252], np.uint64))


@inner
def _draw(chance: Chance) -> float:
    """Return a number in 0…1."""
    x = chance.state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    chance.state[0] = x
    return float(x >> np.uint64(11)) * 2.0**-53


def anneal(
    core: Core, draft: Draft, prices: Floats, own: Flags, turns: int, *, cold: bool = False
) -> None:
    """Ruin and recreate every place in rounds, about so many turns in all.

    `own` (m,) marks limits that only one place meets; `prices` (m,) are those of all limits.
    `cold` keeps only what is better: an older plan to stay close to is not warmed up.
    """
    turns = min(turns, MOST_TURNS * len(core.who))
    chance, spans = chance_of(1), np.unique(np.stack([core.group_begin, core.group_end], 1), axis=0)
    chosen = core.benefit[draft.now][core.benefit[draft.now] > 0]
    heat = HEAT * float(chosen.mean()) if len(chosen) and not cold else 0.0
    for turn in range(ROUNDS):
        left = 0.0 if cold else 1.0 - turn / (ROUNDS - 1)
        worth = worths_of(core, np.where(own, 0.0, left * prices))
        for begin, end in spans.tolist():
            span = np.array([begin, end, max(1, turns // (ROUNDS * len(spans)))])
            recreate(core, draft, worth, span, heat * max(left, 0.1), chance)


@compiled()
def worths_of(core: Core, prices: Floats) -> Floats:
    """Return what each option is worth: its benefit less what it uses at these prices (m,)."""
    worth = core.benefit.copy()
    for k in range(len(worth)):
        for u in range(core.use[k], core.use[k + 1]):
            worth[k] -= prices[core.row[u]] * core.amount[u]
    return worth


@compiled()
def recreate(
    core: Core, draft: Draft, worth: Floats, span: Ints, heat: float, chance: Chance
) -> float:
    """Ruin and recreate the packages from span[0] to span[1], span[2] times; return the gain."""
    begin, end, turns = span
    out, kept = np.empty(MOST_OUT, np.int64), np.empty(MOST_OUT, np.int64)
    best_now, total, best = np.empty(end - begin, np.int64), 0.0, 0.0
    copy_part(draft.now, begin, best_now, NO, end - begin)
    for turn in range(turns):
        count = _ruin(core, draft, span, out, kept, chance)
        _rank(core, out[:count], kept[:count], chance)
        more = 0.0
        for n in range(count):
            more += _put(core, draft, worth, out[n], chance) - worth[kept[n]]
        allowed = heat * (1.0 - turn / turns) * np.log(max(_draw(chance), TINY))
        if more < allowed or not _holds(core, draft, kept[:count]):
            for n in range(count):
                _give(core, draft, out[n], kept[n])
            continue
        total += more
        if total > best + LEAST_GAIN:
            best = total
            copy_part(draft.now, begin, best_now, NO, end - begin)
    for i in range(begin, end):
        _give(core, draft, i, best_now[i - begin])
    return best


@inner
def _ruin(core: Core, draft: Draft, span: Ints, out: Ints, kept: Ints, chance: Chance) -> int:
    """Take packages out, the closest calls rather than others; return how many."""
    count = 0
    for _ in range(2 + int(_draw(chance) * (MOST_OUT - 1))):
        i = span[0] + int((span[1] - span[0]) * _draw(chance) ** 2)
        if _is_among(out, count, i):
            continue
        out[count], kept[count] = i, draft.now[i]
        count += 1
        _use(core, draft, draft.now[i], -1.0)
    return count


@inner
def _rank(core: Core, out: Ints, kept: Ints, chance: Chance) -> None:
    """Put those first that lose most without their best option, as chance bends it."""
    key = np.empty(len(out))
    for n in range(len(out)):
        best, second = -np.inf, -np.inf
        for k in range(core.start[out[n]], core.start[out[n] + 1]):
            if core.profit[k] > best:
                best, second = core.profit[k], best
            elif core.profit[k] > second:
                second = core.profit[k]
        key[n] = (max(second, best - abs(best)) - best) * (0.2 + 2.0 * _draw(chance))
    for n in range(1, len(out)):  # by insertion: they are few
        at, first, was, now = n, key[n], out[n], kept[n]
        while at and key[at - 1] > first:
            key[at], out[at], kept[at] = key[at - 1], out[at - 1], kept[at - 1]
            at -= 1
        key[at], out[at], kept[at] = first, was, now


@inner
def _is_among(out: Ints, count: int, i: int) -> bool:
    found = False
    for n in range(count):
        found = found or out[n] == i
    return found


@inner
def _put(core: Core, draft: Draft, worth: Floats, i: int, chance: Chance) -> float:
    """Give a package its best option that fits, chance overlooking some; return its worth."""
    best, most = NONE, -np.inf
    for blink in (BLINK, 0.0):
        for k in range(core.start[i], core.start[i + 1]):
            if core.profit[k] > most and _draw(chance) >= blink and _fits(core, draft, k):
                best, most = k, core.profit[k]
        if best >= 0:
            break
    fits = best >= 0
    draft.now[i] = best if fits else core.start[i]
    _use(core, draft, draft.now[i], 1.0)
    return worth[best] if fits else -np.inf


@inner
def _fits(core: Core, draft: Draft, k: int) -> bool:
    for u in range(core.use[k], core.use[k + 1]):
        row, more = core.row[u], core.amount[u]
        if more > LOOSE and draft.used[row] + more > draft.most[row]:
            return False
    return True


@inner
def _use(core: Core, draft: Draft, k: int, sign: float) -> None:
    for u in range(core.use[k], core.use[k + 1]):
        draft.used[core.row[u]] += sign * core.amount[u]


@inner
def _give(core: Core, draft: Draft, i: int, k: int) -> None:
    """Give a package another option, whatever the limits."""
    if draft.now[i] != k:
        _use(core, draft, draft.now[i], -1.0)
        _use(core, draft, k, 1.0)
        draft.now[i] = k


@inner
def _holds(core: Core, draft: Draft, kept: Ints) -> bool:
    """Tell whether least amounts that were counted out are met again."""
    for k in kept:
        for u in range(core.use[k], core.use[k + 1]):
            row = core.row[u]
            if core.amount[u] < 0.0 and draft.used[row] > draft.most[row]:
                return False
    return True
