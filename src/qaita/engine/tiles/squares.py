"""Wear at a glance for low zooms: one square for each small cell, coloured by mean wear."""

import gzip
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaita.engine.tiles.drawing import POLYGON, features
from qaita.engine.tiles.keys import LEVEL, unmorton
from qaita.engine.tiles.wire import EXTENT, layer

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FINER = 6  # squares are cells six levels below their tile: 64 across
KEYS = ("wear", "past", "km")
MAX_VALUE = 127
_GAP = 14  # a fourteenth of the cell stays free on each side
_CLOSE_PATH = 15
_FULL_KM = 12.0  # length in a level-14 cell that is drawn at full strength


@dataclass(frozen=True)
class Points:
    """Sections as points: home key in rising order, wear 0…1, past norm 0 or 1, length in m."""

    home_key: Ints
    wear_share: Floats
    past_norm: Floats
    length_m: Floats


def square_tile(z: int, x: int, y: int, points: Points) -> bytes:
    """Return tile z/x/y, gzipped: squares with wear and share past norm in percent.

    Both are means by length over the sections whose home lies in the cell; a section counts
    whole where its home is. `km` is 1…127, the density of network, for the strength of colour.
    """
    return gzip.compress(square_layer(z, x, y, points), 5, mtime=0)


def square_layer(z: int, x: int, y: int, points: Points) -> bytes:
    """Return the layer of squares of tile z/x/y (z up to 16)."""
    if not len(points.home_key):
        return b""
    level = min(LEVEL, z + FINER)
    cell = points.home_key >> (2 * (LEVEL - level))
    first = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
    length = np.maximum(np.add.reduceat(points.length_m, first), 1e-9)
    wear = np.add.reduceat(points.wear_share * points.length_m, first) / length
    past = np.add.reduceat(points.past_norm * points.length_m, first) / length
    dense = length / 1000.0 * 4.0 ** (level - 14) / _FULL_KM * MAX_VALUE
    tags = np.stack([wear * 100.0, past * 100.0, np.maximum(dense, 1.0)], 1)
    whole = tags.round().clip(0, MAX_VALUE).astype(np.int64)
    commands, spans = draw_squares(cell[first], level, (z, x, y))
    body = features(commands, spans, whole, np.full(len(whole), -1, np.int64), shape=POLYGON)
    return layer("cells", body, KEYS, range(MAX_VALUE + 1))


def draw_squares(cells: Ints, level: int, tile: tuple[int, int, int]) -> tuple[Ints, Ints]:
    """Return the geometry commands of cells of a level (Morton numbers), and where each begins."""
    z, x, y = tile
    side = EXTENT >> (level - z)
    gap = max(1, side // _GAP)
    edge = side - 2 * gap
    east, south = unmorton(cells)
    left = (east - (x << (level - z))) * side + gap
    top = (south - (y << (level - z))) * side + gap
    zero = np.zeros_like(left)
    # move-to, line-to three times: right, down, left; close. Clockwise on the screen: an outer ring
    legs = [zero + 9, 2 * left, 2 * top, zero + 26, zero + 2 * edge, zero]
    legs += [zero, zero + 2 * edge, zero + 2 * edge - 1, zero, zero + _CLOSE_PATH]
    commands = np.stack(legs, 1)
    return commands.ravel(), np.arange(len(cells) + 1, dtype=np.int64) * commands.shape[1]
