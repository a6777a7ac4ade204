"""Quadtree keys on the web-mercator square: every tile is one key range on a plain B-tree.

Positions are integers of 32 bits over the whole square (about 1 cm at the equator), x to the
east, y to the south, as in EPSG:3857. Two keys are made of them:

- `home_keys`: the Morton number of the level-16 cell in which a point lies, so the points of
  tile z/x/y are one range (`home_range`);
- `covering_keys`: the smallest quadtree cell that holds a whole line with a small margin. A
  cell of level L with Morton number m is written (2m + 1) * 4^(16 - L), after the cell numbers
  of the S2 library (Google, 2011): the descendants of a cell are one range around it, and its
  ancestors are at most 16 single numbers. Hence one row per line, one query per tile, and no
  line is lost at a seam.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LEVEL = 16
WORLD = 1 << 32
CELL_BITS = 32 - LEVEL
# Half the widest line we draw at z13 (4 px of 512), in positions: it must show in both tiles.
MARGIN = 1 << (CELL_BITS - 4)
MAX_LATITUDE_DEG = 85.05112877980659
_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def positions(lon_deg: Any, lat_deg: Any) -> tuple[Ints, Ints]:
    """Return web-mercator positions of degrees (EPSG:3857 formulas, scaled to 2^32)."""
    lon = np.asarray(lon_deg, np.float64)
    lat = np.clip(np.asarray(lat_deg, np.float64), -MAX_LATITUDE_DEG, MAX_LATITUDE_DEG)
    sine = np.sin(np.radians(lat))
    x = (lon + 180.0) / 360.0
    y = 0.5 - np.log((1.0 + sine) / (1.0 - sine)) / (4.0 * np.pi)
    top = WORLD - 1
    return (
        np.clip(x * WORLD, 0, top).astype(np.int64),
        np.clip(y * WORLD, 0, top).astype(np.int64),
    )


def degrees(x: Any, y: Any) -> tuple[Floats, Floats]:
    """Return longitude and latitude in degrees of positions: the inverse of `positions`."""
    lon = np.asarray(x, np.float64) / WORLD * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * np.asarray(y, np.float64) / WORLD))))
    return lon, lat


def _spread(value: Ints) -> NDArray[np.uint64]:
    spread = value.astype(np.uint64)
    for shift, mask in _SPREAD:
        spread = (spread | (spread << np.uint64(shift))) & np.uint64(mask)
    return spread


def morton(x: Any, y: Any) -> Ints:
    """Return the Morton number (bits of x and y in turn) of whole numbers below 2^31."""
    east, south = np.asarray(x, np.int64), np.asarray(y, np.int64)
    return (_spread(east) | (_spread(south) << np.uint64(1))).astype(np.int64)


def unmorton(key: Any) -> tuple[Ints, Ints]:
    """Return the x and y of Morton numbers: the inverse of `morton`."""
    keys = np.asarray(key, np.uint64)
    return _gather(keys), _gather(keys >> np.uint64(1))


def _gather(value: NDArray[np.uint64]) -> Ints:
    whole = value & np.uint64(0x5555555555555555)
    for shift, mask in (
        (1, 0x3333333333333333),
        (2, 0x0F0F0F0F0F0F0F0F),
        (4, 0x00FF00FF00FF00FF),
        (8, 0x0000FFFF0000FFFF),
        (16, 0x00000000FFFFFFFF),
    ):
        whole = (whole | (whole >> np.uint64(shift))) & np.uint64(mask)
    return whole.astype(np.int64)


def home_keys(x: Any, y: Any) -> Ints:
    """Return the level-16 Morton numbers of positions."""
    return morton(np.asarray(x, np.int64) >> CELL_BITS, np.asarray(y, np.int64) >> CELL_BITS)


def home_range(z: int, x: int, y: int) -> tuple[int, int]:
    """Return the first and last home key inside tile z/x/y (z up to 16)."""
    shift = 2 * (LEVEL - z)
    key = int(morton(x, y))
    return key << shift, ((key + 1) << shift) - 1


def covering_keys(west: Any, north: Any, east: Any, south: Any) -> Ints:
    """Return the covering key of boxes given in positions (north is the smaller y)."""
    top = WORLD - 1
    x0 = np.clip(np.asarray(west, np.int64) - MARGIN, 0, top) >> CELL_BITS
    y0 = np.clip(np.asarray(north, np.int64) - MARGIN, 0, top) >> CELL_BITS
    x1 = np.clip(np.asarray(east, np.int64) + MARGIN, 0, top) >> CELL_BITS
    y1 = np.clip(np.asarray(south, np.int64) + MARGIN, 0, top) >> CELL_BITS
    differ = ((x0 ^ x1) | (y0 ^ y1)).astype(np.float64)
    # frexp's exponent is the number of bits in which the corners' cells still differ
    up = np.frexp(differ)[1].astype(np.int64)
    return (2 * morton(x0 >> up, y0 >> up) + 1) << (2 * up)


def covering_range(z: int, x: int, y: int) -> tuple[int, int, list[int]]:
    """Return first and last covering key inside tile z/x/y, and the single keys above it."""
    key = int(morton(x, y))
    half = 1 << (2 * (LEVEL - z))
    middle = (2 * key + 1) * half
    above = [(2 * (key >> (2 * up)) + 1) << (2 * (LEVEL - z + up)) for up in range(1, z + 1)]
    return middle - half + 1, middle + half - 1, above
