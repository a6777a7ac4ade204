"""The life of an appeal and the guards of its clocks."""

from datetime import timedelta

from qaita.appeals.errors import (
    EXTENDED_ALREADY,
    FORWARD_TERM_OVER,
    NOT_YOURS,
    STILL_REOPENABLE,
    TERM_OVER,
    TOO_LATE_TO_REOPEN,
    TOO_MANY_REOPENS,
)
from qaita.appeals.models import Appeal
from qaita.appeals.queries import may_answer
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Reason
from qaita.kernel.states import Ask, Row, StateTable
from qaita.law.appeals import appeals as appeals_law
from qaita.law.workdays import add_working_days

DESK = ("call_operator", "dispatcher", "system")
PERSON = ("citizen", "call_operator", "system")
CLOSERS = ("clock", "citizen", "system")


def is_theirs(ask: Ask[Appeal]) -> Reason | None:
    """A utility's people answer their own appeals only."""
    return None if may_answer(ask.subject, ask.by) else NOT_YOURS


def forward_term_runs(ask: Ask[Appeal]) -> Reason | None:
    """Not ours: it is forwarded within the legal term, not later."""
    appeal = ask.subject
    days = appeals_law(on=appeal.law_on).forward_working_days
    last = add_working_days(day_of(appeal.received_at), days)
    return FORWARD_TERM_OVER if day_of(ask.at) > last else None


def not_extended_yet(ask: Ask[Appeal]) -> Reason | None:
    """The term is extended once."""
    return EXTENDED_ALREADY if ask.subject.extended_until_on else None


def term_runs(ask: Ask[Appeal]) -> Reason | None:
    """A term that is over is not extended."""
    return TERM_OVER if day_of(ask.at) > ask.subject.due_on else None


def may_reopen_still(ask: Ask[Appeal]) -> Reason | None:
    """An appeal may be reopened for some days after its answer, and only some times."""
    appeal = ask.subject
    law = appeals_law(on=appeal.law_on)
    if appeal.reopens_count >= law.reopens_max:
        return TOO_MANY_REOPENS
    ended_at = appeal.answered_at or appeal.closed_at or appeal.received_at
    return TOO_LATE_TO_REOPEN if ask.at > ended_at + timedelta(days=law.reopen_days) else None


def reopening_is_over(ask: Ask[Appeal]) -> Reason | None:
    """By the calendar an appeal closes when nobody can reopen it; the person may close it now."""
    if ask.by.has("citizen"):
        return None
    return None if may_reopen_still(ask) else STILL_REOPENABLE


# fmt: off
APPEAL: StateTable[Appeal] = StateTable("appeal", initial="received", rows=[
    #   action           from                                          to                by
    Row("accept",        ("received", "forwarded", "reopened"),        "accepted",       DESK,
        (is_theirs,)),
    Row("forward",       ("received", "accepted"),                     "forwarded",      DESK,
        (is_theirs, forward_term_runs)),
    Row("extend",        ("accepted",),                                "extended",       DESK,
        (is_theirs, not_extended_yet, term_runs)),
    Row("answer",        ("accepted", "extended"),                     "answered",       DESK,
        (is_theirs,)),
    Row("reopen",        ("answered", "closed_unfixed", "closed"),     "reopened",       PERSON,
        (may_reopen_still,)),
    Row("close",         ("answered",),                                "closed",         CLOSERS,
        (reopening_is_over,)),
    Row("close_unfixed", ("accepted", "extended", "reopened"),         "closed_unfixed", DESK,
        (is_theirs,)),
])
# fmt: on
