"""Every link closed in turn: who is left without water, and how much."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from qaita.engine.flow.batches import Answers, Asked, joined, run
from qaita.engine.flow.bridges import Sides, sides_of_bridges
from qaita.engine.flow.graph import Graph, make_graph
from qaita.engine.flow.lanes import WIDTH
from qaita.engine.flow.model import Start, first_guess
from qaita.engine.flow.nested import by_regions
from qaita.engine.flow.network import (
    CHECK,
    GRAPH,
    REGION,
    WHOLE,
    Flags,
    Floats,
    Ints,
    Kinds,
    Losses,
    Network,
    Service,
)
from qaita.engine.flow.oneway import unreachable
from qaita.engine.flow.solving import NO_OUTSIDE, Base, settle_base

NOTHING = 1e-9  # share of all demand that counts as nothing lost
STEADY = 1e-6  # last change of flows, as a share, at which a closure is at rest
STILL = 1e-4  # change of supply that is taken as none where pumps keep switching
FIRST_STEPS, MORE_STEPS, LAST_STEPS = 8, 60, 200
SMALL = 2000  # links up to which the whole network is quicker than its regions
REGION_SHARE = 1e-3  # of all demand: what tests hold regions to
RUN = 16  # batches that one thread takes at a time
Pieces = tuple[Ints, Floats]


@dataclass
class Gathering:
    """What is known so far of k closures; a piece holds the short rows of one and their losses."""

    link: Ints  # of the network
    at: Ints  # of the model, −1: closed already
    total: Floats
    method: Kinds
    bound: Floats
    converged: Flags
    pieces: list[Pieces]

    def take(self, which: Ints, answers: Answers, base: Base, method: int) -> None:
        """Keep the answers of some closures."""
        rows = base.model.where[answers.where]
        self.total[which] = answers.total
        self.method[which] = method
        share = REGION_SHARE if method == REGION else answers.last
        self.bound[which] = share * base.model.demand.sum()
        self.converged[which] = answers.steps > 0
        for i, x in enumerate(which.tolist()):
            part = slice(answers.starts[i], answers.starts[i + 1])
            self.pieces[x] = (rows[part], answers.lost[part])


def n_minus_1(
    net: Network,
    svc: Service,
    links: Ints | None = None,
    *,
    threads: int = 2,
) -> Losses:
    """Return what the closure of each link (all open pipes when none are named) takes from whom.

    * With full supply at first, a bridge takes exactly the demand behind it: closing it can only
      raise heads elsewhere. No equation is solved.
    * In a large network that is fully supplied a closure is solved in the smallest region whose
      surroundings answer linearly (`nested`).
    * The rest is solved by Newton's method from the state with all links open, eight at a time.
    * What does not come to rest in a few steps is tried again with smaller steps, and with nodes
      dead that no source reaches the way valves and pumps let through; then from scratch. Where
      pumps keep switching, supply that stands still is taken, with a wide bound.

    SI units. The answers are the same to the last bit whatever the number of threads.
    """
    base = settle_base(net, svc)
    found = _begin(base, links)
    sides = sides_of_bridges(_graph(base), np.arange(base.model.nodes, len(base.model.draw)))
    left = _by_graph(base, sides, found)
    if len(base.model.kind) > SMALL and base.start.short.sum() == 0:
        left = _by_regions(base, found, left, threads)
    _by_network(base, sides, found, left, threads)
    return _losses(base, found)


def _graph(base: Base) -> Graph:
    return make_graph(len(base.model.draw), base.model.from_node, base.model.to_node)


def _begin(base: Base, links: Ints | None) -> Gathering:
    net = base.net
    pipes = np.flatnonzero(net.is_open & (net.kind <= CHECK))
    link = np.asarray(pipes if links is None else links, np.int32)
    if len(link) and (link.min() < 0 or link.max() >= net.links):
        raise ValueError("a closed link does not exist")
    short = base.model.demand - base.start.supply
    rows = np.flatnonzero(short > 0)
    piece = (base.model.where[rows], short[rows])
    count = len(link)
    return Gathering(
        link,
        base.layout.link_at[link],
        np.full(count, short.sum()),
        np.full(count, GRAPH, np.int8),
        np.zeros(count),
        np.full(count, base.converged),
        [piece] * count,
    )


def _by_graph(base: Base, sides: Sides, found: Gathering) -> Ints:
    """Answer bridges of a fully supplied network; return which closures are left."""
    left = np.flatnonzero(found.at >= 0)
    demand = base.model.demand.sum()
    if (base.model.demand - base.start.supply).sum() > NOTHING * demand:
        return left.astype(np.int32)
    at = found.at[left]
    for x in left[sides.bridge[at]].tolist():
        k = found.at[x]
        rows = sides.walk[sides.first[k] : sides.end[k]]
        drawn = base.model.draw[rows]
        found.pieces[x] = (rows[drawn > 0], drawn[drawn > 0])
        found.total[x] = drawn.sum()
    return left[~sides.bridge[at]].astype(np.int32)


def _by_regions(base: Base, found: Gathering, left: Ints, threads: int) -> Ints:
    """Solve closures in regions; return which are left."""
    pieces, rest = by_regions(base, found.at[left], threads=threads)
    for which, answers in pieces:
        found.take(left[which], answers, base, REGION)
    return left[rest]


def _by_network(base: Base, sides: Sides, found: Gathering, left: Ints, threads: int) -> None:
    """Solve the whole network for each closure, in rounds."""
    fresh = first_guess(base.net, base.model, base.layout)
    rounds = (
        (base.start, FIRST_STEPS, STEADY),
        (base.start, MORE_STEPS, STEADY),
        (fresh, LAST_STEPS, STEADY),
        (base.start, LAST_STEPS, -STILL),
    )
    # closures that change much and those that change little are better not in one batch
    left = left[np.argsort(-np.abs(base.start.flow[found.at[left]]), kind="stable")]
    for number, (start, most, tol) in enumerate(rounds):
        if not len(left):
            return
        asked = _asked(base, sides, found.at[left], directed=number > 0)
        solving = partial(_solved, base, start, (tol, most))
        answers = in_threads(solving, asked, threads)
        found.take(left, answers, base, WHOLE)
        left = left[answers.steps == 0]


def _solved(base: Base, start: Start, until: tuple[float, int], part: Asked) -> Answers:
    found: Answers = run(base.model, NO_OUTSIDE, start, part, *until)
    return found


def _asked(base: Base, sides: Sides, at: Ints, *, directed: bool) -> Asked:
    """Return the closures with the rows that die: by the graph, or by the way links let through."""
    if directed:
        dead = [unreachable(base.model, int(k), directed=True) for k in at]
    else:
        known = base.dead
        dead = [np.concatenate([known, sides.walk[sides.first[k] : sides.end[k]]]) for k in at]
    starts = np.zeros(len(at) + 1, np.int64)
    np.cumsum([len(rows) for rows in dead], out=starts[1:])
    return Asked(at, starts, np.concatenate(dead).astype(np.int32))


def in_threads(work: Callable[[Asked], Answers], asked: Asked, threads: int) -> Answers:
    """Run batches in threads; which closures share a batch does not depend on their number."""
    size = RUN * WIDTH
    parts = [_part(asked, i, i + size) for i in range(0, len(asked.link), size)]
    if threads < 2 or len(parts) < 2:
        return joined([work(part) for part in parts])
    with ThreadPoolExecutor(threads) as pool:
        return joined(list(pool.map(work, parts)))


def _part(asked: Asked, first: int, end: int) -> Asked:
    starts = asked.starts[first : end + 1]
    return Asked(asked.link[first:end], starts - starts[0], asked.dead[starts[0] : starts[-1]])


def _losses(base: Base, found: Gathering) -> Losses:
    starts = np.zeros(len(found.link) + 1, np.int64)
    np.cumsum([len(piece[0]) for piece in found.pieces], out=starts[1:])
    rows: NDArray[np.int32] = np.concatenate([np.zeros(0, np.int32), *(p[0] for p in found.pieces)])
    lost = np.concatenate([np.zeros(0), *(p[1] for p in found.pieces)])
    before = (base.model.demand - base.start.supply).sum()
    return Losses(
        found.link,
        starts,
        base.layout.node[rows],
        lost,
        found.total,
        found.total - before,
        found.method,
        found.bound,
        found.converged,
    )
