"""Packages of different networks that run side by side: streets that can be dug once.

Every package's line is cut into pieces of about PIECE metres; the middles of the pieces are put
into a grid of cells as wide as the reach. A piece runs beside another package when one of that
package's middles is within reach. A pair runs together over most of the shorter one, when the
pieces of it beside the other make up the asked share of it. Pairs that share a package make a
group: heat, water and sewers of one street are dug once together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaita.engine.compiling import compiled, inner
from qaita.engine.packing.streets import Floats, Ints

PIECE_M = 12.0
METRES_A_DEGREE = 111_320.0
TO_DEGREES = 1e-7
ROW = 1 << 32
Points = NDArray[np.int32]
Lines = tuple[Points, Points, Ints]
FEW = 64  # packages beside one piece at most


@compiled()
def middles(
    lines: Lines, section: Ints, owner: Ints, piece_m: float
) -> tuple[Floats, Floats, Ints, Floats]:
    """Return lon and lat (degrees) of every piece's middle, its package and its length, metres.

    `lines`: lon, lat (1e-7 degrees) and where each section's points begin; `section` and `owner`
    list the sections of packages.
    """
    lon, lat, line = lines
    total = 0
    for fill in range(2):
        if fill == 0:
            east, north = np.empty(0), np.empty(0)
            package, length = np.empty(0, np.int64), np.empty(0)
        else:
            east, north = np.empty(total), np.empty(total)
            package, length = np.empty(total, np.int64), np.empty(total)
        at = 0
        for k in range(len(section)):
            for i in range(line[section[k]], line[section[k] + 1] - 1):
                x, y = lon[i] * TO_DEGREES, lat[i] * TO_DEGREES
                dx, dy = (lon[i + 1] - lon[i]) * TO_DEGREES, (lat[i + 1] - lat[i]) * TO_DEGREES
                metres = METRES_A_DEGREE * np.hypot(dx * np.cos(np.radians(y)), dy)
                pieces = max(int(np.ceil(metres / piece_m)), 1)
                for n in range(pieces if fill else 0):
                    part = (n + 0.5) / pieces
                    east[at + n], north[at + n] = x + part * dx, y + part * dy
                    package[at + n], length[at + n] = owner[k], metres / pieces
                at += pieces
        total = at
    return east, north, package, length


@inner
def _cell(east: float, row: int, reach_m: float) -> int:
    """Return the key of the cell in a row of the grid."""
    scale = METRES_A_DEGREE * np.cos(np.radians((row + 0.5) * reach_m / METRES_A_DEGREE))
    return row * ROW + int(np.floor(east * scale / reach_m))


@compiled()
def cells(east: Floats, north: Floats, reach_m: float) -> Ints:
    """Return the key of the cell of every point."""
    keys = np.empty(len(east), np.int64)
    for i in range(len(east)):
        keys[i] = _cell(east[i], int(np.floor(north[i] * METRES_A_DEGREE / reach_m)), reach_m)
    return keys


@compiled()
def beside(points: tuple[Floats, Floats, Ints, Ints, Ints], reach_m: float) -> tuple[Ints, Ints]:
    """Return (point, package) pairs: each point with every package of another kind near it.

    `points`: east, north, package, kind and cell key of every point, sorted by key.
    """
    size, found = 1024, 0
    at, near = np.empty(size, np.int64), np.empty(size, np.int64)
    seen = np.empty(FEW, np.int64)
    for i in range(len(points[0])):
        count = _near(i, points, reach_m, seen)
        if found + count > size:
            size *= 2
            at, near = _longer(at, size), _longer(near, size)
        for n in range(count):
            at[found + n], near[found + n] = i, seen[n]
        found += count
    return at[:found], near[:found]


@inner
def _longer(values: Ints, size: int) -> Ints:
    grown = np.empty(size, np.int64)
    grown[: len(values)] = values
    return grown


@inner
def _near(
    i: int, points: tuple[Floats, Floats, Ints, Ints, Ints], reach_m: float, seen: Ints
) -> int:
    """Fill `seen` with the packages of other kinds within reach of point i; return how many."""
    east, north, package, kind, key = points
    home = int(np.floor(north[i] * METRES_A_DEGREE / reach_m))
    count = 0
    for row in range(home - 1, home + 2):
        middle = _cell(east[i], row, reach_m)
        for j in range(np.searchsorted(key, middle - 1), len(key)):
            if key[j] > middle + 1:
                break
            if kind[j] == kind[i] or count == FEW or not _reaches(i, j, points, reach_m):
                continue
            is_new = True
            for n in range(count):
                is_new = is_new and seen[n] != package[j]
            if is_new:
                seen[count] = package[j]
                count += 1
    return count


@inner
def _reaches(
    i: int, j: int, points: tuple[Floats, Floats, Ints, Ints, Ints], reach_m: float
) -> bool:
    east, north = points[0], points[1]
    dx = (east[i] - east[j]) * np.cos(np.radians(north[i]))
    return bool(np.hypot(dx, north[i] - north[j]) * METRES_A_DEGREE <= reach_m)


def crowded(east: Floats, north: Floats, kind: Ints, reach_m: float) -> NDArray[np.bool_]:
    """Tell which points lie in a coarse cell, or beside one, that holds more than one kind.

    A quick sieve: two kinds within reach are always kept.
    """
    if not len(east):
        return np.zeros(0, dtype=bool)
    coarse = 32 * reach_m
    keep = np.zeros(len(east), dtype=bool)
    for shift in (0.0, 0.5):
        degrees = shift * coarse / METRES_A_DEGREE
        for along in (0.0, 0.5):
            # one scale for all rows here: the middle of each row's own latitude would tear cells
            scaled = east + along * coarse / METRES_A_DEGREE / np.cos(np.radians(north))
            key = cells(scaled, north + degrees, coarse)
            order = np.argsort(key, kind="stable")
            begins = np.flatnonzero(np.diff(key[order], prepend=key[order[0]] - 1))
            least = np.minimum.reduceat(kind[order], begins)
            most = np.maximum.reduceat(kind[order], begins)
            sizes = np.diff(np.append(begins, len(order)))
            keep[order] |= np.repeat(least != most, sizes)
    return keep


@dataclass(frozen=True)
class Together:
    """Packages that run together, none of one kind, each in one group at most.

    `member` (groups, most): packages in rising order, −1 where a group has fewer; `beside_m`
    (groups, most, most): metres of one member that lie beside another.
    """

    member: Ints
    beside_m: Floats


def run_together(
    lines: Lines,
    listed: tuple[Ints, Ints],
    kind: Ints,
    *,
    bounds: tuple[float, float],
    most: int,
) -> Together:
    """Return groups of up to `most` packages that run together.

    `listed`: sections and the package of each; `kind` (packages,): packages of one kind (network
    or service) are never in one group; `bounds`: the reach in metres, and the share of the shorter
    of two packages that must lie within reach of the other. The longest pairs are grouped first; a
    package joins the group of whichever it runs beside the longest.
    """
    reach_m, share = bounds
    east, north, package, length = middles(lines, *listed, PIECE_M)
    whole = np.bincount(package, length, len(kind)).astype(np.float64)
    kept = np.flatnonzero(crowded(east, north, kind[package], reach_m))
    key = cells(east[kept], north[kept], reach_m)
    kept, key = kept[np.argsort(key, kind="stable")], np.sort(key, kind="stable")
    points = (east[kept], north[kept], package[kept], kind[package[kept]], key)
    at, near = beside(points, reach_m)
    pair = points[2][at] * len(whole) + near
    found, place = np.unique(pair, return_inverse=True)
    metres = np.bincount(place, length[kept][at], len(found)).astype(np.float64)
    groups = _grouped(_long_pairs(found, metres, whole, share), kind, most)
    return _measured(groups, found, metres, (len(whole), most))


def _long_pairs(found: Ints, metres: Floats, whole: Floats, share: float) -> list[tuple[int, int]]:
    """Return the pairs that run together over enough of the shorter one, the longest first."""
    first, second = np.divmod(found, len(whole))
    shorter = (whole[first] < whole[second]) | ((whole[first] == whole[second]) & (first < second))
    enough = shorter & (metres >= share * whole[first])
    first, second, metres = first[enough], second[enough], metres[enough]
    order = np.lexsort((second, first, -metres))
    return list(zip(first[order].tolist(), second[order].tolist(), strict=True))


def _grouped(pairs: Sequence[tuple[int, int]], kind: Ints, most: int) -> list[list[int]]:
    """Group pairs as they come: a package joins a group that has room and none of its kind."""
    group_of: dict[int, list[int]] = {}
    groups: list[list[int]] = []
    for a, b in pairs:
        own = group_of.get(a, group_of.get(b))
        if own is None:
            groups.append([a, b])
            group_of[a] = group_of[b] = groups[-1]
            continue
        new = b if a in group_of else a
        if new in group_of or len(own) == most or kind[new] in kind[own]:
            continue
        own.append(new)
        group_of[new] = own
    return sorted(sorted(group) for group in groups)


def _measured(
    groups: Sequence[Sequence[int]], found: Ints, metres: Floats, sizes: tuple[int, int]
) -> Together:
    """Look up how many metres of each member lie beside each other one."""
    packages, most = sizes
    member = np.full((len(groups), most), -1, np.int64)
    for n, group in enumerate(groups):
        member[n, : len(group)] = group
    wanted = member[:, :, None] * packages + member[:, None, :]
    both = (member[:, :, None] >= 0) & (member[:, None, :] >= 0)
    place = np.minimum(np.searchsorted(found, wanted), max(len(found) - 1, 0))
    known = both & (found[place] == wanted) if len(found) else np.zeros(wanted.shape, bool)
    beside_m = np.zeros(wanted.shape)
    beside_m[known] = metres[place[known]]
    return Together(member, beside_m)
