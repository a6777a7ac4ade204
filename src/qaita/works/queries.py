"""Questions to works."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Signature
from qaita.kernel.actor import ANYONE, Actor
from qaita.kernel.errors import Missing, Reason
from qaita.kernel.money import tenge
from qaita.law import acceptance
from qaita.law.acceptance import Acceptance
from qaita.networks.geometry import unpack
from qaita.networks.models import Failure, Section
from qaita.procurement.models import Contract
from qaita.programme.models import Project
from qaita.works.corridor import Coordinates
from qaita.works.errors import (
    CHECK_MISSING,
    LENGTH_DIFFERS,
    OFF_DESIGN,
    WRONG_DIAMETER,
    WRONG_MATERIAL,
)
from qaita.works.models import (
    Act,
    AsBuilt,
    Evidence,
    Measurement,
    Milestone,
    Site,
    Stage,
    WorkLine,
)

TINY = 1e-9
OUTSIDE_FLAGS = frozenset({"no_place", "outside", "no_time", "other_time", "reused"})


@dataclass(frozen=True)
class Difference:
    """One row of the table that sets the laid line beside its design."""

    name: str
    title: str | Promise
    design: str
    laid: str
    tolerance: str
    is_within: bool
    reason: Reason


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


def get_act(code: str) -> Act:
    """Return exactly one act, or raise Missing."""
    try:
        return Act.objects.select_related(
            "site__supplier", "site__utility", "site__supervision", "site__project"
        ).get(code=code)
    except Act.DoesNotExist:
        raise Missing("act", code) from None


def _sites() -> QuerySet[Site]:
    return Site.objects.select_related("contract", "project", "utility", "supplier", "supervision")


def sites_of(project: Project) -> QuerySet[Site]:
    """Return the sites of a project."""
    return _sites().filter(project=project)


def sites_for(actor: Actor) -> QuerySet[Site]:
    """Return the sites on whose side the actor stands."""
    sites = _sites()
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


def acts_of(project: Project) -> QuerySet[Act]:
    """Return the acts of a project, oldest first."""
    return (
        Act.objects.filter(site__project=project)
        .select_related("site__supplier")
        .order_by("drafted_on", "id")
    )


def acts_to_sign(actor: Actor) -> QuerySet[Act]:
    """Return the acts that wait for a signature of the actor's side."""
    signed = Signature.objects.filter(person__code=actor.code).values("subject_code")
    return (
        Act.objects.filter(state="signing", site__in=sites_for(actor))
        .exclude(code__in=signed)
        .select_related("site__project", "site__supplier")
    )


def milestones_to_judge(actor: Actor) -> QuerySet[Milestone]:
    """Return the scheduled milestones of the sites the actor supervises."""
    sites = sites_for(actor).filter(state="running")
    rows = Milestone.objects.filter(site__in=sites, state="scheduled")
    return rows.select_related("site").order_by("due_on")


def design_of(sections: QuerySet[Section] | list[Section]) -> list[Coordinates]:
    """Return the design line: where the renewed sections lie in the register."""
    return [unpack(section.geometry) for section in sections]


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


def checks_missing(line: AsBuilt) -> list[str]:
    """Return the kinds of checks the law wants and the line has not passed."""
    passed = {check.kind for check in line.checks.all() if check.is_passed}
    wanted = rules_of(line.site).checks.get(line.site.service, ())
    return [kind for kind in wanted if kind not in passed]


def differences_of(line: AsBuilt) -> list[Difference]:
    """Set the laid line beside its design, each row with the law's tolerance."""
    law = rules_of(line.site)
    corridor_m = law.corridor_m[line.site.service]
    rows = [
        Difference(
            "deviation",
            _("Distance from the design line, m"),
            "0",
            number_format(line.deviation_m, 2),
            f"≤ {_short(corridor_m)}",
            line.deviation_m <= corridor_m,
            OFF_DESIGN,
        ),
        _measured_difference(
            ("length", _("Length, m"), LENGTH_DIFFERS),
            (line.design_length_m, line.length_m),
            law.length_percent,
        ),
    ]
    if line.design_diameter_mm and line.diameter_mm:
        sizes = (line.design_diameter_mm, line.diameter_mm)
        names = ("diameter", _("Diameter, mm"), WRONG_DIAMETER)
        rows.append(_measured_difference(names, sizes, law.diameter_percent))
    if line.design_material:
        is_same = line.material == line.design_material
        values = (line.design_material, line.material, "=")
        rows.append(Difference("material", _("Material"), *values, is_same, WRONG_MATERIAL))
    return rows


def _measured_difference(
    names: tuple[str, str | Promise, Reason], sizes: tuple[float, float], tolerance: float
) -> Difference:
    name, title, reason = names
    design, laid = sizes
    percent = 100 * abs(laid - design) / max(design, TINY)
    texts = (number_format(design, 1), number_format(laid, 1))
    is_within = percent <= tolerance
    return Difference(name, title, *texts, f"± {_short(tolerance)} %", is_within, reason)


def _short(value: float) -> str:
    return number_format(f"{value:g}")


def reasons_against_line(line: AsBuilt) -> list[Reason]:
    """Return every reason why the line cannot be accepted."""
    reasons = [row.reason for row in differences_of(line) if not row.is_within]
    return [*reasons, CHECK_MISSING] if checks_missing(line) else reasons


def reasons_against_lines(act: Act) -> list[Reason]:
    """Return every reason why the lines of the act cannot be accepted."""
    found: dict[str, Reason] = {}
    lines = act.as_built.select_related("site").prefetch_related("checks")
    for line in lines:
        found.update({reason.code: reason for reason in reasons_against_line(line)})
    return list(found.values())


def sides_signed(act: Act) -> dict[str, Signature]:
    """Return who signed this very document, by role."""
    rows = Signature.objects.filter(
        subject_code=act.code, document_sha256=act.document_sha256
    ).select_related("person")
    return {row.role: row for row in rows}


def sides_missing(act: Act) -> list[str]:
    """Return the roles of the law's quorum that have not signed."""
    signed = sides_signed(act)
    return [role for role in rules_of(act.site).quorum if role not in signed]


def measured_so_far(line: WorkLine) -> Decimal:
    """Return the cumulative measured quantity; refused acts give theirs back."""
    total = (
        Measurement.objects.filter(line=line)
        .exclude(act__state="refused", is_from_geometry=True)
        .aggregate(total=Sum("quantity"))["total"]
    )
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
    days = max((until_on - site.due_on).days, 0)
    percent = min(
        Decimal(str(law.penalty_percent_a_day)) * days, Decimal(str(law.penalty_cap_percent))
    )
    return Lateness(
        site.due_on,
        until_on,
        days,
        law.penalty_percent_a_day,
        law.penalty_cap_percent,
        tenge(site.sum_kzt * percent / 100),
    )


def accepted_lines(project: Project) -> QuerySet[AsBuilt]:
    """Return the accepted lines of a project with the sections they became."""
    return AsBuilt.objects.filter(site__project=project, state="accepted").select_related(
        "section", "act", "site"
    )


def accepted_length(service: str, region_kato: str, year: int) -> float:
    """Return the metres accepted in the year: the only source of kilometres done."""
    rows = AsBuilt.objects.filter(
        state="accepted",
        site__service=service,
        site__region_kato=region_kato,
        act__accepted_at__year=year,
    )
    return float(rows.aggregate(total=Sum("length_m"))["total"] or 0)


def accepted_by_cell() -> dict[tuple[str, str, int], float]:
    """Return the accepted metres by service, region and year."""
    cells: dict[tuple[str, str, int], float] = defaultdict(float)
    rows = AsBuilt.objects.filter(state="accepted").values_list(
        "site__service", "site__region_kato", "act__accepted_at__year", "length_m"
    )
    for service, kato, year, length_m in rows:
        cells[service, kato, year] += length_m
    return dict(cells)


def failures_under_warranty(project: Project) -> QuerySet[Failure]:
    """Return the failures of accepted sections within their warranty: the contractor's to mend."""
    return (
        Failure.objects.filter(
            section__born_as__site__project=project,
            at__date__lte=F("section__born_as__act__warranty_until_on"),
        )
        .select_related("section")
        .order_by("-at")
    )


def gallery_of(site: Site) -> dict[str, list[Evidence]]:
    """Return the pictures of a site by stage."""
    stages: dict[str, list[Evidence]] = {stage.value: [] for stage in Stage}
    for picture in site.evidence.all():
        stages[picture.stage].append(picture)
    return stages


def line_laid_for(section: Section) -> AsBuilt | None:
    """Return the accepted line that the section was born of, if it was."""
    return (
        AsBuilt.objects.filter(section=section)
        .select_related("site__project", "site__contract", "site__supplier", "act")
        .first()
    )


def site_of_section(section: Section) -> Site | None:
    """Return the newest site that renews the section."""
    return _sites().filter(sections=section).order_by("-opened_on", "-id").first()


def overdue_sites(on: date) -> QuerySet[Site]:
    """Return the running sites past their day."""
    return _sites().filter(state__in=("opened", "running"), due_on__lt=on).order_by(F("due_on"))
