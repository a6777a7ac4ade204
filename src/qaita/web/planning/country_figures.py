"""What a country's run adds up to, as the public page and the desk show it.

Kilometres stand by service and are never added across services; money is added.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from qaita.kernel.money import from_million
from qaita.networks.models import LearntFrom, Material
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    LimitRow,
    LimitWords,
    RunWords,
    Sum,
    expected_losses_by_region,
    limit_rows,
    plan_sums,
    plants_of_run,
    points_of_plan,
    run_facts,
)
from qaita.territory.models import Region
from qaita.web import charts, formats, labels
from qaita.web.portal.foretelling import NAMES as MODELS

WORTHLESS = 1e-6
MOST_LIMITS = 12


@dataclass(frozen=True)
class Cell:
    """What the plan renews of one service in one year (or in all)."""

    packages: int = 0
    length_m: float = 0.0
    cost_kzt: Decimal = Decimal(0)


@dataclass(frozen=True)
class ServiceRow:
    """One service by year, and over all years."""

    service: str
    cells: list[Cell]
    whole: Cell


@dataclass(frozen=True)
class YearRow:
    """Money of one year: what may be spent, what the plan spends, what more would be worth."""

    year: int
    budget_kzt: Decimal
    cost_kzt: Decimal
    packages: int
    worth_kzt: Decimal  # of one more tenge in this year, in tenge

    @property
    def share(self) -> float:
        """Return which share of the money is spent."""
        return float(self.cost_kzt / self.budget_kzt) if self.budget_kzt else 0.0


@dataclass(frozen=True)
class RegionRow:
    """One region: its money against its need, and what its least amount costs the country."""

    region: Region
    packages: int
    cost_kzt: Decimal
    money_share: float
    need_share: float
    least_kzt: Decimal | None  # the scenario's least amount
    worth_kzt: Decimal  # of one tenge less of that amount, in tenge


def years_of(run: CountryRun) -> list[int]:
    """Return the years of a run."""
    return [int(year) for year in run.scenario.limits["years"]]


def _cell(found: Sequence[Sum]) -> Cell:
    return Cell(
        sum(one.packages for one in found),
        1_000 * sum(one.length_km or 0.0 for one in found),
        from_million(sum(one.cost_mkzt for one in found)),
    )


def service_rows(run: CountryRun) -> list[ServiceRow]:
    """Return every service of the plan by year."""
    sums: defaultdict[str, dict[int, Sum]] = defaultdict(dict)
    for one in plan_sums(run, ("service", "year")):
        sums[str(one.names[0])][int(one.names[1])] = one
    years = years_of(run)
    return [
        ServiceRow(
            service,
            [_cell([found[year]] if year in found else []) for year in years],
            _cell(list(found.values())),
        )
        for service, found in sorted(sums.items())
    ]


def year_rows(run: CountryRun, limits: Sequence[LimitRow]) -> list[YearRow]:
    """Return the money of every year beside what the plan spends of it."""
    spent = {int(one.names[0]): one for one in plan_sums(run, ("year",))}
    price = {row.year: row.price for row in limits if row.kind == "budget"}
    packages: Counter[int] = Counter()  # one of several services is one package
    for one in points_of_plan(run):
        packages[one.year] += one.packages
    return [
        YearRow(
            year,
            Decimal(run.scenario.limits["budgets_kzt"].get(str(year), 0)),
            from_million(spent[year].cost_mkzt) if year in spent else Decimal(0),
            packages[year],
            Decimal(repr(round(price.get(year, 0.0), 6))),
        )
        for year in years_of(run)
    ]


def region_rows(run: CountryRun, limits: Sequence[LimitRow]) -> list[RegionRow]:
    """Return every region's share of the money against its share of the expected losses."""
    money = {str(one.names[0]): one for one in plan_sums(run, ("region",))}
    need = expected_losses_by_region(run)
    least = {row.region: row for row in limits if row.kind == "region"}
    spent = sum(one.cost_mkzt for one in money.values()) or 1.0
    lost = sum(need.values()) or 1.0
    regions = Region.objects.in_bulk(sorted({*money, *need, *least}), field_name="kato")
    return [
        RegionRow(
            region,
            money[kato].packages if kato in money else 0,
            from_million(money[kato].cost_mkzt) if kato in money else Decimal(0),
            money[kato].cost_mkzt / spent if kato in money else 0.0,
            need.get(kato, 0.0) / lost,
            from_million(least[kato].amount) if kato in least else None,
            Decimal(repr(round(least[kato].price, 6))) if kato in least else Decimal(0),
        )
        for kato, region in sorted(regions.items())
    ]


def money_chart(rows: Sequence[YearRow]) -> Any:
    """Draw the money of each year and what is spent of it."""
    billion = 10**9
    series = [
        charts.Series(_("May be spent"), [float(row.budget_kzt) / billion for row in rows], "s0"),
        charts.Series(_("In the plan"), [float(row.cost_kzt) / billion for row in rows], "s1"),
    ]
    years = [row.year for row in rows]
    return charts.bars(years, series, title=_("Money by year"), unit=f"{_('bn')} ₸")


def growth_chart(run: CountryRun, rows: Sequence[ServiceRow]) -> Any:
    """Draw which share of its own kilometres each service has by the end of each year."""
    series = []
    for row in rows:
        done, values = 0.0, []
        for cell in row.cells:
            done += cell.length_m
            values.append(100 * done / row.whole.length_m if row.whole.length_m else 0.0)
        series.append(charts.Series(labels.service_of(row.service), values, f"svc-{row.service}"))
    title = _("Renewed by the end of the year, share of the service's own length")
    return charts.lines(years_of(run), series, title=title, unit="%") if series else ""


def red_zone_share(run: CountryRun, limits: Sequence[LimitRow]) -> float | None:
    """Return the share of the money that goes to the red zone, where a limit asks for one."""
    row = next((row for row in limits if row.kind == "red_zone"), None)
    spent = sum(one.cost_mkzt for one in plan_sums(run, ("year",)))
    if row is None or not spent:
        return None
    return float(run.scenario.limits["red_zone_share"]) + row.used / spent


def material_rows(run: CountryRun) -> list[dict[str, Any]]:
    """Return every product with its kilometres by year beside what producers make in a year."""
    years = years_of(run)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in run.demands:
        row = found.setdefault(
            (one["service"], one["product"]),
            {
                "service": one["service"],
                "product": one["product"],
                "name": product_name(one["product"]),
                "kpved": one["kpved"],
                "made_m": None if one["capacity_km"] is None else 1_000 * one["capacity_km"],
                "years": dict.fromkeys(years, 0.0),
            },
        )
        row["years"][one["year"]] = 1_000 * one["length_km"]
    for row in found.values():
        row["most_m"] = max(row["years"].values(), default=0.0)
        row["cells"] = list(row["years"].values())
        made = row["made_m"]
        row["share"] = row["most_m"] / made if made else None
        row["is_short"] = made is None or row["most_m"] > made
    return [row for row in found.values() if row["most_m"] > 0]


def product_name(product: str) -> str:
    """Return what a product of the price list is called."""
    more = {"liner": _("liner of a pipe"), "wire": _("wire of a line")}
    known = dict(Material.choices)
    return str(more.get(product) or known.get(product, product))


def deciding_limits(run: CountryRun) -> list[LimitWords]:
    """Return the limits with a price, the dearest first."""
    rows = [one for one in RunWords(run, formats.language()).limits() if one.row.price > WORTHLESS]
    return sorted(rows, key=lambda one: -one.row.price)[:MOST_LIMITS]


def certainty_of_run(run: CountryRun) -> dict[str, Any] | None:
    """Return what draws of the failures say of the plan, where the run was judged at draws."""
    told = run_facts(run).get("certainty")
    if not told:
        return None
    before = run_facts(run.swapped_from).get("certainty") if run.swapped_from else None
    return {
        "draws": told["draws"],
        "beats_share": told.get("beats_oldest_first_share"),
        "beats_share_before": before["beats_oldest_first_share"] if before else None,
        "low_kzt": from_million(told["low_mkzt"]),
        "high_kzt": from_million(told["high_mkzt"]),
    }


@dataclass(frozen=True)
class RateRow:
    """Sections of a service whose failure rates come from the same records and model."""

    service: str
    records: str
    model: str
    sections: int
    length_share: float  # of the service


def rate_rows(run: CountryRun) -> list[RateRow]:
    """Return where the failure rates of each service come from; none in runs of older formats."""
    told = run_facts(run).get("rates", [])
    whole: defaultdict[str, float] = defaultdict(float)
    for one in told:
        whole[one["service"]] += one["length_km"]
    words = {
        **dict(LearntFrom.choices),
        "wear": _("by wear and the failures counted: no model was taught yet"),
    }
    return [
        RateRow(
            one["service"],
            str(words[one["learnt_from"]]),
            str(MODELS.get(one["model"], one["model"])),
            one["sections"],
            one["length_km"] / (whole[one["service"]] or 1.0),
        )
        for one in told
    ]


def country_context(run: CountryRun) -> dict[str, Any]:
    """Return all sums of a run that has its files."""
    limits, services = limit_rows(run), service_rows(run)
    years = year_rows(run, limits)
    return {
        "run": run,
        "scenario": run.scenario,
        "years": years_of(run),
        "services": services,
        "money": years,
        "money_chart": money_chart(years),
        "growth_chart": growth_chart(run, services),
        "regions": region_rows(run, limits),
        "red_zone": red_zone_share(run, limits),
        "cost_kzt": sum((row.cost_kzt for row in years), Decimal(0)),
        "materials": material_rows(run),
        "certainty": certainty_of_run(run),
        "rates": rate_rows(run),
        "plants": plants_of_run(run, formats.language()),
    }
