"""An application for packages of the country's plan in force: each utility for its own sections."""

from collections.abc import Sequence
from datetime import datetime

from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.networks.models import Section, UtilityService
from qaita.planning.models import CountryRun
from qaita.programme.errors import NOT_IN_FORCE, NOT_OFFERED
from qaita.programme.models import Project
from qaita.programme.queries import country_packages_for
from qaita.programme.services.drafts import Draft, draft_project


def apply_for_packages(
    run: CountryRun,
    service: UtilityService,
    packages: Sequence[str],
    *,
    by: Actor,
    at: datetime,
) -> Project:
    """Begin an application for what the plan in force gives these packages' sections.

    Refused once another plan is in force, by an official's change or a new adoption.
    """
    run.refresh_from_db()
    if run.state != "adopted":
        raise Refused("project.draft", [NOT_IN_FORCE])
    offered = {one.line.code: one for one in country_packages_for(run, service)}
    if not packages or any(code not in offered for code in packages):
        raise Wrong({"package": [NOT_OFFERED]})
    chosen = [offered[code] for code in dict.fromkeys(packages)]
    codes = {section for one in chosen for section in one.sections}
    sections = Section.objects.filter(code__in=codes).select_related("network__utility_service")
    draft = Draft(
        service.organisation,
        list(sections),
        # what the plan meant for a year that has passed is applied for now
        max(day_of(at).year, *(one.line.year or 0 for one in chosen)),
        country_run=run,
        country_packages=[one.line.code for one in chosen],
    )
    return draft_project(draft, by=by, at=at)
