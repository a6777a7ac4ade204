"""Figures of the programme as pages show them: service by service, never added up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from qaita.kernel.remembering import asked_once
from qaita.programme.models import Clock, Indicator, Target
from qaita.programme.queries import (
    FunnelStep,
    PlanAndFact,
    funnel,
    late_days,
    overdue_clocks,
    plan_and_facts,
    targets,
)
from qaita.territory.models import Region
from qaita.web import charts, labels
from qaita.web.formats import day_text, number_text, significant
from qaita.web.links import link

SERVICES = ("heat", "water", "wastewater", "power")
ROAD = (
    "submitted",
    "technically_checked",
    "financially_checked",
    "tariff_agreed",
    "confirmed",
    "choosing_contractor",
    "ready",
    "in_works",
    "done",
)
BOARD_ROWS = 5
HEADLINES = ("money-all", "capacity-new", "utilities-whole", "meters-smart")


@dataclass(frozen=True)
class Published:
    """A published figure in words, with its source and day."""

    target: Target
    words: str
    kind: str

    @property
    def parts(self) -> tuple[str, str]:
        """The number and its unit apart, for a big figure."""
        number, _space, unit = self.words.partition(" ")
        return number, unit

    @property
    def when(self) -> str:
        """The day as exactly as the source gives it."""
        return when_words(self.target)


@dataclass
class ServiceFigures:
    """What the programme promised and did for one service."""

    service: str
    goal: Target | None = None
    published: list[Published] = field(default_factory=list)
    cells: list[PlanAndFact] = field(default_factory=list)
    region: str = ""

    @property
    def accepted_m(self) -> float:
        """Metres taken over by signed acts."""
        return sum(cell.accepted_m for cell in self.cells)

    @property
    def planned_m(self) -> float:
        """Metres in confirmed projects."""
        return sum(cell.planned_m for cell in self.cells)

    @property
    def cost_kzt(self) -> Decimal:
        """Tenge in confirmed projects."""
        return sum((cell.cost_kzt for cell in self.cells), Decimal(0))

    @property
    def share(self) -> float | None:
        """The accepted share of the published goal."""
        return self.accepted_m / (self.goal.value * 1000) if self.goal and self.goal.value else None

    @property
    def goal_words(self) -> str:
        """The goal in words."""
        if self.goal is None:
            return ""
        return _("of %(km)s km by %(year)d") % {
            "km": number_text(self.goal.value),
            "year": self.goal.year,
        }

    def chart(self) -> Any:
        """Draw plan and accepted kilometres by year."""
        years = sorted({cell.year for cell in self.cells})
        plan = [sum(c.planned_m for c in self.cells if c.year == y) / 1000 for y in years]
        fact = [sum(c.accepted_m for c in self.cells if c.year == y) / 1000 for y in years]
        series = [
            charts.Series(_("In confirmed projects"), plan, "s0"),
            charts.Series(_("Accepted by acts"), fact, f"svc-{self.service}"),
        ]
        title = _("Plan and fact by year")
        return charts.bars(years, series, title=title, unit=_("km")) if years else ""

    def _rows(self, page: str, state: str) -> str:
        place = f"&region={self.region}" if self.region else ""
        return f"{link(page)}?service={self.service}&state={state}{place}"

    @property
    def acts_url(self) -> str:
        """The acts behind the accepted kilometres."""
        return self._rows("acts", "accepted")

    @property
    def projects_url(self) -> str:
        """The confirmed projects behind the planned kilometres and their cost."""
        return self._rows("projects", "planned")

    @property
    def goal_when(self) -> str:
        """The day of the goal's source."""
        return when_words(self.goal) if self.goal else ""

    def wear_chart(self) -> Any:
        """Draw the wear published for the country, facts and plans apart."""
        return wear_chart([one.target for one in self.published])

    def by_region(self) -> "RegionTable":
        """Return plan and fact by region and year."""
        return region_table(self.cells)


@dataclass(frozen=True)
class RegionRow:
    """One region with its years."""

    region: Region
    cells: list[PlanAndFact | None]
    planned_m: float
    accepted_m: float


@dataclass(frozen=True)
class RegionTable:
    """Regions × years of one service."""

    years: list[int]
    rows: list[RegionRow]


def region_table(cells: Sequence[PlanAndFact]) -> RegionTable:
    """Lay the cells of one service out by region and year."""
    years = sorted({cell.year for cell in cells})
    by_place: dict[str, dict[int, PlanAndFact]] = defaultdict(dict)
    for cell in cells:
        by_place[cell.region_kato][cell.year] = cell
    regions = Region.objects.in_bulk(list(by_place), field_name="kato")
    rows = [
        RegionRow(
            regions[kato],
            [found.get(year) for year in years],
            sum(cell.planned_m for cell in found.values()),
            sum(cell.accepted_m for cell in found.values()),
        )
        for kato, found in sorted(by_place.items())
        if kato in regions
    ]
    return RegionTable(years, rows)


# ------------------------------------------------------------------ published figures


def when_words(target: Target) -> str:
    """Write the day of a source as exactly as it is known."""
    day = target.dated_on
    if target.dated_precision == "day":
        return day_text(day, short=True)
    exact = {"year": f"{day:%Y}", "month": f"{day:%m.%Y}"}
    return exact.get(target.dated_precision, _("day unknown"))


def _scaled(value: float, steps: Sequence[tuple[float, str]]) -> str:
    for scale, name in steps:
        if value >= scale:
            return f"{significant(value / (scale or 1))} {name}"
    return number_text(value) if value >= 100 else significant(value)


def published_words(target: Target) -> str:
    """Write a published figure with its unit."""
    steps: dict[str, tuple[tuple[float, str], ...]] = {
        "kzt": ((1e12, f"{_('trn')} ₸"), (1e9, f"{_('bn')} ₸"), (1e6, f"{_('mln')} ₸")),
        "mw": ((1e3, _("GW")), (0, _("MW"))),
        "units": ((1e6, _("mln")),),
    }
    plain = {"km": _("km"), "percent": "%"}
    scaled = _scaled(target.value, steps.get(target.unit, ()))
    return f"{scaled} {plain.get(target.unit, '')}".strip()


def published(rows: Iterable[Target]) -> list[Published]:
    """Return published figures in words, in the order of their years."""
    kinds = {"plan": _("plan"), "fact": _("fact"), "forecast": _("forecast")}
    return [
        Published(row, published_words(row), kinds.get(row.kind, row.kind))
        for row in sorted(rows, key=lambda row: (row.indicator, row.year, row.dated_on))
    ]


def _goal(rows: Iterable[Target], service: str) -> Target | None:
    """Return the newest published length goal of the service for the programme's last year."""
    fitting = [
        row
        for row in rows
        if row.indicator == Indicator.LENGTH
        and row.kind == "plan"
        and row.service == service
        and row.region_id is None
    ]
    return max(fitting, key=lambda row: (row.year, row.dated_on, row.key), default=None)


@asked_once
def _all_cells() -> list[PlanAndFact]:
    return plan_and_facts()


def service_figures(region: str = "") -> list[ServiceFigures]:
    """Return the figures of every service of the programme."""
    rows = list(targets()) if not region else []
    cells = [cell for cell in _all_cells() if region in ("", cell.region_kato)]
    return [
        ServiceFigures(
            service,
            _goal(rows, service),
            published(row for row in rows if row.service == service),
            [cell for cell in cells if cell.service == service],
            region,
        )
        for service in SERVICES
    ]


def whole_programme() -> list[Published]:
    """Return what was published about all services together, as it was published."""
    return published(targets(service=""))


def headlines() -> list[Published]:
    """Return the published totals the front page names, in their order."""
    rows = {row.key: row for row in targets(service="").filter(key__in=HEADLINES)}
    return [one for key in HEADLINES if key in rows for one in published([rows[key]])]


def wear_chart(rows: Sequence[Target]) -> Any:
    """Draw published wear by year: what was reported, and what was promised."""
    rows = [row for row in rows if row.indicator == Indicator.WEAR and row.region_id is None]
    if not rows:
        return ""
    years = list(range(min(r.year for r in rows), max(r.year for r in rows) + 1))

    def line(kind: str) -> list[float | None]:
        newest: dict[int, Target] = {}
        for row in sorted(rows, key=lambda row: (row.dated_on, row.key)):
            if row.kind == kind:
                newest[row.year] = row
        return [newest[year].value if year in newest else None for year in years]

    series = [
        charts.Series(_("Reported"), line("fact"), "s1", joined=True),
        charts.Series(_("Promised"), line("plan"), "s2", dashed=True, joined=True),
    ]
    return charts.lines(years, series, title=_("Wear published for the country"), unit="%")


# ------------------------------------------------------------------ the funnel


def funnel_chart(steps: Sequence[FunnelStep], region: str = "") -> Any:
    """Draw how many projects stand at each step of the road, each step leading to its own."""
    count = {step.state: step.projects for step in steps}
    page = link("projects")
    place = f"&region={region}" if region else ""
    rows = [
        (
            labels.state_of("project", state).title,
            count.get(state, 0),
            f"{page}?state={state}{place}" if page and count.get(state) else "",
        )
        for state in ROAD
    ]
    return charts.funnel(rows, title=_("Projects by step"))


def funnel_of(on: date, *, region: str = "") -> Any:
    """Return the funnel as a chart, or nothing while there is no project."""
    steps = funnel(on, region=region)
    return funnel_chart(steps, region) if steps else ""


@dataclass(frozen=True)
class Overdue:
    """A step whose legal term has ended unanswered."""

    clock: Clock
    days: int
    url: str


def overdue_board(on: date) -> list[Overdue]:
    """Return the longest overdue steps."""
    return [
        Overdue(clock, late_days(clock, on), link("project", clock.project.code))
        for clock in overdue_clocks(on)[:BOARD_ROWS]
    ]
