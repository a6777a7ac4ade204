"""A region of a network: some columns of the factor, and the exact linear answer of all else.

A region is a subtree of the elimination tree, hence a run of rows, with the few rows it touches
outside (its border). With A the matrix of the network at rest and Z = A⁻¹, the outside answers
moves of the border by K = (Z at the border)⁻¹ − C, where C is what eliminating the region itself
leaves at the border. The numbers of Z on the pattern of L come from one pass up the factor
(Takahashi, Fagan and Chin, PICA Conference, 1973; Erisman and Tinney, Comm. ACM 18, 1975).
"""

from typing import Any, NamedTuple

import numpy as np

from qaita.engine.flow.batches import Asked
from qaita.engine.flow.compiling import entry, inner
from qaita.engine.flow.model import Model, Start
from qaita.engine.flow.network import Floats, Ints
from qaita.engine.flow.newton import LEAST_PIVOT, Outside


class Tree(NamedTuple):
    """What regions are cut from: the elimination tree, Z, and the matrix at rest."""

    size: Ints  # (n,): rows in the subtree under a row
    pairs: Any  # (n + 1,) int64: where a column's targets begin
    low: Ints  # (m,): the lower row of each link
    inverse: Floats  # (numbers of L,): Z where L has numbers
    inverse_diagonal: Floats  # (n,)
    p: Floats  # (m,): m²/s of the links at rest
    answer: Floats  # (n,): m²/s with which short demands answer at rest
    dead: Ints  # rows without a source, ascending


class Place(NamedTuple):
    """Where a region lies: rows first … last, its plain links, special links and demands.

    `mark` is room for one number a row of the network: the region's row of a border row.
    """

    first: int
    last: int
    plain: int
    plain_end: int
    special: int
    special_end: int
    demand: int
    demand_end: int
    mark: Ints  # (n,)


@entry
def selected_inverse(starts: Any, rows: Any, target: Any, below: Any, pivots: Any) -> Any:
    """Return the numbers of (L·D·Lᵀ)⁻¹ on the pattern of L and on its diagonal.

    `below` are the numbers of L, `pivots` those of D⁻¹.
    """
    n = len(pivots)
    inverse, diagonal = np.zeros(len(rows)), np.zeros(n)
    t = len(target)
    for j in range(n - 1, -1, -1):
        first, end = starts[j], starts[j + 1]
        wide = end - first
        t -= wide * (wide - 1) // 2
        for p in range(first, end):
            inverse[p] = -below[p] * diagonal[rows[p]]
        at = t
        for p in range(first, end):
            for q in range(p + 1, end):
                z = inverse[target[at]]
                at += 1
                inverse[p] -= below[q] * z
                inverse[q] -= below[p] * z
        value = pivots[j]
        for p in range(first, end):
            value -= below[p] * inverse[p]
        diagonal[j] = value
    return inverse, diagonal


class Region(NamedTuple):
    """A region ready to be solved: all that `batches.run` takes."""

    part: Model
    outside: Outside
    known: Start
    asked: Asked


@entry
def cut_region(model: Any, tree: Any, start: Any, place: Any, links: Any) -> Any:
    """Return a region with its links to close; its demands are numbered from place.demand.

    `place.mark` is −1 everywhere before and after.
    """
    n = place.last - place.first + 1
    border = model.rows[model.starts[place.last] : model.starts[place.last + 1]]
    for i in range(len(border)):
        place.mark[border[i]] = n + i
    part, known = _cut(model, tree, start, place, len(border))
    outside = _outside(model, tree, place, part, border)
    for k in range(len(part.from_node)):
        for i in range(len(border)):
            if part.from_node[k] == n + i:
                outside.inflow[i] += known.flow[k]
            if part.to_node[k] == n + i:
                outside.inflow[i] -= known.flow[k]
    for i in range(len(border)):
        outside.rest[i] = start.head[border[i]]
        place.mark[border[i]] = -1
    return Region(part, outside, known, _asked(tree, place, links))


@inner
def _asked(tree: Any, place: Any, links: Any) -> Any:
    a, b = np.searchsorted(tree.dead, place.first), np.searchsorted(tree.dead, place.last + 1)
    dead = tree.dead[a:b] - np.int32(place.first)
    count = len(links)
    local, every = np.empty(count, np.int32), np.empty(count * len(dead), np.int32)
    for x in range(count):
        k = links[x]
        if k < place.plain_end:
            local[x] = k - place.plain
        else:
            local[x] = k - place.special + place.plain_end - place.plain
        every[x * len(dead) : (x + 1) * len(dead)] = dead
    return Asked(local, np.arange(count + 1) * len(dead), every)


@inner
def _picked(column: Any, place: Any) -> Any:
    return np.concatenate(
        (column[place.plain : place.plain_end], column[place.special : place.special_end])
    )


@inner
def _row(x: int, place: Any) -> Any:
    """Return a row's number in the region; −1 for a given head."""
    if x >= len(place.mark):
        return -1
    return x - place.first if x <= place.last else place.mark[x]


@inner
def _cut(model: Any, tree: Any, start: Any, place: Any, borders: int) -> Any:
    """Return the region's model and where it begins."""
    n = place.last - place.first + 1
    starts, rows, target = _pattern(model, tree, place, borders)
    a, b, heads = _ends(model, start, place, borders)
    draw = np.zeros(len(heads))
    draw[:n] = model.draw[place.first : place.last + 1]
    d, e = place.demand, place.demand_end
    part = Model(
        n + borders,
        place.plain_end - place.plain,
        model.law,
        a,
        b,
        _picked(model.kind, place),
        _picked(model.r, place),
        _picked(model.minor, place),
        _picked(model.param, place),
        _slots(model, place, len(rows)),
        starts,
        rows,
        target,
        model.where[d:e] - np.int32(place.first),
        model.demand[d:e].copy(),
        model.least[d:e].copy(),
        model.span,
        model.inverse,
        draw,
        model.curve_starts,
        model.curve_points,
    )
    return part, _known(model, start, place, heads)


@inner
def _known(model: Any, start: Any, place: Any, heads: Any) -> Any:
    d, e = place.demand, place.demand_end
    special, special_end = place.special - model.plain, place.special_end - model.plain
    return Start(
        _picked(start.flow, place),
        heads,
        start.supply[d:e].copy(),
        start.setting[special:special_end].copy(),
        start.short[d:e].copy(),
    )


@inner
def _ends(model: Any, start: Any, place: Any, borders: int) -> Any:
    """Return the links' ends as rows of the region, and the heads of all its rows."""
    n = place.last - place.first + 1
    a, b = _picked(model.from_node, place), _picked(model.to_node, place)
    heads = np.empty(n + borders + 2 * len(a))
    heads[:n] = start.head[place.first : place.last + 1]
    used = n + borders
    for k in range(len(a)):
        for end in (a, b):
            row = _row(end[k], place)
            if row < 0:
                heads[used], row = start.head[end[k]], used
                used += 1
            elif row >= n:
                heads[row] = start.head[end[k]]
            end[k] = row
    return a, b, heads[:used].copy()


@inner
def _slots(model: Any, place: Any, spare: int) -> Any:
    """Return the links' places in the region's L."""
    slot = _picked(model.slot, place)
    first = model.starts[place.first]
    for k in range(len(slot)):
        slot[k] = spare if slot[k] == len(model.rows) else slot[k] - first
    return slot


@inner
def _pattern(model: Any, tree: Any, place: Any, borders: int) -> Any:
    """Return the pattern of L in the region; the border's columns are full."""
    n, o = place.last - place.first + 1, model.starts[place.first]
    inner = model.starts[place.last + 1] - o
    full = borders * (borders - 1) // 2
    starts, rows = np.empty(n + borders + 1, np.int32), np.empty(inner + full, np.int32)
    for j in range(n + 1):
        starts[j] = model.starts[place.first + j] - o
    for p in range(inner):
        rows[p] = _row(model.rows[o + p], place)
    at = inner
    for i in range(borders):
        for j in range(i + 1, borders):
            rows[at] = n + j
            at += 1
        starts[n + i + 1] = at
    first, end = tree.pairs[place.first], tree.pairs[place.last + 1]
    more = borders * (borders - 1) * (borders - 2) // 6
    target = np.empty(end - first + more, np.int32)
    _targets(model.target[first:end], o, n, starts, rows, target)
    return starts, rows, target


@inner
def _targets(old: Any, o: int, n: int, starts: Any, rows: Any, target: Any) -> None:
    t = 0
    for j in range(len(starts) - 1):
        for p in range(starts[j], starts[j + 1]):
            row = rows[p]
            for q in range(p + 1, starts[j + 1]):
                # in full columns the row r stands r − column − 1 places down
                target[t] = old[t] - o if row < n else starts[row] + rows[q] - row - 1
                t += 1


@inner
def _outside(model: Any, tree: Any, place: Any, part: Any, border: Any) -> Any:
    """Return what the outside answers at the border; inflow and rest are filled in later."""
    count, n = len(border), place.last - place.first + 1
    answer = np.zeros((count, count))
    if count:
        for i in range(count):
            answer[i, i] = tree.inverse_diagonal[border[i]]
            for p in range(model.starts[border[i]], model.starts[border[i] + 1]):
                j = place.mark[model.rows[p]] - n
                if j >= 0:
                    answer[i, j] = answer[j, i] = tree.inverse[p]
        answer = np.linalg.inv(answer) - _left_over(tree, place, part, count)
        for i in range(count):
            for j in range(i):
                answer[i, j] = answer[j, i] = 0.5 * (answer[i, j] + answer[j, i])
    return Outside(answer, np.zeros(count), np.zeros(count))


@inner
def _left_over(tree: Any, place: Any, part: Any, count: int) -> Any:
    """Return C: the region's own matrix at rest with its inner rows eliminated."""
    n = place.last - place.first + 1
    below, diagonal = np.zeros(len(part.rows) + 1), np.zeros(len(part.draw))
    diagonal[:n] = tree.answer[place.first : place.last + 1] + LEAST_PIVOT
    p_of = _picked(tree.p, place)
    for k in range(len(p_of)):
        diagonal[part.from_node[k]] += p_of[k]
        diagonal[part.to_node[k]] += p_of[k]
        below[part.slot[k]] -= p_of[k]
    t = 0
    for j in range(n):
        for p in range(part.starts[j], part.starts[j + 1]):
            scaled = below[p] / diagonal[j]
            diagonal[part.rows[p]] -= scaled * below[p]
            for q in range(p + 1, part.starts[j + 1]):
                below[part.target[t]] -= scaled * below[q]
                t += 1
    left = np.zeros((count, count))
    for i in range(count):
        left[i, i] = diagonal[n + i]
        for p in range(part.starts[n + i], part.starts[n + i + 1]):
            j = part.rows[p] - n
            left[i, j] = left[j, i] = below[p]
    return left
