"""Sealed bids come in, and may be taken back before the closing."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.kernel.actor import Actor, Scope
from qaita.kernel.errors import NotYours, Refused, Text, Wrong
from qaita.kernel.money import tenge
from qaita.ledger.leaves import Private
from qaita.ledger.services import move, record
from qaita.procurement.errors import DOUBLE_BID
from qaita.procurement.models import Bid, Lot, Tender
from qaita.procurement.models.bids import bid_code
from qaita.procurement.queries import address_of, bid_security_kzt
from qaita.procurement.sealing import check_envelope
from qaita.procurement.states import BID, why_no_bid

BIDDER = Actor("bidder")  # who bids stays unsaid in the log until the closing
YEARS_MAX = 60
STATEMENT_MAX = 4_000
DOCUMENT_MAX = 120


def submit_bid(
    lot: Lot,
    *,
    supplier: Organisation,
    sealed: tuple[bytes, Mapping[str, Any]],
    by: Actor,
    at: datetime,
    code: str = "",
) -> Bid:
    """Take a sealed bid: `sealed` is the envelope and the open qualification.

    The server can judge only the outside of the envelope.
    """
    if not by.may("supplier", Scope(organisation=supplier.code)):
        raise NotYours("bid")
    envelope, qualification = sealed
    known = _known_qualification(qualification) | _security(qualification, lot)
    with transaction.atomic():
        lot.tender = Tender.objects.select_for_update(of=("self",)).get(pk=lot.tender_id)
        reasons = why_no_bid(lot, supplier, at=at)
        if reasons:
            raise Refused("bid.submit", reasons)
        check_envelope(envelope, address_of(lot, supplier.code))
        bid = _stored(
            Bid(
                code=code or bid_code(),
                tender=lot.tender,
                lot=lot,
                supplier=supplier,
                envelope=envelope,
                envelope_sha256=hashlib.sha256(envelope).hexdigest(),
                qualification=known,
                received_at=at,
                is_demonstration=lot.tender.is_demonstration,
            )
        )
        facts = {
            "tender": lot.tender.code,
            "lot": lot.code,
            "envelope_sha256": bid.envelope_sha256,
            "supplier": Private(supplier.code),
            "person": Private(by.code),
        }
        record("bid.submit", bid.code, by=BIDDER, at=at, facts=facts)
    return bid


def withdraw_bid(bid: Bid, *, by: Actor, at: datetime) -> Bid:
    """Take the bid back before the closing."""
    with transaction.atomic():
        bid.tender = Tender.objects.select_for_update(of=("self",)).get(pk=bid.tender_id)
        return move(bid, BID, "withdraw", by=by, at=at, facts={"lot": bid.lot.code})


AS_WRITTEN = str.maketrans({",": "\u00a0", ".": ","})  # 68 821 156,06


def _security(given: Mapping[str, Any], lot: Lot) -> dict[str, str]:
    """Return the security of the bid, which the law asks for as a share of the estimate."""
    least = bid_security_kzt(lot)
    try:
        amount = tenge(Decimal(str(given.get("security_kzt"))))
    except (InvalidOperation, ValueError):
        amount = Decimal(0)
    document = str(given.get("security_no", "")).strip()
    faults: dict[str, list[Text]] = {}
    if amount < least:
        text = _("The security of the bid must be at least %(sum)s tenge.")
        faults["security_kzt"] = [text % {"sum": f"{least:,.2f}".translate(AS_WRITTEN)}]
    if not document or len(document) > DOCUMENT_MAX:
        faults["security_no"] = [_("Name the guarantee or the payment that secures the bid.")]
    if faults:
        raise Wrong(faults)
    return {"security_kzt": str(amount), "security_no": document}


def _stored(bid: Bid) -> Bid:
    """Store the bid; a twin that came at the same instant is a double bid, not a fault."""
    try:
        with transaction.atomic():
            bid.save(force_insert=True)
    except IntegrityError:
        raise Refused("bid.submit", [DOUBLE_BID]) from None
    return bid


def _known_qualification(given: Mapping[str, Any]) -> dict[str, Any]:
    faults = {}
    known: dict[str, Any] = {}
    for name in ("years_main", "years_sub"):
        value = given.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= YEARS_MAX:
            faults[name] = [_("Give whole years from 0 to 60.")]
        known[name] = value
    statement = str(given.get("statement", "")).strip()
    if len(statement) > STATEMENT_MAX:
        faults["statement"] = [_("The statement may have 4,000 characters at most.")]
    if faults:
        raise Wrong(faults)
    return {**known, "statement": statement}
