"""Putting the steps of one section's story together."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from qaita.disclosure.tracing.around import appeals_step, outages_step
from qaita.disclosure.tracing.beginning import (
    Subject,
    money_step,
    need_step,
    plan_step,
    project_step,
    section_step,
)
from qaita.disclosure.tracing.building import (
    act_step,
    effect_step,
    new_section_step,
    payment_step,
    works_step,
)
from qaita.disclosure.tracing.buying import award_step, contract_step, tender_step
from qaita.disclosure.tracing.parts import LedgerMark, Page, Step, Trace, names_of
from qaita.kernel.clock import day_of
from qaita.ledger.models import Entry
from qaita.ledger.queries import height
from qaita.networks.models import Section
from qaita.networks.queries import get_section
from qaita.planning.models import Line, Package
from qaita.planning.queries import lines_about
from qaita.programme.models import Project
from qaita.programme.queries import projects_about
from qaita.works.models import AsBuilt
from qaita.works.queries import line_laid_for, site_of_section

MOST_MARKS = 4

STEPS: tuple[Callable[[Subject], Step], ...] = (
    section_step,
    need_step,
    plan_step,
    project_step,
    money_step,
    tender_step,
    award_step,
    contract_step,
    works_step,
    act_step,
    payment_step,
    new_section_step,
    effect_step,
)
AROUND: tuple[Callable[[Subject], Step], ...] = (outages_step, appeals_step)


def trace_of(code: str, *, on: date) -> Trace:
    """Return the story of a section, asked by the old or the new one, as known on the day."""
    subject = _subject(get_section(code), on)
    steps = _with_marks([step(subject) for step in (*STEPS, *AROUND)])
    section = subject.section
    return Trace(
        code=section.code,
        service=section.service,
        is_new=subject.new is not None and subject.new.pk == section.pk,
        place=names_of(section.network),
        old=tuple(Page("section", one.code) for one in subject.old),
        new=(Page("section", subject.new.code),) if subject.new else (),
        steps=tuple(steps[: len(STEPS)]),
        around=tuple(steps[len(STEPS) :]),
        height=height(),
    )


def _subject(section: Section, on: date) -> Subject:
    line = line_laid_for(section) or _line_instead_of(section)
    old = tuple(line.replaces.order_by("pk")) if line and line.section else (section,)
    first = section if section in old else old[0]
    project = line.site.project if line else _project_about(first)
    plan_line = _plan_line(first, project)
    return Subject(
        section=section,
        old=old,
        new=line.section if line else None,
        line=line,
        project=project,
        package=plan_line.package if plan_line else _package_of(first),
        plan_line=plan_line,
        site=line.site if line else site_of_section(first),
        on=on,
    )


def _line_instead_of(section: Section) -> AsBuilt | None:
    """Return the line given in place of the section: accepted, else the newest recorded."""
    rows = AsBuilt.objects.filter(replaces=section).select_related(
        "site__project", "site__contract__supplier", "act", "section"
    )
    return rows.filter(state="accepted").first() or rows.filter(state="recorded").last()


def _project_about(section: Section) -> Project | None:
    rows = projects_about(section)
    return rows.exclude(state__in=("refused", "returned")).last() or rows.last()


def _plan_line(section: Section, project: Project | None) -> Line | None:
    """Return the line that decided on this section, in the run the project came from."""
    lines = lines_about(section)
    chosen = project.run_line if project else None
    if chosen is None:
        return lines.first()
    return lines.filter(run=chosen.run_id).first() or chosen


def _package_of(section: Section) -> Package | None:
    return Package.objects.filter(sections=section).order_by("-is_current", "-pk").first()


def _with_marks(steps: list[Step]) -> list[Step]:
    """Give each step the ledger entries that tell of its things, all in one question."""
    found = _entries({code for step in steps for code in step.codes})
    return [
        replace(step, marks=tuple(_few(mark for code in step.codes for mark in found[code])))
        for step in steps
    ]


def _few(marks: Iterable[LedgerMark]) -> list[LedgerMark]:
    """Keep the first and the last few when there are many."""
    rows = list(marks)
    return rows if len(rows) <= 2 * MOST_MARKS else rows[:MOST_MARKS] + rows[-MOST_MARKS:]


def _entries(codes: set[str]) -> defaultdict[str, list[LedgerMark]]:
    found: defaultdict[str, list[LedgerMark]] = defaultdict(list)
    rows = Entry.objects.filter(code__in=codes).order_by("id")
    for row in rows.only("index", "kind", "code", "at"):
        found[row.code].append(LedgerMark(row.index, row.kind, row.code, day_of(row.at)))
    return found
