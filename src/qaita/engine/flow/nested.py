"""Closures in regions that grow until what lies outside them answers as if it were linear."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qaita.engine.flow.batches import Answers, joined, run
from qaita.engine.flow.compiling import entry
from qaita.engine.flow.network import Floats, Ints
from qaita.engine.flow.regions import Place, Region, Tree, cut_region, selected_inverse
from qaita.engine.flow.solving import Base

START, GROWTH = 48, 4  # rows of the first region, and how much larger the next is
SMALL_MOVE, MOST_MOVE = 0.1, 3.0  # m of the border
STEADY, MOST_STEPS = 1e-6, 12
PART = 256  # closures that one thread takes at a time


class Jobs(NamedTuple):
    """Closures by region: those of region i are links[starts[i]:starts[i+1]]."""

    root: Ints  # (regions,): the last row
    starts: NDArray[np.int64]
    links: Ints
    which: Ints  # (closures,): the caller's number


def make_tree(base: Base) -> Tree:
    """Return what regions of a network at rest are cut from."""
    model, order = base.model, base.layout.order
    below, pivots = base.pivots
    inverse, diagonal = selected_inverse(model.starts, model.rows, model.target, below, pivots)
    wide = np.diff(model.starts).astype(np.int64)
    pairs = np.concatenate([[0], np.cumsum(wide * (wide - 1) // 2)])
    low = np.minimum(model.from_node, model.to_node)
    return Tree(order.size, pairs, low, inverse, diagonal, base.p, base.answer, base.dead)


def margins(base: Base) -> tuple[Floats, Floats]:
    """Return the least head change that alters somebody's supply, before and from each row on."""
    model = base.model
    margin = np.full(model.nodes, np.inf)
    margin[model.where] = np.abs(base.start.head[model.where] - model.least - model.span)
    before = np.concatenate([[np.inf], np.minimum.accumulate(margin)])
    after = np.concatenate([np.minimum.accumulate(margin[::-1])[::-1], [np.inf]])
    return before, after


def by_regions(base: Base, links: Ints, *, threads: int) -> tuple[list[tuple[Ints, Answers]], Ints]:
    """Solve closures in the smallest regions that do; also return those that none did.

    A region will do when its border moves by at most 0.1 m, or by at most 3 m and less than what
    alters anybody's supply outside (no head outside moves more than the border's: the matrix at
    rest has the maximum principle). Answers name demands by the model's places.
    """
    tree, (before, after) = make_tree(base), margins(base)
    parent, size = base.layout.order.parent, base.layout.order.size
    high = _high(base)
    inner = np.flatnonzero(high[links] >= 0).astype(np.int32)
    found: list[tuple[Ints, Answers]] = []
    left = [np.flatnonzero(high[links] < 0).astype(np.int32)]
    roots = climb(parent, size, high[links[inner]], np.full(len(inner), START))
    while len(inner):
        jobs = jobs_of(base, links, inner, roots)
        answers, which, used = _round(base, tree, jobs, threads)
        outer = np.minimum(before[used - size[used] + 1], after[used + 1])
        good = answers.steps > 0
        good &= (answers.moved <= SMALL_MOVE) | (answers.moved <= np.minimum(MOST_MOVE, outer))
        found.append((which[good], _only(answers, good)))
        inner, used = which[~good], used[~good]
        stuck = parent[used] < 0
        left.append(inner[stuck])
        inner, used = inner[~stuck], used[~stuck]
        roots = climb(parent, size, used, size[used] * GROWTH)
    return found, np.concatenate(left)


def _high(base: Base) -> Ints:
    """Return the higher junction row of each link, −1 between given heads."""
    ends = np.stack([base.model.from_node, base.model.to_node])
    return np.asarray(np.where(ends < base.model.nodes, ends, -1).max(0), np.int32)


@entry
def climb(parent: Any, size: Any, at: Any, least: Any) -> Any:
    """Return the lowest rows at or above `at` whose subtrees have `least` rows, or the top."""
    out = np.empty(len(at), np.int32)
    for x in range(len(at)):
        t = at[x]
        while parent[t] >= 0 and size[t] < least[x]:
            t = parent[t]
        out[x] = t
    return out


def jobs_of(base: Base, links: Ints, which: Ints, roots: Ints) -> Jobs:
    """Group closures by region; within one those that change much come together."""
    order = np.lexsort((-np.abs(base.start.flow[links[which]]), roots))
    which, roots = which[order], roots[order]
    edges = np.flatnonzero(np.concatenate([[True], roots[1:] != roots[:-1], [True]]))
    return Jobs(roots[edges[:-1]], edges, links[which], which)


def _round(base: Base, tree: Tree, jobs: Jobs, threads: int) -> tuple[Answers, Ints, Ints]:
    """Run all regions in parts that do not depend on the number of threads."""
    cuts = np.unique(np.searchsorted(jobs.starts, np.arange(0, len(jobs.links), PART)))
    cuts = cuts[cuts < len(jobs.root)]  # a last region of many closures is one part
    ends = np.append(cuts[1:], len(jobs.root))

    work = partial(_part, base, tree, jobs)
    parts = list(zip(cuts.tolist(), ends.tolist(), strict=True))
    if threads < 2:
        answers = [work(part) for part in parts]
    else:
        with ThreadPoolExecutor(threads) as pool:
            answers = list(pool.map(work, parts))
    used = np.repeat(jobs.root, np.diff(jobs.starts))
    return joined(answers), jobs.which, used


def _part(base: Base, tree: Tree, jobs: Jobs, cut: tuple[int, int]) -> Answers:
    """Solve the closures of some regions one region after another."""
    mark = np.full(base.model.nodes, -1, np.int32)
    answers = []
    for i in range(*cut):
        place = place_of(base.model, tree, jobs.root[i], mark)
        links = jobs.links[jobs.starts[i] : jobs.starts[i + 1]]
        region: Region = cut_region(base.model, tree, base.start, place, links)
        one: Answers = run(*region, STEADY, MOST_STEPS)
        answers.append(one._replace(where=one.where + np.int32(place.demand)))
    return joined(answers)


@entry
def place_of(model: Any, tree: Any, root: int, mark: Any) -> Any:
    """Return where the region under a row lies."""
    first, last, plain = root - tree.size[root] + 1, root, model.plain
    bounds = np.array([first, last + 1])
    a = np.searchsorted(tree.low[:plain], bounds)
    b = np.searchsorted(tree.low[plain:], bounds) + plain
    c = np.searchsorted(model.where, bounds)
    return Place(first, last, a[0], a[1], b[0], b[1], c[0], c[1], mark)


def _only(answers: Answers, good: NDArray[np.bool_]) -> Answers:
    """Return the answers of some closures."""
    counts = np.diff(answers.starts)
    kept = np.repeat(good, counts)
    starts = np.concatenate([[0], np.cumsum(counts[good])])
    some = {name: getattr(answers, name)[good] for name in ("total", "steps", "last", "moved")}
    return Answers(**some, starts=starts, where=answers.where[kept], lost=answers.lost[kept])
