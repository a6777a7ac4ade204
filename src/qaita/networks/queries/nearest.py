"""The line nearest to a point: two short questions, and all distances at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
M_PER_DEGREE_EAST, M_PER_DEGREE_NORTH = 111_320.0, 110_574.0


@dataclass(frozen=True)
class Nearby:
    """The nearest section, as far as one who files or answers an appeal needs it."""

    section_id: int
    code: str
    region_id: int
    kato: str  # of the network's region
    settlement_id: int | None
    organisation_id: int
    distance_m: float


def nearest_line(
    lon_deg: float, lat_deg: float, *, service: str | None = None, within_m: float = 500
) -> Nearby | None:
    """Return the living section nearest to a point, whose it is, and its distance in metres."""
    found = _nearest(lon_deg, lat_deg, service, within_m)
    if found is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_WHOSE, [found[1]])
        code, region, kato, town, owner = cursor.fetchone() or ("", 0, "", None, 0)
    return Nearby(found[1], code, region, kato, town, owner, found[0])


def nearest_section(
    lon_deg: float, lat_deg: float, *, service: str | None = None, within_m: float = 500
) -> tuple[Section, float] | None:
    """Return the living section nearest to a point and its distance in metres."""
    found = _nearest(lon_deg, lat_deg, service, within_m)
    if found is None:
        return None
    rows = Section.objects.select_related("network__utility_service__organisation")
    return rows.get(pk=found[1]), found[0]


def _nearest(
    lon_deg: float, lat_deg: float, service: str | None, within_m: float
) -> tuple[float, int] | None:
    """Return distance and row key of the nearest living section, the first of equals."""
    services = [service] if service else ServiceKind.values
    lons, lats, _ = EARTH.fwd([lon_deg] * 4, [lat_deg] * 4, [0, 90, 180, 270], [within_m] * 4)
    ranges, above = _cells((min(lons), min(lats), max(lons), max(lats)))
    of = f"service IN ({', '.join(['%s'] * len(services))})"
    # the service stands in every part, because the index begins with it
    parts = [f"({of} AND morton_key BETWEEN %s AND %s)"] * len(ranges)
    parts.append(f"({of} AND morton_key IN ({', '.join(['%s'] * len(above))}))")
    given: list[Any] = [value for pair in ranges for value in (*services, *pair)]
    states = ", ".join(["%s"] * len(LIVING))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, geometry FROM {_SECTION}"  # noqa: S608 - our own names
            f" WHERE state IN ({states}) AND ({' OR '.join(parts)})",
            [*LIVING, *given, *services, *above],
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    distance_m = distances_m(lon_deg, lat_deg, [row[1] for row in rows])
    best = min(zip(distance_m.tolist(), (row[0] for row in rows), strict=True))
    return best if best[0] <= within_m else None


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
    lon_deg: float, lat_deg: float, packed: Sequence[bytes | memoryview]
) -> NDArray[np.float64]:
    """Return how far a point lies from each line, on a plane that touches the earth there."""
    lons, lats, starts = read_packed(packed)
    east = (lons / SCALE - lon_deg) * M_PER_DEGREE_EAST * np.cos(np.radians(lat_deg))
    north = (lats / SCALE - lat_deg) * M_PER_DEGREE_NORTH
    way_east, way_north = np.diff(east), np.diff(north)
    squared = np.maximum(way_east**2 + way_north**2, 1e-12)
    share = np.clip(-(east[:-1] * way_east + north[:-1] * way_north) / squared, 0, 1)
    away = np.hypot(east[:-1] + share * way_east, north[:-1] + share * way_north)
    away[starts[1:-1] - 1] = np.inf  # the step from one line's end to the next one's start
    return np.asarray(np.minimum.reduceat(away, starts[:-1]))


_SECTION = Section._meta.db_table
_WHOSE = (
    "SELECT s.code, r.id, r.kato, n.settlement_id, u.organisation_id"  # noqa: S608 - our own names
    f" FROM {_SECTION} s"
    f" JOIN {Network._meta.db_table} n ON n.id = s.network_id"
    f" JOIN {Region._meta.db_table} r ON r.id = n.region_id"
    f" JOIN {UtilityService._meta.db_table} u ON u.id = n.utility_service_id WHERE s.id = %s"
)
