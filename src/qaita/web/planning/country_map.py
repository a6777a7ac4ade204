"""Where a country's plan renews, by year: spots on the map of regions, and the same as GeoJSON."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qaita.planning.models import CountryRun
from qaita.planning.queries import PackageLine, Point, Wanted, packages_of_run, points_of_plan
from qaita.territory.models import Region
from qaita.web.maps import WIDTH, sheet

TONES = ("s1", "s2", "s3", "s4", "s5", "s0")
CHUNK = 8_000  # a file is read by groups of sixty thousand rows


@dataclass(frozen=True)
class PlanMap:
    """The drawing and its legend: tone, year, how many packages."""

    drawing: SafeString | str
    legend: list[tuple[str, int, int]]


def plan_map(run: CountryRun, years: list[int]) -> PlanMap:
    """Draw the chosen packages of a run, coloured by year."""
    points = points_of_plan(run)
    tones = {year: TONES[n % len(TONES)] for n, year in enumerate(years)}
    spots = [
        (one, tones.get(one.year, "s0"), _("%(year)d: %(n)d packages") % told_of(one))
        for one in points
    ]
    count: Counter[int] = Counter()
    for one in points:
        count[one.year] += one.packages
    legend = [(tones[year], year, count[year]) for year in years]
    return PlanMap(draw_spots(spots, _("Map of the plan by year")), legend)


def told_of(point: Point) -> dict[str, int]:
    """Return what the tip of a spot says."""
    return {"year": point.year, "n": point.packages}


def draw_spots(spots: Iterable[tuple[Point, str, str]], title: str) -> SafeString:
    """Draw spots (place, tone, words) on the map of regions, the larger ones below."""
    page = sheet()
    lands = format_html_join(
        "",
        '<path class="land w0" d="{}"/>',
        ((page.paths[kato],) for kato in Region.objects.values_list("kato", flat=True)),
    )
    drawn = []
    for one, tone, words in sorted(spots, key=lambda spot: -spot[0].packages):
        x, y = page.spot(one.lon_deg, one.lat_deg)
        size = min(3.0 + 0.9 * math.sqrt(one.packages), 16.0)
        drawn.append((tone, f"{x:.1f}", f"{y:.1f}", f"{size:.1f}", words))
    dots = format_html_join(
        "", '<circle class="spot {}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>', drawn
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        f"{WIDTH:g}",
        f"{page.height:g}",
        title,
        lands,
        dots,
    )


def features(run: CountryRun) -> Iterator[dict[str, Any]]:
    """Yield every chosen package as a point of GeoJSON."""
    offset, wanted = 0, Wanted(is_chosen=True)
    while lines := packages_of_run(run, wanted, offset=offset, limit=CHUNK).lines:
        yield from map(_feature, lines)
        offset += len(lines)


def _feature(line: PackageLine) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [line.lon_deg, line.lat_deg]},
        "properties": {
            "code": line.code,
            "year": line.year,
            "method": line.method,
            "services": [one["service"] for one in line.clusters],
            "regions": [one["region"] for one in line.clusters],
            "cost_mkzt": round(line.cost_mkzt, 6),
            "benefit_mkzt": round(line.benefit_mkzt, 6),
        },
    }
