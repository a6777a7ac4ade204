"""Closures in batches of eight, run one after another; several runs may go in parallel threads."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qaita.engine.compiling import NO
from qaita.engine.flow.compiling import entry, inner
from qaita.engine.flow.lanes import WIDTH
from qaita.engine.flow.network import Floats, Ints
from qaita.engine.flow.newton import Closures, begin, new_work, settle
from qaita.engine.flow.special import CAME, LAST


class Asked(NamedTuple):
    """Links of a model to close one at a time, and the rows that die with each (may be none)."""

    link: Ints  # (k,)
    starts: NDArray[np.int64]  # (k + 1,)
    dead: Ints


class Answers(NamedTuple):
    """What each closure leaves short: places in the model's demands, and by how much."""

    total: Floats  # (k,) m³/s
    steps: Ints  # (k,): the step at which it came to rest, 0: not
    last: Floats  # (k,): the last change as a share
    moved: Floats  # (k,): m, by how much the rows that border the outside moved at most
    starts: NDArray[np.int64]  # (k + 1,)
    where: Ints
    lost: Floats


@entry
def run(model: Any, outside: Any, start: Any, asked: Any, tol: float, most: int) -> Any:
    """Close the links one at a time, each from `start`, at most `most` steps."""
    count = len(asked.link)
    answers = Answers(
        np.zeros(count),
        np.zeros(count, np.int32),
        np.zeros(count),
        np.zeros(count),
        np.zeros(count + 1, np.int64),
        np.empty(0, np.int32),
        np.empty(0),
    )
    where, lost = np.empty(16 * count + 16, np.int32), np.empty(16 * count + 16)
    work = new_work(model)
    closures = Closures(
        np.empty(WIDTH, np.int32), np.zeros(WIDTH + 1, np.int32), np.empty(0, np.int32)
    )
    used = NO
    for first in range(0, count, WIDTH):
        closures = _lay(asked, first, closures)
        begin(model, start, closures, work)
        settle(model, outside, closures, work, tol, most)
        for w in range(min(WIDTH, count - first)):
            x = first + w
            answers.steps[x], answers.last[x] = int(work.told[CAME, w]), work.told[LAST, w]
            answers.moved[x] = _moved(model, outside, work, w)
            where, lost = room(where, lost, used + len(model.where))
            used, answers.total[x] = _collect(model, work, w, where, lost, used)
            answers.starts[x + 1] = used
    return Answers(
        answers.total,
        answers.steps,
        answers.last,
        answers.moved,
        answers.starts,
        where[:used].copy(),
        lost[:used].copy(),
    )


@inner
def _lay(asked: Any, first: int, closures: Any) -> Any:
    """Put eight closures into lanes; lanes to spare repeat the last."""
    link, starts = closures.link, closures.starts
    last = len(asked.link) - 1
    for w in range(WIDTH):
        x = min(first + w, last)
        link[w] = asked.link[x]
        starts[w + 1] = starts[w] + asked.starts[x + 1] - asked.starts[x]
    dead = np.empty(starts[WIDTH], np.int32)
    for w in range(WIDTH):
        x = min(first + w, last)
        dead[starts[w] : starts[w + 1]] = asked.dead[asked.starts[x] : asked.starts[x + 1]]
    return Closures(link, starts, dead)


@inner
def _moved(model: Any, outside: Any, work: Any, w: int) -> float:
    most, count = 0.0, len(outside.rest)
    for i in range(count):
        moved = abs(work.head[model.nodes - count + i, w] - outside.rest[i])
        if not moved <= most:
            most = moved
    return most


@inner
def room(where: Any, lost: Any, needed: int) -> Any:
    """Return arrays with room for `needed` entries that begin like the given."""
    if needed <= len(where):
        return where, lost
    size = max(2 * len(where), needed)
    more_where, more_lost = np.empty(size, np.int32), np.empty(size)
    more_where[: len(where)] = where
    more_lost[: len(where)] = lost
    return more_where, more_lost


@inner
def _collect(model: Any, work: Any, w: int, where: Any, lost: Any, used: int) -> Any:
    total, supply, demand = 0.0, work.supply, model.demand
    for x in range(len(demand)):
        if work.short[x] == 1 and supply[x, w] < demand[x]:
            where[used], lost[used] = x, demand[x] - supply[x, w]
            total += lost[used]
            used += 1
    return used, total


def joined(parts: list[Answers]) -> Answers:
    """Return answers one after another as one."""
    counts = np.concatenate([np.diff(part.starts) for part in parts])
    starts = np.concatenate([[0], np.cumsum(counts)])
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("total", "steps", "last", "moved", "where", "lost")
    }
    return Answers(starts=starts, **columns)
