"""Lines out of the compact bytes in which rooms store them, many at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaita.engine.compiling import compiled
from qaita.engine.tiles.keys import positions

Ints = NDArray[np.int64]


def read_packed(blobs: Sequence[bytes | memoryview]) -> tuple[Ints, Ints, Ints]:
    """Return lon and lat in 1e-7 degrees of all points, and `starts` (one more than lines).

    A blob is a line's points lon, lat, lon, lat, …: each number is the difference to the one
    before it on the same axis, zig-zag coded, seven bits to a byte (the varints of protobuf).
    """
    sizes = np.fromiter((len(blob) for blob in blobs), np.int64, len(blobs))
    joined = np.frombuffer(b"".join(blobs), np.uint8)
    ends = np.cumsum(sizes)
    numbers = np.empty(len(joined), np.int64)
    counts = np.empty(len(blobs), np.int64)
    used = _unpack(joined, ends, numbers, counts)
    starts = np.zeros(len(blobs) + 1, np.int64)
    np.cumsum(counts // 2, out=starts[1:])
    pairs = numbers[:used].reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy(), starts


def line_positions(blobs: Sequence[bytes | memoryview]) -> tuple[Ints, Ints, Ints]:
    """Return web-mercator positions of all points of packed lines, and `starts`."""
    lon, lat, starts = read_packed(blobs)
    x, y = positions(lon / 1e7, lat / 1e7)
    return x, y, starts


@compiled()
def _unpack(joined: Any, ends: Any, numbers: Any, counts: Any) -> Any:
    value: Any = 0
    at, byte = 0, 0
    for line in range(len(ends)):
        begin = at
        last_even, last_odd = 0, 0
        value, shift = 0, 0
        while byte < ends[line]:
            value |= (np.int64(joined[byte]) & 127) << shift
            shift += 7
            if joined[byte] < 128:
                delta = (value >> 1) ^ -(value & 1)
                last_even, last_odd = last_odd, last_even + delta
                numbers[at] = last_odd
                at, value, shift = at + 1, 0, 0
            byte += 1
        counts[line] = at - begin
    return at
