"""Sections and projects as GeoJSON, as far as the public may see where they run."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from qaita.networks.geometry import unpack
from qaita.networks.models import LIVING, Section
from qaita.networks.queries.tiles import LINE_COLUMNS, public_rows
from qaita.programme.queries import public_projects

T = TypeVar("T")
CHUNK = 4000
DECIMALS = 6  # a tenth of a metre
Coordinates = list[list[float]]
FACTS = ("service", "state", "material", "diameter_mm", "length_m", "laid_on", "condition")
MORE = tuple(name for name in FACTS if name not in LINE_COLUMNS)


def collection(features: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Return a feature collection in pieces, one feature a line."""
    before = '{"type":"FeatureCollection","features":[\n'
    for chunk in _chunks(features):
        lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in chunk)
        yield (before + ",\n".join(lines)).encode()
        before = ",\n"
    yield b"\n]}\n" if before == ",\n" else (before + "\n]}\n").encode()


def section_features() -> Iterator[dict[str, Any]]:
    """Return the living sections."""
    rows = Section.objects.filter(state__in=LIVING).order_by("code")
    names = (*LINE_COLUMNS, *MORE)
    for chunk in _chunks(rows.values_list(*names).iterator(chunk_size=CHUNK)):
        lines = {row[0]: unpack(row[1]).round(DECIMALS).tolist() for row in public_rows(chunk)}
        for row in chunk:
            told = dict(zip(names, row, strict=True))
            facts = {name: _plain(told[name]) for name in FACTS}
            yield _feature(row[0], _line(lines.get(row[0])), facts)


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
    if isinstance(value, float):
        return round(value, 4)
    return value if value is None or isinstance(value, (int, str)) else str(value)


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
