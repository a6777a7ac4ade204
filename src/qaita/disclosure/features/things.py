"""Regions, utilities, projects and outages as features."""

from collections import defaultdict
from collections.abc import Sequence

import shapely
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from shapely.geometry.base import BaseGeometry

from qaita.disclosure.bulk.lines import public_lines
from qaita.disclosure.features.asked import Feature, Page, Question, feature_of, read_page
from qaita.networks.models import UtilityService
from qaita.programme.models import Project
from qaita.programme.queries import public_projects
from qaita.territory.models import Region
from qaita.turmys.models import Outage
from qaita.turmys.queries import outages

BORDER_DECIMALS = 5
Made = list[tuple[Feature, BaseGeometry | None]]


# ------------------------------------------------------------------ regions


def regions() -> QuerySet[Region]:
    """Return the regions with their borders."""
    return Region.objects.select_related("border")


def regions_page(question: Question) -> Page:
    """Return regions by the head of their KATO."""
    return read_page(regions().filter(**question.filters), question, "kato", build_regions)


def build_regions(rows: Sequence[Region]) -> Made:
    """Return regions with their borders."""
    made: Made = []
    for row in rows:
        border = getattr(row, "border", None)
        shape = shapely.from_wkb(bytes(border.wkb)) if border else None
        shape = shape and shapely.transform(shape, lambda points: points.round(BORDER_DECIMALS))
        facts = {
            "iso": row.iso,
            "name_kk": row.name_kk,
            "name_ru": row.name_ru,
            "name_en": row.name_en,
        }
        made.append((feature_of(row.kato, shape, facts), shape))
    return made


# ------------------------------------------------------------------ utilities


def utilities() -> QuerySet[UtilityService]:
    """Return the services of utilities."""
    rows = UtilityService.objects.select_related("organisation", "region")
    return rows.prefetch_related("networks__settlement")


def utilities_page(question: Question) -> Page:
    """Return services of utilities by code."""
    return read_page(utilities().filter(**question.filters), question, "code", build_utilities)


def build_utilities(rows: Sequence[UtilityService]) -> Made:
    """Return services of utilities at the towns of their networks."""
    made: Made = []
    for row in rows:
        towns = {one.settlement for one in row.networks.all() if one.settlement}
        points = sorted((town.lon_deg, town.lat_deg) for town in towns)
        shape = shapely.MultiPoint(points) if points else None
        facts = {
            "utility": row.organisation.code,
            "bin": row.organisation.bin,
            "name_kk": row.organisation.name_kk,
            "name_ru": row.organisation.name_ru,
            "name_en": row.organisation.name_en,
            "service": row.service,
            "region_kato": row.region.kato,
            "networks": sorted(one.code for one in row.networks.all()),
        }
        made.append((feature_of(row.code, shape, facts), shape))
    return made


# ------------------------------------------------------------------ projects


def projects_page(question: Question) -> Page:
    """Return public projects by code."""
    rows = public_projects().filter(**question.filters)
    if question.span and question.span.until:
        rows = rows.filter(drafted_at__lte=question.span.until)
    return read_page(rows, question, "code", build_projects)


def build_projects(rows: Sequence[Project]) -> Made:
    """Return projects with the public lines of the sections they renew."""
    sections: dict[int, list[str]] = defaultdict(list)
    pairs = Project.objects.filter(pk__in=[row.pk for row in rows]).order_by("sections__code")
    for key, code in pairs.values_list("pk", "sections__code"):
        if code:
            sections[key].append(code)
    lines = public_lines([code for codes in sections.values() for code in codes])
    made: Made = []
    for row in rows:
        drawn = [lines[code] for code in sections[row.pk] if code in lines]
        shape = shapely.MultiLineString(drawn) if drawn else None
        facts = {
            "title_kk": row.title_kk,
            "title_ru": row.title_ru,
            "title_en": row.title_en,
            "state": row.state,
            "service": row.service,
            "region_kato": row.region.kato,
            "utility": row.utility.code,
            "cost_kzt": float(row.cost_kzt),
            "length_planned_m": round(row.length_planned_m, 1),
            "year": row.year,
            "sections": sections[row.pk],
            "drafted_at": row.drafted_at.isoformat(),
        }
        made.append((feature_of(row.code, shape, facts), shape))
    return made


# ------------------------------------------------------------------ outages


def outages_page(question: Question) -> Page:
    """Return outages by code."""
    rows = outages().filter(**question.filters)
    if question.box:
        rows = rows.filter(question.box.points())
    return read_page(rows.filter(_during(question)), question, "code", build_outages)


def _during(question: Question) -> Q:
    """Return the condition that supply was off, or was to be, at some time of the span."""
    span, found = question.span, Q()
    if span and span.until:
        found &= Q(starts_at__lte=span.until)
    if span and span.since:
        ended = Coalesce("restored_at", "cancelled_at", "expected_at")
        found &= Q(pk__in=Outage.objects.alias(ended=ended).filter(ended__gte=span.since))
    return found


def build_outages(rows: Sequence[Outage]) -> Made:
    """Return outages at the middle of what is off."""
    made: Made = []
    for row in rows:
        shape = shapely.Point(round(row.lon_deg, 6), round(row.lat_deg, 6))
        facts = {
            "state": row.state,
            "kind": row.kind,
            "reason": row.reason,
            "service": row.service,
            "region_kato": row.region_kato,
            "network": row.network.code,
            "place_kk": row.place_kk,
            "place_ru": row.place_ru,
            "place_en": row.place_en,
            "radius_m": round(row.radius_m, 1),
            "consumers_off": row.consumers_off,
            "starts_at": row.starts_at.isoformat(),
            "expected_at": row.expected_at.isoformat(),
            "restored_at": row.restored_at and row.restored_at.isoformat(),
        }
        made.append((feature_of(row.code, shape, facts), shape))
    return made
