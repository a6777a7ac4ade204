"""The plan of a utility: packages, a scenario, the run that is adopted."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from qaita.console.demonstration.cast import Cast
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import day_of
from qaita.networks.models import Network, Section
from qaita.networks.services import refresh_condition
from qaita.planning.models import Line, Package, Run
from qaita.planning.services import Limits, adopt_run, form_packages, make_scenario, run_plan

Offer = tuple[list[Section], Line]
YEARS = 5
# The money of a year buys this share of what is in need.
SHARE_A_YEAR = Decimal("0.06")
LEAST_M = 150


def plan_utility(
    network: Network, cast: Cast, *, at: datetime, budget_kzt: Decimal | None = None
) -> list[Offer]:
    """Plan for the owner of a network; return the chosen packages, the best first."""
    refresh_condition(network, on=day_of(at), by=SYSTEM, at=at)
    packages = form_packages(network, by=SYSTEM, at=at)
    if not packages:
        return []
    run = run_for(network, packages, cast, at=at, budget_kzt=budget_kzt)
    return chosen_packages(run) if run.state == "adopted" else []


def run_for(
    network: Network,
    packages: Sequence[Package],
    cast: Cast,
    *,
    at: datetime,
    budget_kzt: Decimal | None = None,
) -> Run:
    """Make a scenario of five even years, run it, and adopt what was found."""
    owner = network.utility_service.organisation
    head = cast.heads[owner.code].actor
    whole = sum((package.cost_kzt for package in packages), Decimal(0))
    dearest = max(package.cost_kzt for package in packages)
    yearly = budget_kzt or max(whole * SHARE_A_YEAR, dearest * 2)
    first = day_of(at).year
    scenario = make_scenario(
        owner,
        Limits(dict.fromkeys(range(first, first + YEARS), yearly)),
        service=network.utility_service.service,
        title="2025–2029",
        by=head,
        at=at,
    )
    run = run_plan(scenario, by=head, at=at)
    return adopt_run(run, by=head, at=at) if run.state == "solved" else run


def chosen_packages(run: Run) -> list[Offer]:
    """Return the sections and line of every package the plan renews, the best value first."""
    lines = run.lines.filter(option="replace").select_related("package").order_by("pk")
    ordered = sorted(lines, key=lambda line: (line.year, -line.benefit_kzt / line.cost_kzt))
    # A site for a few metres is not worth opening; such packages wait for a neighbour's.
    return [
        (list(sections_of_line(line)), line) for line in ordered if line.package.length_m >= LEAST_M
    ]


def sections_of_line(line: Line) -> Sequence[Section]:
    """Return the sections of a line's package with their owners at hand."""
    rows = line.package.sections.select_related("network__utility_service__organisation")
    return list(rows.select_related("network__region", "network__utility_service__organisation"))
