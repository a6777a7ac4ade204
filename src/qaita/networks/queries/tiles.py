"""Vector tiles of networks: squares of wear from columns in memory, lines from one key range."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Max, Q

from qaita.engine.tiles.keys import covering_range, home_range
from qaita.engine.tiles.lines import Lines, Tile, line_tile
from qaita.engine.tiles.packed import line_positions
from qaita.engine.tiles.squares import Points, square_tile
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing
from qaita.ledger.models import Entry
from qaita.networks.ageing import SIZES
from qaita.networks.geometry import Coords, cut, geodesic_length_m, pack, unpack
from qaita.networks.models import LIVING, Node, Section, ServiceKind

FIRST_ZOOM, LINES_FROM, LAST_ZOOM = 7, 13, 16
UNKNOWN_WEAR = 101
IN_WORKS, RENEWED = 1, 2
# Public maps do not lead to the doors of what a town lives by.
SENSITIVE = ("source", "plant", "pump", "substation", "tank")
HIDDEN_M = 150.0
NODES_AT_ONCE = 2_000  # by their keys: a look through all kinds grows with the country
FRESH_FOR = timedelta(seconds=60)
_NODE = Node._meta.db_table
LINE_COLUMNS = (
    "code", "geometry", "condition", "state", "born_of", "diameter_mm", "voltage_kv",
    "from_node", "to_node",
)  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """All living sections of one service as points, and the history they were read at."""

    points: Points
    version: int
    read_at: datetime


_columns: dict[str, Columns] = {}
_lock = Lock()


def tile_of(service: str, z: int, x: int, y: int, *, at: datetime) -> bytes:
    """Return a finished public tile, gzipped; Missing outside the services and zooms."""
    is_inside = FIRST_ZOOM <= z <= LAST_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z
    if service not in ServiceKind.values or not is_inside:
        raise Missing("tile", f"{service}/{z}/{x}/{y}")
    if z >= LINES_FROM:
        return lines_from_rows(service, z, x, y).gz
    return square_tile(z, x, y, points_in(columns_of(service, at=at).points, z, x, y))


# ------------------------------------------------------------------ squares, from columns


def columns_of(service: str, *, at: datetime) -> Columns:
    """Return the columns of a service, read anew when networks changed, at most once a minute."""
    held = _columns.get(service)
    if held and at - held.read_at < FRESH_FOR:
        return held
    version, on = _version(), day_of(at)
    is_same = held is not None and (held.version, day_of(held.read_at)) == (version, on)
    points = held.points if held and is_same else _points(service, on)
    made = Columns(points, version, at)
    with _lock:
        _columns[service] = made
    return made


def forget_columns() -> None:
    """Drop the columns kept in memory."""
    with _lock:
        _columns.clear()


def _version() -> int:
    """Return the newest entry about networks: every change of a section writes one."""
    about = Q(kind__startswith="section.") | Q(kind__startswith="network.")
    about |= Q(kind__startswith="import.")
    return int(Entry.objects.filter(about).aggregate(top=Max("id"))["top"] or 0)


def _points(service: str, on: date) -> Points:
    rows = Section.objects.filter(service=service, state__in=LIVING).order_by("home_key")
    found = list(rows.values_list("home_key", "condition", "past_norm_on", "length_m"))
    keys, wear, past, length = zip(*found, strict=True) if found else ((), (), (), ())
    return Points(
        np.array(keys, np.int64),
        np.array([0.0 if share is None else share for share in wear], np.float64),
        np.array([day is not None and day <= on for day in past], np.float64),
        np.array(length, np.float64),
    )


def points_in(points: Points, z: int, x: int, y: int) -> Points:
    """Return the points whose home lies in the tile: one slice of sorted columns."""
    low, high = home_range(z, x, y)
    part = slice(
        int(np.searchsorted(points.home_key, low)),
        int(np.searchsorted(points.home_key, high, side="right")),
    )
    return Points(
        points.home_key[part],
        points.wear_share[part],
        points.past_norm[part],
        points.length_m[part],
    )


# ------------------------------------------------------------------ lines, from the database


def lines_from_rows(service: str, z: int, x: int, y: int) -> Tile:
    """Return a tile of sections: one key range and a handful of keys above it."""
    return line_tile(z, x, y, _lines(public_rows_in([service], z, x, y)))


def public_rows_in(services: Sequence[str], z: int, x: int, y: int) -> list[Sequence[Any]]:
    """Return the LINE_COLUMNS of the living sections of a tile, as far as the public may see."""
    low, high, above = covering_range(z, x, y)
    # the service stands in both parts, because the index begins with it
    inside = Q(service__in=services, morton_key__range=(low, high))
    over = Q(service__in=services, morton_key__in=above)
    rows = Section.objects.filter(inside | over, state__in=LIVING).order_by()
    return public_rows(sorted(_reaching(z, x, y, rows.values_list(*LINE_COLUMNS))))


def _reaching(z: int, x: int, y: int, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the rows whose lines reach into the tile: the keys above it bring many from afar."""
    found = list(rows)
    if not found:
        return found
    east, south, starts = line_positions([row[1] for row in found])
    side, first = 1 << (32 - z), starts[:-1]
    margin = side // 32  # twice that of the drawing
    west, north = x * side - margin, y * side - margin
    across = side + 2 * margin
    reaches = (
        (np.maximum.reduceat(east, first) >= west)
        & (np.minimum.reduceat(east, first) <= west + across)
        & (np.maximum.reduceat(south, first) >= north)
        & (np.minimum.reduceat(south, first) <= north + across)
    )
    return [row for row, is_near in zip(found, reaches.tolist(), strict=True) if is_near]


def _lines(rows: Sequence[Sequence[Any]]) -> Lines:
    east, south, starts = line_positions([row[1] for row in rows])
    sizes = [row[5] or (row[6] or 0.0) * 10 for row in rows]
    wear = [UNKNOWN_WEAR if row[2] is None else round(row[2] * 100) for row in rows]
    states = [IN_WORKS if row[3] == "in_works" else RENEWED if row[4] else 0 for row in rows]
    return Lines(
        east,
        south,
        starts,
        np.digitize(np.array(sizes, np.float64), SIZES),
        np.array(wear, np.int64),
        np.array(states, np.int64),
        [row[0] for row in rows],
    )


def public_rows(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Take the last metres before a sensitive node off the lines that end there."""
    ends = {key for row in rows for key in row[7:9]}
    hidden = sensitive_of(ends)
    shown: list[Sequence[Any]] = []
    for row in rows:
        if row[7] not in hidden and row[8] not in hidden:
            shown.append(row)
            continue
        line = public_line(unpack(row[1]), at_start=row[7] in hidden, at_end=row[8] in hidden)
        if line is not None:
            shown.append((row[0], pack(line.tolist()), *row[2:]))
    return shown


def public_geometry(section: Section) -> list[list[float]]:
    """Return the line of a section as (lon, lat) points, as far as the public may see it."""
    rows = Section.objects.filter(pk=section.pk).values_list(*LINE_COLUMNS)
    shown = public_rows(list(rows))
    return unpack(shown[0][1]).tolist() if shown else []


def sensitive_of(nodes: set[int]) -> set[int]:
    """Return which of the nodes (row keys) the public is not led to."""
    asked, found = sorted(nodes), set[int]()
    kinds = ", ".join(["%s"] * len(SENSITIVE))
    for start in range(0, len(asked), NODES_AT_ONCE):
        keys = ", ".join(f"{key:d}" for key in asked[start : start + NODES_AT_ONCE])
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {_NODE} WHERE kind IN ({kinds}) AND id IN ({keys})",  # noqa: S608 - our own names and numbers
                SENSITIVE,
            )
            found.update(key for (key,) in cursor.fetchall())
    return found


def public_line(line: Coords, *, at_start: bool, at_end: bool) -> Coords | None:
    """Return the line without its last metres before a sensitive end; None if nothing is left."""
    for is_hidden, flip in ((at_start, False), (at_end, True)):
        if is_hidden:
            length_m = geodesic_length_m(line)
            if length_m <= HIDDEN_M:
                return None
            turned = line[::-1] if flip else line
            kept = cut(turned, HIDDEN_M / length_m)[1]
            line = kept[::-1] if flip else kept
    return line
