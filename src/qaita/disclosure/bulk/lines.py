"""Sections and projects as GeoJSON, as far as the public may see where they run."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from qaita.engine.tiles.packed import read_packed
from qaita.networks.geometry import SCALE, unpack
from qaita.networks.models import LIVING, Section
from qaita.networks.queries.tiles import LINE_COLUMNS, public_rows
from qaita.programme.queries import public_projects

T = TypeVar("T")
HEAD, JOINT, TAIL = '{"type":"FeatureCollection","features":[\n', ",\n", "\n]}\n"
CHUNK = 4000
DECIMALS = 6  # a tenth of a metre
Coordinates = list[list[float]]
FACTS = ("service", "state", "material", "diameter_mm", "length_m", "laid_on", "condition")
MORE = tuple(name for name in FACTS if name not in LINE_COLUMNS)


def collection(features: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Return a feature collection in pieces, one feature a line."""
    yield HEAD.encode()
    joint = ""
    for chunk in _chunks(features):
        yield (joint + JOINT.join(map(_as_text, chunk))).encode()
        joint = JOINT
    yield TAIL.encode()


_as_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def features_of_network(network: int) -> bytes:
    """Return the living sections of a network (a row key), one feature a line."""
    names = (*LINE_COLUMNS, *MORE)
    rows = Section.objects.filter(network=network, state__in=LIVING).order_by("code")
    told = list(rows.values_list(*names))
    shown = public_rows(told)
    lines = dict(zip((row[0] for row in shown), _lines([row[1] for row in shown]), strict=True))
    at = [(name, names.index(name)) for name in FACTS]
    made = (
        _feature(row[0], _line(lines.get(row[0])), {name: _plain(row[k]) for name, k in at})
        for row in told
    )
    return JOINT.join(_as_text(one) for one in made).encode()


def _lines(packed: Sequence[bytes]) -> Iterator[Coordinates]:
    """Return the points of packed lines in degrees."""
    if not packed:
        return iter(())
    lon, lat, starts = read_packed(packed)
    points = (np.stack([lon, lat], axis=1) / SCALE).round(DECIMALS).tolist()
    return (points[begin:end] for begin, end in pairwise(starts.tolist()))


def project_features() -> Iterator[dict[str, Any]]:
    """Return the projects with the sections each of them renews."""
    sections: dict[int, list[str]] = defaultdict(list)
    pairs = public_projects().order_by("code", "sections__code")
    for key, code in pairs.values_list("pk", "sections__code"):
        if code:
            sections[key].append(code)
    for project in public_projects().order_by("code"):
        lines = public_lines(sections[project.pk])
        shape = [lines[code] for code in sections[project.pk] if code in lines]
        facts = {
            "title_kk": project.title_kk,
            "title_ru": project.title_ru,
            "title_en": project.title_en,
            "state": project.state,
            "service": project.service,
            "region_kato": project.region.kato,
            "cost_kzt": float(project.cost_kzt),
            "length_planned_m": round(project.length_planned_m, 1),
            "year": project.year,
        }
        several = {"type": "MultiLineString", "coordinates": shape} if shape else None
        yield _feature(project.code, several, facts)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
    return round(value, 4) if isinstance(value, float) else str(value)


def _feature(code: str, shape: dict[str, Any] | None, facts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": code, "geometry": shape, "properties": {"code": code, **facts}}


def _line(points: Coordinates | None) -> dict[str, Any] | None:
    return {"type": "LineString", "coordinates": points} if points else None


def public_lines(codes: Sequence[str]) -> dict[str, Coordinates]:
    """Return the lines of sections as far as the public may see them; hidden ones are left out."""
    found: dict[str, Coordinates] = {}
    for start in range(0, len(codes), 500):
        rows = Section.objects.filter(code__in=codes[start : start + 500])
        for row in public_rows(list(rows.values_list(*LINE_COLUMNS))):
            found[row[0]] = unpack(row[1]).round(DECIMALS).tolist()
    return found


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    held: list[T] = []
    for row in rows:
        held.append(row)
        if len(held) == CHUNK:
            yield held
            held = []
    if held:
        yield held
