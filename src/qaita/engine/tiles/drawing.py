"""The inner loops of a tile: clip lines at its edge and write geometry commands."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaita.engine.compiling import compiled, inner
from qaita.engine.tiles.wire import EXTENT

Ints = NDArray[np.int64]

BUFFER = 64
_MOVE_ONE = 9  # one move-to: (1 << 3) | 1


def draw(
    tile: tuple[int, int, int],
    geometry: tuple[Ints, Ints, Ints],
    order: Ints,
    group: Ints,
    *,
    coarse: int = 0,
) -> tuple[Ints, Ints]:
    """Return the MVT geometry commands of lines in the given order, and where each one's begin.

    `geometry` is x, y and starts as in `Lines`, in positions. Lines next to each other with the
    same `group` share one pen, as parts of one multi-line must. Points are rounded to a grid of
    2^coarse steps of the tile's 4096; a line that shrinks to a point writes nothing.
    """
    z, x, y = tile
    scale = EXTENT / float(1 << (32 - z))
    east = (geometry[0] - (x << (32 - z))) * scale
    south = (geometry[1] - (y << (32 - z))) * scale
    # at worst every leg leaves the tile and needs its own move: three numbers, line-to, two more
    commands = np.empty(6 * len(east) + 16, np.int64)
    spans = np.zeros(len(order) + 1, np.int64)
    used = _draw_all((east, south, geometry[2]), order, group, coarse, commands, spans)
    return commands[:used], spans


LINE, POLYGON = 2, 3


def features(commands: Ints, spans: Ints, tags: Ints, codes: Ints, *, shape: int = LINE) -> bytes:
    """Return features as length-delimited fields; empty geometry is left out.

    `spans` bounds each feature's commands; `tags` (n, 3) are value indexes of the first three
    keys; `codes` the value index of the fourth key, or -1 for none.
    """
    out = np.empty(5 * len(commands) + 64 * len(codes) + 64, np.uint8)
    return out[: _write_all((commands, spans), tags, codes, shape, out)].tobytes()


@inner
def _zigzag(value: Any) -> Any:
    return (value << 1) ^ (value >> 63)


@inner
def _clip(ax: Any, ay: Any, bx: Any, by: Any) -> Any:
    """Return the part t0…t1 of a leg inside the tile (Liang and Barsky, 1984); t0 > t1: none."""
    low, high = -float(BUFFER), float(EXTENT + BUFFER)
    t0, t1 = 0.0, 1.0
    dx, dy = bx - ax, by - ay
    for p, q in ((-dx, ax - low), (dx, high - ax), (-dy, ay - low), (dy, high - ay)):
        if p == 0.0:
            if q < 0.0:
                return 1.0, 0.0
        elif p < 0.0:
            t0 = max(t0, q / p)
        else:
            t1 = min(t1, q / p)
    return t0, t1


@inner
def _snap(value: Any, coarse: Any) -> Any:
    step = 1 << coarse
    return np.int64(np.floor(value / step + 0.5)) * step


@compiled()
def _draw_all(geometry: Any, order: Any, group: Any, coarse: Any, commands: Any, spans: Any) -> Any:
    px, py, starts = geometry
    at, pen_x, pen_y = 0, 0, 0
    for rank in range(len(order)):
        if rank == 0 or group[rank] != group[rank - 1]:
            pen_x, pen_y = 0, 0
        spans[rank] = at
        first, end = starts[order[rank]], starts[order[rank] + 1]
        at, pen_x, pen_y = _draw_line(
            px[first:end], py[first:end], coarse, commands, (at, pen_x, pen_y)
        )
    spans[len(order)] = at
    return at


@inner
def _draw_line(px: Any, py: Any, coarse: Any, commands: Any, pen: Any) -> Any:
    at, x, y = pen
    head, legs = -1, 0  # where the open run's line-to stands, and how many legs it has
    for i in range(len(px) - 1):
        t0, t1 = _clip(px[i], py[i], px[i + 1], py[i + 1])
        if t0 > t1:
            head = -1
            continue
        dx, dy = px[i + 1] - px[i], py[i + 1] - py[i]
        from_x, from_y = _snap(px[i] + t0 * dx, coarse), _snap(py[i] + t0 * dy, coarse)
        to_x, to_y = _snap(px[i] + t1 * dx, coarse), _snap(py[i] + t1 * dy, coarse)
        if from_x == to_x and from_y == to_y:
            continue
        if head < 0 or from_x != x or from_y != y:
            commands[at] = _MOVE_ONE
            commands[at + 1], commands[at + 2] = _zigzag(from_x - x), _zigzag(from_y - y)
            head, legs, at = at + 3, 0, at + 4
            x, y = from_x, from_y
        commands[at], commands[at + 1] = _zigzag(to_x - x), _zigzag(to_y - y)
        at, x, y, legs = at + 2, to_x, to_y, legs + 1
        commands[head] = (legs << 3) | 2
    return at, x, y


@inner
def _varint(out: Any, at: Any, value: Any) -> Any:
    while value > 127:
        out[at] = (value & 127) | 128
        at += 1
        value >>= 7
    out[at] = value
    return at + 1


@inner
def _varint_size(value: Any) -> Any:
    size = 1
    while value > 127:
        size += 1
        value >>= 7
    return size


@compiled()
def _write_all(geometry: Any, tags: Any, codes: Any, shape: Any, out: Any) -> Any:
    commands, spans = geometry
    at = 0
    for i in range(len(codes)):
        first, end = spans[i], spans[i + 1]
        if first == end:
            continue
        drawn = 0
        for j in range(first, end):
            drawn += _varint_size(commands[j])
        tagged = 6 if codes[i] < 0 else 7 + _varint_size(codes[i])
        # tags field, type, geometry field
        size = 2 + tagged + 2 + 1 + _varint_size(drawn) + drawn
        out[at] = 0x12
        at = _varint(out, at + 1, size)
        at = _write_tags(tags[i], codes[i], tagged, out, at)
        out[at], out[at + 1], out[at + 2] = 0x18, shape, 0x22
        at = _varint(out, at + 3, drawn)
        for j in range(first, end):
            at = _varint(out, at, commands[j])
    return at


@inner
def _write_tags(tags: Any, code: Any, size: Any, out: Any, at: Any) -> Any:
    out[at], out[at + 1] = 0x12, size
    at += 2
    for key in range(3):
        out[at], out[at + 1] = key, tags[key]
        at += 2
    if code >= 0:
        out[at] = 3
        at = _varint(out, at + 1, code)
    return at
