"""The five signatures and their clocks."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from qaita.accounts.services import sign_document
from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Stale, Wrong
from qaita.kernel.ids import derived_code
from qaita.kernel.states import Ask
from qaita.ledger.queries import seen_of
from qaita.ledger.services import move, record, settle
from qaita.programme.clocks import extended_due_on, start_clocks, stop_clocks
from qaita.programme.errors import (
    NO_REASON,
    NO_REMARKS,
    NOT_OFFICE,
    NOTHING_RUNS,
    STILL_IN_TIME,
)
from qaita.programme.models import Approval, Clock, Document, Project
from qaita.programme.papers import KINDS, document_text, sha256
from qaita.programme.queries import running_clock
from qaita.programme.states import PROJECT


@dataclass(frozen=True)
class Decision:
    """A signatory's word: remarks, an own signature, and what the page showed when deciding.

    `seen` is how many ledger entries the page knew of; a page that is behind is refused.
    """

    remarks: str = ""
    cms: bytes | None = None
    seen: int | None = None


AGREED = Decision()
# what others write while a page is open, and guards look at
TOLD = ("cost_kzt", "committed_kzt", "bill_rise_kzt")


def submit_project(
    project: Project, *, decision: Decision = AGREED, by: Actor, at: datetime
) -> Project:
    """The head of the utility signs the application together with the design brief."""
    return _decide(project, "submit", decision, by, at)


def check_technically(
    project: Project, *, decision: Decision = AGREED, by: Actor, at: datetime
) -> Project:
    """The technical operator agrees the design brief."""
    return _decide(project, "check_technically", decision, by, at)


def check_financially(
    project: Project, *, decision: Decision = AGREED, by: Actor, at: datetime
) -> Project:
    """The financial operator agrees the money: it covers the estimate."""
    return _decide(project, "check_financially", decision, by, at)


def agree_tariff(
    project: Project, *, decision: Decision = AGREED, by: Actor, at: datetime
) -> Project:
    """The regulator agrees the effect on the tariff."""
    return _decide(project, "agree_tariff", decision, by, at)


def confirm_project(
    project: Project, *, decision: Decision = AGREED, by: Actor, at: datetime
) -> Project:
    """The customer confirms: the application becomes a project."""
    return _decide(project, "confirm", decision, by, at)


def return_project(project: Project, *, decision: Decision, by: Actor, at: datetime) -> Project:
    """Whoever's turn it is returns the application with remarks."""
    return _decide(project, "return", decision, by, at)


def refuse_project(project: Project, *, decision: Decision, by: Actor, at: datetime) -> Project:
    """Whoever's turn it is refuses the application with the reason."""
    return _decide(project, "refuse", decision, by, at)


VERBS = {
    "submit": submit_project,
    "check_technically": check_technically,
    "check_financially": check_financially,
    "agree_tariff": agree_tariff,
    "confirm": confirm_project,
    "return": return_project,
    "refuse": refuse_project,
}


def _decide(project: Project, action: str, decision: Decision, by: Actor, at: datetime) -> Project:
    """Check, sign, write down, move and turn the clocks, in one transaction."""
    with transaction.atomic():
        _lock_as_read(project)
        if decision.seen is not None and decision.seen != seen_of(project.code):
            raise Stale(project.code)
        _require_turn(project, action, by, at)
        if action in ("return", "refuse") and not decision.remarks.strip():
            raise Wrong({"remarks": [NO_REMARKS]})
        document = _sign(project, action, decision, by, at)
        facts = {
            "document": document.code,
            "document_sha256": document.sha256,
            "cost_kzt": project.cost_kzt,
            "length_planned_m": round(project.length_planned_m, 3),
            "remarks": decision.remarks.strip(),
        }
        move(project, PROJECT, action, by=by, at=at, facts=facts)
        project.returned_reason = decision.remarks.strip() if action in ("return", "refuse") else ""
        project.save(update_fields=["returned_reason"])
        turn_clocks(project, at)
        settle(project)
    return project


def _lock_as_read(project: Project) -> None:
    """Hold the project and its sections; Stale when it moved on since it was read.

    The sections are held too, because two applications for one section may be signed at once, and
    neither sees the other before it is done.
    """
    stored = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if stored.state != project.state:
        raise Stale(project.code)
    for name in TOLD:
        setattr(project, name, getattr(stored, name))
    held = project.sections.select_for_update(of=("self",), no_key=True)
    list(held.order_by("pk").values_list("pk"))


def _require_turn(project: Project, action: str, by: Actor, at: datetime) -> None:
    """Raise Refused before anything is signed when it is not the step, or not this role's.

    The guards are asked once, by the move itself; a refusal there undoes the signature too.
    """
    row = PROJECT.row(action, project.state)
    if row is None or not any(by.may(role, project.scope_for(role)) for role in row.roles):
        PROJECT.check(action, Ask(project, by, at))


def _sign(project: Project, action: str, decision: Decision, by: Actor, at: datetime) -> Document:
    row = PROJECT.row(action, project.state)
    role = row.roles[0] if row else ""
    remarks = decision.remarks.strip()
    body = document_text(project, action, role=role, remarks=remarks)
    document = Document.objects.create(
        code=derived_code("DC", project.code, action, at),
        project=project,
        kind=KINDS[action],
        body=body,
        sha256=sha256(body),
        made_at=at,
    )
    sign_document(document.code, body.encode(), decision.cms, role=role, by=by, at=at)
    Approval.objects.create(
        project=project,
        action=action,
        role=role,
        person_code=by.code,
        document=document,
        remarks=remarks,
        at=at,
    )
    return document


def turn_clocks(project: Project, at: datetime) -> None:
    """Stop the term that ran and start the one of the step now awaited."""
    on = day_of(at)
    stop_clocks([project], on)
    start_clocks([project], on)


def extend_step(project: Project, *, reason: str, by: Actor, at: datetime) -> Clock:
    """Give a step that ran out its term once more, with a reason that everybody sees."""
    if not by.has("programme_office"):
        raise Refused("project.extend", [NOT_OFFICE])
    if not reason.strip():
        raise Wrong({"reason": [NO_REASON]})
    on = day_of(at)
    with transaction.atomic():
        Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        clock = running_clock(project)
        if clock is None:
            raise Refused("project.extend", [NOTHING_RUNS])
        if clock.due_on >= on:
            raise Refused("project.extend", [STILL_IN_TIME])
        before = clock.due_on
        clock.due_on, clock.extended_reason = extended_due_on(clock, on), reason.strip()
        clock.save(update_fields=["due_on", "extended_reason"])
        facts = {
            "step": clock.step,
            "was_due_on": before,
            "due_on": clock.due_on,
            "reason": clock.extended_reason,
        }
        record("project.extend", project.code, by=by, at=at, facts=facts)
    return clock
