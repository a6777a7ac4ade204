"""Targets, projects, plan and fact, plan runs. Nothing here takes a length."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema

from qaita.funding.queries import household_bill_effect, money_of
from qaita.kernel.clock import day_of, now
from qaita.kernel.errors import Missing
from qaita.planning.models import Line, Run
from qaita.planning.queries import get_run, lines_of
from qaita.programme.models import Clock, Project, Target
from qaita.programme.queries import (
    accepted_sections_of,
    funnel,
    get_project,
    late_days,
    overdue_clocks,
    plan_and_facts,
    public_projects,
    targets,
)

router = Router(tags=["programme"])
MOST = 500


class Window(Schema):
    """Which part of a list is asked for."""

    after: int = 0
    limit: int = 100

    def cut(self, rows: QuerySet[Any]) -> list[Any]:
        """Return the rows of the window."""
        start = min(max(0, self.after), 10_000_000)
        return list(rows[start : start + min(max(1, self.limit), MOST)])


class Words(Schema):
    """A text in three languages."""

    kk: str
    ru: str
    en: str


class TargetOut(Schema):
    """A published figure as its source gives it."""

    key: str
    indicator: str
    kind: str
    service: str
    region_kato: str | None
    year: int
    value: float
    unit: str
    source: str
    source_url: str
    dated_on: date
    dated_precision: str
    note: Words


class ProjectOut(Schema):
    """A project."""

    code: str
    title: Words
    utility: str
    service: str
    region_kato: str
    state: str
    year: int
    cost_kzt: Decimal
    length_planned_m: float
    law_on: date
    is_demonstration: bool


class ApprovalOut(Schema):
    """A signature with its document's digest."""

    action: str
    role: str
    at: datetime
    remarks: str
    document: str
    document_sha256: str


class ClockOut(Schema):
    """A legal term."""

    project: str
    step: str
    role: str
    started_on: date
    due_on: date
    stopped_on: date | None
    late_days: int
    extended_reason: str


class ProjectWhole(ProjectOut):
    """A project with its money, sections, signatures and terms."""

    committed_kzt: Decimal
    paid_kzt: Decimal
    length_accepted_m: float
    household_month_kzt: Decimal | None
    sections: list[str]
    run: str | None
    reason: Words | None
    approvals: list[ApprovalOut]
    clocks: list[ClockOut]


class CellOut(Schema):
    """Plan and fact of one service, region and year."""

    service: str
    region_kato: str
    year: int
    projects: int
    planned_m: float
    accepted_m: float
    cost_kzt: Decimal


class FunnelOut(Schema):
    """One step of the funnel."""

    state: str
    projects: int
    length_m: float
    cost_kzt: Decimal


class LineOut(Schema):
    """What a run decided for one package."""

    package: str
    option: str
    year: int | None
    rank: int
    length_m: float
    cost_kzt: Decimal
    benefit_kzt: Decimal
    reason: Words


class RunOut(Schema):
    """A plan run: enough to judge it and to compute it again."""

    code: str
    state: str
    utility: str
    service: str
    engine_version: str
    inputs_digest: str
    result_digest: str
    objective_kzt: Decimal | None
    bound_kzt: Decimal | None
    gap_share: float | None
    clashes: list[dict[str, Any]]
    made_at: datetime
    inputs: dict[str, Any]
    result: dict[str, Any]


def _words(thing: Any, field: str) -> dict[str, str]:
    return {language: getattr(thing, f"{field}_{language}") for language in ("kk", "ru", "en")}


def _target(row: Target) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in TargetOut.model_fields if hasattr(row, name)},
        "region_kato": row.region.kato if row.region else None,
        "source": row.source_key,
        "note": _words(row, "note"),
    }


def _project(row: Project) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ProjectOut.model_fields if hasattr(row, name)},
        "title": _words(row, "title"),
        "utility": row.utility.code,
        "region_kato": row.region.kato,
    }


def _clock(row: Clock, on: date) -> dict[str, Any]:
    kept = ("step", "role", "started_on", "due_on", "stopped_on", "extended_reason")
    return {
        **{name: getattr(row, name) for name in kept},
        "project": row.project.code,
        "late_days": late_days(row, on),
    }


def _line(row: Line) -> dict[str, Any]:
    kept = ("option", "year", "rank", "cost_kzt", "benefit_kzt")
    return {
        **{name: getattr(row, name) for name in kept},
        "package": row.package.code,
        "length_m": row.package.length_m,
        "reason": _words(row, "reason"),
    }


@router.get("/targets", response=list[TargetOut])
def list_targets(request: HttpRequest, indicator: str = "", year: int | None = None) -> Any:
    """Return the published figures; conflicting ones stand together with their sources."""
    return [_target(row) for row in targets(indicator, year=_year(year))]


def _year(year: int | None) -> int | None:
    """Return a year the tables can hold; one they cannot finds nothing."""
    return None if year is None else min(max(year, 1), 9_999)


@router.get("/programme", response=list[CellOut])
def list_plan_and_fact(
    request: HttpRequest, service: str = "", region_kato: str = "", year: int | None = None
) -> Any:
    """Return plan and fact by service, region and year; services are never added up."""
    return plan_and_facts(_plain(service), _plain(region_kato), _year(year))


def _plain(text: str) -> str:
    return text.replace("\0", "")[:40]


@router.get("/funnel", response=list[FunnelOut])
def show_funnel(request: HttpRequest) -> Any:
    """Return how many projects stand at each step."""
    return [step for step in funnel(day_of(now())) if step.state != "draft"]


@router.get("/late", response=list[ClockOut])
def list_late(request: HttpRequest) -> Any:
    """Return the steps whose legal term has ended unanswered."""
    on = day_of(now())
    return [_clock(row, on) for row in overdue_clocks(on)[:MOST]]


@router.get("/projects", response=list[ProjectOut])
def list_projects(request: HttpRequest, window: Query[Window], state: str = "") -> Any:
    """Return the projects in the order of their codes."""
    rows = public_projects().order_by("code")
    rows = rows.filter(state=_plain(state)) if state else rows
    return [_project(row) for row in window.cut(rows)]


@router.get("/projects/{code}", response=ProjectWhole)
def show_project(request: HttpRequest, code: str) -> Any:
    """Return one project whole."""
    row = get_project(_plain(code))
    if row.state == "draft":
        raise Missing("project", code)
    on, money, line = day_of(now()), money_of(row), row.run_line
    bill = household_bill_effect(row, on)
    return {
        **_project(row),
        "committed_kzt": money.committed_kzt,
        "paid_kzt": money.paid_kzt,
        "length_accepted_m": sum(s.length_m for s in accepted_sections_of(row)),
        "household_month_kzt": bill.now_kzt if bill else None,
        "sections": list(row.sections.order_by("code").values_list("code", flat=True)),
        "run": line.run.code if line else None,
        "reason": _words(line, "reason") if line else None,
        "approvals": [
            {
                "action": one.action,
                "role": one.role,
                "at": one.at,
                "remarks": one.remarks,
                "document": one.document.code,
                "document_sha256": one.document.sha256,
            }
            for one in row.approvals.select_related("document")
        ],
        "clocks": [_clock(clock, on) for clock in row.clocks.select_related("project")],
    }


@router.get("/plans/{code}", response=RunOut)
def show_run(request: HttpRequest, code: str) -> Any:
    """Return one plan run with its canonical inputs and result."""
    row: Run = get_run(_plain(code))
    special = {"utility", "service", "inputs", "result"}
    return {
        **{name: getattr(row, name) for name in RunOut.model_fields if name not in special},
        "utility": row.scenario.utility.code,
        "service": row.scenario.service,
        "inputs": json.loads(row.inputs),
        "result": json.loads(row.result),
    }


@router.get("/plans/{code}/lines", response=list[LineOut])
def list_lines(request: HttpRequest, code: str, window: Query[Window]) -> Any:
    """Return what the run decided for every package, and why."""
    return [_line(row) for row in window.cut(lines_of(get_run(_plain(code))))]
