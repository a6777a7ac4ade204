"""Sections of networks as features: lines as far as the public may see them."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

import numpy as np
import shapely
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from qaita.disclosure.features.asked import (
    CHUNK,
    Box,
    Feature,
    Page,
    Question,
    Span,
    cut_page,
)
from qaita.kernel.clock import day_of
from qaita.networks.geometry import Coords, unpack
from qaita.networks.models import LIVING, Section, ServiceKind
from qaita.networks.queries.tiles import LINE_COLUMNS, public_rows

FACTS = (
    "service", "region_kato", "network__code", "material", "length_m", "laid_on",
    "laid_imputed", "valid_from",
)  # fmt: skip
DECIMALS = 6  # a tenth of a metre
MOST_CODES = 50_000  # behind so many, reading in the order of codes is quicker than sorting


def sections_page(question: Question) -> Page:
    """Return living sections by code."""
    rows = _chosen(question)
    if question.box is None:
        return _page_in_order(rows, question, rows.count())
    codes = _codes_in(rows, question.box)
    if codes is None:
        return _page_in_order(rows, question, None)
    ahead = sorted(code for code in codes if code > question.after)
    found: list[Feature] = []
    for start in range(0, len(ahead), CHUNK):
        found += _read(rows.filter(code__in=ahead[start : start + CHUNK]), question.box)
        if len(found) > question.limit:
            break
    return cut_page(found, question, None)


def one_section(code: str) -> Feature | None:
    """Return a living section, or None."""
    made = _features(_values(Section.objects.filter(code=code, state__in=LIVING)))
    return made[0] if made else None


def _chosen(question: Question) -> QuerySet[Section]:
    rows = Section.objects.filter(state__in=LIVING, **question.filters)
    return rows.filter(_lasting(question.span)) if question.span else rows


def _lasting(span: Span) -> Q:
    """Return the condition that a section was there at some time of the span."""
    found = Q()
    if span.until:
        found &= Q(valid_from=None) | Q(valid_from__lte=day_of(span.until))
    if span.since:
        found &= Q(valid_until=None) | Q(valid_until__gt=day_of(span.since))
    return found


def _codes_in(rows: QuerySet[Section], box: Box) -> list[str] | None:
    """Return the codes of sections that may lie in a box, by the keys tiles use; None: too many."""
    ranges, above = box.key_ranges()
    near = reduce(or_, (Q(morton_key__range=pair) for pair in ranges), Q(morton_key__in=above))
    # the service stands there because the index begins with it
    found: list[str] = []
    for service in ServiceKind.values:
        chosen = rows.filter(near, service=service).order_by().values_list("code", flat=True)
        found += chosen[: MOST_CODES + 1 - len(found)]
        if len(found) > MOST_CODES:
            return None
    return found


def _page_in_order(rows: QuerySet[Section], question: Question, matched: int | None) -> Page:
    found: list[Feature] = []
    after, size = question.after, min(question.limit + 1, CHUNK)
    while len(found) <= question.limit:
        chunk = rows.filter(code__gt=after).order_by("code")[:size]
        codes = list(chunk.values_list("code", flat=True))
        found += _read(rows.filter(code__in=codes), question.box)
        if len(codes) < size:
            break
        after = codes[-1]
    return cut_page(found, question, matched)


def _read(rows: QuerySet[Section], box: Box | None) -> list[Feature]:
    return _features(_values(rows.order_by("code")), box)


def _values(rows: QuerySet[Section]) -> list[Sequence[Any]]:
    return list(rows.values_list(*LINE_COLUMNS, *FACTS))


def _features(rows: list[Sequence[Any]], box: Box | None = None) -> list[Feature]:
    """Return the rows as features; of a box only those whose public line meets it."""
    lines = {row[0]: unpack(row[1]).round(DECIMALS) for row in public_rows(rows)}
    if box:
        meets = shapely.intersects(_shapes(list(lines.values())), box.shape())
        met = {code for code, is_inside in zip(lines, meets, strict=True) if is_inside}
        rows = [row for row in rows if row[0] in met]
    return [_feature(row, lines.get(row[0])) for row in rows]


def _shapes(lines: list[Coords]) -> NDArray[np.object_]:
    """Return the lines as shapes, made at once."""
    if not lines:
        return np.empty(0, dtype=np.object_)
    owners = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    made: NDArray[np.object_] = shapely.linestrings(np.concatenate(lines), indices=owners)
    return made


def _feature(row: Sequence[Any], line: Coords | None) -> Feature:
    code, _line, condition, state, born_of, diameter_mm, voltage_kv = row[:7]
    service, region, network, material, length_m, laid_on, is_guess, since = row[9:]
    facts = {
        "service": service,
        "state": state,
        "region_kato": region,
        "network": network,
        "material": material,
        "diameter_mm": diameter_mm,
        "voltage_kv": voltage_kv,
        "length_m": round(length_m, 1),
        "laid_on": laid_on and laid_on.isoformat(),
        "laid_imputed": is_guess,
        "condition": None if condition is None else round(condition, 4),
        "born_of": born_of,
        "valid_from": since and since.isoformat(),
    }
    shape = None if line is None else {"type": "LineString", "coordinates": line.tolist()}
    return {"type": "Feature", "id": code, "geometry": shape, "properties": facts}
