"""How far a laid line lies from its design, in metres on the local plane."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Coordinates = NDArray[np.float64]

# WGS 84
EQUATOR_RADIUS_M = 6_378_137.0
FIRST_ECCENTRICITY_SQUARED = 0.00669437999014
# Points every so many metres make the discrete Hausdorff distance as good as the survey.
STEP_M = 1.0
MOST_STEPS = 4_000


def to_plane(coords: Coordinates, origin: Coordinates) -> Coordinates:
    """Return metres east and north of the origin; good to a millimetre per kilometre in a town.

    The radii of curvature of the WGS 84 ellipsoid in the meridian and the prime vertical at the
    origin scale the differences of latitude and longitude.
    """
    latitude = np.radians(origin[1])
    square = 1 - FIRST_ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    prime_vertical = EQUATOR_RADIUS_M / np.sqrt(square)
    meridian = prime_vertical * (1 - FIRST_ECCENTRICITY_SQUARED) / square
    scale = np.array([prime_vertical * np.cos(latitude), meridian])
    return np.asarray(np.radians(coords - origin) * scale, dtype=np.float64)


def _lines(parts: Sequence[Coordinates], origin: Coordinates) -> BaseGeometry:
    # A part whose points are all one has no length: no line can be measured against it.
    planes = [to_plane(part, origin) for part in parts if len(part) > 1]
    drawn = [shapely.linestrings(plane) for plane in planes if np.ptp(plane, axis=0).max() > 0]
    return shapely.multilinestrings(drawn)


def deviation_m(laid: Coordinates, design: Sequence[Coordinates]) -> float:
    """Return the farthest distance of either line from the other (Hausdorff), in metres.

    `laid` and each part of `design` are rows of longitude and latitude in degrees.
    """
    origin = np.asarray(laid[0], dtype=np.float64)
    one, other = _lines([laid], origin), _lines(design, origin)
    if other.is_empty:
        return float("inf")
    longest = max(one.length, other.length)
    step = max(STEP_M, longest / MOST_STEPS)
    dense_one, dense_other = shapely.segmentize(one, step), shapely.segmentize(other, step)
    return max(_farthest(dense_one, other), _farthest(dense_other, one))


def _farthest(dense: BaseGeometry, line: BaseGeometry) -> float:
    points = shapely.points(shapely.get_coordinates(dense))
    return float(shapely.distance(points, line).max())


def distance_to_line_m(lon_deg: float, lat_deg: float, design: Sequence[Coordinates]) -> float:
    """Return how far a point lies from the design line, in metres."""
    origin = np.array([lon_deg, lat_deg])
    line = _lines(design, origin)
    return float("inf") if line.is_empty else float(shapely.distance(shapely.Point(0, 0), line))
