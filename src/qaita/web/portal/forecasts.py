"""Wear to the programme's last year: as nothing is renewed, and with confirmed projects."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from qaita.networks.models import UtilityService
from qaita.networks.queries import looks_by_utility_service, wear_by_utility_service, wear_forecasts
from qaita.networks.queries.wear import YearWear
from qaita.programme.models import Project
from qaita.programme.queries import PLANNED, public_projects
from qaita.web import charts
from qaita.web.charts import Series

Years = list[YearWear]


def planned_metres(projects: Sequence[Project], on: date) -> list[float]:
    """Return the metres that confirmed projects renew in each year to come."""
    sums: dict[int, float] = defaultdict(float)
    for project in projects:
        if project.state in PLANNED and project.state != "done":
            # what is late or of this year is renewed in the first year to come
            sums[max(project.year, on.year + 1)] += project.length_planned_m
    last = max(sums, default=on.year)
    return [sums.get(year, 0.0) for year in range(on.year + 1, last + 1)]


def forecast_chart(idle: Sequence[YearWear], planned: Sequence[YearWear]) -> Any:
    """Draw both wears to the last year: as nothing is renewed, and with confirmed projects."""
    if len(idle) < 2:
        return ""
    series = [
        Series(_("Past service life, no renewal"), [r.share_past_norm * 100 for r in idle], "s4"),
        Series(_("Modelled wear, no renewal"), [r.modelled_condition * 100 for r in idle], "s1"),
    ]
    if planned:
        series += [
            Series(
                _("Past service life, with confirmed projects"),
                [row.share_past_norm * 100 for row in planned],
                "s5",
                dashed=True,
            ),
            Series(
                _("Modelled wear, with confirmed projects"),
                [row.modelled_condition * 100 for row in planned],
                "s2",
                dashed=True,
            ),
        ]
    years = [row.year for row in idle]
    title = _("Wear to the programme's last year")
    return charts.lines(years, series, title=title, unit="%", from_zero=False)


def _joined(parts: Sequence[tuple[float, Years]]) -> Years:
    """Return the mean of several forecasts by their lengths."""
    whole = sum(metres for metres, _years in parts)
    if not whole:
        return []

    def mean(at: int, field: str) -> float:
        return sum(metres * float(getattr(rows[at], field)) for metres, rows in parts) / whole

    return [
        YearWear(
            row.year,
            mean(at, "share_past_norm"),
            mean(at, "modelled_condition"),
            mean(at, "aged_share"),
            mean(at, "renewed_share"),
        )
        for at, row in enumerate(parts[0][1])
    ]


def _planned() -> dict[tuple[int, str, int], list[Project]]:
    found: dict[tuple[int, str, int], list[Project]] = defaultdict(list)
    for project in public_projects().filter(state__in=PLANNED):
        found[project.utility_id, project.service, project.region_id].append(project)
    return found


@lru_cache(maxsize=1024)
def _years(
    owner: UtilityService, on: date, metres: tuple[float, ...], _looks: tuple[int, ...]
) -> tuple[Years, Years]:
    """Return both forecasts of one utility's service; made anew only when its networks change."""
    idle, *planned = wear_forecasts(owner, [(), metres] if metres else [()], on=on)
    return idle, planned[0] if planned else idle


def _all_years(on: date) -> dict[str, tuple[Years, Years]]:
    """Return both forecasts of every service."""
    wear = wear_by_utility_service(on)
    projects = _planned() if wear else {}
    idle: dict[str, list[tuple[float, Years]]] = defaultdict(list)
    planned: dict[str, list[tuple[float, Years]]] = defaultdict(list)
    looks = looks_by_utility_service(on) if wear else {}
    for owner in UtilityService.objects.filter(pk__in=list(wear)):
        own = projects.get((owner.organisation_id, owner.service, owner.region_id), [])
        metres, length_m = tuple(planned_metres(own, on)), wear[owner.pk].length_m
        alone, renewed = _years(owner, on, metres, looks[owner.pk])
        if alone:
            idle[owner.service].append((length_m, alone))
            planned[owner.service].append((length_m, renewed))
    return {name: (_joined(idle[name]), _joined(planned[name])) for name in idle}


def forecasts(on: date) -> dict[str, Any]:
    """Draw the forecast of all networks of every service that are in the register."""
    found = _all_years(on)
    return {service: forecast_chart(idle, planned) for service, (idle, planned) in found.items()}
