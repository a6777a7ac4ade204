"""Awards, and complaints that hold the signing up."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.kernel.actor import SYSTEM, Actor, Scope
from qaita.kernel.clock import day_of
from qaita.kernel.errors import NotYours, Refused, Wrong
from qaita.kernel.states import Ask
from qaita.law.tendering import tendering
from qaita.law.workdays import add_working_days
from qaita.ledger.services import move, record, settle
from qaita.procurement.errors import (
    ALREADY_AWARDED,
    DECISION_NEEDED,
    DUMPING,
    NO_VALID_BID,
    TOO_FEW_BIDS,
)
from qaita.procurement.models import Award, Bid, Complaint, Lot, Tender
from qaita.procurement.queries import is_dumping, lots_that_stand, standing_award
from qaita.procurement.states import AWARD, COMPLAINT, CONTRACT, TENDER, why_no_complaint


def award_lot(lot: Lot, *, explanation: str = "", by: Actor, at: datetime) -> Award:
    """Award the lot to the best bid; nobody chooses, the ranking does.

    A dumping price needs the buyer's `explanation` of why it can be trusted.
    """
    with transaction.atomic():
        tender = Tender.objects.select_for_update(of=("self",)).get(pk=lot.tender_id)
        TENDER.check("award", Ask(tender, by, at))
        if standing_award(lot) is not None:
            raise Refused("lot.award", [ALREADY_AWARDED])
        if lot.pk not in lots_that_stand(tender):
            raise Refused("lot.award", [TOO_FEW_BIDS])
        best = _best(lot)
        if best is None or best.price_kzt is None:
            raise Refused("lot.award", [NO_VALID_BID])
        dumping = is_dumping(best, lot)
        if dumping and not explanation.strip():
            raise Refused("lot.award", [DUMPING])
        other = lot.bids.filter(state="opened", rank_without_preferences=1).first()
        law = tendering(on=tender.law_on)
        award = Award.objects.create(
            lot=lot,
            bid=best,
            without_preferences=other,
            sum_kzt=best.price_kzt,
            awarded_at=at,
            standstill_until_on=add_working_days(day_of(at), law.standstill_working_days),
        )
        facts = {
            "tender": tender.code,
            "lot": lot.code,
            "bid": best.code,
            "sum_kzt": best.price_kzt,
            "without_preferences": other.code if other else None,
        }
        if dumping:
            facts["dumping_explained"] = explanation.strip()
        record("award.make", award.code, by=by, at=at, facts=facts)
        _award_tender_when_whole(tender, by=by, at=at)
    return award


def decline_award(award: Award, *, reason: str, by: Actor, at: datetime) -> Award:
    """Write down that the winner will not sign; the next bid may be awarded."""
    return _undo(award, "decline", reason=reason, by=by, at=at)


def file_complaint(
    award: Award, *, complainant: Organisation, statement: str, by: Actor, at: datetime
) -> Complaint:
    """File a complaint; the contract is not signed until it is decided."""
    if not by.may("supplier", Scope(organisation=complainant.code)):
        raise NotYours("complaint")
    if not statement.strip():
        raise Wrong({"statement": [_("Write what is wrong and what you ask for.")]})
    tender = award.bid.tender
    law = tendering(on=tender.law_on)
    on = day_of(at)
    with transaction.atomic():
        # the contract is signed under the same lock: a complaint comes before it or not at all
        Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk)
        award.refresh_from_db(fields=["state"])
        if reasons := why_no_complaint(award, complainant, at=at):
            raise Refused("complaint.file", reasons)
        complaint = Complaint.objects.create(
            tender=tender,
            award=award,
            filed_by=complainant,
            statement=statement.strip(),
            filed_at=at,
            due_on=add_working_days(on, law.complaint_decision_working_days),
        )
        facts = {"tender": tender.code, "award": award.code, "due_on": complaint.due_on}
        record("complaint.file", complaint.code, by=by, at=at, facts=facts)
    return complaint


def resolve_complaint(
    complaint: Complaint, *, upheld: bool, decision: str, by: Actor, at: datetime
) -> Complaint:
    """Decide: dismissed lets the signing go on, upheld annuls the award."""
    if not decision.strip():
        raise Refused("complaint.resolve", [DECISION_NEEDED])
    with transaction.atomic():
        action = "uphold" if upheld else "dismiss"
        facts = {"decision": decision.strip(), "award": complaint.award.code}
        move(complaint, COMPLAINT, action, by=by, at=at, facts=facts)
        complaint.decision, complaint.decided_at = decision.strip(), at
        complaint.save(update_fields=["decision", "decided_at"])
        settle(complaint)
        if upheld:
            _undo(complaint.award, "annul", reason=decision, by=by, at=at)
    return complaint


def withdraw_complaint(complaint: Complaint, *, by: Actor, at: datetime) -> Complaint:
    """Take the complaint back."""
    return move(complaint, COMPLAINT, "withdraw", by=by, at=at)


def _best(lot: Lot) -> Bid | None:
    """Return the best opened bid whose award was not annulled or declined before."""
    fallen = lot.awards.values("bid")
    rows = lot.bids.filter(state="opened", rank__isnull=False).exclude(pk__in=fallen)
    return rows.order_by("rank").first()


def _award_tender_when_whole(tender: Tender, *, by: Actor, at: datetime) -> None:
    standing = lots_that_stand(tender)
    waiting = [
        lot
        for lot in tender.lots.filter(pk__in=standing)
        if standing_award(lot) is None and lot.bids.filter(state="opened").exists()
    ]
    if not waiting:
        move(tender, TENDER, "award", by=by, at=at)
        tender.awarded_at = at
        tender.save(update_fields=["awarded_at"])
        settle(tender)


def _undo(award: Award, action: str, *, reason: str, by: Actor, at: datetime) -> Award:
    if not reason.strip():
        raise Refused(f"award.{action}", [DECISION_NEEDED])
    with transaction.atomic():
        move(award, AWARD, action, by=by, at=at, facts={"reason": reason.strip()})
        award.annulled_reason = reason.strip()
        award.save(update_fields=["annulled_reason"])
        settle(award)
        contract = getattr(award, "contract", None)
        if contract is not None:
            move(contract, CONTRACT, "void", by=by, at=at, facts={"reason": reason.strip()})
        tender = award.bid.tender
        tender.refresh_from_db(fields=["state"])
        if tender.state == "awarded":
            # it follows from the award's end, whoever ended it
            move(tender, TENDER, "reopen", by=SYSTEM, at=at, facts={"award": award.code})
    return award
