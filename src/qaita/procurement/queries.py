"""Questions to procurement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Count, F, Model, Q, QuerySet, Sum

from qaita.accounts.models import Membership, Organisation
from qaita.kernel.actor import ANYONE, Actor
from qaita.kernel.errors import Missing
from qaita.kernel.money import tenge
from qaita.law.tendering import tendering
from qaita.ledger.models import Entry
from qaita.procurement.models import (
    Affiliation,
    Award,
    Bid,
    CommitteeMember,
    Complaint,
    Contract,
    Debarment,
    Lot,
    Question,
    Tender,
)
from qaita.procurement.sealing import Address, Sealer
from qaita.programme.models import Project

M = TypeVar("M", bound=Model)
WATCHERS = ("auditor", "programme_office")  # they read everything signed and change nothing
LIVE_TENDERS = ("open", "closed", "admitted", "opened", "awarded", "concluded")
SIGNED_CONTRACTS = ("signed", "running", "completed")


def _exactly(rows: QuerySet[M], what: str, code: str) -> M:
    found = rows.filter(code=code.replace("\0", "")).first()
    if found is None:
        raise Missing(what, code)
    return found


def get_tender(code: str) -> Tender:
    """Return exactly one tender, or raise Missing."""
    rows = Tender.objects.select_related("project__region", "buyer__region")
    return _exactly(rows, "tender", code)


def get_lot(code: str) -> Lot:
    """Return exactly one lot, or raise Missing."""
    return _exactly(Lot.objects.select_related("tender__buyer", "tender__project"), "lot", code)


def get_question(code: str) -> Question:
    """Return exactly one question, or raise Missing."""
    return _exactly(Question.objects.select_related("tender__buyer"), "question", code)


def get_bid(code: str) -> Bid:
    """Return exactly one bid, or raise Missing."""
    rows = Bid.objects.select_related("tender__buyer", "lot", "supplier")
    return _exactly(rows, "bid", code)


def get_award(code: str) -> Award:
    """Return exactly one award, or raise Missing."""
    rows = Award.objects.select_related("bid__supplier", "bid__tender__buyer", "lot")
    return _exactly(rows, "award", code)


def get_complaint(code: str) -> Complaint:
    """Return exactly one complaint, or raise Missing."""
    rows = Complaint.objects.select_related("award__bid", "award__lot", "tender", "filed_by")
    return _exactly(rows, "complaint", code)


def get_contract(code: str) -> Contract:
    """Return exactly one contract, or raise Missing."""
    rows = Contract.objects.select_related(
        "tender", "lot", "award", "project__region", "buyer", "supplier"
    )
    return _exactly(rows, "contract", code)


def region_of_dealing(supplier: Organisation, code: str) -> str:
    """Return the region of an award to, or a contract with, this very supplier; else Missing."""
    awards = Award.objects.filter(code=code, bid__supplier=supplier)
    contracts = Contract.objects.filter(code=code, supplier=supplier)
    for kato in awards.values_list("bid__tender__project__region__kato", flat=True):
        return kato
    for kato in contracts.values_list("project__region__kato", flat=True):
        return kato
    raise Missing("award", code)


def public_tenders() -> QuerySet[Tender]:
    """Return everything that was announced, with the figures a list shows."""
    return (
        Tender.objects.exclude(state="draft")
        .select_related("buyer", "project__region")
        .annotate(
            lots_count=Count("lots", distinct=True),
            bids_count=Count("bids", filter=~Q(bids__state="withdrawn"), distinct=True),
        )
    )


def tenders_of_project(project: Project) -> QuerySet[Tender]:
    """Return the announced tenders of a project."""
    return public_tenders().filter(project=project)


def tenders_of(actor: Actor) -> QuerySet[Tender]:
    """Return the tenders the actor's organisations buy in, drafts included."""
    codes = actor.organisations("utility_head") | actor.organisations("utility_engineer")
    rows = Tender.objects.select_related("buyer", "project")
    return rows if ANYONE in codes else rows.filter(buyer__code__in=codes)


def committees_of(actor: Actor) -> QuerySet[Tender]:
    """Return the tenders on whose committee the actor sits."""
    rows = Tender.objects.select_related("buyer", "project")
    return rows.filter(members__person__code=actor.code)


def bids_of(actor: Actor) -> QuerySet[Bid]:
    """Return the bids of the actor's own organisations."""
    rows = Bid.objects.select_related("tender__buyer", "lot", "supplier")
    return rows.filter(supplier__code__in=actor.organisations("supplier") - {ANYONE})


def public_contracts() -> QuerySet[Contract]:
    """Return every contract at least one side of which is bound."""
    return Contract.objects.exclude(state="draft").select_related(
        "buyer", "supplier", "project__region", "tender", "lot"
    )


def contracts_of(actor: Actor) -> QuerySet[Contract]:
    """Return the contracts of the actor's organisations; who watches sees every signed one."""
    rows = Contract.objects.select_related("buyer", "supplier", "project", "lot")
    if any(actor.has(role) for role in WATCHERS):
        return rows.exclude(state__in=("draft", "half_signed"))
    buyers = actor.organisations("utility_head") | actor.organisations("utility_engineer")
    suppliers = actor.organisations("supplier")
    return rows.filter(
        Q(buyer__code__in=buyers - {ANYONE}) | Q(supplier__code__in=suppliers - {ANYONE})
    )


def contracts_of_project(project: Project) -> QuerySet[Contract]:
    """Return the contracts signed for a project."""
    rows = Contract.objects.filter(project=project).exclude(state="draft")
    return rows.select_related("supplier", "lot", "tender")


def member_of(tender: Tender, person_code: str) -> CommitteeMember | None:
    """Return the person's place in the tender's committee."""
    return tender.members.select_related("person").filter(person__code=person_code).first()


def sealers_of(tender: Tender) -> tuple[Sealer, ...]:
    """Return the committee as the sealing sees it, in the order of places."""
    rows = tender.members.select_related("person").order_by("place")
    return tuple(Sealer(row.person.code, bytes(row.public_key)) for row in rows)


def address_of(lot: Lot, bidder: str) -> Address:
    """Return what an envelope of the bidder for the lot is bound to."""
    tender = lot.tender
    return Address(tender.code, lot.code, bidder, tender.threshold, sealers_of(tender))


def open_question_exists(tender: Tender) -> bool:
    """Tell whether a question waits for an answer."""
    return tender.questions.filter(state="asked").exists()


def open_complaint_exists(award: Award) -> bool:
    """Tell whether a complaint about the award's lot waits for a decision."""
    return Complaint.objects.filter(award__lot_id=award.lot_id, state="filed").exists()


def standing_award(lot: Lot) -> Award | None:
    """Return the award that stands for the lot."""
    return lot.awards.filter(state__in=("standing", "signed")).select_related("bid").first()


def debarment_of(organisation: Organisation, on: date) -> Debarment | None:
    """Return the entry of the bad-faith register that counts on the day."""
    rows = Debarment.objects.filter(organisation=organisation, since_on__lte=on, until_on__gt=on)
    return rows.first()


def affiliations_seen_by(organisation: Organisation | None) -> QuerySet[Affiliation]:
    """Return what was declared of an organisation; without one, all of it; newest first."""
    rows = Affiliation.objects.order_by("-since_on", "-pk")
    if organisation is None:
        return rows
    return rows.filter(Q(first=organisation) | Q(second=organisation))


def affiliates_of(organisation: Organisation, on: date) -> set[int]:
    """Return keys of organisations that belong with this one: declared, or by a common person."""
    at_the_time = Q(since_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gt=on))
    pairs = Affiliation.objects.filter(
        at_the_time, Q(first=organisation) | Q(second=organisation)
    ).values_list("first_id", "second_id")
    people = Membership.objects.filter(
        organisation=organisation, role__in=("supplier", "producer")
    ).values("person")
    shared = Membership.objects.filter(
        person__in=people, role__in=("supplier", "producer"), organisation__isnull=False
    ).values_list("organisation_id", flat=True)
    found = {key for pair in pairs for key in pair} | {key for key in shared if key is not None}
    return found - {organisation.pk}


def live_bids(lot: Lot) -> QuerySet[Bid]:
    """Return the bids that were not withdrawn."""
    return lot.bids.exclude(state="withdrawn").select_related("supplier")


def approved_left(tender: Tender) -> tuple[Decimal, Decimal]:
    """Return what the project's approval leaves beside its other tenders: tenge and metres."""
    others = Lot.objects.filter(
        tender__project=tender.project, tender__state__in=LIVE_TENDERS
    ).exclude(tender=tender)
    money = others.aggregate(total=Sum("estimate_kzt"))["total"] or Decimal(0)
    length = others.filter(unit="m").aggregate(total=Sum("quantity"))["total"] or Decimal(0)
    project = tender.project
    return project.cost_kzt - money, Decimal(str(project.length_planned_m)) - length


def contracted_kzt(organisation: Organisation) -> Decimal:
    """Return the sum of the organisation's contracts under way: it breaks ties."""
    rows = Contract.objects.filter(supplier=organisation, state__in=("signed", "running"))
    return rows.aggregate(total=Sum("sum_kzt"))["total"] or Decimal(0)


def bids_to_open(tender: Tender) -> QuerySet[Bid]:
    """Return the admitted bids whose lots stand; the others stay sealed for good."""
    return tender.bids.filter(state="admitted", lot__in=lots_that_stand(tender))


def bids_without_share(tender: Tender, member: CommitteeMember) -> QuerySet[Bid]:
    """Return the admitted bids for which the member has given no share yet."""
    return tender.bids.filter(state="admitted").exclude(shares__member=member)


def shares_given(tender: Tender) -> dict[str, int]:
    """Return how many members gave their share, by bid code."""
    rows = tender.bids.filter(state="admitted").annotate(given=Count("shares"))
    return {bid.code: bid.given for bid in rows}


@dataclass(frozen=True)
class Receipt:
    """What a bidder keeps: with the log's proof it shows the bid was there in time."""

    bid: str
    tender: str
    lot: str
    envelope_sha256: str
    received_at: datetime
    index: int | None
    leaf_hash: str

    def as_dict(self) -> Mapping[str, Any]:
        """Return plain values for a file."""
        return {**self.__dict__, "received_at": self.received_at.isoformat()}


def receipt_of(bid: Bid) -> Receipt:
    """Return the receipt of a bid."""
    entry = Entry.objects.filter(code=bid.code, kind="bid.submit").first()
    return Receipt(
        bid=bid.code,
        tender=bid.tender.code,
        lot=bid.lot.code,
        envelope_sha256=bid.envelope_sha256,
        received_at=bid.received_at,
        index=entry.index if entry else None,
        leaf_hash=bytes(entry.leaf_hash).hex() if entry else "",
    )


@dataclass(frozen=True)
class BidStatistics:
    """How many bids there were and what became of them."""

    received: int
    admitted: int
    rejected: int
    opened: int
    invalid: int
    lowest_kzt: Decimal | None
    highest_kzt: Decimal | None


def bid_statistics(lot: Lot) -> BidStatistics:
    """Return the statistics of a lot's bids."""
    bids = list(live_bids(lot))
    states = [bid.state for bid in bids]
    prices = [bid.price_kzt for bid in bids if bid.state == "opened" and bid.price_kzt]
    return BidStatistics(
        received=len(bids),
        admitted=len(bids) - states.count("rejected") - states.count("received"),
        rejected=states.count("rejected"),
        opened=states.count("opened"),
        invalid=states.count("invalid"),
        lowest_kzt=min(prices, default=None),
        highest_kzt=max(prices, default=None),
    )


def lots_that_stand(tender: Tender) -> set[int]:
    """Return the lots for which at least as many bids came as the law asks for."""
    least = tendering(on=tender.law_on).bidders_min
    bids = Count("bids", filter=~Q(bids__state="withdrawn"))
    rows = tender.lots.annotate(came=bids).filter(came__gte=least)
    return set(rows.values_list("pk", flat=True))


def bid_security_kzt(lot: Lot) -> Decimal:
    """Return what a bidder must give as security for the lot."""
    percent = tendering(on=lot.tender.law_on).bid_security_percent
    return tenge(lot.estimate_kzt * percent / 100)


def is_dumping(bid: Bid, lot: Lot) -> bool:
    """Tell whether an opened price is as far below the estimate as the law calls dumping."""
    if bid.price_kzt is None:
        return False
    percent = tendering(on=lot.tender.law_on).dumping_percent
    return bid.price_kzt * 100 <= lot.estimate_kzt * (100 - percent)


def ranked_bids(lot: Lot) -> QuerySet[Bid]:
    """Return the lot's bids: the ranked ones first, by rank."""
    ranked = live_bids(lot).order_by(F("rank").asc(nulls_last=True), "received_at", "id")
    return ranked.prefetch_related("products__product__producer__organisation")


def signed_sum_kzt() -> Decimal:
    """Return the sum of all contracts both sides signed."""
    rows = Contract.objects.filter(state__in=SIGNED_CONTRACTS)
    return rows.aggregate(total=Sum("sum_kzt"))["total"] or Decimal(0)
