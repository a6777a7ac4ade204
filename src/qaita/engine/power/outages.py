"""Every line out in turn: who is cut off, what the rest cannot carry, which tie helps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaita.engine.flow.bridges import Sides, sides_of_bridges
from qaita.engine.flow.graph import Graph, make_graph
from qaita.engine.flow.reach import reachable
from qaita.engine.power.grid import GRAPH, SOLVED, Band, Flags, Floats, Grid, Ints, check_grid
from qaita.engine.power.loadflow import Cases, Solver, solver_of
from qaita.engine.power.shedding import Carried, carry

MOST_TIES = 4  # that are tried after one outage
USUAL = Band()
NOTHING_KW = 1e-9
AT_ONCE = 512  # outages solved together: what every bus keeps in each takes memory


@dataclass(frozen=True)
class Outages:
    """What the outage of each of k lines takes from whom.

    Outage i leaves bus[j] short by unserved_kw[j] for j in starts[i] … starts[i+1] − 1. `total_kw`
    counts all it leaves short, `added_kw` what it takes beyond what is short with all lines in.
    `cut_kw` is the part that no way leads to; the rest is what lines and voltages do not carry.
    `overloaded`, `loading` and `least_pu` say how the grid would stand before anybody is switched
    off; NaN where the graph alone answers: less load than before is left, so nothing is worse.
    """

    line: Ints  # (k,)
    starts: Ints  # (k + 1,)
    bus: Ints
    unserved_kw: Floats
    total_kw: Floats  # (k,)
    added_kw: Floats  # (k,)
    cut_kw: Floats  # (k,)
    overloaded: Ints  # (k,)
    loading: Floats  # (k,)
    least_pu: Floats  # (k,)
    tie: Ints  # (k,) the tie that is closed, −1: none helps
    method: NDArray[np.int8]  # (k,) GRAPH or SOLVED
    converged: Flags  # (k,)


@dataclass(frozen=True)
class Standing:
    """How a grid stands with all lines in and all ties open: (n,) and the first sight of it."""

    unserved_kw: Floats
    reached: Flags
    first: Carried


def stand(grid: Grid, band: Band = USUAL, *, threads: int = 2) -> Standing:
    """Return what a grid cannot feed with all lines in: by the way, by limits, by voltage."""
    check_grid(grid)
    return _standing(solver_of(grid, band, threads=threads))


def line_outages(
    grid: Grid, lines: Ints | None = None, band: Band = USUAL, *, threads: int = 2
) -> Outages:
    """Return what the outage of each line (all that are no ties when none are named) takes.

    * Where everybody is fed at first and no tie reaches the part cut off, a bridge takes exactly
      the load behind it: the rest carries less than before. No load flow is solved.
    * Else the load flow says which lines are above their limits and where the voltage is below
      the band, and `shedding` whom that takes. Ties from the part cut off to the rest are tried
      one at a time, and the one that leaves the least unserved is closed.

    Buses that no line in service feeds with everything in are nobody's loss and left out.
    """
    check_grid(grid)
    asked = np.flatnonzero(~grid.is_tie) if lines is None else np.asarray(lines, np.int64)
    if len(asked) and (asked.min() < 0 or asked.max() >= grid.lines or grid.is_tie[asked].any()):
        raise ValueError("an outage of a line that does not exist or stands open")
    solver = solver_of(grid, band, threads=threads)
    before = _standing(solver)
    found = _Gathering.of(asked, before)
    closed = np.flatnonzero(~grid.is_tie)
    graph = make_graph(grid.buses, grid.from_bus[closed], grid.to_bus[closed])
    sides = sides_of_bridges(graph, np.flatnonzero(grid.is_source))
    number = np.full(grid.lines, -1, np.int64)
    number[closed] = np.arange(len(closed))
    cases = [
        case
        for i, line in enumerate(asked.tolist())
        for case in _cases_of(grid, before, found, sides, (i, line, int(number[line])))
    ]
    for first in range(0, len(cases), AT_ONCE):
        _solve(solver, before, found, cases[first : first + AT_ONCE])
    return found.told(before)


def _standing(solver: Solver) -> Standing:
    grid = solver.grid
    closed = np.flatnonzero(~grid.is_tie)
    graph = make_graph(grid.buses, grid.from_bus[closed], grid.to_bus[closed])
    reached = reachable(graph, np.flatnonzero(grid.is_source))
    none = np.full(1, -1, np.int64)
    first = carry(solver, Cases(none, none, reached[None, :].astype(np.float64)))
    return Standing(grid.load_kw * (reached - first.keep[0]), reached, first)


@dataclass(frozen=True)
class _Gathering:
    """What is known so far of k outages; a piece holds what one leaves unserved at every bus."""

    line: Ints
    pieces: list[tuple[Ints, Floats]]
    cut: Floats
    total: Floats
    overloaded: Ints
    loading: Floats
    least: Floats
    tie: Ints
    method: NDArray[np.int8]
    converged: Flags

    @staticmethod
    def of(line: Ints, before: Standing) -> "_Gathering":
        """Begin with nothing known."""
        k = len(line)
        unknown = np.full(k, np.nan)
        return _Gathering(
            line,
            [(np.zeros(0, np.int64), np.zeros(0))] * k,
            np.zeros(k),
            np.full(k, np.inf),
            np.zeros(k, np.int64),
            unknown,
            unknown.copy(),
            np.full(k, -1, np.int64),
            np.full(k, GRAPH, np.int8),
            np.full(k, bool(before.first.settled[0])),
        )

    def keep(self, i: int, unserved: Floats, cut_kw: float) -> None:
        """Keep what an outage leaves unserved."""
        at = np.flatnonzero(unserved > NOTHING_KW)
        self.pieces[i] = (at, unserved[at])
        self.cut[i], self.total[i] = cut_kw, float(unserved.sum())

    def told(self, before: Standing) -> Outages:
        """Return all that is known."""
        counts = [len(at) for at, _ in self.pieces]
        bus = np.concatenate([np.zeros(0, np.int64), *(at for at, _ in self.pieces)])
        kw = np.concatenate([np.zeros(0), *(piece for _, piece in self.pieces)])
        return Outages(
            self.line,
            np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64),
            bus,
            kw,
            self.total,
            self.total - before.unserved_kw.sum(),
            self.cut,
            self.overloaded,
            self.loading,
            self.least,
            self.tie,
            self.method,
            self.converged,
        )


_Case = tuple[int, int, int]  # the outage's place, its line, the tie closed


def _cases_of(
    grid: Grid, before: Standing, found: _Gathering, sides: Sides, which: tuple[int, int, int]
) -> list[_Case]:
    """Answer an outage by the graph, or return the states that must be solved for it."""
    i, line, k = which
    behind = sides.walk[sides.first[k] : sides.end[k]]
    cut = np.zeros(grid.buses, np.bool_)
    cut[behind] = True
    ties = _ties_to(grid, cut, before.reached) if len(behind) else np.zeros(0, np.int64)
    fed = before.unserved_kw.sum() <= NOTHING_KW * max(grid.load_kw.sum(), 1.0)
    reached = before.reached[grid.from_bus[line]] or before.reached[grid.to_bus[line]]
    if not reached:
        found.keep(i, before.unserved_kw, 0.0)
        return []
    if len(behind) and fed and not len(ties):
        unserved = np.where(cut, grid.load_kw, 0.0)
        found.keep(i, unserved, float(unserved.sum()))
        return []
    return [(i, line, -1), *((i, line, int(tie)) for tie in ties)]


def _ties_to(grid: Grid, cut: Flags, reached: Flags) -> Ints:
    """Return ties from the part cut off to what stays fed, those with most room first."""
    a, b = grid.from_bus, grid.to_bus
    joins = (cut[a] & reached[b] & ~cut[b]) | (cut[b] & reached[a] & ~cut[a])
    ties = np.flatnonzero(grid.is_tie & joins)
    room = grid.limit_a[ties] * grid.rated_kv[ties]
    return np.asarray(ties[np.argsort(-room, kind="stable")][:MOST_TIES])


def _solve(solver: Solver, before: Standing, found: _Gathering, cases: list[_Case]) -> None:
    """Solve some states and keep of each outage the one that leaves the least unserved."""
    grid = solver.grid
    number, out, tie = (np.array(column, np.int64) for column in zip(*cases, strict=True))
    asked = np.tile(before.reached.astype(np.float64), (len(out), 1))
    carried = carry(solver, Cases(out, tie, asked))
    unserved = grid.load_kw * (asked - carried.keep)
    total = unserved.sum(1)
    for x, i in enumerate(number.tolist()):
        if total[x] >= found.total[i] - NOTHING_KW:
            continue
        graph = _with(grid, int(out[x]), int(tie[x]))
        there = reachable(graph, np.flatnonzero(grid.is_source))
        found.keep(i, unserved[x], float(grid.load_kw[before.reached & ~there].sum()))
        found.overloaded[i], found.loading[i] = carried.overloaded[x], carried.loading[x]
        found.least[i], found.tie[i] = carried.least_pu[x], tie[x]
        found.method[i], found.converged[i] = SOLVED, carried.settled[x]


def _with(grid: Grid, out: int, tie: int) -> Graph:
    closed = ~grid.is_tie
    closed[out] = False
    if tie >= 0:
        closed[tie] = True
    at = np.flatnonzero(closed)
    return make_graph(grid.buses, grid.from_bus[at], grid.to_bus[at])
