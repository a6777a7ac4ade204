"""The committee at work: admission, shares, the opening of prices."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing, Refused
from qaita.kernel.states import Ask
from qaita.law.tendering import tendering
from qaita.ledger.services import move, record, settle
from qaita.procurement.errors import (
    DECISION_NEEDED,
    NOT_ADMITTED_YET,
    NOT_ON_COMMITTEE,
    SHARE_GIVEN,
)
from qaita.procurement.models import Bid, CommitteeMember, OfferedProduct, Share, Tender
from qaita.procurement.offers import facts_of, offered_products
from qaita.procurement.queries import bids_to_open, member_of
from qaita.procurement.scoring import rank_bids, read_price, weigh
from qaita.procurement.sealing import check_share, open_envelope
from qaita.procurement.states import BID, TENDER


def admit_bidder(bid: Bid, *, reason: str = "", by: Actor, at: datetime) -> Bid:
    """Admit the bidder to the comparison of prices."""
    return _judge(bid, "admit", reason=reason, by=by, at=at)


def reject_bidder(bid: Bid, *, reason: str, by: Actor, at: datetime) -> Bid:
    """Not admit the bidder; its price stays sealed for good."""
    if not reason.strip():
        raise Refused("bid.reject", [DECISION_NEEDED])
    return _judge(bid, "reject", reason=reason, by=by, at=at)


def finish_admission(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Sign off the protocol of admission; from here members may give their shares."""
    with transaction.atomic():
        tender = Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk)
        states = dict(tender.bids.exclude(state="withdrawn").values_list("code", "state"))
        move(tender, TENDER, "admit", by=by, at=at, facts={"bids": states})
        tender.admitted_at = at
        tender.save(update_fields=["admitted_at"])
        settle(tender)
    return tender


def contribute_share(
    tender: Tender, pads_by_bid: Mapping[str, Mapping[str, str]], *, by: Actor, at: datetime
) -> list[Share]:
    """Take what a member's private key revealed, for some or all admitted bids.

    Each pad must have the hash its bidder announced, so nobody can spoil a bid with a false one.
    """
    with transaction.atomic():
        tender = Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk)
        member = member_of(tender, by.code)
        if member is None:
            raise Refused("bid.share", [NOT_ON_COMMITTEE])
        if tender.state != "admitted":
            raise Refused("bid.share", [NOT_ADMITTED_YET])
        bids = {bid.code: bid for bid in tender.bids.filter(state="admitted")}
        shares = [
            _share(bids, code, member, pads=pads, at=at) for code, pads in pads_by_bid.items()
        ]
        stored = Share.objects.bulk_create(shares)
        facts = {"bids": sorted(pads_by_bid), "place": member.place}
        record("tender.share", tender.code, by=by, at=at, facts=facts)
    return stored


def open_bids(tender: Tender, *, by: Actor, at: datetime) -> Tender:
    """Open the prices with k members' shares, rank them, write them into the ledger."""
    with transaction.atomic():
        tender = Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk)
        TENDER.check("open", Ask(tender, by, at))
        bids = [_opened(bid, tender, by=by, at=at) for bid in _admitted(tender)]
        prices = {bid.code: bid.price_kzt for bid in bids if bid.state == "opened"}
        move(tender, TENDER, "open", by=by, at=at, facts={"prices": prices})
        tender.opened_at = at
        tender.save(update_fields=["opened_at"])
        for lot in tender.lots.all():
            valid = [b for b in bids if b.lot_id == lot.pk and b.state == "opened"]
            ranked = rank_bids(valid)
            Bid.objects.bulk_update(ranked, ["rank", "rank_without_preferences"])
        settle(tender, *bids)
    return tender


def _judge(bid: Bid, action: str, *, reason: str, by: Actor, at: datetime) -> Bid:
    with transaction.atomic():
        facts = {"tender": bid.tender.code, "reason": reason.strip()}
        move(bid, BID, action, by=by, at=at, facts=facts)
        bid.admission_reason = reason.strip()
        bid.save(update_fields=["admission_reason"])
        settle(bid)
    return bid


def _admitted(tender: Tender) -> list[Bid]:
    rows = bids_to_open(tender).select_related("lot", "supplier")
    bids = list(rows.prefetch_related("shares"))
    for bid in bids:
        bid.tender = tender
    return bids


def _share(
    bids: Mapping[str, Bid],
    code: str,
    member: CommitteeMember,
    *,
    pads: Mapping[str, str],
    at: datetime,
) -> Share:
    if code not in bids:
        raise Missing("bid", code)
    bid = bids[code]
    if Share.objects.filter(bid=bid, member=member).exists():
        raise Refused("bid.share", [SHARE_GIVEN])
    check_share(bytes(bid.envelope), member.person.code, pads)
    return Share(bid=bid, member=member, pads=dict(pads), given_at=at)


def _opened(bid: Bid, tender: Tender, *, by: Actor, at: datetime) -> Bid:
    offer = open_envelope(bytes(bid.envelope), [share.pads for share in bid.shares.all()])
    bid.price_kzt, reason = read_price(offer, bid.lot)
    bid.opened_at = at
    facts: dict[str, Any] = {"tender": tender.code, "price_kzt": bid.price_kzt}
    products = offered_products(offer, bid, day_of(tender.closed_at or at))
    if products:
        OfferedProduct.objects.bulk_create(products)
        facts["products"] = facts_of(products)
    if reason is None:
        weigh(bid, law=tendering(on=tender.law_on))
        facts |= {"conditional_kzt": bid.conditional_kzt, "preferences": bid.preferences}
        move(bid, BID, "open", by=by, at=at, facts=facts)
    else:
        bid.admission_reason = reason.code
        move(bid, BID, "invalidate", by=by, at=at, facts={**facts, "reason": reason.code})
    bid.save(
        update_fields=[
            "price_kzt", "conditional_kzt", "preferences", "opened_at", "admission_reason",
        ]
    )  # fmt: skip
    return bid
