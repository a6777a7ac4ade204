"""The collections: what each holds, how it is filtered, and how a page of it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from qaita.disclosure.features.asked import Build, Feature, Page, Question
from qaita.disclosure.features.sections import one_section, sections_page
from qaita.disclosure.features.things import (
    build_outages,
    build_projects,
    build_regions,
    build_utilities,
    outages_page,
    projects_page,
    regions,
    regions_page,
    utilities,
    utilities_page,
)
from qaita.networks.models import ServiceKind
from qaita.programme.queries import public_projects
from qaita.territory.models import RegionBorder
from qaita.turmys.queries import outages

One = Callable[[str], Feature | None]
WORLD = (-180.0, -90.0, 180.0, 90.0)
SERVICES = tuple(ServiceKind.values)


@dataclass(frozen=True)
class Collection:
    """One collection. `filters`: name → column and the values it may have (any, if none)."""

    id: str
    title: str
    description: str
    page: Callable[[Question], Page]
    one: One
    filters: dict[str, tuple[str, tuple[str, ...]]]
    kind: str = ""  # of the portal's pages
    has_time: bool = True


def _by(rows: Callable[[], QuerySet[Any]], key: str, build: Build) -> One:
    def one(value: str) -> Feature | None:
        made = build(list(rows().filter(**{key: value})[:1]))
        return made[0][0] if made else None

    return one


BY_SERVICE = {"service": ("service", SERVICES)}
BY_REGION: dict[str, tuple[str, tuple[str, ...]]] = {"region_kato": ("region_kato", ())}
BY_REGION_ROW: dict[str, tuple[str, tuple[str, ...]]] = {"region_kato": ("region__kato", ())}
COLLECTIONS = {
    one.id: one
    for one in (
        Collection(
            "regions", "Regions", "The regions with their borders.",
            regions_page, _by(regions, "kato", build_regions), {}, "regions", has_time=False,
        ),
        Collection(
            "utilities", "Utilities",
            "Services of utilities at the towns of their networks.",
            utilities_page, _by(utilities, "code", build_utilities),
            BY_SERVICE | BY_REGION_ROW, has_time=False,
        ),
        Collection(
            "sections", "Sections of networks",
            "Living sections of networks of heat, power, water, wastewater and gas. Lines stop"
            " short of plants, pumping stations and other guarded places; where nothing is left"
            " to show there is no geometry.",
            sections_page, one_section,
            BY_SERVICE | BY_REGION | {"state": ("state", ("in_service", "in_works"))},
            "sections",
        ),
        Collection(
            "projects", "Projects", "Public projects with the sections they renew.",
            projects_page, _by(public_projects, "code", build_projects),
            BY_SERVICE | BY_REGION_ROW, "projects",
        ),
        Collection(
            "outages", "Outages",
            "Planned and emergency outages at the middle of what is off.",
            outages_page, _by(outages, "code", build_outages),
            BY_SERVICE | BY_REGION
            | {"state": ("state", ("announced", "running", "restored", "cancelled"))},
            "outages",
        ),
    )
}  # fmt: skip


def extent_deg() -> tuple[float, float, float, float]:
    """Return the box around all regions, west, south, east, north; the world without regions."""
    outlines = RegionBorder.objects.values_list("outline", flat=True)
    points = [point for outline in outlines for ring in outline for point in ring]
    if not points:
        return WORLD
    lon, lat = zip(*points, strict=True)
    return min(lon), min(lat), max(lon), max(lat)
