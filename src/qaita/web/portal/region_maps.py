"""Maps of the regions by wear, one per service, with the list that says the same in words."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from qaita.networks.queries.wear import WearFigures
from qaita.territory.models import Region
from qaita.web.formats import percent_text
from qaita.web.links import link
from qaita.web.maps import Shade, Sheet, country_map, outlines, sheet
from qaita.web.portal.figures import SERVICES
from qaita.web.portal.wear import wear_by_region

STEPS = ((0.2, "w1"), (0.4, "w2"), (0.5, "w3"), (0.65, "w4"), (9.0, "w5"))


@dataclass(frozen=True)
class Row:
    """One region in the list beside the map."""

    region: Region
    url: str
    words: str
    tone: str
    share: float | None


@dataclass(frozen=True)
class WearMap:
    """The map of one service."""

    service: str
    drawing: Any
    rows: list[Row]
    known: bool


@dataclass(frozen=True)
class WearMaps:
    """All maps of a page, with the outlines they share and the legend."""

    outlines: Any
    maps: list[WearMap]
    legend: list[tuple[str, str]]


def tone_of(share: float | None) -> str:
    """Return the class of colour of a wear share."""
    if share is None:
        return "w0"
    return next(tone for limit, tone in STEPS if share < limit)


def _map(
    service: str, page: Sheet, regions: list[Region], found: dict[str, WearFigures]
) -> WearMap:
    rows = []
    for region in regions:
        share = found[region.kato].share_past_norm if region.kato in found else None
        words = _("no utility takes part yet") if share is None else percent_text(share, 0)
        rows.append(Row(region, link("region", region.kato), words, tone_of(share), share))
    shades = {
        row.region.kato: Shade(
            row.tone, "" if row.share is None else f"{row.share * 100:.0f}", row.words, row.url
        )
        for row in rows
    }
    drawing = country_map("land", page, regions, shades, title=_("Wear by region"))
    rows.sort(key=lambda row: (row.share is None, -(row.share or 0), row.region.kato))
    return WearMap(service, drawing, rows, bool(found))


def legend() -> list[tuple[str, str]]:
    """Return classes of colour with their words."""
    low, found = 0.0, []
    for limit, tone in STEPS:
        last = limit >= 1
        ends = f"{low * 100:.0f}–{percent_text(limit, 0)}"
        words = f"≥ {percent_text(low, 0)}" if last else ends
        found.append((tone, words))
        low = limit
    return [*found, ("w0", _("no utility takes part yet"))]


def wear_maps(on: date) -> WearMaps:
    """Return the maps of all services."""
    regions = list(Region.objects.all())
    wear, page = wear_by_region(on), sheet()
    maps = [_map(service, page, regions, wear.get(service, {})) for service in SERVICES]
    maps.sort(key=lambda one: not one.known)
    return WearMaps(outlines("land", page), maps, legend())


@dataclass(frozen=True)
class WearCell:
    """The wear of one service in one region, or that nothing is known of it."""

    service: str
    words: str
    tone: str
    known: bool


@dataclass(frozen=True)
class RegionWear:
    """One region with the wear of every service."""

    region: Region
    cells: list[WearCell]


def wear_table(maps: WearMaps) -> list[RegionWear]:
    """Return the figures of the maps region by region."""
    cells: dict[str, list[WearCell]] = defaultdict(list)
    for one in maps.maps:
        for row in one.rows:
            known = row.share is not None
            cells[row.region.kato].append(WearCell(one.service, row.words, row.tone, known))
    return [RegionWear(region, cells[region.kato]) for region in Region.objects.order_by("kato")]


def wear_of_region(kato: str, on: date) -> list[WearFigures]:
    """Return the wear of each service of a region that is known."""
    wear = wear_by_region(on)
    return [wear[service][kato] for service in SERVICES if kato in wear.get(service, {})]
