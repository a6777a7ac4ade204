"""A strict reader of OGC API – Features: what OGC 17-069r4 demands of answers, in our words."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON = "application/geo+json"
SHAPES = {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
Json = dict[str, Any]


def read(address: str, media_type: str = "application/json") -> Json:
    """Return an answer of the right kind; the address may be a whole link."""
    parts = urlsplit(address)
    answer = Client().get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
    assert answer.status_code == 200, (address, answer.content[:300])
    assert answer.headers["Content-Type"] == media_type, address
    return answer.json()


def link(body: Json, rel: str) -> Json:
    """Return the only link of a relation."""
    (found,) = [one for one in body["links"] if one["rel"] == rel]
    assert found["href"].startswith("http") and found["type"]
    return found


def require_collection(told: Json) -> None:
    """See that a collection tells what the standard demands."""
    assert told["itemType"] == "feature" and CRS84 in told["crs"]
    (west, south, east, north), *_ = told["extent"]["spatial"]["bbox"]
    assert -180 <= west < east <= 180 and -90 <= south < north <= 90
    assert told["title"] and told["description"]
    assert link(told, "items")["type"] == GEOJSON
    assert link(told, "self")["href"].endswith(f"/collections/{told['id']}")


def require_feature(feature: Json) -> None:
    """See that a feature is GeoJSON in longitude and latitude."""
    assert feature["type"] == "Feature" and feature["id"]
    assert isinstance(feature["properties"], dict) and "geometry" in feature
    shape = feature["geometry"]
    if shape is not None:
        assert shape["type"] in SHAPES
        for lon, lat in positions(shape["coordinates"]):
            assert -180 <= lon <= 180 and -90 <= lat <= 90


def positions(coordinates: Any) -> list[tuple[float, float]]:
    """Return every position of nested coordinates."""
    if coordinates and isinstance(coordinates[0], int | float):
        return [(coordinates[0], coordinates[1])]
    return [one for part in coordinates for one in positions(part)]


def read_items(address: str) -> Json:
    """Return a page of features that keeps the standard."""
    page = read(address, GEOJSON)
    assert page["type"] == "FeatureCollection"
    assert page["numberReturned"] == len(page["features"])
    assert page.get("numberMatched", page["numberReturned"]) >= page["numberReturned"]
    assert datetime.fromisoformat(page["timeStamp"]).tzinfo is not None
    assert link(page, "self")["type"] == GEOJSON
    for feature in page["features"]:
        require_feature(feature)
    return page


def walk_items(address: str) -> list[Json]:
    """Return the features of all pages, following the links."""
    found: list[Json] = []
    while address:
        page = read_items(address)
        found += page["features"]
        address = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    return found
