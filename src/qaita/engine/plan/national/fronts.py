"""The Newton step by nesting: what a city shares is settled in the city, then region, then nation.

The curvature of the dual is a sum over knots (sets of clusters that packages tie together), and a
knot meets only the rows of the areas it lies in. Ordering rows from the smallest area to the
nation makes the Cholesky factor fall apart into small dense fronts (Duff and Reid, ACM TOMS 9(3),
1983: the multifrontal method), exact and without fill outside them.

The front of a block holds its own rows, then all rows of its parent's front. So a row's place in
the front of any block below is known from sizes alone, and the Schur complement of a block has
just the shape of its parent's front.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from qaita.engine.compiling import compiled, inner
from qaita.engine.plan.national.packs import Flags, Floats, Ints

TIER = 4.0  # rows that meet up to so many times more knots stand on the same level
TINY = 1e-300


class Tree(NamedTuple):
    """Blocks of rows, children before parents.

    A matrix is stored as the upper part of every row: the row's line holds what it shares with the
    rows of its own block and of all ancestors, in the order of its front.
    """

    parent: Ints  # (blocks,), −1 for a root
    own_start: Ints  # (blocks + 1,) into `own`
    own: Ints  # rows, block by block
    front: Ints  # (blocks,): own rows and those of all ancestors
    line: Ints  # (rows + 1,): where each row's line begins, the last its end
    block: Ints  # (rows,)
    place: Ints  # (rows,): index among its block's own rows


class Knots(NamedTuple):
    """What ties rows together: each knot's block and its columns of the weights."""

    block: Ints  # (knots,)
    column: Ints  # (knots, w) columns of `weights`; −1 where the knot has fewer members
    start: Ints  # CSC of the weights: (columns + 1,)
    row: Ints
    value: Floats


def nest(weights: sp.csr_matrix, columns: Ints) -> tuple[Tree, Knots]:
    """Return the nesting of rows for knots with the given columns (knots, w), −1 for none.

    Rows are ranked by how many knots they meet, in tiers that grow by TIER. On every tier the
    knots that its rows and all smaller ones connect are one area, with a block of that tier's
    rows. Rows of a knot therefore always lie on one path to the root, whatever the limits are.
    """
    rows = weights.shape[0]
    touch = _touches(weights, columns)
    met = np.asarray(touch.sum(1)).ravel()
    tier = np.ceil(np.log(np.maximum(met, 1)) / np.log(TIER)).astype(np.int64)
    block_of = np.full(rows, -1, np.int64)
    parent: list[int] = []
    latest = np.full(len(columns), -1, np.int64)  # the newest block over each knot
    for level in np.unique(tier):
        graph = touch[tier <= level]
        _, area = connected_components(graph.T @ graph, directed=False)
        for member_rows, members in _areas(touch, tier == level, area):
            number = len(parent)
            for child in np.unique(latest[members]):
                if child >= 0:
                    parent[child] = number
            parent.append(-1)
            latest[members] = number
            block_of[member_rows] = number
    tree = _tree(block_of, np.array(parent, np.int64))
    csc = weights.tocsc()
    knots = Knots(
        latest_below(touch, tree, block_of),
        columns,
        csc.indptr.astype(np.int64),
        csc.indices.astype(np.int64),
        csc.data.astype(np.float64),
    )
    return tree, knots


def _touches(weights: sp.csr_matrix, columns: Ints) -> sp.csr_matrix:
    """Return which rows meet which knots: (rows, knots) of 0 and 1."""
    knot = np.repeat(np.arange(len(columns)), columns.shape[1])
    column = columns.ravel()
    there = column >= 0
    shape = (weights.shape[1], len(columns))
    pick = sp.csr_matrix((np.ones(there.sum()), (column[there], knot[there])), shape=shape)
    touch = (abs(weights).sign() @ pick).tocsr()
    touch.data[:] = 1.0
    return touch


def _areas(touch: sp.csr_matrix, wanted: Flags, area: Ints) -> list[tuple[Ints, Ints]]:
    """Return (rows of the tier, knots) of every area that has rows of it."""
    rows = np.flatnonzero(wanted)
    met = np.diff(touch.indptr)[rows] > 0
    first = np.zeros(len(rows), np.int64)
    first[met] = area[touch.indices[touch.indptr[rows[met]]]]
    return [(rows[first == number], np.flatnonzero(area == number)) for number in np.unique(first)]


def _tree(block_of: Ints, parent: Ints) -> Tree:
    blocks = len(parent)
    order = np.argsort(block_of, kind="stable")
    count = np.bincount(block_of, minlength=blocks)
    start = np.concatenate([[0], np.cumsum(count)])
    place = np.empty(len(block_of), np.int64)
    place[order] = np.arange(len(order)) - np.repeat(start[:-1], count)
    front = np.zeros(blocks, np.int64)
    for block in range(blocks - 1, -1, -1):
        above = front[parent[block]] if parent[block] >= 0 else 0
        front[block] = count[block] + above
    line = np.concatenate([[0], np.cumsum(front[block_of])])
    return Tree(parent, start, order, front, line, block_of, place)


def latest_below(touch: sp.csr_matrix, tree: Tree, block_of: Ints) -> Ints:
    """Return the lowest block that each knot meets (0 for a knot that meets no row)."""
    by_knot = touch.tocsc()
    lowest = np.zeros(touch.shape[1], np.int64)
    for knot in range(touch.shape[1]):
        rows = by_knot.indices[by_knot.indptr[knot] : by_knot.indptr[knot + 1]]
        if len(rows):
            blocks = block_of[rows]
            lowest[knot] = blocks[np.argmax(tree.front[blocks])]
    return lowest


@compiled()
def gather(curvature: Floats, knot: Ints, total: Floats) -> None:
    """Add the curvature of chunks (chunks, w, w) to that of their knots, as wide or wider."""
    for c in range(len(knot)):
        into, own = total[knot[c]], curvature[c]
        for i in range(len(own)):
            for k in range(i + 1):
                into[i, k] += own[i, k]


@compiled()
def assemble(tree: Tree, knots: Knots, curvature: Floats) -> Floats:
    """Return the curvature in the rows from that of the knots (knots, w, w), lower triangles."""
    flat = np.zeros(tree.line[-1])
    spread = np.empty((knots.column.shape[1], tree.front.max()))
    for knot in range(len(knots.block)):
        own = spread[:, : tree.front[knots.block[knot]]]
        _spread_knot(tree, knots, knot, curvature[knot], own)
        _add_knot(tree, knots, knot, own, flat)
    return flat


@inner
def _spread_knot(tree: Tree, knots: Knots, knot: int, curvature: Floats, spread: Floats) -> None:
    """Fill in curvature × weights: a knot's columns by the rows of its front."""
    spread[:] = 0.0
    size = tree.front[knots.block[knot]]
    for b in range(len(spread)):
        column = knots.column[knot, b]
        if column < 0:
            continue
        for i in range(knots.start[column], knots.start[column + 1]):
            at = size - tree.front[tree.block[knots.row[i]]] + tree.place[knots.row[i]]
            for a in range(len(spread)):
                spread[a, at] += curvature[max(a, b), min(a, b)] * knots.value[i]


@inner
def _add_knot(tree: Tree, knots: Knots, knot: int, spread: Floats, flat: Floats) -> None:
    """Add weightsᵀ × spread to the lines of the rows."""
    size = tree.front[knots.block[knot]]
    for a in range(len(spread)):
        column = knots.column[knot, a]
        if column < 0:
            continue
        for i in range(knots.start[column], knots.start[column + 1]):
            row, weight = knots.row[i], knots.value[i]
            above = size - tree.front[tree.block[row]]
            line, more = flat[tree.line[row] : tree.line[row + 1]], spread[a, above:size]
            for k in range(tree.place[row], len(line)):
                line[k] += weight * more[k]


@inner
def front_rows(tree: Tree, block: int) -> Ints:
    """Return the rows of a block's front, its own first."""
    rows = np.empty(tree.front[block], np.int64)
    n = 0
    while block >= 0:
        for i in range(tree.own_start[block], tree.own_start[block + 1]):
            rows[n] = tree.own[i]
            n += 1
        block = tree.parent[block]
    return rows


@compiled()
def multiply(tree: Tree, flat: Floats, x: Floats) -> Floats:
    """Return curvature · x."""
    y = np.zeros(len(x))
    for block in range(len(tree.parent)):
        rows = front_rows(tree, block)
        for i in range(tree.own_start[block + 1] - tree.own_start[block]):
            line = flat[tree.line[rows[i]] : tree.line[rows[i] + 1]]
            mine = x[rows[i]]
            total = line[i] * mine
            for k in range(i + 1, len(rows)):
                total += line[k] * x[rows[k]]
                y[rows[k]] += line[k] * mine
            y[rows[i]] += total
    return y


def diagonal(tree: Tree, flat: Floats) -> Floats:
    """Return the diagonal of the curvature."""
    found: Floats = flat[tree.line[:-1] + tree.place]
    return found


@compiled()
def solve(tree: Tree, flat: Floats, extra: Floats, right: Floats, fixed: Flags) -> Floats:
    """Solve (curvature + diag(extra))·x = right over the rows that are not fixed; x is 0 there."""
    work, x = flat.copy(), np.where(fixed, 0.0, right)
    for block in range(len(tree.parent)):
        rows = front_rows(tree, block)
        for i in range(tree.own_start[block + 1] - tree.own_start[block]):
            line = work[tree.line[rows[i]] : tree.line[rows[i] + 1]]
            for k in range(i, len(rows)):
                if fixed[rows[i]] or fixed[rows[k]]:
                    line[k] = 0.0
            line[i] += 1.0 if fixed[rows[i]] else extra[rows[i]]
            _eliminate(tree, work, rows, i, x)
    for block in range(len(tree.parent) - 1, -1, -1):
        rows = front_rows(tree, block)
        for i in range(tree.own_start[block + 1] - tree.own_start[block] - 1, -1, -1):
            line = work[tree.line[rows[i]] : tree.line[rows[i] + 1]]
            total = x[rows[i]]
            for k in range(i + 1, len(rows)):
                total -= line[k] * x[rows[k]]
            x[rows[i]] = total / line[i]
    return x


@inner
def _eliminate(tree: Tree, work: Floats, rows: Ints, i: int, x: Floats) -> None:
    """One step of Cholesky: the i-th row of a front leaves, and what it shared stays with others.

    Lines of ancestors hold what their own fronts hold, so what changes goes straight there.
    """
    line = work[tree.line[rows[i]] : tree.line[rows[i] + 1]]
    scale = 1.0 / np.sqrt(max(line[i], TINY))
    for k in range(i, len(rows)):
        line[k] *= scale
    x[rows[i]] *= scale
    for r in range(i + 1, len(rows)):
        a = line[r]
        if a != 0.0:
            row = rows[r]
            x[row] -= a * x[rows[i]]
            rest = work[tree.line[row] + tree.place[row] : tree.line[row + 1]]
            mine = line[r:]
            for k in range(len(rest)):
                rest[k] -= a * mine[k]
