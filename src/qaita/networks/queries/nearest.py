"""The lines nearest to points: two short questions, and all distances at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection
from django.db.models import Q
from numpy.typing import NDArray

from qaita.engine.tiles.keys import LEVEL, covering_range, positions
from qaita.engine.tiles.packed import read_packed
from qaita.networks.geometry import EARTH, SCALE
from qaita.networks.models import LIVING, Network, Section, ServiceKind, UtilityService
from qaita.territory.models import Region

Box = tuple[float, float, float, float]  # west, south, east, north in degrees
SIDES = (0, 90, 180, 270)
AT_ONCE = 64  # points in one question
M_PER_DEGREE_EAST, M_PER_DEGREE_NORTH = 111_320.0, 110_574.0


@dataclass(frozen=True)
class Nearby:
    """The nearest section, as far as one who files or answers an appeal needs it."""

    distance_m: float
    section_id: int
    code: str
    region_id: int
    kato: str  # of the network's region
    settlement_id: int | None
    organisation_id: int


@dataclass(frozen=True)
class Spot:
    """A point, and the service whose line is looked for; an empty one means any."""

    lon_deg: float
    lat_deg: float
    service: str = ""


def nearest_lines(points: Sequence[Spot], within_m: float = 500) -> list[Nearby | None]:
    """Return each point's nearest living section, whose it is, and its distance in metres.

    All points together take two questions to the database, a crowd of them as many more.
    """
    found = _nearest(points, within_m)
    keys = sorted({near[1] for near in found if near})
    if not keys:
        return [None] * len(points)
    with connection.cursor() as cursor:
        cursor.execute(f"{_WHOSE} ({', '.join(['%s'] * len(keys))})", keys)
        whose = {row[0]: row for row in cursor.fetchall()}
    told = [(near, whose.get(near[1])) if near else (near, None) for near in found]
    return [Nearby(near[0], *row) if near and row else None for near, row in told]


def nearest_section(
    lon_deg: float, lat_deg: float, *, service: str = "", within_m: float = 500
) -> tuple[Section, float] | None:
    """Return the living section nearest to a point and its distance in metres."""
    found = _nearest([Spot(lon_deg, lat_deg, service)], within_m)[0]
    if found is None:
        return None
    rows = Section.objects.select_related("network__utility_service__organisation")
    return rows.get(pk=found[1]), found[0]


def _nearest(points: Sequence[Spot], within_m: float) -> list[tuple[float, int] | None]:
    """Return for each point distance and row key of its nearest section, the first of equals."""
    found: list[tuple[float, int] | None] = []
    for start in range(0, len(points), AT_ONCE):
        some = points[start : start + AT_ONCE]
        rows = _around(some, within_m)
        best = _best(some, rows) if rows else {}
        nearest = [best.get(number) for number in range(len(some))]
        found += [near if near and near[0] <= within_m else None for near in nearest]
    return found


def _best(
    points: Sequence[Spot], rows: Sequence[tuple[int, int, bytes]]
) -> dict[int, tuple[float, int]]:
    places = np.array([(point.lon_deg, point.lat_deg) for point in points])
    place = places[[number for number, _, _ in rows]]
    away_m = distances_m(place[:, 0], place[:, 1], [line for _, _, line in rows]).tolist()
    best: dict[int, tuple[float, int]] = {}
    for metres, (number, key, _) in zip(away_m, rows, strict=True):
        known = best.get(number)
        if known is None or (metres, key) < known:
            best[number] = (metres, key)
    return best


def _boxes(points: Sequence[Spot], within_m: float) -> list[Box]:
    """Return the box around each point that reaches so far to every side."""
    lons = [point.lon_deg for point in points for _ in SIDES]
    lats = [point.lat_deg for point in points for _ in SIDES]
    lons, lats, _ = EARTH.fwd(lons, lats, [*SIDES] * len(points), [within_m] * len(lons))
    east, north = np.reshape(lons, (-1, len(SIDES))), np.reshape(lats, (-1, len(SIDES)))
    corners = (east.min(1), north.min(1), east.max(1), north.max(1))
    return list(zip(*(corner.tolist() for corner in corners), strict=True))


def _around(points: Sequence[Spot], within_m: float) -> list[tuple[int, int, bytes]]:
    """Return number of the point, row key and packed line of the living sections around each."""
    asked, given = list[str](), list[str]()
    for number, (point, box_deg) in enumerate(zip(points, _boxes(points, within_m), strict=True)):
        ranges, above = _cells(box_deg)
        services = [point.service] if point.service else ServiceKind.values
        of = f"service IN ({', '.join(['%s'] * len(services))})"
        # the service stands in every part, because the index begins with it
        parts = [f"({of} AND morton_key BETWEEN {low} AND {high})" for low, high in ranges]
        parts.append(f"({of} AND morton_key IN ({', '.join(map(str, above))}))")
        asked.append(f"SELECT {number}, {_LIVING_LINES} AND ({' OR '.join(parts)})")
        given += [*LIVING, *services * len(parts)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked), given)
        rows: list[tuple[int, int, bytes]] = cursor.fetchall()
    return rows


def touching(box_deg: Box, services: Sequence[str]) -> Q:
    """Return the condition that a line's covering cell touches a box.

    The service stands in every part of the condition, because the index begins with it.
    """
    ranges, above = _cells(box_deg)
    found = Q(service__in=services, morton_key__in=above)
    for pair in ranges:
        found |= Q(service__in=services, morton_key__range=pair)
    return found


def _cells(box_deg: Box) -> tuple[list[tuple[int, int]], list[int]]:
    """Return ranges of covering keys inside a box, and the single keys above them.

    The box is covered by few tiles of a zoom at which they are about its size.
    """
    west_deg, south_deg, east_deg, north_deg = box_deg
    x, y = positions([west_deg, east_deg], [north_deg, south_deg])
    span = max(int(x[1] - x[0]), int(y[1] - y[0]), 1)
    z = max(0, min(LEVEL, 32 - span.bit_length()))
    ranges, above = list[tuple[int, int]](), set[int]()
    for column in range(int(x[0]) >> (32 - z), (int(x[1]) >> (32 - z)) + 1):
        for row in range(int(y[0]) >> (32 - z), (int(y[1]) >> (32 - z)) + 1):
            low, high, parents = covering_range(z, column, row)
            ranges.append((low, high))
            above.update(parents)
    return ranges, sorted(above)


def distances_m(
    lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64], packed: Sequence[bytes | memoryview]
) -> NDArray[np.float64]:
    """Return how far each line lies from its point, on a plane that touches the earth there."""
    lons, lats, starts = read_packed(packed)
    sizes = np.diff(starts)
    lon, lat = np.repeat(lon_deg, sizes), np.repeat(lat_deg, sizes)
    east = (lons / SCALE - lon) * M_PER_DEGREE_EAST * np.cos(np.radians(lat))
    north = (lats / SCALE - lat) * M_PER_DEGREE_NORTH
    way_east, way_north = np.diff(east), np.diff(north)
    squared = np.maximum(way_east**2 + way_north**2, 1e-12)
    share = np.clip(-(east[:-1] * way_east + north[:-1] * way_north) / squared, 0, 1)
    away = np.hypot(east[:-1] + share * way_east, north[:-1] + share * way_north)
    away[starts[1:-1] - 1] = np.inf  # the step from one line's end to the next one's start
    return np.asarray(np.minimum.reduceat(away, starts[:-1]))


_SECTION = Section._meta.db_table
_LIVING_LINES = f"id, geometry FROM {_SECTION} WHERE state IN ({', '.join(['%s'] * len(LIVING))})"
_WHOSE = (
    "SELECT s.id, s.code, r.id, r.kato, n.settlement_id, u.organisation_id"  # noqa: S608 - our own names
    f" FROM {_SECTION} s"
    f" JOIN {Network._meta.db_table} n ON n.id = s.network_id"
    f" JOIN {Region._meta.db_table} r ON r.id = n.region_id"
    f" JOIN {UtilityService._meta.db_table} u ON u.id = n.utility_service_id WHERE s.id IN"
)
