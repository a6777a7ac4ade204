"""What those who answer do: accept, word, forward, extend, answer, close unfixed."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from qaita.accounts.models import Organisation
from qaita.appeals.errors import NO_ANSWER, NO_REASON, PRIVATE_WORDS, SAME_ORGANISATION
from qaita.appeals.models import Answer, Appeal, Outcome
from qaita.appeals.queries import closable_appeals, contact_of, stale_contacts
from qaita.appeals.states import APPEAL
from qaita.kernel.actor import CLOCK, Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.kernel.states import Ask
from qaita.law.appeals import appeals as appeals_law
from qaita.law.workdays import add_working_days
from qaita.ledger.leaves import Private
from qaita.ledger.services import move, move_many, record, record_change, settle

TELLING = re.compile(r"@|(?:\d[\s()\-]*){7,}")
LONGEST_MONTH_DAYS = 31


def _touch(appeal: Appeal, at: datetime, *fields: str) -> None:
    appeal.updated_at = at
    appeal.save(update_fields=["updated_at", *fields])


def accept_appeal(appeal: Appeal, *, by: Actor, at: datetime) -> Appeal:
    """Take the appeal into work."""
    with transaction.atomic():
        move(appeal, APPEAL, "accept", by=by, at=at)
        appeal.accepted_at = at
        _touch(appeal, at, "accepted_at")
        settle(appeal)
    return appeal


def word_appeal(appeal: Appeal, *, statement: str, by: Actor, at: datetime) -> Appeal:
    """Write what everybody may read of the appeal; nothing personal is let through."""
    contact = contact_of(appeal, by)
    names = [part.lower() for part in contact.name.split() if len(part) > 2]
    told = statement.lower()
    if TELLING.search(statement) or any(name in told for name in names):
        raise Wrong({"statement": [PRIVATE_WORDS]})
    appeal.statement = statement.strip()[:500]
    with transaction.atomic():
        _touch(appeal, at, "statement")
        facts = {"statement": appeal.statement}
        record_change(appeal, "word", by=by, at=at, facts=facts)
    return appeal


def forward_appeal(
    appeal: Appeal, *, organisation: Organisation, by: Actor, at: datetime
) -> Appeal:
    """Pass the appeal to whom it concerns; the clock begins anew for them."""
    if appeal.organisation_id == organisation.pk:
        raise Refused("appeal.forward", [SAME_ORGANISATION])
    before = appeal.organisation.code if appeal.organisation else ""
    day, law = day_of(at), appeals_law(on=appeal.law_on)
    facts = {"organisation": organisation, "before": before}
    with transaction.atomic():
        move(appeal, APPEAL, "forward", by=by, at=at, facts=facts)
        appeal.organisation = organisation
        appeal.accept_by_on = add_working_days(day, law.accept_working_days)
        appeal.due_on = add_working_days(day, law.answer_working_days)
        _touch(appeal, at, "organisation", "accept_by_on", "due_on")
        settle(appeal)
    return appeal


def extend_appeal(appeal: Appeal, *, reason: str, by: Actor, at: datetime) -> Appeal:
    """Lengthen the term once, as far as the law allows, with a reason for the person."""
    if not reason.strip():
        raise Wrong({"reason": [NO_REASON]})
    law = appeals_law(on=appeal.law_on)
    until = _months_after(day_of(appeal.received_at), law.extension_months_max)
    facts = {"until": until, "reason": Private(reason)}
    with transaction.atomic():
        move(appeal, APPEAL, "extend", by=by, at=at, facts=facts)
        appeal.extended_until_on = appeal.due_on = max(until, appeal.due_on)
        _touch(appeal, at, "extended_until_on", "due_on")
        settle(appeal)
    return appeal


def _months_after(day: date, months: int) -> date:
    """Return the same day some months on, or that month's last day when it is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    target = day.replace(year=day.year + year, month=month + 1, day=1)
    following = (target + timedelta(days=LONGEST_MONTH_DAYS)).replace(day=1)
    last = (following - timedelta(days=1)).day
    return target.replace(day=min(day.day, last))


def answer_appeal(appeal: Appeal, *, text: str, outcome: str, by: Actor, at: datetime) -> Appeal:
    """Answer the person; only the outcome is public."""
    return answer_appeals([(appeal, outcome, text)], by=by, at=at)[0]


def answer_appeals(
    rows: Sequence[tuple[Appeal, str, str]], *, by: Actor, at: datetime
) -> list[Appeal]:
    """Answer many appeals of one state, given with outcome and text, all or none."""
    if any(not text.strip() or outcome not in Outcome.values for _a, outcome, text in rows):
        raise Wrong({"text": [NO_ANSWER]})
    texts = {appeal.pk: (outcome, text.strip()) for appeal, outcome, text in rows}
    appeals = [appeal for appeal, _outcome, _text in rows]
    with transaction.atomic():
        move_many(
            appeals,
            APPEAL,
            "answer",
            by=by,
            at=at,
            facts_of=lambda appeal: {
                "outcome": texts[appeal.pk][0],
                "answer": Private(texts[appeal.pk][1]),
                "late": day_of(at) > appeal.due_on,
            },
        )
        Answer.objects.bulk_create(
            Answer(appeal=appeal, outcome=outcome, text=text.strip(), answered_at=at)
            for appeal, outcome, text in rows
        )
        for appeal, outcome, _text in rows:
            appeal.outcome, appeal.answered_at, appeal.updated_at = outcome, at, at
        Appeal.objects.bulk_update(appeals, ["outcome", "answered_at", "updated_at"])
        settle(*appeals)
    return appeals


def close_unfixed(appeal: Appeal, *, reason: str, by: Actor, at: datetime) -> Appeal:
    """Close without having mended it, and say so: these are counted apart."""
    if not reason.strip():
        raise Wrong({"reason": [NO_REASON]})
    with transaction.atomic():
        move(appeal, APPEAL, "close_unfixed", by=by, at=at, facts={"reason": Private(reason)})
        Answer.objects.create(
            appeal=appeal, outcome=Outcome.NOT_FIXED, text=reason.strip(), answered_at=at
        )
        appeal.outcome = Outcome.NOT_FIXED
        appeal.answered_at = appeal.closed_at = at
        _touch(appeal, at, "outcome", "answered_at", "closed_at")
        settle(appeal)
    return appeal


def close_appeals_due(*, at: datetime) -> list[Appeal]:
    """Close the answered appeals that nobody can reopen any more."""
    days = appeals_law(on=day_of(at)).reopen_days
    done: list[Appeal] = []
    for appeal in closable_appeals(at - timedelta(days=days)):
        if APPEAL.may("close", Ask(appeal, CLOCK, at)):
            with transaction.atomic():
                move(appeal, APPEAL, "close", by=CLOCK, at=at)
                appeal.closed_at = at
                _touch(appeal, at, "closed_at")
                settle(appeal)
            done.append(appeal)
    return done


def forget_contacts_due(*, at: datetime) -> int:
    """Erase personal data that need not be kept any longer; the appeal itself stays."""
    days = appeals_law(on=day_of(at)).contact_keep_days
    forgotten = 0
    for contact in stale_contacts(at - timedelta(days=days)).select_related("appeal"):
        with transaction.atomic():
            contact.name = contact.phone = contact.email = contact.address = ""
            contact.statement = ""
            contact.lon_deg = contact.lat_deg = None
            contact.save()
            contact.appeal.answers.update(text="")
            record("appeal.forget", contact.appeal.code, by=CLOCK, at=at)
        forgotten += 1
    return forgotten
