"""Questions about targets, projects, their funnel and their kilometres."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, ExtractYear
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from qaita.kernel.actor import ANYONE, Actor
from qaita.kernel.errors import Missing
from qaita.ledger.leaves import facts_of
from qaita.ledger.models import Entry
from qaita.networks.models import LIVING, SOURCES, EquipmentUnit, Node, Section, UtilityService
from qaita.planning.models import CountryRun, Line, Run
from qaita.planning.queries import (
    PackageLine,
    Targets,
    Wanted,
    chosen_lines,
    packages_of_run,
    sections_of_packages,
)
from qaita.programme.models import Clock, Project, Target

# The states in which a project holds its sections against every other.
LIVE = (
    "submitted", "technically_checked", "financially_checked", "tariff_agreed", "returned",
    "confirmed", "choosing_contractor", "ready", "in_works",
)  # fmt: skip
PLANNED = ("confirmed", "choosing_contractor", "ready", "in_works", "done")
MOST_OFFERED = 500
REVIEWERS = ("technical_operator", "financial_operator", "regulator", "akimat")


@dataclass(frozen=True)
class FunnelStep:
    """One step of the funnel."""

    state: str
    projects: int
    length_m: float
    cost_kzt: Decimal


@dataclass(frozen=True)
class Offered:
    """A package of the country's plan that a utility may apply for, with its own sections."""

    line: PackageLine
    sections: list[str]


@dataclass(frozen=True)
class PlanAndFact:
    """One cell of service × region × year: what was planned, what was accepted."""

    service: str
    region_kato: str  # empty: the whole country
    year: int
    projects: int
    planned_m: float
    accepted_m: float
    cost_kzt: Decimal

    @property
    def share(self) -> float | None:
        """The accepted share of the plan."""
        return self.accepted_m / self.planned_m if self.planned_m else None


def get_project(code: str) -> Project:
    """Return exactly one project, or raise Missing."""
    try:
        return Project.objects.select_related("utility", "region").get(code=code)
    except Project.DoesNotExist:
        raise Missing("project", code) from None


def public_projects() -> QuerySet[Project]:
    """Return every project the public sees: all but drafts."""
    return Project.objects.exclude(state="draft").select_related("utility", "region")


def projects_of(by: Actor) -> QuerySet[Project]:
    """Return the projects this actor works with."""
    rows = Project.objects.select_related("utility", "region")
    if by.has("programme_office") or by.has("auditor") or by.has("sysadmin"):
        return rows
    mine = Q(pk__in=[])
    for grant in by.grants:
        scope = Q() if grant.region == ANYONE else Q(region__kato=grant.region)
        if grant.role in ("utility_head", "utility_engineer"):
            own = Q() if grant.organisation == ANYONE else Q(utility__code=grant.organisation)
            mine |= own & scope & Q(pk__isnull=False)
        elif grant.role in REVIEWERS:
            mine |= scope & ~Q(state="draft")
    return rows.filter(mine)


def running_clock(project: Project) -> Clock | None:
    """Return the term that is running for the project."""
    return Clock.objects.filter(project=project, stopped_on=None).order_by("pk").last()


def overdue_clocks(on: date) -> QuerySet[Clock]:
    """Return every step whose term has ended unanswered: the public board."""
    return (
        Clock.objects.filter(stopped_on=None, due_on__lt=on)
        .select_related("project__utility", "project__region")
        .order_by("due_on", "pk")
    )


def accepted_sections() -> QuerySet[Section]:
    """Return the sections that acceptance has laid: the only source of kilometres."""
    return Section.objects.filter(born_of__gt="").exclude(ascents__kind__in=["split", "merge"])


def accepted_sections_of(project: Project) -> QuerySet[Section]:
    """Return the sections this project has renewed."""
    return accepted_sections().filter(born_of=project.code)


def funnel(on: date, *, service: str = "", region: str = "") -> list[FunnelStep]:
    """Return how many projects stand at each step, with their length and cost.

    `on` names the day the figure is published for; the rows are as the tables hold them.
    """
    rows = Project.objects.filter(drafted_at__date__lte=on)
    if service:
        rows = rows.filter(service=service)
    if region:
        rows = rows.filter(region__kato=region)
    return [
        FunnelStep(row["state"], row["n"], row["length"] or 0.0, row["cost"] or Decimal(0))
        for row in rows.values("state")
        .annotate(n=Count("pk"), length=Sum("length_planned_m"), cost=Sum("cost_kzt"))
        .order_by("state")
    ]


Cell = tuple[str, str, int]


def _planned(service: str, region: str, year: int | None) -> dict[Cell, tuple[int, float, Decimal]]:
    rows = Project.objects.filter(state__in=PLANNED)
    rows = rows.filter(service=service) if service else rows
    rows = rows.filter(region__kato=region) if region else rows
    rows = rows.filter(year=year) if year else rows
    found = rows.values("service", "region__kato", "year").annotate(
        n=Count("pk"), length=Sum("length_planned_m"), cost=Sum("cost_kzt")
    )
    return {
        (r["service"], r["region__kato"], r["year"]): (r["n"], r["length"], r["cost"])
        for r in found.order_by()
    }


def _accepted(service: str, region: str, year: int | None) -> dict[Cell, float]:
    rows = accepted_sections().exclude(valid_from=None)
    # the whole country, by values of no column: SQLite would otherwise walk all sections in the
    # order of an index instead of the few that works have laid
    groups = {
        "served": Coalesce("service", Value("")),
        "kato": Coalesce("region_kato", Value("")),
        "laid": ExtractYear("valid_from"),
    }
    found = rows.order_by().annotate(**groups).values(*groups).annotate(length=Sum("length_m"))
    cells = {
        (name, kato, laid): row for name, kato, laid, row in found.values_list(*groups, "length")
    }
    wanted = (service, region, year)
    return {
        cell: length
        for cell, length in cells.items()
        if all(not asked or own == asked for own, asked in zip(cell, wanted, strict=True))
    }


def plan_and_facts(
    service: str = "", region: str = "", year: int | None = None
) -> list[PlanAndFact]:
    """Return every cell of service × region × year that has a plan or a fact."""
    planned, accepted = _planned(service, region, year), _accepted(service, region, year)
    return [
        PlanAndFact(
            *key,
            projects=planned.get(key, (0, 0.0, Decimal(0)))[0],
            planned_m=planned.get(key, (0, 0.0, Decimal(0)))[1],
            accepted_m=accepted.get(key, 0.0),
            cost_kzt=planned.get(key, (0, 0.0, Decimal(0)))[2],
        )
        for key in sorted({*planned, *accepted})
    ]


def plan_and_fact(service: str, region: str, year: int) -> PlanAndFact:
    """Return one cell; an empty region is the whole country."""
    cells = plan_and_facts(service, region, year)
    return PlanAndFact(
        service,
        region,
        year,
        projects=sum(cell.projects for cell in cells),
        planned_m=sum(cell.planned_m for cell in cells),
        accepted_m=sum(cell.accepted_m for cell in cells),
        cost_kzt=sum((cell.cost_kzt for cell in cells), Decimal(0)),
    )


def targets(
    indicator: str = "", *, service: str | None = None, year: int | None = None
) -> QuerySet[Target]:
    """Return the published figures, newest first within one cell, conflicting ones together."""
    rows = Target.objects.select_related("region")
    rows = rows.filter(indicator=indicator) if indicator else rows
    rows = rows.filter(service=service) if service is not None else rows
    return rows.filter(year=year) if year else rows


def promised() -> Targets:
    """Return what the programme promises by service for all its years, by the newest figures."""
    found: dict[str, dict[str, float]] = {"length": {}, "money": {}}
    rows = targets().filter(indicator__in=found, kind="plan", region=None).exclude(service="")
    for row in rows.order_by("year", "dated_on", "-key"):  # the last and newest stays
        found[row.indicator][row.service] = row.value
    money = {service: Decimal(repr(value)) for service, value in found["money"].items()}
    return Targets(found["length"], money)


def lines_to_apply_for(run: Run) -> QuerySet[Line]:
    """Return the chosen lines of a plan that no live project and no application holds yet."""
    lines = chosen_lines(run)
    taken = lines.filter(package__sections__projects__state__in=LIVE).values("pk")
    return lines.exclude(projects__isnull=False).exclude(pk__in=taken.order_by())


def live_projects_with(sections: Iterable[Section], *, but: Project | None) -> QuerySet[Project]:
    """Return the live projects that hold one of the sections."""
    keys = [section.pk for section in sections]
    rows = Project.objects.filter(state__in=LIVE, sections__in=keys).distinct()
    return rows.exclude(pk=but.pk) if but else rows


def country_packages_for(run: CountryRun, service: UtilityService) -> list[Offered]:
    """Return what the country's plan gives a utility's service in a region, and nobody has yet.

    Left out are those with a section that a live project or an application holds, or that is not
    in service any more. Of a street it is the utility's own networks that count.
    """
    wanted = Wanted(
        utility=service.organisation.code,
        service=service.service,
        region=service.region.kato,
        is_chosen=True,
    )
    lines = {one.code: one for one in packages_of_run(run, wanted, limit=MOST_OFFERED).lines}
    sections = sections_of_packages(run, lines)
    every = {code for own in sections.values() for code in own}
    mine = Section.objects.filter(code__in=every, network__utility_service=service)
    state = dict(mine.values_list("code", "state"))
    taken = set(mine.filter(projects__state__in=(*LIVE, "draft")).values_list("code", flat=True))
    found = []
    for code, line in lines.items():
        own = [one for one in dict.fromkeys(sections[code]) if one in state]
        if own and all(state[one] == "in_service" and one not in taken for one in own):
            found.append(Offered(line, own))
    return sorted(found, key=lambda one: (one.line.year or 0, one.line.code))


def held_packages(run: CountryRun, codes: Iterable[str]) -> dict[str, str]:
    """Return the packages of the country's plan that a live project holds, with the project."""
    sections = sections_of_packages(run, codes)
    rows = Project.objects.filter(
        state__in=LIVE, sections__code__in={one for own in sections.values() for one in own}
    )
    holder = dict(rows.order_by("-code").values_list("sections__code", "code"))
    held = {code: [holder[one] for one in own if one in holder] for code, own in sections.items()}
    return {code: min(projects) for code, projects in held.items() if projects}


def projects_about(section: Section) -> QuerySet[Project]:
    """Return the projects that renew, renewed or laid the section: for passport and trace."""
    return (
        public_projects()
        .filter(Q(sections=section) | Q(code=section.born_of or "-"))
        .distinct()
        .order_by("drafted_at")
    )


def late_days(clock: Clock, on: date) -> int:
    """Return by how many calendar days the term has ended."""
    return max(0, ((clock.stopped_on or on) - clock.due_on).days)


def sections_cut_off(network: int, sections: Sequence[Section]) -> list[str]:
    """Return the sections that no living path joins to a source of their network."""
    sources = set(
        Node.objects.filter(network=network, kind__in=SOURCES).values_list("pk", flat=True)
    )
    if not sources:
        return []
    living = Section.objects.filter(network=network, state__in=LIVING)
    edges = np.array(list(living.values_list("from_node_id", "to_node_id")), dtype=np.int64)
    links = EquipmentUnit.objects.filter(network=network).exclude(node=None).exclude(to_node=None)
    more = np.array(list(links.values_list("node_id", "to_node_id")), dtype=np.int64)
    both = np.concatenate([edges.reshape(-1, 2), more.reshape(-1, 2)])
    nodes, flat = np.unique(both, return_inverse=True)
    ends = flat.reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(nodes),) * 2)
    _count, parts = connected_components(graph, directed=False)
    part_of = dict(zip(nodes.tolist(), parts.tolist(), strict=True))
    fed = {part_of[source] for source in sources if source in part_of}
    return [s.code for s in sections if part_of.get(s.from_node_id) not in fed]


def targets_digest() -> str:
    """Return the digest of the published figures, which history keeps."""
    columns = [field.attname for field in Target._meta.concrete_fields if field.name != "id"]
    digest = hashlib.sha256()
    for row in Target.objects.order_by("key").values_list(*columns):
        digest.update("\x1f".join(map(str, row)).encode() + b"\n")
    return digest.hexdigest()


def targets_changed() -> bool:
    """Tell whether a published figure was changed behind the application."""
    last = Entry.objects.filter(kind="target.load").order_by("-id").first()
    if last is None:
        return Target.objects.exists()
    return bool(facts_of(last).get("digest") != targets_digest())
