"""Questions about needs, packages and plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from qaita.accounts.models import Organisation
from qaita.kernel.actor import ANYONE, Actor
from qaita.kernel.errors import Missing
from qaita.kernel.money import tenge
from qaita.law import unit_prices
from qaita.networks.models import Network, Section, UtilityService
from qaita.planning.models import Line, Need, Package, Run, Scenario
from qaita.planning.reasons import clash_sentences

PLANNING_ROLES = ("utility_engineer", "utility_head")


@dataclass(frozen=True)
class PackageSum:
    """Packages added up."""

    packages: int
    length_m: float
    cost_kzt: Decimal
    benefit_kzt: Decimal


def needs_of(network: Network) -> QuerySet[Need]:
    """Return the needs of the sections of a network."""
    return Need.objects.filter(section__network=network).select_related("section")


def packages_for(utility: Organisation, service: str) -> QuerySet[Package]:
    """Return the present packages of a utility for one service, in the order of their codes."""
    return Package.objects.filter(
        network__utility_service__organisation=utility, service=service, is_current=True
    ).order_by("code")


def package_sum(packages: QuerySet[Package]) -> PackageSum:
    """Return the packages' count, length, cost and benefit."""
    row = packages.aggregate(
        n=Count("pk"), length=Sum("length_m"), cost=Sum("cost_kzt"), benefit=Sum("benefit_kzt")
    )
    return PackageSum(
        row["n"], row["length"] or 0.0, row["cost"] or Decimal(0), row["benefit"] or Decimal(0)
    )


def package_sums(services: Sequence[UtilityService]) -> list[tuple[UtilityService, PackageSum]]:
    """Return the count, length, cost and benefit of each service's present packages."""
    owners = [one.organisation_id for one in services]
    rows = (
        Package.objects.filter(network__utility_service__organisation__in=owners, is_current=True)
        .values_list("network__utility_service__organisation", "service")
        .annotate(Count("pk"), Sum("length_m"), Sum("cost_kzt"), Sum("benefit_kzt"))
    )
    known = {(owner, service): PackageSum(*sums) for owner, service, *sums in rows}
    none = PackageSum(0, 0.0, Decimal(0), Decimal(0))
    return [(one, known.get((one.organisation_id, one.service), none)) for one in services]


def get_run(code: str) -> Run:
    """Return exactly one run, or raise Missing."""
    try:
        return Run.objects.select_related("scenario__utility").get(code=code)
    except Run.DoesNotExist:
        raise Missing("run", code) from None


def _organisations(by: Actor) -> frozenset[str]:
    return frozenset().union(*(by.organisations(role) for role in PLANNING_ROLES))


def scenarios_of(by: Actor) -> QuerySet[Scenario]:
    """Return the scenarios this actor works with: all for the programme office."""
    rows = Scenario.objects.select_related("utility")
    if by.has("programme_office") or ANYONE in _organisations(by):
        return rows
    return rows.filter(utility__code__in=_organisations(by))


def runs_for(utility: Organisation) -> QuerySet[Run]:
    """Return the runs of a utility, newest first."""
    return Run.objects.filter(scenario__utility=utility).select_related("scenario__utility")


def adopted_run(utility: Organisation, service: str) -> Run | None:
    """Return the plan in force."""
    return (
        runs_for(utility).filter(scenario__service=service, state="adopted").order_by("pk").last()
    )


def clashes_of(run: Run, language: str) -> list[str]:
    """Return why no plan exists: one sentence per limit that would have to give way."""
    return clash_sentences(run.clashes, language) if run.state == "infeasible" else []


def lines_of(run: Run) -> QuerySet[Line]:
    """Return the lines of a run, the best benefit per tenge first."""
    return Line.objects.filter(run=run).select_related("package__network")


def chosen_lines(run: Run) -> QuerySet[Line]:
    """Return the lines that the run put into a year."""
    return lines_of(run).filter(option="replace").order_by("year", "rank")


def lines_about(section: Section) -> QuerySet[Line]:
    """Return every line that decided on the section, newest run first: for trace and passport."""
    return (
        Line.objects.filter(package__sections=section)
        .select_related("run__scenario", "package")
        .order_by("-run__made_at", "-run_id")
    )


def section_cost_kzt(section: Section, *, on: date) -> Decimal:
    """Return what renewing the section costs at the unit prices of the day, without VAT."""
    prices = unit_prices(on=on)
    size = section.voltage_kv if section.service == "power" else section.diameter_mm
    material = prices.material_after(section.service, section.material)
    per_km = prices.per_km_kzt(section.service, size, material)
    return per_km * Decimal(repr(section.length_m)) / 1_000


def cost_of_sections(sections: list[Section], *, on: date) -> Decimal:
    """Return what renewing the sections costs at the unit prices of the day."""
    return tenge(sum((section_cost_kzt(section, on=on) for section in sections), Decimal(0)))
