"""What is asked of a collection, and a page of the answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from django.db.models import Q, QuerySet
from shapely.geometry.base import BaseGeometry

from qaita.engine.tiles.keys import covering_range, positions

Feature = dict[str, Any]
CHUNK = 1000
MOST_TILES = 16
FINEST = 16


@dataclass(frozen=True)
class Box:
    """A box of degrees; its west may lie east of its east: then it crosses the 180th meridian."""

    west: float
    south: float
    east: float
    north: float

    def parts(self) -> list[tuple[float, float, float, float]]:
        """Return the box as one or two that do not cross the meridian."""
        if self.west <= self.east:
            return [(self.west, self.south, self.east, self.north)]
        return [
            (self.west, self.south, 180.0, self.north),
            (-180.0, self.south, self.east, self.north),
        ]

    def shape(self) -> BaseGeometry:
        """Return the box as a shape."""
        return shapely.union_all([shapely.box(*part) for part in self.parts()])

    def points(self) -> Q:
        """Return the condition that a row's point lies inside."""
        found = Q()
        for west, south, east, north in self.parts():
            found |= Q(lon_deg__range=(west, east), lat_deg__range=(south, north))
        return found

    def key_ranges(self) -> tuple[list[tuple[int, int]], set[int]]:
        """Return ranges of covering keys, and single keys above them, that lines inside carry."""
        ranges: list[tuple[int, int]] = []
        above: set[int] = set()
        for part in self.parts():
            for z, x, y in _tiles(*part):
                low, high, over = covering_range(z, x, y)
                ranges.append((low, high))
                above.update(over)
        return ranges, above


def _tiles(west: float, south: float, east: float, north: float) -> Iterator[tuple[int, int, int]]:
    """Return the finest tiles that cover a box with a handful of them."""
    x, y = positions([west, east], [north, south])
    for z in range(FINEST, -1, -1):
        x0, x1 = (int(one) >> (32 - z) for one in x)
        y0, y1 = (int(one) >> (32 - z) for one in y)
        if (x1 - x0 + 1) * (y1 - y0 + 1) <= MOST_TILES:
            yield from ((z, a, b) for a in range(x0, x1 + 1) for b in range(y0, y1 + 1))
            return


@dataclass(frozen=True)
class Span:
    """A span of time; an open end is None. An instant begins and ends at once."""

    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Question:
    """Which features: how many, behind which, where, when, and of what kind."""

    limit: int
    after: str = ""
    box: Box | None = None
    span: Span | None = None
    filters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Features, the id of the last one when more follow, and the count of all if it is known."""

    features: list[Feature]
    after: str
    matched: int | None


Build = Callable[[Sequence[Any]], list[tuple[Feature, BaseGeometry | None]]]


def read_page(rows: QuerySet[Any, Any], question: Question, key: str, build: Build) -> Page:
    """Return one page of rows in the order of their key; the box is asked of what is shown."""
    matched = None if question.box else rows.count()
    box = question.box.shape() if question.box else None
    found: list[Feature] = []
    after, size = question.after, min(question.limit + 1, CHUNK)
    while len(found) <= question.limit:
        ahead = rows.filter(**{f"{key}__gt": after}) if after else rows
        chunk = list(ahead.order_by(key)[:size])
        made = build(chunk)
        found += [feature for feature, _shape in inside(made, box)]
        if len(chunk) < size:
            break
        after = made[-1][0]["id"]
    return cut_page(found, question, matched)


def cut_page(found: list[Feature], question: Question, matched: int | None) -> Page:
    """Return the page of features of which one more than asked for may have been read."""
    shown = found[: question.limit]
    return Page(shown, shown[-1]["id"] if len(found) > question.limit else "", matched)


def inside(
    made: list[tuple[Feature, BaseGeometry | None]], box: BaseGeometry | None
) -> list[tuple[Feature, BaseGeometry | None]]:
    """Return the features whose public shape meets the box; without a shape none does."""
    if box is None or not made:
        return made
    shapes = np.array([shape for _feature, shape in made], dtype=object)
    meets = shapely.intersects(shapes, box)
    return [one for one, is_inside in zip(made, meets.tolist(), strict=True) if is_inside]


def feature_of(key: str, shape: BaseGeometry | None, facts: dict[str, Any]) -> Feature:
    """Return a feature of GeoJSON."""
    geometry = None if shape is None else shapely.geometry.mapping(shape)
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": facts}
