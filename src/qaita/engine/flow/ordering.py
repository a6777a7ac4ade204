"""In which order nodes are eliminated, and which numbers of the factor then are not 0.

For a symmetric matrix A = L·D·Lᵀ. The order is the minimum degree of AᵀA + A that SciPy's SuperLU
computes, put into postorder so that every subtree of the elimination tree is a run of columns
(Liu, SIAM J. Matrix Anal. Appl. 11, 1990). Water networks are nearly trees: L has about two
numbers a node.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spl

from qaita.engine.compiling import NO, compiled, inner
from qaita.engine.flow.network import Ints


@dataclass(frozen=True)
class Order:
    """Columns of L below the diagonal, and where each pair of a column's numbers is subtracted.

    Column j has rows[starts[j]:starts[j+1]], ascending. For its pairs p < q of entries, in turn,
    target is the place of (row of q, row of p) in L.
    """

    place: Ints  # (n,): the column of a node
    starts: Ints  # (n + 1,)
    rows: Ints
    target: Ints
    parent: Ints  # (n,): the elimination tree, −1 at a root
    size: Ints  # (n,): columns in the subtree under a column, itself included


def order_of(nodes: int, a: Any, b: Any) -> Order:
    """Return the order for a matrix with entries at (a, b) and on the diagonal."""
    a, b = np.asarray(a, np.int64), np.asarray(b, np.int64)
    first = _minimum_degree(nodes, a, b)
    starts, rows = _columns(nodes, first[a], first[b])
    again = _postorder(_parents(nodes, starts, rows))
    place = again[first]
    starts, rows = _columns(nodes, place[a], place[b])
    parent = _parents(nodes, starts, rows)
    target = _targets(starts, rows)
    return Order(
        place.astype(np.int32), starts, rows, target, parent.astype(np.int32), _sizes(parent)
    )


def _minimum_degree(nodes: int, a: Any, b: Any) -> Any:
    ends = (np.concatenate([a, b]), np.concatenate([b, a]))
    links = sp.coo_matrix((-np.ones(2 * len(a)), ends), shape=(nodes, nodes)).tocsc()
    links.data[:] = -1.0
    whole = (links + sp.diags_array(1.0 - np.asarray(links.sum(0)).ravel())).tocsc()
    options = {"SymmetricMode": True}
    found = spl.splu(whole, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
    return np.asarray(found.perm_c, np.int64)


def _columns(nodes: int, a: Any, b: Any) -> Any:
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.argsort(low, kind="stable")
    begin = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(low, minlength=nodes), out=begin[1:])
    return _fill_in(begin, high[order])


@compiled()
def _fill_in(begin: Any, high: Any) -> Any:
    """Column j holds its own entries and those of its children that lie below j."""
    nodes = len(begin) - 1
    starts = np.zeros(nodes + 1, np.int32)
    rows = np.empty(max(4 * len(high), 16), np.int32)
    mark = np.full(nodes, -1, np.int64)
    child, brother = np.full(nodes, -1, np.int64), np.full(nodes, -1, np.int64)
    used = NO
    for j in range(nodes):
        if used + nodes - j > len(rows):
            more = np.empty(2 * len(rows) + nodes, np.int32)
            for i in range(used):
                more[i] = rows[i]
            rows = more
        first = used
        mark[j] = j
        used = _take(high, begin[j], begin[j + 1], j, mark, rows, used)
        c = child[j]
        while c >= 0:
            used = _take(rows, starts[c], starts[c + 1], j, mark, rows, used)
            c = brother[c]
        rows[first:used].sort()
        starts[j + 1] = used
        if used > first:
            up = rows[first]
            brother[j], child[up] = child[up], j
    return starts, rows[:used].copy()


@inner
def _take(from_: Any, begin: int, end: int, j: int, mark: Any, rows: Any, used: int) -> int:  # noqa: PLR0913  # compiled inline
    for i in range(begin, end):
        row = from_[i]
        if mark[row] != j:
            mark[row] = j
            rows[used] = row
            used += 1
    return used


def _parents(nodes: int, starts: Any, rows: Any) -> Any:
    parent = np.full(nodes, -1, np.int64)
    inner = starts[1:] > starts[:-1]
    parent[inner] = rows[starts[:-1][inner]]
    return parent


@compiled()
def _sizes(parent: Any) -> Any:
    size = np.ones(len(parent), np.int32)
    for j in range(len(parent)):
        if parent[j] >= 0:
            size[parent[j]] += size[j]
    return size


@compiled()
def _postorder(parent: Any) -> Any:
    """Number columns anew so that a subtree is a run that ends with its root."""
    nodes = len(parent)
    size = _sizes(parent)
    last, room = np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    free = nodes - 1
    for j in range(nodes - 1, -1, -1):
        up = parent[j]
        if up < 0:
            last[j] = free
            free -= size[j]
        else:
            last[j] = room[up]
            room[up] -= size[j]
        room[j] = last[j] - 1
    return last


@compiled()
def _targets(starts: Any, rows: Any) -> Any:
    count = 0
    for j in range(len(starts) - 1):
        wide = starts[j + 1] - starts[j]
        count += wide * (wide - 1) // 2
    target = np.empty(count, np.int32)
    t = 0
    for j in range(len(starts) - 1):
        for p in range(starts[j], starts[j + 1]):
            at = starts[rows[p]]
            for q in range(p + 1, starts[j + 1]):
                while rows[at] != rows[q]:
                    at += 1
                target[t] = at
                t += 1
    return target
