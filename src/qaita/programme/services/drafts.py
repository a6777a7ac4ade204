"""New applications and their estimates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.kernel.ids import derived_code
from qaita.kernel.money import is_amount, tenge
from qaita.law import approvals
from qaita.ledger.services import record
from qaita.networks.geometry import geodesic_length_m, unpack
from qaita.networks.models import Section
from qaita.planning.models import CountryRun, Line
from qaita.planning.queries import cost_of_sections
from qaita.programme.errors import (
    CLOSED,
    NO_REASON,
    NO_SECTIONS,
    NOT_APPLICANT,
    NOT_YOUR_SECTIONS,
    WRONG_COST,
    WRONG_YEAR,
)
from qaita.programme.models import Estimate, Project
from qaita.programme.papers import plain_titles
from qaita.programme.states import may_apply

YEARS_AHEAD = 15
CLOSED_STATES = ("done", "refused")


@dataclass(frozen=True)
class Draft:
    """What a new application says. Without titles or cost they follow from the sections."""

    utility: Organisation
    sections: Sequence[Section]
    year: int
    titles: dict[str, str] = field(default_factory=dict)  # kk, ru, en
    cost_kzt: Decimal | None = None
    run_line: Line | None = None
    code: str = ""
    country_run: CountryRun | None = None  # or the country's plan
    country_packages: Sequence[str] = ()


def draft_project(draft: Draft, *, by: Actor, at: datetime) -> Project:
    """Begin an application. Its kilometres are those of its sections; they cannot be typed."""
    sections = sorted(draft.sections, key=lambda section: section.code)
    _require_applicant("project.draft", draft.utility, by)
    _require_draft(draft, sections, at)
    length_m = sum(geodesic_length_m(unpack(section.geometry)) for section in sections)
    on = day_of(at)
    cost_kzt = draft.cost_kzt
    cost_kzt = cost_of_sections(sections, on=on) if cost_kzt is None else tenge(cost_kzt)
    titles = {**plain_titles(sections, length_m), **draft.titles}
    codes = [section.code for section in sections]
    with transaction.atomic():
        project = Project.objects.create(
            code=draft.code or derived_code("AP", draft.utility.code, at, *codes),
            utility=draft.utility,
            service=sections[0].service,
            region=sections[0].network.region,
            title_kk=titles["kk"],
            title_ru=titles["ru"],
            title_en=titles["en"],
            run_line=draft.run_line,
            country_run=draft.country_run,
            country_packages=list(draft.country_packages),
            cost_kzt=cost_kzt,
            length_planned_m=length_m,
            year=draft.year,
            law_on=on,
            drafted_at=at,
            is_demonstration=draft.utility.is_demonstration,
        )
        project.sections.set(sections)
        _add_estimate(project, cost_kzt, "", at)
        facts = {
            "utility": draft.utility.code,
            "service": project.service,
            "year": draft.year,
            "cost_kzt": cost_kzt,
            "length_planned_m": round(length_m, 3),
            "sections": codes,
            "run_line": draft.run_line.run.code if draft.run_line else None,
        }
        if draft.country_run is not None:
            facts |= {"run": draft.country_run.code, "packages": list(draft.country_packages)}
        record("project.draft", project.code, by=by, at=at, facts=facts)
    return project


def draft_projects(drafts: Sequence[Draft], *, by: Actor, at: datetime) -> list[Project]:
    """Begin many applications, all or none."""
    with transaction.atomic():
        return [draft_project(draft, by=by, at=at) for draft in drafts]


def _require_applicant(action: str, utility: Organisation, by: Actor) -> None:
    if not may_apply(by, utility):
        raise Refused(action, [NOT_APPLICANT])


def _require_draft(draft: Draft, sections: list[Section], at: datetime) -> None:
    if not sections:
        raise Refused("project.draft", [NO_SECTIONS])
    owners = {
        (s.network.utility_service.organisation_id, s.service, s.network.region_id)
        for s in sections
    }
    living = all(s.state == "in_service" for s in sections)
    if len(owners) != 1 or next(iter(owners))[0] != draft.utility.pk or not living:
        raise Wrong({"sections": [NOT_YOUR_SECTIONS]})
    this_year = day_of(at).year
    if not this_year <= draft.year <= this_year + YEARS_AHEAD:
        raise Wrong({"year": [WRONG_YEAR]})
    if draft.cost_kzt is not None and not is_amount(draft.cost_kzt):
        raise Wrong({"cost_kzt": [WRONG_COST]})


def _add_estimate(project: Project, cost_kzt: Decimal, reason: str, at: datetime) -> Estimate:
    first = project.estimates.order_by("version").first()
    growth = float(cost_kzt / first.cost_kzt - 1) if first else 0.0
    limit = float(approvals(on=project.law_on).estimate_growth_alarm_percent) / 100
    return Estimate.objects.create(
        project=project,
        version=project.estimates.count() + 1,
        cost_kzt=cost_kzt,
        growth_share=growth,
        alarm=growth > limit,
        reason=reason,
        at=at,
    )


def revise_estimate(
    project: Project, *, cost_kzt: Decimal, reason: str, by: Actor, at: datetime
) -> Estimate:
    """Add a version to the estimate's chain; growth over the limit raises a public alarm."""
    _require_applicant("project.revise_estimate", project.utility, by)
    if not reason.strip():
        raise Wrong({"reason": [NO_REASON]})
    if not is_amount(cost_kzt):
        raise Wrong({"cost_kzt": [WRONG_COST]})
    with transaction.atomic():
        stored = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        if stored.state in CLOSED_STATES:
            raise Refused("project.revise_estimate", [CLOSED])
        estimate = _add_estimate(project, tenge(cost_kzt), reason.strip(), at)
        project.cost_kzt = estimate.cost_kzt
        project.save(update_fields=["cost_kzt"])
        facts = {
            "version": estimate.version,
            "cost_kzt": estimate.cost_kzt,
            "growth_share": round(estimate.growth_share, 6),
            "alarm": estimate.alarm,
            "reason": estimate.reason,
        }
        record("project.revise_estimate", project.code, by=by, at=at, facts=facts)
    return estimate
