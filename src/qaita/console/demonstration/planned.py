"""The plan of a utility: packages, a scenario, the run that is adopted."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import numpy as np

from qaita.console.demonstration.cast import Cast
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import day_of
from qaita.networks.models import Network, Section
from qaita.networks.services import refresh_condition
from qaita.planning.models import Line, Package, Run
from qaita.planning.services import Limits, adopt_run, form_packages, make_scenario, run_plan
from qaita.programme.queries import sections_cut_off

Offer = tuple[list[Section], Line]
YEARS = 5
# The money of a year buys this share of what is in need.
SHARE_A_YEAR = Decimal("0.06")
SHARE_OF_ONE_YEAR = Decimal("0.3")
# How long a project usually is: streets of one quarter, a main, a feeder.
PROJECT_M = {"heat": 2_400, "water": 5_200, "wastewater": 3_600, "power": 9_000, "gas": 5_000}
SPREAD = (0.6, 1.3, 0.9, 1.7, 0.5, 1.1)
MOST_OF_PLAN = 0.04  # of all kilometres of a plan, in one project


def plan_utility(
    network: Network, cast: Cast, *, at: datetime, budget_kzt: Decimal | None = None
) -> list[Offer]:
    """Plan for the owner of a network; return its projects, the best first."""
    refresh_condition(network, on=day_of(at), by=SYSTEM, at=at)
    packages = form_packages(network, by=SYSTEM, at=at)
    if not packages:
        return []
    run = run_for(network, packages, cast, at=at, budget_kzt=budget_kzt)
    return chosen_projects(run) if run.state == "adopted" else []


def plan_next_year(network: Network, cast: Cast, *, at: datetime) -> None:
    """Plan one year for the owner of a network: quick, so that every utility has a plan."""
    refresh_condition(network, on=day_of(at), by=SYSTEM, at=at)
    packages = form_packages(network, by=SYSTEM, at=at)
    if packages:
        whole = sum((package.cost_kzt for package in packages), Decimal(0))
        _run(network, cast, [day_of(at).year + 1], whole * SHARE_OF_ONE_YEAR, at=at)


def run_for(
    network: Network,
    packages: Sequence[Package],
    cast: Cast,
    *,
    at: datetime,
    budget_kzt: Decimal | None = None,
) -> Run:
    """Make a scenario of five even years, run it, and adopt what was found."""
    whole = sum((package.cost_kzt for package in packages), Decimal(0))
    dearest = max(package.cost_kzt for package in packages)
    yearly = budget_kzt or max(whole * SHARE_A_YEAR, dearest * 2)
    first = day_of(at).year
    return _run(network, cast, range(first, first + YEARS), yearly, at=at)


def _run(
    network: Network, cast: Cast, years: Sequence[int], yearly: Decimal, *, at: datetime
) -> Run:
    owner = network.utility_service.organisation
    head = cast.heads[owner.code].actor
    title = f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])
    scenario = make_scenario(
        owner,
        Limits(dict.fromkeys(years, yearly)),
        service=network.utility_service.service,
        title=title,
        by=head,
        at=at,
    )
    run = run_plan(scenario, by=head, at=at)
    return adopt_run(run, by=head, at=at) if run.state == "solved" else run


def chosen_projects(run: Run) -> list[Offer]:
    """Return what the plan renews as projects: neighbouring packages joined, the best first.

    A project is led by the best package left, and takes the nearest others of the plan until it
    is as long as such projects are.
    """
    lines = list(run.lines.filter(option="replace").select_related("package").order_by("pk"))
    lines = _joined(run, lines)
    if not lines:
        return []
    lines.sort(key=lambda line: (line.year, -line.benefit_kzt / line.cost_kzt))
    members, middle = _members(lines)
    length_m = np.array([line.package.length_m for line in lines])
    usual_m = min(PROJECT_M[run.scenario.service], float(length_m.sum()) * MOST_OF_PLAN)
    left = np.ones(len(lines), dtype=bool)
    groups = []
    for number in range(len(lines)):
        if not left.any():
            break
        wanted_m = usual_m * SPREAD[number % len(SPREAD)]
        group = _near(int(left.argmax()), left, middle, (length_m, wanted_m))
        left[group] = False
        groups.append(group)
    return _with_sections(
        [[members[i] for i in group] for group in groups], [lines[group[0]] for group in groups]
    )


def _joined(run: Run, lines: list[Line]) -> list[Line]:
    """Leave out packages that no source of their network feeds: nobody may apply for them."""
    cut: set[str] = set()
    rows = Section.objects.filter(packages__lines__run=run, packages__lines__option="replace")
    for network in {line.package.network_id for line in lines}:
        cut.update(sections_cut_off(network, list(rows.filter(network=network))))
    lost = set(Package.objects.filter(sections__code__in=cut).values_list("pk", flat=True))
    return [line for line in lines if line.package_id not in lost]


def _near(
    first: int, left: np.ndarray, middle: np.ndarray, lengths: tuple[np.ndarray, float]
) -> list[int]:
    """Return the first and the nearest others until they are long enough together."""
    length_m, wanted_m = lengths
    far = np.hypot(*(middle - middle[first]).T)
    order = [int(i) for i in np.lexsort((np.arange(len(far)), far)) if left[i] and i != first]
    group = [first, *order]
    enough = int(np.searchsorted(np.cumsum(length_m[group]), wanted_m)) + 1
    return group[:enough]


def _members(lines: Sequence[Line]) -> tuple[list[list[int]], np.ndarray]:
    """Return the keys of each package's sections and where the package lies."""
    place = {line.package_id: i for i, line in enumerate(lines)}
    members: list[list[int]] = [[] for _ in lines]
    points: list[list[tuple[float, float]]] = [[] for _ in lines]
    rows = Package.sections.through.objects.filter(package__in=list(place)).order_by("pk")
    for package, section, lon, lat in rows.values_list(
        "package", "section", "section__from_node__lon_deg", "section__from_node__lat_deg"
    ):
        members[place[package]].append(section)
        points[place[package]].append((lon, lat))
    return members, np.array([np.mean(mine, axis=0) for mine in points])


def _with_sections(groups: Sequence[Sequence[Sequence[int]]], leads: Sequence[Line]) -> list[Offer]:
    keys = [key for group in groups for part in group for key in part]
    rows = Section.objects.select_related(
        "network__region", "network__settlement", "network__utility_service__organisation"
    ).in_bulk(keys)
    return [
        ([rows[key] for part in group for key in part], line)
        for group, line in zip(groups, leads, strict=True)
    ]
