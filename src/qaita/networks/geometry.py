"""Lines as compact bytes, their geodesic lengths and their Morton cells."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pyproj import Geod

Coords = npt.NDArray[np.float64]
SCALE = 10_000_000  # 1e-7 degree is about a centimetre
CELL_ZOOM = 16
EARTH = Geod(ellps="WGS84")
MERCATOR_LAT_DEG = 85.0511


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


def morton_keys(
    lon_deg: npt.NDArray[np.float64], lat_deg: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Return the Morton (quadkey) numbers of the z16 Web Mercator cells of points."""
    side = 1 << CELL_ZOOM
    lat = np.radians(np.clip(lat_deg, -MERCATOR_LAT_DEG, MERCATOR_LAT_DEG))
    x = (np.asarray(lon_deg) + 180.0) / 360.0 * side
    y = (1.0 - np.arcsinh(np.tan(lat)) / np.pi) / 2.0 * side
    xs = np.clip(np.floor(x), 0, side - 1).astype(np.int64)
    ys = np.clip(np.floor(y), 0, side - 1).astype(np.int64)
    return _spread(xs) | _spread(ys) << 1


def _spread(value: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Put a zero between the lowest 16 bits."""
    value = (value | value << 8) & 0x00FF00FF
    value = (value | value << 4) & 0x0F0F0F0F
    value = (value | value << 2) & 0x33333333
    return (value | value << 1) & 0x55555555


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
