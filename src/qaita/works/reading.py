"""Reading a laid line from GeoJSON, GPX, CSV or typed coordinates; every fault is named."""

import csv
import hashlib
import io
import json
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Wrong
from qaita.works.corridor import Coordinates

MOST_BYTES = 2_000_000
MOST_POINTS = 20_000
LONGITUDE_WORDS = ("lon", "lng", "longitude", "x", "долгота", "бойлық", "lon_deg")
LATITUDE_WORDS = ("lat", "latitude", "y", "широта", "ендік", "lat_deg")


@dataclass(frozen=True)
class LaidLine:
    """A line as surveyed: coordinates, where they came from, the hash of the file."""

    coords: Coordinates
    source: str
    file_sha256: str


def read_laid_line(data: bytes, *, source: str) -> LaidLine:
    """Return the line in the file, or raise Wrong with what is the matter."""
    if len(data) > MOST_BYTES:
        raise Wrong({"file": [_("The file is larger than 2 MB: send one line per file.")]})
    readers = {"geojson": _from_geojson, "gpx": _from_gpx, "csv": _from_csv, "drawn": _from_csv}
    if source not in readers:
        raise Wrong({"file": [_("Send the line as GeoJSON, GPX, CSV or typed coordinates.")]})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Wrong({"file": [_("The file is not text in UTF-8.")]}) from None
    coords = _sound(readers[source](text))
    return LaidLine(coords, source, hashlib.sha256(data).hexdigest())


def source_of_name(name: str) -> str:
    """Return the kind of file by its name."""
    ending = name.lower().rpartition(".")[2]
    return {"geojson": "geojson", "json": "geojson", "gpx": "gpx", "csv": "csv", "txt": "csv"}.get(
        ending, ""
    )


def _sound(points: list[tuple[float, float]]) -> Coordinates:
    if len(points) > MOST_POINTS:
        raise Wrong({"file": [_("The line has more than 20,000 points: simplify it.")]})
    coords = np.array(points, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(coords).all() or (np.abs(coords) > (180.0, 90.0)).any():
        raise Wrong(
            {"file": [_("Coordinates must be longitude and latitude in degrees (WGS 84).")]}
        )
    moved = np.ones(len(coords), dtype=bool)
    moved[1:] = (np.diff(coords, axis=0) != 0).any(axis=1)
    coords = coords[moved]
    if len(coords) < 2:
        raise Wrong({"file": [_("A line needs at least two different points.")]})
    return coords


def _from_geojson(text: str) -> list[tuple[float, float]]:
    try:
        found = _geometry_in(json.loads(text))
        if found.get("type") == "MultiLineString" and len(found["coordinates"]) == 1:
            found = {"type": "LineString", "coordinates": found["coordinates"][0]}
        if found.get("type") != "LineString":
            raise Wrong({"file": [_("The file must hold exactly one line.")]})
        return [(float(point[0]), float(point[1])) for point in found["coordinates"]]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise Wrong({"file": [_("The file is not a GeoJSON line.")]}) from None


def _geometry_in(found: Any) -> dict[str, Any]:
    if found.get("type") == "FeatureCollection":
        features = found["features"]
        if len(features) != 1:
            raise Wrong({"file": [_("The file must hold exactly one line.")]})
        found = features[0]
    return dict(found["geometry"] if found.get("type") == "Feature" else found)


def _from_gpx(text: str) -> list[tuple[float, float]]:
    try:
        root = ElementTree.fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise Wrong({"file": [_("The file is not GPX.")]}) from None
    for kind in ("trkpt", "rtept"):
        points = [node for node in root.iter() if str(node.tag).rpartition("}")[2] == kind]
        if points:
            try:
                return [(float(p.attrib["lon"]), float(p.attrib["lat"])) for p in points]
            except (KeyError, ValueError):
                break
    raise Wrong({"file": [_("The GPX file holds no track.")]})


def _from_csv(text: str) -> list[tuple[float, float]]:
    head = text.partition("\n")[0]
    delimiter = next((mark for mark in (";", "\t") if mark in head), ",")
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    lon, lat, start = _columns(rows)
    points: list[tuple[float, float]] = []
    for number, row in enumerate(rows[start:], start + 1):
        try:
            points.append((_degrees(row[lon]), _degrees(row[lat])))
        except (ValueError, IndexError):
            raise Wrong(
                {"file": [_("Row %(row)d is not a longitude and a latitude.") % {"row": number}]}
            ) from None
        if len(points) > MOST_POINTS:
            break
    return points


def _degrees(text: str) -> float:
    return float(text.strip().replace(",", "."))


def _columns(rows: list[list[str]]) -> tuple[int, int, int]:
    """Return the columns of longitude and latitude and the first row of data."""
    if not rows:
        raise Wrong({"file": [_("The file is empty.")]})
    names = [cell.strip().lower() for cell in rows[0]]
    lon = next((i for i, name in enumerate(names) if name in LONGITUDE_WORDS), None)
    lat = next((i for i, name in enumerate(names) if name in LATITUDE_WORDS), None)
    return (0, 1, 0) if lon is None or lat is None else (lon, lat, 1)
