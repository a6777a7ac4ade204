"""My address: what is off, what is planned, which renewal comes, who answers."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from qaita.networks.models import Network, Section, ServiceKind
from qaita.networks.queries import nearest_section
from qaita.programme.models import Project
from qaita.programme.queries import public_projects
from qaita.territory.models import Settlement
from qaita.territory.queries import settlement_near, settlements_matching
from qaita.turmys.models import Outage
from qaita.turmys.queries import outages_at, outages_in
from qaita.web.few import Few, few
from qaita.web.links import link
from qaita.web.middleware import Request

MAX_TEXT = 120
LON, LAT = (46.0, 88.0), (40.0, 56.0)
WITHIN_M = 1_000
PROJECTS = 8
# the street may stand in words of these kinds before or after its name
STREET_WORDS = frozenset(
    (
        *("улица", "проспект", "пр-т", "переулок", "пер", "мкр", "микрорайон", "дом"),
        *("көшесі", "көше", "даңғылы", "street", "ave", "avenue", "house"),
    )
)


@dataclass(frozen=True)
class Asked:
    """What was typed: the place it names, and the words left over for a street."""

    settlement: Settlement | None
    others: list[Settlement]
    street: str


@dataclass(frozen=True)
class Near:
    """The section of a service nearest to the point, and the outages that leave it off."""

    section: Section
    distance_m: float
    outages: list[Outage]
    projects: list[Project]


def asked_place(text: str) -> Asked:
    """Read `Pavlodar, Lomov 5`: the longest head that names a place, the rest is a street."""
    head, comma, tail = text.partition(",")
    if comma:
        found = settlements_matching(head, 5)
        return Asked(found[0] if found else None, found[1:], tail.strip())
    words = text.split()
    for count in range(min(len(words), 3), 0, -1):
        found = settlements_matching(" ".join(words[:count]), 5)
        if found:
            return Asked(found[0], found[1:], " ".join(words[count:]))
    return Asked(None, [], text)


def street_words(street: str) -> list[str]:
    """Return the telling words of a street: no numbers, no word for street."""
    words = [word.strip(".,").lower() for word in street.split()]
    return [word for word in words if len(word) > 2 and word.isalpha() and word not in STREET_WORDS]


def address(request: Request) -> HttpResponse:
    """Show what concerns an address, from the name of a place or from a point."""
    text = request.GET.get("q", "")[:MAX_TEXT].replace("\0", "").strip()
    point = _point(request)
    asked = asked_place(text) if text else Asked(None, [], "")
    settlement = asked.settlement
    if settlement is None and point:
        settlement = settlement_near(*point)
    context: dict[str, Any] = {
        "q": text,
        "point": point,
        "asked": bool(text or point),
        "map_url": _map_url(settlement, point),
    }
    if not (text or point):
        context["towns"] = Settlement.objects.filter(
            pk__in=Network.objects.exclude(settlement=None).values("settlement")
        ).order_by("-population", "code")
    if settlement is not None:
        context |= _about(settlement, asked)
    if point:
        context["near"] = _near(*point)
    return render(request, "portal/address.html", context)


def _map_url(settlement: Settlement | None, point: tuple[float, float] | None) -> str:
    """Return the address of the map where the asked place lies."""
    page = link("map")
    if page and point:
        return f"{page}#at=16/{point[1]:.4f}/{point[0]:.4f}"
    if page and settlement:
        return f"{page}#at=12/{settlement.lat_deg:.4f}/{settlement.lon_deg:.4f}"
    return page


def _point(request: Request) -> tuple[float, float] | None:
    try:
        lon, lat = float(request.GET["lon"]), float(request.GET["lat"])
    except (KeyError, ValueError):
        return None
    inside = LON[0] <= lon <= LON[1] and LAT[0] <= lat <= LAT[1]
    return (lon, lat) if inside else None


def _about(settlement: Settlement, asked: Asked) -> dict[str, Any]:
    """Return what is known of a settlement; what names the street comes first."""
    words = street_words(asked.street)
    found = sorted(outages_in(settlement), key=lambda row: not _names(row, words))
    networks = Network.objects.filter(settlement=settlement).select_related(
        "utility_service__organisation"
    )
    return {
        "settlement": settlement,
        "others": asked.others,
        "street": asked.street,
        "running": [row for row in found if row.state == "running"],
        "planned": [row for row in found if row.state == "announced"],
        "named": {row.pk for row in found if _names(row, words)},
        "projects": _projects(settlement),
        "projects_url": f"{link('projects')}?region={settlement.region.kato}",
        "networks": networks.order_by("utility_service__service", "code"),
    }


def _names(row: Outage, words: list[str]) -> bool:
    places = f"{row.place_kk} {row.place_ru} {row.place_en}".lower()
    return any(word in places for word in words)


def _projects(settlement: Settlement) -> Few:
    """Return the projects that renew a section of the settlement's networks."""
    here = Network.objects.filter(settlement=settlement)
    keys = Project.sections.through.objects.filter(section__network__in=here)
    rows = public_projects().filter(pk__in=keys.values("project"))
    return few(rows.order_by("year", "code"), PROJECTS)


def _near(lon: float, lat: float) -> list[Near]:
    """Return the nearest section of each service with what happens to it."""
    found = []
    for service in ServiceKind.values:
        nearest = nearest_section(lon, lat, service=service, within_m=WITHIN_M)
        if nearest:
            section, distance_m = nearest
            projects = public_projects().filter(sections=section)[:3]
            found.append(Near(section, distance_m, list(outages_at(section)), list(projects)))
    return found


urlpatterns: list[URLPattern] = [path("address/", address, name="address")]
