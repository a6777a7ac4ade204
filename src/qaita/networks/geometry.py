"""Lines as compact bytes, their geodesic lengths and their keys for tiles."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from qaita.engine.tiles.keys import covering_keys, home_keys, positions

Coords = npt.NDArray[np.float64]
SCALE = 10_000_000  # 1e-7 degree is about a centimetre
EARTH = Geod(ellps="WGS84")


def pack(coords: Coords | Sequence[Sequence[float]]) -> bytes:
    """Return a line of (lon, lat) as zig-zag delta varints of 1e-7 degrees."""
    out = bytearray()
    last_x = last_y = 0
    for lon, lat in coords:
        x, y = round(float(lon) * SCALE), round(float(lat) * SCALE)
        for delta in (x - last_x, y - last_y):
            rest = delta << 1 if delta >= 0 else (-delta << 1) - 1
            while rest > 127:
                out.append(rest & 127 | 128)
                rest >>= 7
            out.append(rest)
        last_x, last_y = x, y
    return bytes(out)


def unpack(packed: bytes | memoryview) -> Coords:
    """Return the line of (lon, lat), an (n, 2) array, from its bytes."""
    numbers: list[int] = []
    value = shift = 0
    for byte in bytes(packed):
        value |= (byte & 127) << shift
        if byte & 128:
            shift += 7
            continue
        numbers.append(value >> 1 if value & 1 == 0 else -((value + 1) >> 1))
        value = shift = 0
    deltas = np.array(numbers, dtype=np.int64).reshape(-1, 2)
    return np.asarray(deltas.cumsum(axis=0) / SCALE, dtype=np.float64)


def geodesic_length_m(coords: Coords | Sequence[Sequence[float]]) -> float:
    """Return the length of a line of (lon, lat) on the WGS 84 ellipsoid."""
    line = np.asarray(coords, dtype=np.float64)
    if len(line) < 2:
        return 0.0
    return float(EARTH.line_length(line[:, 0], line[:, 1]))


def geodesic_lengths_m(coords: Coords, offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the length of every line; line i is coords[offsets[i]:offsets[i + 1]]."""
    if len(offsets) < 2:
        return np.zeros(0)
    steps = np.zeros(len(coords))
    start, end = coords[:-1], coords[1:]
    if len(start):
        _, _, steps[:-1] = EARTH.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    steps[offsets[1:] - 1] = 0.0  # the step from one line's end to the next one's start
    return np.asarray(np.add.reduceat(steps, offsets[:-1]))


def tile_keys(coords: Coords, offsets: npt.NDArray[np.int64]) -> tuple[list[int], list[int]]:
    """Return each line's home key (its first point's z16 cell) and covering key.

    See `engine.tiles.keys`; line i is coords[offsets[i]:offsets[i + 1]].
    """
    x, y = positions(coords[:, 0], coords[:, 1])
    first = offsets[:-1]
    box = [
        np.minimum.reduceat(x, first),
        np.minimum.reduceat(y, first),
        np.maximum.reduceat(x, first),
        np.maximum.reduceat(y, first),
    ]
    return home_keys(x[first], y[first]).tolist(), covering_keys(*box).tolist()


def cut(coords: Coords, share: float) -> tuple[Coords, Coords]:
    """Return the two parts of a line cut at the share of its geodesic length."""
    _, _, steps = EARTH.inv(coords[:-1, 0], coords[:-1, 1], coords[1:, 0], coords[1:, 1])
    steps = np.asarray(steps)
    way = np.concatenate([[0.0], steps.cumsum()])
    target = way[-1] * share
    at = int(np.clip(np.searchsorted(way, target, side="right") - 1, 0, len(steps) - 1))
    inside = (target - way[at]) / steps[at] if steps[at] else 0.5
    point = coords[at] + (coords[at + 1] - coords[at]) * inside
    return np.vstack([coords[: at + 1], point]), np.vstack([point, coords[at + 1 :]])
