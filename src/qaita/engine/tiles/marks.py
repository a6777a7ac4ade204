"""Things with a mark (a year, a kind of change) at a glance: the mark that is most in each cell."""

import gzip
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaita.engine.tiles.drawing import POLYGON, features
from qaita.engine.tiles.keys import LEVEL, home_range
from qaita.engine.tiles.squares import MAX_VALUE, draw_squares
from qaita.engine.tiles.wire import layer

Ints = NDArray[np.int64]

COARSER = 5  # cells five levels below their tile: 32 across, wide enough for a finger
KEYS = ("mark", "share", "count")


@dataclass(frozen=True)
class MarkedPoints:
    """Points by home key in rising order, each with a mark 1…127."""

    home_key: Ints
    mark: Ints


def mark_tile(z: int, x: int, y: int, points: MarkedPoints, shown: Ints) -> bytes:
    """Return tile z/x/y, gzipped: a square where points lie, with the mark most of them have.

    Only the marks `shown` count. `share` is that mark's share of the cell's points in percent,
    `count` how many points there are, at most 127.
    """
    low, high = home_range(z, x, y)
    part = slice(
        int(np.searchsorted(points.home_key, low)),
        int(np.searchsorted(points.home_key, high, side="right")),
    )
    keep = np.isin(points.mark[part], shown)
    keys, marks = points.home_key[part][keep], points.mark[part][keep]
    return gzip.compress(_layer((z, x, y), keys, marks), 5, mtime=0)


def _layer(tile: tuple[int, int, int], keys: Ints, marks: Ints) -> bytes:
    if not len(keys):
        return b""
    level = min(LEVEL, tile[0] + COARSER)
    cell = keys >> (2 * (LEVEL - level))
    pairs, count = np.unique(np.stack([cell, marks], axis=1), axis=0, return_counts=True)
    # the most frequent mark of each cell, the smallest of those that are equal
    order = np.lexsort((pairs[:, 1], -count, pairs[:, 0]))
    first = np.flatnonzero(np.r_[True, np.diff(pairs[order, 0]) != 0])
    best, whole = order[first], np.add.reduceat(count[order], first)
    tags = np.stack([pairs[best, 1], 100 * count[best] // whole, whole], axis=1)
    commands, spans = draw_squares(pairs[best, 0], level, tile)
    none = np.full(len(best), -1, np.int64)
    body = features(commands, spans, tags.clip(0, MAX_VALUE).astype(np.int64), none, shape=POLYGON)
    return layer("cells", body, KEYS, range(MAX_VALUE + 1))
