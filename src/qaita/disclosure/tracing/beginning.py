"""From the worn section to the tender: register, need, plan, project, money."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from qaita.accounts.roles import ROLES
from qaita.disclosure.tracing.parts import DONE, NOW, Figure, Page, Step, Words, names_of
from qaita.funding.models import Instrument, TariffEstimate
from qaita.kernel.clock import day_of
from qaita.kernel.text import LANGUAGES
from qaita.law.reading import sources
from qaita.networks.models import Failure, Section
from qaita.planning.models import CountryRun, Line, Package
from qaita.programme.models import Approval, Project
from qaita.works.models import AsBuilt, Site

INSTRUMENTS: dict[str, Words] = {
    "loan": _("Loan"),
    "bond": _("Local government bond"),
    "budget": _("Budget"),
    "own": _("The utility's own money"),
    "tariff": _("Tariff"),
}


@dataclass(frozen=True)
class Subject:
    """What the story is about, collected once."""

    section: Section
    old: tuple[Section, ...]
    new: Section | None
    line: AsBuilt | None
    project: Project | None
    package: Package | None
    plan_line: Line | None
    site: Site | None
    on: date


def section_step(subject: Subject) -> Step:
    """The section as it lay, with its wear."""
    old = subject.old
    failures = Failure.objects.filter(section__in=[one.pk for one in old])
    last = failures.order_by("-at").first()
    eldest = min((one for one in old if one.laid_on), key=_laid_on, default=None)
    oldest = eldest.laid_on if eldest else None
    precision = "day" if eldest and eldest.laid_precision == "day" else "year"
    first = old[0]
    past = sum(one.length_m for one in old if one.past_norm_on and one.past_norm_on <= subject.on)
    length_m = sum(one.length_m for one in old)
    figures = [
        Figure(_("Length"), length_m, "length_m"),
        Figure(_("Material"), first.material, "material"),
        Figure(_("Failures on record"), failures.count(), "number"),
    ]
    if first.diameter_mm:
        figures.insert(2, Figure(_("Diameter, mm"), first.diameter_mm, "number"))
    if oldest:
        figures.append(Figure(_("Laid"), oldest, precision))
    figures.append(Figure(_("Past its norm life"), past / length_m if length_m else 0, "share"))
    if last:
        figures.append(Figure(_("Last failure"), day_of(last.at), "day"))
    return Step(
        "section",
        _("Section and its wear"),
        DONE,
        oldest,
        precision,
        figures=tuple(figures),
        source=_source_of(first),
        page=Page("section", first.code),
        more=tuple(Page("section", one.code) for one in old[1:]),
        codes=tuple(one.code for one in old),
    )


def _laid_on(section: Section) -> date:
    return section.laid_on or date.max


def _source_of(section: Section) -> str:
    taken = section.source
    if taken is None:
        return ""
    digest = f" · SHA-256 {taken.file_sha256[:16]}…" if taken.file_sha256 else ""
    return f"{taken.file_name or taken.kind}{digest}"


def need_step(subject: Subject) -> Step:
    """Why it should be renewed, and with which neighbours."""
    package = subject.package
    title = _("Need and package")
    if package is None:
        return Step("need", title, sentence=_("No package holds this section yet."))
    return Step(
        "need",
        title,
        DONE,
        package.formed_on,
        figures=(
            Figure(_("Package"), package.code, "code"),
            Figure(_("Sections in the package"), package.sections.count(), "number"),
            Figure(_("Length"), package.length_m, "length_m"),
            Figure(_("Cost"), package.cost_kzt, "kzt"),
            Figure(_("Failures a year avoided"), package.failures_avoided_per_year, "rate"),
        ),
        source_named=_law_source(package.price_source),
        page=Page("run", subject.plan_line.run.code) if subject.plan_line else None,
        codes=(package.code,),
    )


def _law_source(key: str) -> dict[str, str]:
    source = sources().get(key)
    return names_of(source) if source else dict.fromkeys(LANGUAGES, key)


def plan_step(subject: Subject) -> Step:
    """The line of the plan and the reason for it."""
    line, project = subject.plan_line, subject.project
    title = _("Line of the plan")
    if project is not None and project.country_run is not None:
        return _country_plan_step(project, project.country_run)
    if line is None:
        return Step("plan", title, sentence=_("No plan has decided on this section yet."))
    figures = [Figure(_("Place by benefit per tenge"), line.rank, "number")]
    if line.year:
        figures.append(Figure(_("Year"), str(line.year)))
    figures += [
        Figure(_("Cost"), line.cost_kzt, "kzt"),
        Figure(_("Benefit"), line.benefit_kzt, "kzt"),
    ]
    return Step(
        "plan",
        title,
        DONE,
        day_of(line.run.made_at),
        named=names_of(line, "reason"),
        figures=tuple(figures),
        source=f"{line.run.engine_version} · {line.run.inputs_digest[:16]}…",
        page=Page("run", line.run.code),
        codes=(line.run.code,),
    )


def _country_plan_step(project: Project, run: CountryRun) -> Step:
    """The packages of the country's plan from which the project came."""
    figures = [Figure(_("Package"), code, "code") for code in project.country_packages]
    return Step(
        "plan",
        _("Line of the plan"),
        DONE,
        day_of(run.asked_at),
        sentence=_("The country's plan chose it; its page says why."),
        figures=(*figures, Figure(_("Year"), str(project.year))),
        source=f"{run.engine_version} · {run.inputs_digest[:16]}…",
        page=Page("country_run", run.code),
        codes=(run.code,),
    )


def project_step(subject: Subject) -> Step:
    """The project and who signed for it."""
    project = subject.project
    title = _("Project and signatures")
    if project is None:
        return Step("project", title, sentence=_("No project renews this section yet."))
    approvals = list(Approval.objects.filter(project=project))
    refused = project.state in ("refused", "returned")
    figures = [
        Figure(_("State"), project.state, "state"),
        Figure(_("Length"), project.length_planned_m, "length_m"),
        Figure(_("Cost"), project.cost_kzt, "kzt"),
    ]
    figures += [Figure(ROLES.get(row.role, row.role), day_of(row.at), "day") for row in approvals]
    return Step(
        "project",
        title,
        NOW if refused or project.state == "draft" else DONE,
        day_of(project.drafted_at),
        named=names_of(project, "title"),
        figures=tuple(figures),
        page=Page("project", project.code),
        codes=(project.code,),
    )


def money_step(subject: Subject) -> Step:
    """Where the money comes from and what it does to a bill."""
    project, title = subject.project, _("Money and tariff")
    if project is None:
        return Step("money", title, sentence=_("No money is promised yet."))
    rows = list(Instrument.objects.filter(project=project, state="committed"))
    if not rows:
        return Step("money", title, sentence=_("No money is promised yet."))
    total = Instrument.objects.filter(project=project, state="committed").aggregate(
        total=Sum("amount_kzt")
    )["total"]
    tariff = TariffEstimate.objects.filter(project=project).order_by("version").last()
    figures = [Figure(_("Committed"), total, "kzt")]
    figures += [Figure(INSTRUMENTS[row.kind], row.amount_kzt, "kzt") for row in rows]
    if tariff is not None:
        figures.append(
            Figure(_("A household's bill a month"), tariff.monthly_bill_kzt, "kzt_change")
        )
    return Step(
        "money",
        title,
        DONE,
        max(day_of(row.made_at) for row in rows),
        figures=tuple(figures),
        page=Page("project", project.code),
        codes=tuple(row.code for row in rows),
    )
