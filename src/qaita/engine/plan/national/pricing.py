"""The best prices of the shared limits: an annealed, smoothed dual with an exact Newton step.

The dual is softened at a falling temperature (see `passes`); at each, few Newton steps in a box,
solved by a primal-dual active set over the nested factor (`fronts`). Every reading gives an exact
bound as well, so the best prices seen are kept. Hintermüller, Ito and Kunisch, SIAM J. Optim.
13(3), 2002, for the active set; the annealing is that of interior smoothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from qaita.engine.plan.national.fronts import (
    Knots,
    Tree,
    assemble,
    diagonal,
    gather,
    multiply,
    nest,
    solve,
)
from qaita.engine.plan.national.lanes import Lanes, lanes_of
from qaita.engine.plan.national.packs import (
    Chunks,
    Floats,
    Ints,
    National,
    check_problem,
    chunks_of,
    cluster_prices,
    even,
    resources_of,
)
from qaita.engine.plan.national.passes import (
    Reading,
    Runs,
    empty_reading,
    read_exactly,
    read_softly,
)
from qaita.engine.threads import pieces_of, run_pieces

WORTH_THREADS = 20_000  # packages: fewer are read before a thread has begun
ROUNDING = 2.0**-40  # of all that was summed: far more than the sums of a pass can err
DEFICIT_UNIT = 3.0  # a domestic deficit is a share of money: its price runs a few times higher


@dataclass(frozen=True)
class Tables:
    """A problem made ready to be read many times."""

    problem: National
    chunks: tuple[Chunks, ...]
    lanes: tuple[Lanes, ...]
    readings: tuple[Reading, ...]
    knot_of_chunk: tuple[Ints, ...]
    tree: Tree
    knots: Knots
    unit: Floats  # (rows,): the size of a price of one
    scale: Floats  # (rows,): the size of a right side


@dataclass(frozen=True)
class Seen:
    """What one reading at some prices told."""

    soft: float
    bound: float  # rounded outward
    slack: Floats  # (rows,): most − used; the gradient of the dual


@dataclass(frozen=True)
class Pace:
    """How the temperature falls and how long each stage may work."""

    first: float = 0.1
    last: float = 2e-4
    factor: float = 0.4
    steps_first: int = 6
    steps: int = 2
    steps_last: int = 6
    near: float = 2e-4  # a stage ends when Σ|projected gradient|·price is below this share


@dataclass(frozen=True)
class Priced:
    """Prices that prove a bound: no plan is worth more than `bound`."""

    prices: Floats
    bound: float
    soft_prices: Floats  # where the softened dual ended: the start of a warm solve
    passes: int


def tables_of(problem: National) -> Tables:
    """Check a problem and make it ready. Raises ValueError when it does not fit together."""
    check_problem(problem)
    problem = replace(problem, packs=tuple(even(pack) for pack in problem.packs))
    width = resources_of(problem.years)
    chunks = tuple(chunks_of(pack) for pack in problem.packs)
    columns, knot_of_chunk = _knots(problem, chunks, width)
    tree, knots = nest(problem.rows.weights, columns)
    unit, scale = _sizes(problem)
    readings = tuple(
        empty_reading(pack, own, width) for pack, own in zip(problem.packs, chunks, strict=True)
    )
    lanes = tuple(lanes_of(pack) for pack in problem.packs)
    return Tables(problem, chunks, lanes, readings, knot_of_chunk, tree, knots, unit, scale)


def _knots(
    problem: National, chunks: tuple[Chunks, ...], width: int
) -> tuple[Ints, tuple[Ints, ...]]:
    members = max(pack.cluster.shape[1] for pack in problem.packs)
    runs, numbers, count = [], [], 0
    for pack, own in zip(problem.packs, chunks, strict=True):
        tuples = pack.cluster[own.start]
        _, number = np.unique(tuples, axis=0, return_inverse=True)
        distinct = np.unique(tuples, axis=0)
        padded = np.full((len(distinct), members), -1, np.int64)
        padded[:, : tuples.shape[1]] = distinct
        runs.append(padded)
        numbers.append(number.ravel().astype(np.int64) + count)
        count += len(distinct)
    cluster = np.concatenate(runs)
    columns = cluster[:, :, None] * width + np.arange(width)
    columns[cluster < 0] = -1
    return columns.reshape(len(cluster), members * width), tuple(numbers)


def _sizes(problem: National) -> tuple[Floats, Floats]:
    """Return the size of a price and of a right side of every row."""
    years, width = problem.years, resources_of(problem.years)
    cost = sum(float(p.cost[:, :, 0, 0].sum(dtype=np.float64)) for p in problem.packs)
    length = sum(float(p.length_km.sum(dtype=np.float64)) for p in problem.packs)
    per_km = cost / max(length, 1e-9)
    of_resource = np.r_[np.ones(years), np.full(years, per_km), DEFICIT_UNIT]
    coo = problem.rows.weights.tocoo()
    unit, widest = np.zeros((2, len(problem.rows.most)))
    np.maximum.at(unit, coo.row, of_resource[coo.col % width])
    np.maximum.at(widest, coo.row, np.abs(coo.data))
    unit /= np.where(widest > 0, widest, 1.0)  # a row in other units has a price in other units
    deficit = np.zeros(len(unit), bool)
    deficit[coo.row[coo.col % width == 2 * years]] = True
    scale = np.abs(problem.rows.most) + 1e-9
    scale[deficit] = np.maximum(scale[deficit], 0.05 * cost)
    return np.maximum(unit, 1.0), scale


def read(tables: Tables, prices: Floats, eps: float = 0.0) -> Seen:
    """Read all packages at prices; eps 0 is the exact maximum."""
    problem, width = tables.problem, resources_of(tables.problem.years)
    local = cluster_prices(problem, prices)
    soft = bound = float(prices @ problem.rows.most)
    size = float(prices @ np.abs(problem.rows.most))
    used = np.zeros((problem.clusters, width))
    run_pieces(_pieces(tables, local, eps), alone=problem.size < WORTH_THREADS)
    for pack, chunks, out in zip(problem.packs, tables.chunks, tables.readings, strict=True):
        soft += float(out.soft.sum())
        bound += float(out.best.sum())
        size += float(out.best.sum())
        for m in range(pack.cluster.shape[1]):
            at = pack.cluster[chunks.start, m]
            np.add.at(used, at, out.used[:, m * width : (m + 1) * width])
    slack = problem.rows.most - problem.rows.weights @ used.ravel()
    return Seen(soft, bound + ROUNDING * size, slack)


def _pieces(tables: Tables, local: Floats, eps: float) -> list[Callable[[], object]]:
    """Return what reads all packages: each pack in several pieces where that is worth it."""
    is_large = tables.problem.size >= WORTH_THREADS
    pieces: list[Callable[[], object]] = []
    for pack, lanes, chunks, out in zip(
        tables.problem.packs, tables.lanes, tables.chunks, tables.readings, strict=True
    ):
        runs, count = Runs(pack.cluster, chunks), len(chunks.start)
        for part in pieces_of(count, least=1 if is_large else max(count, 1)):
            if eps > 0:
                pieces.append(partial(read_softly, lanes, runs, local, part, out, eps))
            else:
                pieces.append(partial(read_exactly, lanes, runs, local, part, out))
    return pieces


def curvature_of(tables: Tables) -> Floats:
    """Return how the dual bends where it was read last, at a temperature above 0."""
    count, width = tables.knots.column.shape
    total = np.zeros((count, width, width))
    for out, knot in zip(tables.readings, tables.knot_of_chunk, strict=True):
        gather(out.curvature, knot, total)
    return assemble(tables.tree, tables.knots, total)


def find_prices(
    tables: Tables,
    *,
    start: Floats | None = None,
    pace: Pace | None = None,
    ceiling: Floats | None = None,
    watch: Callable[[float], None] | None = None,
) -> Priced:
    """Return prices (million tenge per unit of each row) with the lowest bound that was seen.

    `start` warms the search; `ceiling` (rows,) makes rows elastic: exceeding one costs no more.
    `watch` is told the share done between temperatures.
    """
    rows = len(tables.problem.rows.most)
    pace = pace or Pace()
    search = _Search(tables, np.full(rows, np.inf) if ceiling is None else ceiling)
    search.prices = _first_prices(tables) if start is None else start
    eps, first = pace.first, True
    while True:
        last = eps <= pace.last * 1.0001
        steps = pace.steps_last if last else pace.steps_first if first else pace.steps
        search.settle(eps, steps, pace.near)
        if watch is not None:
            watch(float(np.log(pace.first / eps) / max(np.log(pace.first / pace.last), 1e-9)))
        if last:
            break
        eps, first = max(eps * pace.factor, pace.last), False
        search.radius = max(search.radius, 4.0)
    search.finish()
    return Priced(search.best_prices, search.best_bound, search.prices, search.passes)


def _first_prices(tables: Tables) -> Floats:
    """Return a tenth of a tenge for a tenge of the most shared caps, nothing for the others."""
    root = tables.tree.block == len(tables.tree.parent) - 1
    return np.where(root & tables.problem.rows.is_hard, 0.1 * tables.unit, 0.0)


class _Search:
    """The state of one search: prices, trust in the step, and the best bound so far."""

    def __init__(self, tables: Tables, ceiling: Floats) -> None:
        rows = len(tables.problem.rows.most)
        self.tables, self.ceiling = tables, ceiling
        self.prices = np.zeros(rows)
        self.best_prices, self.best_bound = self.prices, np.inf
        self.memory = np.zeros(rows)  # the curvature of rows that had some: the rest has none
        self.damping, self.radius, self.passes = 1e-7, 8.0, 0

    def finish(self) -> None:
        """Read exactly where the softened dual ended."""
        self._read(self.prices, 0.0)

    def settle(self, eps: float, steps: int, near: float) -> None:
        """Take Newton steps at one temperature."""
        seen = self._read(self.prices, eps)
        for _ in range(steps):
            pull = np.where(self.prices > 0, seen.slack, np.minimum(seen.slack, 0.0))
            pull = np.where((self.prices >= self.ceiling) & (pull < 0), 0.0, pull)
            if float(np.abs(pull) @ self.prices) < near * max(abs(seen.bound), 1e-9):
                return
            found = self._step(seen, eps)
            if found is None:
                return
            seen = found

    def _read(self, prices: Floats, eps: float) -> Seen:
        """Read at prices, and keep them where their bound is the best so far."""
        seen = read(self.tables, prices, eps)
        self.passes += 1
        if seen.bound < self.best_bound:
            self.best_bound, self.best_prices = seen.bound, prices.copy()
        return seen

    def _step(self, seen: Seen, eps: float) -> Seen | None:
        """Try boxes of falling size until the softened dual falls; what was read there, or None.

        What is kept was read last, so that its curvature is at hand for the next step.
        """
        curvature = curvature_of(self.tables)
        for _ in range(5):
            step = newton_step(self, seen.slack, curvature, self.radius * eps * self.tables.unit)
            hoped = -float(seen.slack @ step)
            for part in (1.0, 0.3):
                trial = np.maximum(self.prices + part * step, 0.0)
                found = self._read(trial, eps)
                if found.soft <= seen.soft - 0.05 * part * max(hoped, 0.0):
                    self.prices = trial
                    self._trust(whole=part == 1.0)
                    return found
            self.damping = max(self.damping * 30.0, 1e-5)
            self.radius *= 0.3
        return None

    def _trust(self, *, whole: bool) -> None:
        if whole:
            self.damping = max(self.damping * 0.1, 1e-9)
            self.radius = min(self.radius * 1.5, 20.0)
        else:
            self.damping = max(self.damping * 3.0, 1e-7)
            self.radius = max(self.radius * 0.7, 0.5)


def newton_step(search: _Search, slack: Floats, curvature: Floats, box: Floats) -> Floats:
    """Minimise slack·d + d'(H + damping)d/2 in the box, prices >= 0: primal-dual active set."""
    tables, prices = search.tables, search.prices
    rows = len(prices)
    own = diagonal(tables.tree, curvature)
    search.memory = np.maximum(own, 0.3 * search.memory)
    flat_size = tables.scale / tables.unit
    extra = search.damping * np.maximum(search.memory, 1e-9 * flat_size) + 1e-14 * flat_size
    low, high = np.maximum(-prices, -box), np.minimum(search.ceiling - prices, box)
    at_low = (prices <= 0) & (slack >= 0)
    at_high = (prices >= search.ceiling) & (slack <= 0)
    step = np.zeros(rows)
    for _ in range(12):
        step = np.where(at_low, low, np.where(at_high, high, 0.0))
        held = at_low | at_high
        right = -(slack + multiply(tables.tree, curvature, step))
        free = solve(tables.tree, curvature, extra, right, held)
        step = np.where(held, step, free)
        pull = slack + multiply(tables.tree, curvature, step) + extra * step
        now_low = (~held & (step < low)) | (at_low & (pull > 0))
        now_high = (~held & ~now_low & (step > high)) | (at_high & (pull < 0))
        if (now_low == at_low).all() and (now_high == at_high).all():
            break
        at_low, at_high = now_low, now_high
    return np.clip(step, low, high)
