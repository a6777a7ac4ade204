"""Where the points of a file lie on the earth."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from qaita.networks.errors import FaultyNetwork
from qaita.networks.geometry import EARTH, Coords
from qaita.networks.importing.rules import one_fault

# Kazakhstan and its border lands: planar drawings hardly ever fit into it by chance.
COUNTRY = (46.0, 40.0, 88.0, 56.0)
MARGIN_DEG = 1.0


def crs_of(text: str) -> CRS:
    """Return the coordinate system, or raise its fault."""
    try:
        return CRS.from_user_input(text)
    except CRSError:
        raise FaultyNetwork(one_fault("file", "unknown_crs", value=text)) from None


def to_degrees(points: Coords, crs: CRS) -> Coords:
    """Return points of a coordinate system as (lon, lat) of WGS 84, or raise the fault."""
    if len(points) == 0:
        return points
    change = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = change.transform(points[:, 0], points[:, 1])
    placed = np.column_stack([lon, lat])
    if looks_like_degrees(placed[:, ::-1]) and not looks_like_degrees(placed):
        raise FaultyNetwork(one_fault("file", "swapped", value=crs.name))
    if not _inside(placed, crs):
        raise FaultyNetwork(one_fault("file", "wrong_crs", value=crs.name))
    return np.asarray(placed, dtype=np.float64)


def _inside(placed: Coords, crs: CRS) -> bool:
    """Tell whether the points lie where the coordinate system is meant to be used."""
    if not np.isfinite(placed).all():
        return False
    area = crs.area_of_use
    west, south, east, north = area.bounds if area else (-180, -90, 180, 90)
    lon, lat = np.median(placed, axis=0)
    inside_lat = south - MARGIN_DEG <= lat <= north + MARGIN_DEG
    inside_lon = west > east or west - MARGIN_DEG <= lon <= east + MARGIN_DEG
    on_earth = bool((np.abs(placed) <= (180.0, 90.0)).all())
    return bool(inside_lat and inside_lon and on_earth)


def looks_like_degrees(points: Coords) -> bool:
    """Tell whether all points could be degrees in or around the country."""
    west, south, east, north = COUNTRY
    low, high = points.min(axis=0), points.max(axis=0)
    return bool(west <= low[0] and south <= low[1] and high[0] <= east and high[1] <= north)


def lay_out(points: Coords, *, at: tuple[float, float], metres_per_unit: float) -> Coords:
    """Put a planar drawing on the earth, its middle at a place, true to scale and to the north."""
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    away = (points - middle) * metres_per_unit
    distance = np.hypot(away[:, 0], away[:, 1])
    azimuth = np.degrees(np.arctan2(away[:, 0], away[:, 1]))
    ones = np.ones(len(points))
    lon, lat, _ = EARTH.fwd(at[0] * ones, at[1] * ones, azimuth, distance)
    return np.column_stack([lon, lat])


def scale_of(drawn: Sequence[float] | npt.NDArray[np.float64], true_m: Sequence[float]) -> float:
    """Return how many metres one unit of a drawing is, by the median over its lines."""
    long, length = np.asarray(drawn, dtype=np.float64), np.asarray(true_m, dtype=np.float64)
    good = (long > 0) & (length > 0)
    return float(np.median(length[good] / long[good])) if good.any() else 1.0
