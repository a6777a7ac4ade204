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
from numba import njit
from scipy.sparse.csgraph import connected_components

from qaita.engine.plan.national.packs import Flags, Floats, Ints

TIER = 4.0  # rows that meet up to so many times more knots stand on the same level
TINY = 1e-300


class Tree(NamedTuple):
    """Blocks of rows, children before parents."""

    parent: Ints  # (blocks,), −1 for a root
    own_start: Ints  # (blocks + 1,) into `own`
    own: Ints  # rows, block by block
    front: Ints  # (blocks,): own rows and those of all ancestors
    matrix_start: Ints  # (blocks + 1,) into flat storage of front × front
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
    matrix = np.concatenate([[0], np.cumsum(front * front)])
    return Tree(parent, start, order, front, matrix, block_of, place)


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


@njit(cache=True)
def assemble(tree: Tree, knots: Knots, curvature: Floats) -> Floats:
    """Return the curvature in the rows, block by block, from that of the knots (knots, w, w)."""
    flat = np.zeros(tree.matrix_start[-1])
    for knot in range(len(knots.block)):
        block = knots.block[knot]
        _add_knot(tree, knots, knot, curvature[knot], flat[tree.matrix_start[block] :])
    return flat


@njit(cache=True)
def _add_knot(tree: Tree, knots: Knots, knot: int, curvature: Floats, flat: Floats) -> None:
    size = tree.front[knots.block[knot]]
    for a in range(knots.column.shape[1]):
        left = knots.column[knot, a]
        for b in range(knots.column.shape[1]):
            right = knots.column[knot, b]
            c = curvature[a, b]
            if left < 0 or right < 0 or c == 0.0:
                continue
            for i in range(knots.start[left], knots.start[left + 1]):
                at = (size - tree.front[tree.block[knots.row[i]]] + tree.place[knots.row[i]]) * size
                weight = c * knots.value[i]
                for k in range(knots.start[right], knots.start[right + 1]):
                    row = knots.row[k]
                    to = size - tree.front[tree.block[row]] + tree.place[row]
                    flat[at + to] += weight * knots.value[k]


@njit(cache=True)
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


@njit(cache=True)
def multiply(tree: Tree, flat: Floats, x: Floats) -> Floats:
    """Return curvature · x."""
    y = np.zeros(len(x))
    for block in range(len(tree.parent)):
        rows = front_rows(tree, block)
        size = len(rows)
        start = tree.matrix_start[block]
        for i in range(size):
            total = 0.0
            for k in range(size):
                total += flat[start + i * size + k] * x[rows[k]]
            y[rows[i]] += total
    return y


@njit(cache=True)
def diagonal(tree: Tree, flat: Floats, rows: int) -> Floats:
    """Return the diagonal of the curvature."""
    found = np.zeros(rows)
    for block in range(len(tree.parent)):
        at = front_rows(tree, block)
        start = tree.matrix_start[block]
        for i in range(len(at)):
            found[at[i]] += flat[start + i * len(at) + i]
    return found


@njit(cache=True)
def solve(tree: Tree, flat: Floats, extra: Floats, right: Floats, fixed: Flags) -> Floats:
    """Solve (curvature + diag(extra))·x = right over the rows that are not fixed; x is 0 there."""
    work = flat.copy()
    extra = np.where(fixed, 1.0, extra)
    right = np.where(fixed, 0.0, right)
    side = np.zeros(tree.matrix_start[-1])  # the right side of each front, in its first row
    for block in range(len(tree.parent)):
        rows = front_rows(tree, block)
        size = len(rows)
        own = tree.own_start[block + 1] - tree.own_start[block]
        start = tree.matrix_start[block]
        matrix = work[start : start + size * size].reshape(size, size)
        vector = side[start : start + size]
        _take_out(matrix, rows, fixed)
        _settle(matrix, vector, rows[:own], extra, right)
        _eliminate(matrix, vector, own)
        if tree.parent[block] >= 0:
            above = tree.matrix_start[tree.parent[block]]
            rest = size - own
            for i in range(rest):
                side[above + i] += vector[own + i]
                for k in range(i + 1):
                    work[above + i * rest + k] += matrix[own + i, own + k]
    return _back(tree, work, side, fixed)


@njit(cache=True)
def _take_out(matrix: Floats, rows: Ints, fixed: Flags) -> None:
    """Empty the rows and columns of fixed rows."""
    for i in range(len(rows)):
        for k in range(i + 1):
            if fixed[rows[i]] or fixed[rows[k]]:
                matrix[i, k] = 0.0


@njit(cache=True)
def _settle(matrix: Floats, vector: Floats, own: Ints, extra: Floats, right: Floats) -> None:
    """Give a front's own rows their diagonal and right side."""
    for i in range(len(own)):
        matrix[i, i] += extra[own[i]]
        vector[i] += right[own[i]]


@njit(cache=True)
def _eliminate(matrix: Floats, vector: Floats, count: int) -> None:
    """Cholesky of the first `count` rows in place; the rest becomes the Schur complement."""
    size = len(vector)
    for j in range(count):
        scale = 1.0 / np.sqrt(max(matrix[j, j], TINY))
        for i in range(j, size):
            matrix[i, j] *= scale
        vector[j] *= scale
        for i in range(j + 1, size):
            a = matrix[i, j]
            if a != 0.0:
                vector[i] -= a * vector[j]
                for k in range(j + 1, i + 1):
                    matrix[i, k] -= a * matrix[k, j]


@njit(cache=True)
def _back(tree: Tree, work: Floats, side: Floats, fixed: Flags) -> Floats:
    x = np.zeros(len(fixed))
    for block in range(len(tree.parent) - 1, -1, -1):
        rows = front_rows(tree, block)
        size = len(rows)
        own = tree.own_start[block + 1] - tree.own_start[block]
        start = tree.matrix_start[block]
        for i in range(own - 1, -1, -1):
            total = side[start + i]
            for k in range(i + 1, size):
                total -= work[start + k * size + i] * x[rows[k]]
            x[rows[i]] = total / work[start + i * size + i]
    for i in range(len(x)):
        if fixed[i]:
            x[i] = 0.0
    return x
