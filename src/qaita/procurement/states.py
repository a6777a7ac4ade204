"""The lives of tenders, questions, bids, awards, complaints, contracts and amendments."""

# ruff: noqa: E501  # a table reads by its columns

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from qaita.accounts.models import Organisation
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Reason
from qaita.kernel.states import Ask, Row, StateTable
from qaita.law.tendering import tendering
from qaita.law.workdays import add_working_days
from qaita.procurement import errors
from qaita.procurement.models import (
    Amendment,
    Award,
    Bid,
    Complaint,
    Contract,
    Lot,
    Question,
    Tender,
)
from qaita.procurement.queries import (
    affiliates_of,
    approved_left,
    bids_to_open,
    debarment_of,
    live_bids,
    lots_that_stand,
    member_of,
    open_complaint_exists,
    open_question_exists,
)

BUYERS = ("utility_engineer", "utility_head")
CONTROL = ("programme_office", "auditor")
PROJECT_STATES = ("confirmed", "choosing_contractor", "ready", "in_works")


def has_lots(ask: Ask[Tender]) -> Reason | None:
    """A tender buys something."""
    return None if ask.subject.lots.exists() else errors.NO_LOTS


def has_committee(ask: Ask[Tender]) -> Reason | None:
    """Enough members with keys, and not fewer than the law asks."""
    law = tendering(on=ask.subject.law_on)
    members = ask.subject.members.count()
    enough = members >= max(ask.subject.threshold, law.committee_members_min)
    return (
        None
        if enough and ask.subject.threshold >= law.committee_threshold
        else (errors.NO_COMMITTEE)
    )


def closes_late_enough(ask: Ask[Tender]) -> Reason | None:
    """Bidders have the days the law gives them."""
    days = tendering(on=ask.subject.law_on).bid_days_min
    closes_at = ask.subject.closes_at
    if closes_at is None or closes_at < ask.at + timedelta(days=days):
        return errors.CLOSES_TOO_SOON
    return None


def within_approval(ask: Ask[Tender]) -> Reason | None:
    """Metres and money stay within what the project was approved for."""
    money, length = approved_left(ask.subject)
    lots = ask.subject.lots.all()
    metres = sum((lot.quantity for lot in lots if lot.unit == "m"), start=Decimal(0))
    tenge = sum((lot.estimate_kzt for lot in lots), start=Decimal(0))
    return errors.OVER_APPROVAL if tenge > money or metres > length else None


def project_is_confirmed(ask: Ask[Tender]) -> Reason | None:
    """A tender follows the project's confirmation."""
    confirmed = ask.subject.project.state in PROJECT_STATES
    return None if confirmed else errors.PROJECT_NOT_CONFIRMED


def closing_time_came(ask: Ask[Tender]) -> Reason | None:
    """The clock closes, and not a second early."""
    closes_at = ask.subject.closes_at
    return None if closes_at is not None and ask.at >= closes_at else errors.NOT_CLOSED_YET


def all_answered(ask: Ask[Tender]) -> Reason | None:
    """No question stays open."""
    return errors.UNANSWERED if open_question_exists(ask.subject) else None


def sits_on_committee(ask: Ask[Any]) -> Reason | None:
    """Only this tender's committee."""
    tender = ask.subject if isinstance(ask.subject, Tender) else ask.subject.tender
    return None if member_of(tender, ask.by.code) else errors.NOT_ON_COMMITTEE


def all_judged(ask: Ask[Tender]) -> Reason | None:
    """Every bid was looked at."""
    return errors.NOT_ALL_JUDGED if ask.subject.bids.filter(state="received").exists() else None


def some_admitted(ask: Ask[Tender]) -> Reason | None:
    """There is somebody whose price can be opened; nobody says so while bids wait."""
    if all_judged(ask):
        return None
    admitted = ask.subject.bids.filter(
        state__in=("admitted", "opened"), lot__in=lots_that_stand(ask.subject)
    ).exists()
    return None if admitted else errors.NONE_ADMITTED


def none_left(ask: Ask[Tender]) -> Reason | None:
    """A tender fails only when no bid can win any more."""
    alive = ask.subject.bids.filter(
        state__in=("received", "admitted", "opened"), lot__in=lots_that_stand(ask.subject)
    ).exists()
    return errors.SOME_ADMITTED if alive else None


def enough_shares(ask: Ask[Tender]) -> Reason | None:
    """At least k members gave their shares for every admitted bid."""
    waiting = [
        bid
        for bid in bids_to_open(ask.subject).prefetch_related("shares")
        if len(bid.shares.all()) < ask.subject.threshold
    ]
    return errors.TOO_FEW_SHARES if waiting else None


def tender_is_closed(ask: Ask[Bid]) -> Reason | None:
    """Bidders are judged between closing and opening."""
    return None if ask.subject.tender.state == "closed" else errors.NOT_CLOSED_YET


def tender_is_admitted(ask: Ask[Bid]) -> Reason | None:
    """Prices come after admission."""
    return None if ask.subject.tender.state == "admitted" else errors.NOT_ADMITTED_YET


def bidding_goes_on(ask: Ask[Any]) -> Reason | None:
    """The tender is open and its closing has not come."""
    return _why_closed(ask.subject.tender, ask.at)


def standstill_over(ask: Ask[Contract]) -> Reason | None:
    """Bidders had their days to complain."""
    over = day_of(ask.at) > ask.subject.award.standstill_until_on
    return None if over else errors.STANDSTILL


def no_open_complaint(ask: Ask[Contract]) -> Reason | None:
    """A complaint stops the signing."""
    return errors.COMPLAINT_OPEN if open_complaint_exists(ask.subject.award) else None


def supplier_in_good_faith(ask: Ask[Contract]) -> Reason | None:
    """Nobody signs with a debarred supplier."""
    entry = debarment_of(ask.subject.supplier, day_of(ask.at))
    return errors.DEBARRED if entry else None


def award_stands(ask: Ask[Contract]) -> Reason | None:
    """The award was not annulled."""
    ask.subject.award.refresh_from_db(fields=["state"])
    return None if ask.subject.award.state == "standing" else errors.NO_AWARD_STANDS


def ground_is_legal(ask: Ask[Amendment]) -> Reason | None:
    """The law lists the grounds."""
    grounds = tendering(on=ask.subject.contract.tender.law_on).amendment_grounds
    return None if ask.subject.ground in grounds else errors.UNKNOWN_GROUND


def under_cap(ask: Ask[Amendment]) -> Reason | None:
    """All rises together stay under the cap."""
    contract = ask.subject.contract
    cap = tendering(on=contract.tender.law_on).amendment_cap_percent
    rises = contract.amendments.filter(state="in_force", change_kzt__gt=0)
    before: Decimal = rises.aggregate(total=Sum("change_kzt"))["total"] or Decimal(0)
    risen = before + max(ask.subject.change_kzt, Decimal(0))
    return errors.OVER_CAP if risen * 100 > contract.original_sum_kzt * cap else None


def _why_closed(tender: Tender, at: datetime) -> Reason | None:
    if tender.state != "open" or tender.closes_at is None:
        return errors.NOT_OPEN
    return errors.LATE if at >= tender.closes_at else None


def why_no_bid(lot: Lot, supplier: Organisation, *, at: datetime) -> list[Reason]:
    """Return everything that stands against a bid of the supplier for the lot now."""
    on = day_of(at)
    closed = _why_closed(lot.tender, at)
    bidders = set(live_bids(lot).values_list("supplier_id", flat=True))
    found = [
        (closed is not None, closed),
        (supplier.pk == lot.tender.buyer_id, errors.BUYER_BIDS),
        (supplier.pk in bidders, errors.DOUBLE_BID),
        (bool(bidders & affiliates_of(supplier, on)), errors.AFFILIATE),
        (debarment_of(supplier, on) is not None, errors.DEBARRED),
    ]
    return [reason for holds, reason in found if holds and reason is not None]


def why_no_question(tender: Tender, *, at: datetime) -> list[Reason]:
    """Return everything that stands against a question now."""
    closed = _why_closed(tender, at)
    if closed is not None or tender.closes_at is None:
        return [closed or errors.NOT_OPEN]
    days = tendering(on=tender.law_on).question_days_before_close
    return [errors.QUESTIONS_OVER] if at >= tender.closes_at - timedelta(days=days) else []


def why_no_complaint(award: Award, complainant: Organisation, *, at: datetime) -> list[Reason]:
    """Return everything that stands against a complaint of the supplier about the award now."""
    days = tendering(on=award.bid.tender.law_on).complaint_working_days
    last = add_working_days(day_of(award.awarded_at), days)
    bidders = award.lot.bids.exclude(state="withdrawn")
    filed = award.complaints.filter(filed_by=complainant, state="filed")
    found = [
        (award.state != "standing", errors.NO_AWARD_STANDS),
        (day_of(at) > last, errors.COMPLAINT_LATE),
        (not bidders.filter(supplier=complainant).exists(), errors.NOT_A_BIDDER),
        (filed.exists(), errors.COMPLAINT_FILED),
    ]
    return [reason for holds, reason in found if holds]


ANNOUNCING = (has_lots, has_committee, closes_late_enough, within_approval, project_is_confirmed)
SIGNING = (award_stands, standstill_over, no_open_complaint, supplier_in_good_faith)

# fmt: off
TENDER: StateTable[Tender] = StateTable("tender", initial="draft", rows=[
    #   action      from                                    to           by                                  only when
    Row("revise",   ("draft",),                             "draft",     BUYERS),
    Row("announce", ("draft",),                             "open",      BUYERS,                             ANNOUNCING),
    Row("close",    ("open",),                              "closed",    "clock",                            (closing_time_came, all_answered)),
    Row("admit",    ("closed",),                            "admitted",  "committee_member",                 (sits_on_committee, all_judged, some_admitted)),
    Row("open",     ("admitted",),                          "opened",    "committee_member",                 (sits_on_committee, enough_shares)),
    Row("award",    ("opened",),                            "awarded",   (*BUYERS, "committee_member")),
    Row("reopen",   ("awarded",),                           "opened",    "system"),
    Row("conclude", ("awarded",),                           "concluded", "utility_head"),
    Row("fail",     ("closed", "admitted", "opened"),       "failed",    ("clock", "committee_member", "utility_head"), (none_left,)),
    Row("cancel",   ("draft", "open", "closed", "admitted"), "cancelled", "utility_head"),
])
QUESTION: StateTable[Question] = StateTable("question", initial="asked", rows=[
    Row("answer",   ("asked",), "answered",  BUYERS),
    Row("withdraw", ("asked",), "withdrawn", "supplier"),
])
BID: StateTable[Bid] = StateTable("bid", initial="received", rows=[
    Row("withdraw",   ("received",), "withdrawn", "supplier",         (bidding_goes_on,)),
    Row("admit",      ("received",), "admitted",  "committee_member", (tender_is_closed, sits_on_committee)),
    Row("reject",     ("received",), "rejected",  "committee_member", (tender_is_closed, sits_on_committee)),
    Row("open",       ("admitted",), "opened",    "committee_member", (tender_is_admitted, sits_on_committee)),
    Row("invalidate", ("admitted",), "invalid",   "committee_member", (tender_is_admitted, sits_on_committee)),
])
AWARD: StateTable[Award] = StateTable("award", initial="standing", rows=[
    Row("sign",    ("standing",), "signed",   "utility_head"),
    Row("annul",   ("standing",), "annulled", CONTROL),
    Row("decline", ("standing",), "declined", ("supplier", "utility_head")),
])
COMPLAINT: StateTable[Complaint] = StateTable("complaint", initial="filed", rows=[
    Row("uphold",   ("filed",), "upheld",    CONTROL),
    Row("dismiss",  ("filed",), "dismissed", CONTROL),
    Row("withdraw", ("filed",), "withdrawn", "supplier"),
])
CONTRACT: StateTable[Contract] = StateTable("contract", initial="draft", rows=[
    Row("sign_as_supplier", ("draft",),             "half_signed", "supplier",     SIGNING),
    Row("sign_as_buyer",    ("half_signed",),       "signed",      "utility_head", SIGNING),
    Row("start",            ("signed",),            "running",     ("supplier", "utility_head", "system")),
    Row("complete",         ("running",),           "completed",   ("utility_head", "system")),
    Row("void",             ("draft", "half_signed"), "terminated", (*CONTROL, "utility_head", "supplier")),
    Row("terminate",        ("signed", "running"),  "terminated",  "utility_head"),
])
AMENDMENT: StateTable[Amendment] = StateTable("amendment", initial="proposed", rows=[
    Row("agree",   ("proposed",), "in_force", "supplier", (ground_is_legal, under_cap)),
    Row("decline", ("proposed",), "declined", "supplier"),
])
# fmt: on
