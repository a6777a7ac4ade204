"""The map of the country's regions as SVG: real borders, equal areas, readable on a phone.

The outlines are drawn once in <defs>; each map of a page (one per service) only uses them.
On wide screens a region carries its name, on phones its number; the list beside holds both.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from qaita.kernel.text import in_language
from qaita.territory.models import Region, RegionBorder

WIDTH = 1000.0
MARGIN = 12.0
CITIES = ("71", "75", "79")
DROPPED = (" облысы", " қаласы", " область", "область ", "город ", " Region", " city")
# where a label would lie on a border or on another label: pixels right, pixels down
NUDGES = {
    "71": (0, -24),
    "75": (30, 32),
    "79": (-4, 32),
    "11": (-34, 46),
    "19": (22, -14),
    "61": (-26, -42),
    "59": (-10, -2),
    "27": (0, 6),
    "23": (6, 14),
    "47": (10, 10),
    "63": (0, 10),
}


@dataclass(frozen=True)
class Shade:
    """What one region shows: its class of colour, a short number, and words for its tip."""

    tone: str
    number: str
    words: str
    url: str = ""


def short_name(region: Region) -> str:
    """Return the name without the word region or city, for a label."""
    name = in_language(region, "name", get_language() or "kk")
    for word in DROPPED:
        name = name.replace(word, "")
    return name


# ------------------------------------------------------------------ the projection


def _cone() -> tuple[float, float, float]:
    """Return the constants of Albers' equal-area cone with parallels 42.5° and 53° north."""
    first, second = math.radians(42.5), math.radians(53)
    n = (math.sin(first) + math.sin(second)) / 2
    c = math.cos(first) ** 2 + 2 * n * math.sin(first)
    return n, c, math.sqrt(c - 2 * n * math.sin(math.radians(48))) / n


CONE_N, CONE_C, CONE_R0 = _cone()


def projected(lon_deg: float, lat_deg: float) -> tuple[float, float]:
    """Return the place on the plane, y downwards (Albers, centre 67° east, 48° north)."""
    angle = CONE_N * math.radians(lon_deg - 67)
    r = math.sqrt(CONE_C - 2 * CONE_N * math.sin(math.radians(lat_deg))) / CONE_N
    return r * math.sin(angle), r * math.cos(angle) - CONE_R0


@dataclass(frozen=True)
class Sheet:
    """All outlines placed on one sheet of 1000 pixels' width."""

    height: float
    paths: dict[str, str]
    centres: dict[str, tuple[float, float]]
    origin: tuple[float, float] = (0.0, 0.0)  # of the plane, in the sheet's corner
    scale: float = 1.0

    def spot(self, lon_deg: float, lat_deg: float) -> tuple[float, float]:
        """Return where a place lies on the sheet."""
        x, y = projected(lon_deg, lat_deg)
        return (
            MARGIN + (x - self.origin[0]) * self.scale,
            MARGIN + (y - self.origin[1]) * self.scale,
        )


def _ring_path(points: Sequence[tuple[float, float]]) -> str:
    """Write a ring in whole pixels and relative steps: half the bytes, no visible loss."""
    here = (round(points[0][0]), round(points[0][1]))
    out = [f"M{here[0]} {here[1]}l"]
    for x, y in points[1:]:
        step = (round(x) - here[0], round(y) - here[1])
        if step != (0, 0):
            out.append(f"{step[0]} {step[1]} ")
            here = (round(x), round(y))
    return "".join(out).strip().replace(" -", "-") + "z"


@lru_cache(maxsize=2)
def _sheet(_seen: tuple[int, float]) -> Sheet:
    rows = list(Region.objects.all())
    drawn = dict(RegionBorder.objects.values_list("region__kato", "outline"))
    rings = {
        r.kato: [[projected(*p) for p in ring] for ring in drawn.get(r.kato, ())] for r in rows
    }
    flat = [p for some in rings.values() for ring in some for p in ring] or [(0.0, 0.0), (1.0, 1.0)]
    left, right = min(p[0] for p in flat), max(p[0] for p in flat)
    top, bottom = min(p[1] for p in flat), max(p[1] for p in flat)
    scale = (WIDTH - 2 * MARGIN) / (right - left)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return MARGIN + (point[0] - left) * scale, MARGIN + (point[1] - top) * scale

    paths = {
        kato: "".join(_ring_path([place(p) for p in ring]) for ring in some)
        for kato, some in rings.items()
    }
    centres = {r.kato: place(projected(r.centre_lon_deg, r.centre_lat_deg)) for r in rows}
    height = round((bottom - top) * scale + 2 * MARGIN)
    return Sheet(height, paths, centres, (left, top), scale)


def sheet() -> Sheet:
    """Return the outlines, drawn anew when the territory was loaded anew."""
    last = Region.objects.order_by("-pk").values_list("pk", "centre_lon_deg").first()
    return _sheet(last or (0, 0.0))


# ------------------------------------------------------------------ the drawing


def _label(region: Region, place: tuple[float, float], shade: Shade) -> str:
    dx, dy = NUDGES.get(region.kato, (0, 0))
    x, y = place[0] + dx, place[1] + dy
    words = short_name(region).replace("-", "- ").split(" ", 1)
    lines = (
        [words[0], words[1]]
        if len(words) == 2 and sum(map(len, words)) > 11
        else [" ".join(words).replace("- ", "-")]
    )
    first = y + 6 - 9 * (len(lines) - 1)
    spans = "".join(
        f'<tspan x="{x:.0f}" y="{first + 18 * at:.0f}">{escape(line)}</tspan>'
        for at, line in enumerate(lines)
    )
    short = f'<text class="short" x="{x:.0f}" y="{y + 10:.0f}">{escape(shade.number)}</text>'
    light = "light" if shade.tone == "w5" and region.kato not in CITIES else ""
    return f'<g class="{light}"><text class="full">{spans}</text>{short}</g>'


def outlines(name: str, page: Sheet) -> SafeString:
    """Return the <defs> that every map of this name uses."""
    shapes = "".join(f'<path id="{name}-{kato}" d="{path}"/>' for kato, path in page.paths.items())
    return mark_safe(  # noqa: S308 -- numbers only
        f'<svg class="q-defs" width="0" height="0" aria-hidden="true"><defs>{shapes}</defs></svg>'
    )


def country_map(
    name: str, page: Sheet, regions: Sequence[Region], shades: Mapping[str, Shade], *, title: Any
) -> SafeString:
    """Draw the regions in their shades; each links to its page."""
    drawn, labels = [], []
    for region in sorted(regions, key=lambda one: one.kato in CITIES):
        shade = shades.get(region.kato) or Shade("w0", "", "")
        full = in_language(region, "name", get_language() or "kk")
        words = f"{full}: {shade.words}" if shade.words else full
        if region.kato in CITIES:
            x, y = page.centres[region.kato]
            land = f'<circle class="land {shade.tone}" cx="{x:.0f}" cy="{y:.0f}" r="10"/>'
        else:
            land = f'<use class="land {shade.tone}" href="#{name}-{region.kato}"/>'
        drawn.append(
            f'<a href="{escape(shade.url)}" class="{"city" if region.kato in CITIES else ""}"'
            f' aria-label="{escape(words)}">{land}<title>{escape(words)}</title></a>'
        )
        labels.append(_label(region, page.centres[region.kato], shade))
    body = mark_safe("".join(drawn) + "".join(labels))  # noqa: S308 -- escaped above
    return format_html(
        '<svg viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>',
        f"{WIDTH:g}",
        f"{page.height:g}",
        title,
        body,
    )
