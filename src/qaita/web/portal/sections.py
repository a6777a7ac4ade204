"""The passport of one section: what it is, how worn, what happened to it, where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from qaita.kernel.clock import day_of
from qaita.ledger.queries import timeline
from qaita.networks.geometry import Coords, unpack
from qaita.networks.models import LIVING, Section
from qaita.networks.queries import (
    failures_of,
    get_section,
    guess_of,
    inspections_of,
    lineage_of,
)
from qaita.networks.queries.nearest import touching
from qaita.networks.queries.tiles import LINE_COLUMNS, public_rows
from qaita.programme.queries import projects_about
from qaita.web.links import link
from qaita.web.middleware import Request
from qaita.web.portal.utilities import material_name
from qaita.web.section_wear import map_address, wear_of

WIDTH, HEIGHT = 640.0, 400.0
MARGIN_SHARE = 0.35
LEAST_SPAN_DEG = 0.0025
NEIGHBOURS = 600


@dataclass(frozen=True)
class Place:
    """The sheet of the small map: from degrees to pixels."""

    west: float
    north: float
    scale: float
    squeeze: float

    def path(self, line: Coords) -> str:
        """Return a line as an SVG path."""
        x = (line[:, 0] - self.west) * self.squeeze * self.scale
        y = (self.north - line[:, 1]) * self.scale
        return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))


def _box(line: Coords) -> tuple[float, float, float, float, float]:
    """Return the box of the sheet around a line, and how much a degree of longitude shrinks."""
    low, high = line.min(axis=0), line.max(axis=0)
    middle = (low + high) / 2
    squeeze = float(np.cos(np.radians(middle[1])))
    span_y = max((high[1] - low[1]) * (1 + 2 * MARGIN_SHARE), LEAST_SPAN_DEG)
    span_x = max((high[0] - low[0]) * (1 + 2 * MARGIN_SHARE) * squeeze, 0.0)
    span_y = max(span_y, span_x * HEIGHT / WIDTH)
    half_x = span_y * WIDTH / HEIGHT / 2 / squeeze
    half_y = span_y / 2
    return (
        float(middle[0] - half_x),
        float(middle[1] - half_y),
        float(middle[0] + half_x),
        float(middle[1] + half_y),
        squeeze,
    )


def small_map(section: Section) -> SafeString | str:
    """Draw the section among its neighbours, as far as the public may see."""
    own = Section.objects.filter(pk=section.pk).values_list(*LINE_COLUMNS)
    shown = public_rows(list(own))
    if not shown:
        return ""
    line = unpack(shown[0][1])
    west, south, east, north, squeeze = _box(line)
    box = touching((west, south, east, north), [section.service])
    rows = (
        Section.objects.filter(box, state__in=LIVING)
        .exclude(pk=section.pk)
        .values_list(*LINE_COLUMNS)[:NEIGHBOURS]
    )
    place = Place(west, north, HEIGHT / (north - south), squeeze)
    around = "".join(_around(place, public_rows(list(rows))))
    body = f'{around}<path class="own" d="{place.path(line)}"/>'
    title = escape(_("Where the section lies among its neighbours"))
    return mark_safe(  # noqa: S308 - numbers and escaped words only
        f'<svg class="q-place" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="group"'
        f' aria-label="{title}">{body}</svg>'
    )


def _around(place: Place, rows: Sequence[Sequence[Any]]) -> list[str]:
    drawn = []
    for row in rows:
        path_data = f'<path d="{place.path(unpack(row[1]))}"/>'
        drawn.append(path_data)
    return drawn


def section(request: Request, code: str) -> HttpResponse:
    """Show the passport."""
    on = day_of(request.at)
    found = get_section(code.upper())
    is_living = found.state in LIVING
    family = lineage_of(found)
    story = timeline(found.code)
    context = {
        "section": found,
        "network": found.network,
        "utility": found.network.utility_service.organisation,
        "material": material_name(found.material),
        "guess": guess_of(found, on=on) if is_living else None,
        "failures": failures_of(found),
        "inspections": inspections_of(found),
        "parents": family.parents,
        "children": family.children,
        "projects": projects_about(found),
        "place": small_map(found),
        "map_url": map_address(found),
        "trace_url": link("trace", found.code),
        "timeline": [*(timeline(found.source.code) if found.source else []), *story],
        "is_living": is_living,
    }
    return render(request, "portal/section.html", context | wear_of(found, on=on))


urlpatterns: list[URLPattern] = [path("sections/<str:code>/", section, name="section")]
