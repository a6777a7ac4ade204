"""Sections of network as tile lines: clipped at the tile, small enough to travel."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qaita.engine.tiles.drawing import draw, features
from qaita.engine.tiles.wire import layer

Ints = NDArray[np.int64]

SIZE_CAP_BYTES = 150_000
WHOLE_LIMIT = 6_000  # above this many lines their codes alone would break the cap
MAX_VALUE = 127
KEYS = ("class", "wear", "state", "code")
_NO_CODE = -1
_TENTH = 10
_COARSEST = 10  # a grid of four steps to a tile: nothing is coarser


@dataclass(frozen=True)
class Lines:
    """Lines in positions (see `keys`) with what is shown of them.

    `starts` has one entry more than there are lines: line i owns points starts[i]:starts[i+1].
    `kind`, `wear_percent` and `state` are whole numbers 0…127; `codes` are public codes.
    """

    x: Ints
    y: Ints
    starts: Ints
    kind: Ints
    wear_percent: Ints
    state: Ints
    codes: Sequence[str]


class Tile(NamedTuple):
    """A finished tile: its bytes as gzip, how many lines it shows, whether they were merged."""

    gz: bytes
    lines: int
    merged: bool


def line_tile(z: int, x: int, y: int, lines: Lines, cap_bytes: int = SIZE_CAP_BYTES) -> Tile:
    """Return tile z/x/y of the lines, gzipped, never above `cap_bytes`.

    Lines are clipped to the tile and a margin of 64/4096 of it. While the whole tile fits, every
    line is a feature with its code. Otherwise lines of one class, tenth of wear and state become
    one multi-line, on a grid twice, four, … times as coarse until the tile fits; the code is then
    left out and a reader comes closer to pick one section.
    """
    count = len(lines.kind)
    if count <= WHOLE_LIMIT:
        packed = _gzip(whole_lines(z, x, y, lines))
        if len(packed) <= cap_bytes:
            return Tile(packed, count, merged=False)
    for coarse in range(_COARSEST + 1):
        packed = _gzip(merged_lines(z, x, y, lines, coarse))
        if len(packed) <= cap_bytes:
            break
    return Tile(packed, count, merged=True)


def _gzip(raw: bytes) -> bytes:
    return gzip.compress(raw, 5, mtime=0)


def _tags(lines: Lines) -> Ints:
    return np.stack([lines.kind, lines.wear_percent, lines.state], 1).clip(0, MAX_VALUE)


def whole_lines(z: int, x: int, y: int, lines: Lines) -> bytes:
    """Return the layer with a feature and a code for every line."""
    order = np.arange(len(lines.kind), dtype=np.int64)
    commands, spans = draw((z, x, y), (lines.x, lines.y, lines.starts), order, order)
    body = features(commands, spans, _tags(lines), order + MAX_VALUE + 1)
    return layer("sections", body, KEYS, [*range(MAX_VALUE + 1), *lines.codes])


def merged_lines(z: int, x: int, y: int, lines: Lines, coarse: int) -> bytes:
    """Return the layer with one multi-line for each class, tenth of wear and state."""
    if not len(lines.kind):
        return b""
    tags = _tags(lines)
    tags[:, 1] = np.minimum(tags[:, 1] // _TENTH * _TENTH + _TENTH // 2, 95)
    order = np.lexsort((tags[:, 2], tags[:, 1], tags[:, 0]))
    tags = tags[order]
    new = np.r_[True, (np.diff(tags, axis=0) != 0).any(1)]
    group = np.cumsum(new) - 1
    geometry = (lines.x, lines.y, lines.starts)
    commands, spans = draw((z, x, y), geometry, order, group, coarse=coarse)
    first = np.flatnonzero(new)
    codes = np.full(len(first), _NO_CODE, np.int64)
    body = features(commands, np.r_[spans[first], spans[-1]], tags[first], codes)
    return layer("sections", body, KEYS, range(MAX_VALUE + 1))
