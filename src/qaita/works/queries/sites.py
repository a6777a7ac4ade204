"""Questions about sites: whose, what is left, how late, what was measured."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from qaita.kernel.actor import ANYONE, Actor
from qaita.kernel.errors import Missing
from qaita.kernel.money import tenge
from qaita.law import acceptance
from qaita.law.acceptance import Acceptance
from qaita.networks.models import Section
from qaita.procurement.models import Contract
from qaita.programme.models import Project
from qaita.works.models import (
    AsBuilt,
    DigPermit,
    Evidence,
    Milestone,
    Site,
    Stage,
    WorkLine,
)

OUTSIDE_FLAGS = frozenset({"no_place", "outside", "no_time", "other_time", "reused"})


@dataclass(frozen=True)
class Lateness:
    """How late the works are and what that costs the contractor."""

    due_on: date
    until_on: date
    delay_days: int
    rate_percent: float
    cap_percent: float
    penalty_kzt: Decimal


@dataclass(frozen=True)
class LineProgress:
    """A line of the bill with what has been measured of it."""

    line: WorkLine
    measured: Decimal
    left: Decimal
    measured_kzt: Decimal


def rules_of(site: Site) -> Acceptance:
    """Return the law the site follows: that of the day of its contract."""
    return acceptance(on=site.law_on)


def get_site(code: str) -> Site:
    """Return exactly one site, or raise Missing."""
    try:
        return _sites().get(code=code)
    except Site.DoesNotExist:
        raise Missing("site", code) from None


def _sites() -> QuerySet[Site]:
    return Site.objects.select_related("contract", "project", "utility", "supplier", "supervision")


def sites_of(project: Project) -> QuerySet[Site]:
    """Return the sites of a project."""
    return _sites().filter(project=project)


def sites_for(actor: Actor) -> QuerySet[Site]:
    """Return the sites on whose side the actor stands; who watches reads them all."""
    sites = _sites()
    if actor.has("auditor") or actor.has("programme_office"):
        return sites
    found = sites.none()
    for role, side in (
        ("supplier", "supplier"),
        ("supervisor", "supervision"),
        ("utility_engineer", "utility"),
        ("utility_head", "utility"),
    ):
        codes = actor.organisations(role)
        if ANYONE in codes:
            return sites
        if codes:
            found = found | sites.filter(**{f"{side}__code__in": codes})
    return found.distinct()


def contracts_without_site(actor: Actor) -> QuerySet[Contract]:
    """Return the signed contracts of the actor's organisations that have no site yet."""
    rows = Contract.objects.filter(state__in=("signed", "running"), site=None)
    suppliers, buyers = actor.organisations("supplier"), actor.organisations("utility_engineer")
    if ANYONE in suppliers | buyers:
        return rows.select_related("project", "supplier")
    mine = Q(supplier__code__in=suppliers) | Q(buyer__code__in=buyers)
    return rows.filter(mine).select_related("project", "supplier")


def milestones_to_judge(actor: Actor) -> QuerySet[Milestone]:
    """Return the scheduled milestones of the sites the actor supervises."""
    sites = sites_for(actor).filter(state="running")
    rows = Milestone.objects.filter(site__in=sites, state="scheduled")
    return rows.select_related("site").order_by("due_on")


def permits_to_close(actor: Actor) -> QuerySet[DigPermit]:
    """Return the open dig permits of the sites the actor supervises."""
    rows = DigPermit.objects.filter(site__in=sites_for(actor), state="open")
    return rows.select_related("site").order_by("until_on", "pk")


def sections_left(site: Site) -> QuerySet[Section]:
    """Return the sections of the site that no accepted line has replaced yet."""
    done = AsBuilt.objects.filter(site=site, state="accepted").values("replaces")
    return site.sections.exclude(pk__in=done)


def sections_uncovered(site: Site) -> QuerySet[Section]:
    """Return the sections of the site for which no line has been given."""
    covered = AsBuilt.objects.filter(site=site, state__in=("recorded", "accepted"))
    return site.sections.exclude(pk__in=covered.values("replaces"))


def has_open_permit(site: Site) -> bool:
    """Tell whether a dig permit of the site is still open."""
    return site.permits.filter(state="open").exists()


def stages_missing(site: Site) -> list[str]:
    """Return the stages for which no picture from the place has come."""
    shown = {
        picture.stage
        for picture in site.evidence.only("stage", "flags")
        if not OUTSIDE_FLAGS.intersection(picture.flags)
    }
    return [stage for stage in rules_of(site).photo_stages if stage not in shown]


def measured_so_far(line: WorkLine) -> Decimal:
    """Return the cumulative measured quantity; an act that is refused gives its metres back."""
    total = line.measurements.aggregate(total=Sum("quantity"))["total"]
    return Decimal(total or 0)


def progress_of(site: Site) -> list[LineProgress]:
    """Return the bill of quantities with what has been measured of each line."""
    rows = []
    for line in site.lines.all():
        measured = measured_so_far(line)
        rows.append(
            LineProgress(
                line,
                measured,
                line.contract_quantity - measured,
                tenge(measured * line.price_kzt),
            )
        )
    return rows


def lateness_of(site: Site, *, on: date) -> Lateness:
    """Return the delay on the day and its penalty, a share of the contract's sum with a cap."""
    law = rules_of(site)
    until_on = site.completed_on or on
    days = max((until_on - site.ends_on).days, 0)
    percent = min(
        Decimal(str(law.penalty_percent_a_day)) * days, Decimal(str(law.penalty_cap_percent))
    )
    return Lateness(
        site.ends_on,
        until_on,
        days,
        law.penalty_percent_a_day,
        law.penalty_cap_percent,
        tenge(site.worth_kzt * percent / 100),
    )


def gallery_of(site: Site) -> dict[str, list[Evidence]]:
    """Return the pictures of a site by stage."""
    stages: dict[str, list[Evidence]] = {stage.value: [] for stage in Stage}
    for picture in site.evidence.all():
        stages[picture.stage].append(picture)
    return stages


def site_of_section(section: Section) -> Site | None:
    """Return the newest site that renews the section."""
    return _sites().filter(sections=section).order_by("-opened_on", "-id").first()
