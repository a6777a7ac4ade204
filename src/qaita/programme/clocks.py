"""Legal terms of the steps, in working days."""

from datetime import date

from qaita.law import approvals
from qaita.law.workdays import add_working_days
from qaita.programme.models import Clock, Project

# state → the step that is awaited, the role that takes it, the law's value that limits it
AWAITED = {
    "submitted": ("check_technically", "technical_operator", "technical_working_days"),
    "technically_checked": ("check_financially", "financial_operator", "financial_working_days"),
    "financially_checked": ("agree_tariff", "regulator", "tariff_working_days"),
    "tariff_agreed": ("confirm", "akimat", "confirmation_working_days"),
    "returned": ("submit", "utility_head", "correction_working_days"),
}


def stop_clocks(projects: list[Project], on: date) -> None:
    """Stop what runs for the projects."""
    Clock.objects.filter(project__in=projects, stopped_on=None).update(stopped_on=on)


def start_clocks(projects: list[Project], on: date) -> None:
    """Start the term of what each project now waits for, if the law gives one."""
    rows = []
    for project in projects:
        if project.state not in AWAITED:
            continue
        step, role, term = AWAITED[project.state]
        days = int(getattr(approvals(on=project.law_on), term))
        rows.append(
            Clock(
                project=project,
                step=step,
                role=role,
                started_on=on,
                due_on=add_working_days(on, days),
            )
        )
    Clock.objects.bulk_create(rows, batch_size=500)


def extended_due_on(clock: Clock, on: date) -> date:
    """Return the new last day: as many working days again, from the day of extension."""
    terms = {step: term for step, _role, term in AWAITED.values()}
    days = int(getattr(approvals(on=clock.project.law_on), terms[clock.step]))
    return add_working_days(on, days)
