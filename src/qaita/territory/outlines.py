"""Shapes of regions: simplified together, so that neighbours still touch."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

OVERVIEW_DEG = 0.05  # about 5 km: for maps of the whole country
BORDER_DEG = 0.002  # about 200 m: for asking in which region a point lies
SPECK_DEG2 = 0.003  # islands smaller than this are left out of overview maps

Rings = list[list[list[float]]]


def joined(outlines: Mapping[str, dict[str, Any]]) -> dict[str, BaseGeometry]:
    """Return valid geometries by name."""
    return {name: shapely.make_valid(shape(outline)) for name, outline in outlines.items()}


def simplified(shapes: Mapping[str, BaseGeometry], tolerance_deg: float) -> dict[str, BaseGeometry]:
    """Simplify all shapes as one coverage."""
    result = shapely.coverage_simplify(list(shapes.values()), tolerance_deg)
    return dict(zip(shapes, result, strict=True))


def rings_of(geometry: BaseGeometry) -> Rings:
    """Return rings of [lon, lat] to be filled by the even-odd rule, largest first."""
    polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    edges = [ring for part in polygons for ring in (part.exterior, *part.interiors)]
    rings = sorted(((shapely.Polygon(ring).area, ring) for ring in edges), key=lambda r: -r[0])
    kept = [ring for area, ring in rings if area >= SPECK_DEG2] or [rings[0][1]]
    return [np.round(shapely.get_coordinates(ring), 3).tolist() for ring in kept]


def places_inside(
    tree: shapely.STRtree, lon_deg: Sequence[float], lat_deg: Sequence[float]
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return for each point the index of the shape that holds it, or -1."""
    points = shapely.points(np.asarray(lon_deg, float), np.asarray(lat_deg, float))
    found = np.full(len(points), -1, dtype=np.int64)
    asked, shapes = tree.query(points, predicate="intersects")
    found[asked] = shapes
    return found
