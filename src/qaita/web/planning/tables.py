"""Limits against what a run uses, year by year."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from qaita.planning.models import Run, Scenario


@dataclass(frozen=True)
class LimitRow:
    """One year of a scenario beside what the run put into it."""

    year: int
    budget_kzt: Decimal
    capacity_km: float | None
    floor_km: float | None
    cost_kzt: Decimal | None
    length_m: float | None
    packages: int


def scenario_rows(scenario: Scenario) -> list[LimitRow]:
    """Return the limits of a scenario alone."""
    return [
        LimitRow(
            int(year),
            Decimal(budget),
            scenario.capacities_km.get(year),
            scenario.floors_km.get(year),
            None,
            None,
            0,
        )
        for year, budget in sorted(scenario.budgets_kzt.items())
    ]


def limit_rows(run: Run) -> list[LimitRow]:
    """Return the limits of the run's scenario with what the plan uses of them."""
    used = {
        row["year"]: row
        for row in run.lines.filter(option="replace")
        .values("year")
        .annotate(cost=Sum("cost_kzt"), length=Sum("package__length_m"))
        .order_by("year")
    }
    counts = dict.fromkeys(used, 0)
    for year in run.lines.filter(option="replace").values_list("year", flat=True):
        counts[year] += 1
    return [
        LimitRow(
            row.year,
            row.budget_kzt,
            row.capacity_km,
            row.floor_km,
            used[row.year]["cost"] if row.year in used else Decimal(0),
            used[row.year]["length"] if row.year in used else 0.0,
            counts.get(row.year, 0),
        )
        for row in scenario_rows(run.scenario)
    ]
