"""Figures of the programme as pages show them: service by service, never added up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

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
from qaita.web.formats import number_text, significant
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
BOARD_ROWS = 15


@dataclass(frozen=True)
class Published:
    """A published figure in words, with its source and day."""

    target: Target
    words: str
    kind: str

    @property
    def when(self) -> str:
        """The day as exactly as the source gives it."""
        precision = self.target.dated_precision
        text = self.target.dated_on.isoformat()
        return {"year": text[:4], "month": text[:7]}.get(precision, text)


@dataclass
class ServiceFigures:
    """What the programme promised and did for one service."""

    service: str
    goal: Target | None = None
    published: list[Published] = field(default_factory=list)
    cells: list[PlanAndFact] = field(default_factory=list)

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


def unit_words(unit: str) -> str:
    """Return a unit as people read it."""
    words = {
        "km": _("km"),
        "share": "%",
        "percent": "%",
        "points": _("pp"),
        "kzt": "₸",
        "mkzt": _("mln") + " ₸",
        "bkzt": _("bn") + " ₸",
        "trn_kzt": _("trn") + " ₸",
        "mw": _("MW"),
        "gw": _("GW"),
        "units": _("units"),
    }
    return words.get(unit, "")


def published_words(target: Target) -> str:
    """Write a published figure with its unit."""
    value = target.value * 100 if target.unit == "share" else target.value
    if target.unit == "mkzt" and value >= 1000:
        big = value >= 1_000_000
        return f"{significant(value / (1e6 if big else 1e3))} {_('trn') if big else _('bn')} ₸"
    if target.unit == "kzt":
        from_trillion = value >= 1e12
        scale, name = (1e12, _("trn")) if from_trillion else (1e9, _("bn"))
        return f"{significant(value / scale)} {name} ₸"
    return f"{number_text(value) if value >= 100 else significant(value)} {unit_words(target.unit)}"


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


def service_figures(region: str = "") -> list[ServiceFigures]:
    """Return the figures of every service of the programme."""
    rows = list(targets()) if not region else []
    cells = plan_and_facts(region=region)
    return [
        ServiceFigures(
            service,
            _goal(rows, service),
            published(row for row in rows if row.service == service),
            [cell for cell in cells if cell.service == service],
        )
        for service in SERVICES
    ]


def whole_programme() -> list[Published]:
    """Return what was published about all services together, as it was published."""
    return published(targets(service=""))


def headlines() -> list[Published]:
    """Return the newest published totals of the programme, one per indicator, for the front."""
    newest: dict[str, Target] = {}
    wanted = (Indicator.MONEY, Indicator.CAPACITY, Indicator.UTILITIES, Indicator.EQUIPMENT)
    for row in targets(service=""):
        if row.indicator in wanted and row.kind == "plan" and row.region_id is None:
            held = newest.get(row.indicator)
            if held is None or (row.year, row.dated_on) > (held.year, held.dated_on):
                newest[row.indicator] = row
    return published(newest.values())


# ------------------------------------------------------------------ the funnel


def funnel_chart(steps: Sequence[FunnelStep]) -> Any:
    """Draw how many projects stand at each step of the road."""
    count = {step.state: step.projects for step in steps}
    page = link("projects")
    rows = [
        (
            labels.state_of("project", state).title,
            count.get(state, 0),
            f"{page}?state={state}" if page and count.get(state) else "",
        )
        for state in ROAD
    ]
    return charts.funnel(rows, title=_("Projects by step"))


def funnel_of(on: date, *, region: str = "") -> Any:
    """Return the funnel as a chart, or nothing while there is no project."""
    steps = funnel(on, region=region)
    return funnel_chart(steps) if steps else ""


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
