"""Questions about the country's plans: which is in force, what it adds up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from qaita.kernel.errors import Missing
from qaita.planning.models import CountryRun, CountryScenario


@dataclass(frozen=True)
class Sum:
    """A part of a plan added up. Kilometres are None where services would be mixed."""

    names: tuple[str | int, ...]  # in the order of the dimensions that were asked for
    packages: int
    length_km: float | None
    cost_mkzt: float
    benefit_mkzt: float


def country_scenarios() -> QuerySet[CountryScenario]:
    """Return the scenarios of the country, newest first."""
    return CountryScenario.objects.all()


def get_country_scenario(code: str) -> CountryScenario:
    """Return exactly one scenario of the country, or raise Missing."""
    try:
        return CountryScenario.objects.get(code=code)
    except CountryScenario.DoesNotExist:
        raise Missing("scenario", code) from None


def country_runs() -> QuerySet[CountryRun]:
    """Return the runs of the country, newest first."""
    return CountryRun.objects.select_related("scenario")


def get_country_run(code: str) -> CountryRun:
    """Return exactly one run of the country, or raise Missing."""
    try:
        return country_runs().get(code=code)
    except CountryRun.DoesNotExist:
        raise Missing("run", code) from None


def adopted_country_run() -> CountryRun | None:
    """Return the country's plan in force."""
    return country_runs().filter(state="adopted").order_by("pk").last()


def folder_of(run: CountryRun) -> Path:
    """Return the folder in which the packages of the run, and its proof, stand."""
    return Path(settings.PLANS_DIR) / run.code


def plan_sums(run: CountryRun, by: Sequence[str], **only: str | int) -> list[Sum]:
    """Add up a plan by utility, region, service, year or method, of the cells that are asked for.

    `plan_sums(run, ("service", "year"), region="55")`.
    """
    single = "service" in by or "service" in only
    found: dict[tuple[str | int, ...], list[float]] = {}
    for cell in run.cells:
        if all(cell[name] == value for name, value in only.items()):
            sums = found.setdefault(tuple(cell[name] for name in by), [0.0] * 4)
            for n, name in enumerate(("packages", "length_km", "cost_mkzt", "benefit_mkzt")):
                sums[n] += cell[name]
    return [
        Sum(names, int(count), length if single else None, cost, benefit)
        for names, (count, length, cost, benefit) in sorted(found.items())
    ]
