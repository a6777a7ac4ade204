"""What the person does with the key: reopen, rate, close."""

from datetime import datetime

from django.db import transaction

from qaita.appeals.errors import BAD_RATING, NO_REASON, NOT_ANSWERED
from qaita.appeals.models import Appeal
from qaita.appeals.queries import DONE, appeal_with_key
from qaita.appeals.states import APPEAL
from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.law.appeals import appeals as appeals_law
from qaita.law.workdays import add_working_days
from qaita.ledger.leaves import Private
from qaita.ledger.services import move, record_change, settle


def reopen_appeal(code: str, key: str, *, reason: str, by: Actor, at: datetime) -> Appeal:
    """Say that it was not mended: the appeal goes back to those who answered, with a new clock."""
    appeal = appeal_with_key(code, key)
    if not reason.strip():
        raise Wrong({"reason": [NO_REASON]})
    day, law = day_of(at), appeals_law(on=appeal.law_on)
    with transaction.atomic():
        move(appeal, APPEAL, "reopen", by=by, at=at, facts={"reason": Private(reason)})
        contact = appeal.contact
        contact.statement = f"{contact.statement}\n\n— {day:%d.%m.%Y} —\n{reason.strip()}"
        contact.save(update_fields=["statement"])
        appeal.reopens_count += 1
        appeal.accept_by_on = add_working_days(day, law.accept_working_days)
        appeal.due_on = add_working_days(day, law.answer_working_days)
        appeal.outcome = ""
        appeal.closed_at = None
        appeal.updated_at = at
        appeal.save(
            update_fields=[
                "reopens_count",
                "accept_by_on",
                "due_on",
                "outcome",
                "closed_at",
                "updated_at",
            ]
        )
        settle(appeal)
    return appeal


def rate_appeal(code: str, key: str, *, rating: int, by: Actor, at: datetime) -> Appeal:
    """Mark the answer."""
    appeal = appeal_with_key(code, key)
    top = appeals_law(on=appeal.law_on).rating_max
    if not 1 <= rating <= top:
        raise Wrong({"rating": [BAD_RATING % {"top": top}]})
    if appeal.state not in DONE:
        raise Refused("appeal.rate", [NOT_ANSWERED])
    appeal.rating, appeal.updated_at = rating, at
    with transaction.atomic():
        appeal.save(update_fields=["rating", "updated_at"])
        record_change(appeal, "rate", by=by, at=at, facts={"rating": rating})
    return appeal


def close_appeal(code: str, key: str, *, by: Actor, at: datetime) -> Appeal:
    """Say that all is well now."""
    appeal = appeal_with_key(code, key)
    with transaction.atomic():
        move(appeal, APPEAL, "close", by=by, at=at)
        appeal.closed_at = appeal.updated_at = at
        appeal.save(update_fields=["closed_at", "updated_at"])
        settle(appeal)
    return appeal
