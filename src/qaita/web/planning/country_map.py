"""Where a country's plan renews, by year: spots on the map of regions, and the same as GeoJSON."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qaita.planning.models import CountryRun
from qaita.planning.queries import PackageLine, Point, Wanted, packages_of_run, points_of_plan
from qaita.territory.models import Region
from qaita.web.maps import WIDTH, Sheet, sheet

TONES = ("s1", "s2", "s3", "s4", "s5", "s0")
APART = 24.0  # of the middles of pies, in units of the sheet
LEAST, GROWS, MOST = 4.0, 0.35, 24.0  # radius of a pie: least + √packages × grows, at most
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
    count: Counter[int] = Counter()
    for one in points:
        count[one.year] += one.packages
    legend = [(tones[year], year, count[year]) for year in years]
    return PlanMap(draw_pies(points, tones, _said, _("Map of the plan by year")), legend)


def _said(year: int, packages: int) -> str:
    """Return what the tip of a sector says."""
    return _("%(year)d: %(n)d packages") % {"year": year, "n": packages}


@dataclass
class Pie:
    """Packages that lie together on the sheet, by year (or whatever the points are numbered by)."""

    x: float
    y: float
    counts: Counter[int] = field(default_factory=Counter)

    @property
    def size(self) -> float:
        """Return the radius: the area tells how many, no pie is too small to be seen."""
        return min(LEAST + GROWS * math.sqrt(self.counts.total()), MOST)

    def sectors(self) -> Iterator[tuple[int, int, str]]:
        """Yield number, packages and outline of each sector, clockwise from the top."""
        begin, whole = 0, self.counts.total()
        for number, packages in sorted(self.counts.items()):
            edges = [2 * math.pi * n / whole for n in (begin, (2 * begin + packages) / 2)]
            begin += packages
            edges.append(2 * math.pi * begin / whole)
            yield number, packages, self._sector(edges, is_whole=packages == whole)

    def _sector(self, angles: Sequence[float], *, is_whole: bool) -> str:
        """Return the outline through the angles at the start, in the middle and at the end."""
        spots = [
            f"{self.x + self.size * math.sin(a):.1f} {self.y - self.size * math.cos(a):.1f}"
            for a in angles
        ]
        r = f"{self.size:.1f}"
        arcs = "".join(f"A{r} {r} 0 0 1 {spot}" for spot in spots[1:])
        start = f"M{spots[0]}" if is_whole else f"M{self.x:.1f} {self.y:.1f}L{spots[0]}"
        return f"{start}{arcs}Z"


def pies_of(points: Iterable[Point], page: Sheet) -> list[Pie]:
    """Gather points that would lie on one another, those with most packages first."""
    pies: list[Pie] = []
    for one in sorted(points, key=lambda point: -point.packages):
        x, y = page.spot(one.lon_deg, one.lat_deg)
        near = [pie for pie in pies if math.hypot(pie.x - x, pie.y - y) < APART]
        if not near:
            pies.append(Pie(x, y))
        pie = min(near, key=lambda pie: math.hypot(pie.x - x, pie.y - y)) if near else pies[-1]
        pie.counts[one.year] += one.packages
    return sorted(pies, key=lambda pie: -pie.size)


def draw_pies(
    points: Iterable[Point],
    tones: Mapping[int, str],
    said: Callable[[int, int], str],
    title: str,
) -> SafeString:
    """Draw points on the map of regions as pies by their number, the larger ones below."""
    page = sheet()
    lands = format_html_join(
        "",
        '<path class="land w0" d="{}"/>',
        ((page.paths[kato],) for kato in Region.objects.values_list("kato", flat=True)),
    )
    sectors = format_html_join(
        "",
        '<path class="spot {}" d="{}"><title>{}</title></path>',
        (
            (tones.get(number, "s0"), outline, said(number, packages))
            for pie in pies_of(points, page)
            for number, packages, outline in pie.sectors()
        ),
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>',
        f"{WIDTH:g}",
        f"{page.height:g}",
        title,
        lands,
        sectors,
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
