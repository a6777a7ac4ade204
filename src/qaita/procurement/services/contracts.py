"""Contracts: drafted from an award, signed by both sides, performed, ended."""

from datetime import date, datetime, timedelta

import rfc8785
from django.db import transaction

from qaita.accounts.services import sign_document
from qaita.kernel.actor import Actor
from qaita.kernel.errors import NotYours, Refused
from qaita.kernel.states import Ask
from qaita.ledger.services import move, record, settle
from qaita.procurement.errors import DECISION_NEEDED, NO_AWARD_STANDS
from qaita.procurement.models import Award, Contract, Tender
from qaita.procurement.queries import standing_award
from qaita.procurement.states import AWARD, BUYERS, CONTRACT, TENDER
from qaita.programme.services import mark_ready


def draft_contract(
    award: Award, *, starts_on: date, by: Actor, at: datetime, code: str = ""
) -> Contract:
    """Write the contract from the award: its sum is the price offered, not the conditional one."""
    tender, lot = award.bid.tender, award.lot
    draft = Contract(
        tender=tender,
        lot=lot,
        award=award,
        project=tender.project,
        buyer=tender.buyer,
        supplier=award.bid.supplier,
        sum_kzt=award.sum_kzt,
        original_sum_kzt=award.sum_kzt,
        quantity=lot.quantity,
        unit=lot.unit,
        drafted_at=at,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=lot.delivery_days),
        is_demonstration=tender.is_demonstration,
    )
    if code:
        draft.code = code
    if not any(by.may(role, draft.scope_for(role)) for role in (*BUYERS, "supplier")):
        raise NotYours("contract")
    with transaction.atomic():
        Tender.objects.select_for_update(of=("self",)).get(pk=tender.pk)
        award.refresh_from_db(fields=["state"])
        if award.state != "standing":
            raise Refused("contract.draft", [NO_AWARD_STANDS])
        draft.save(force_insert=True)
        facts = {"award": award.code, "tender": tender.code, "sum_kzt": draft.sum_kzt}
        record("contract.draft", draft.code, by=by, at=at, facts=facts)
    return draft


def contract_document(contract: Contract) -> bytes:
    """Return the canonical document both sides sign: RFC 8785 JSON."""
    return rfc8785.dumps(
        {
            "award": contract.award.code,
            "buyer": contract.buyer.bin,
            "contract": contract.code,
            "ends_on": contract.ends_on.isoformat(),
            "lot": contract.lot.code,
            "project": contract.project.code,
            "quantity": format(contract.quantity.normalize(), "f"),
            "starts_on": contract.starts_on.isoformat(),
            "sum_kzt": format(contract.original_sum_kzt, ".2f"),
            "supplier": contract.supplier.bin,
            "tender": contract.tender.code,
            "unit": contract.unit,
            "v": 1,
        }
    )


def sign_contract(
    contract: Contract, *, cms: bytes | None = None, by: Actor, at: datetime
) -> Contract:
    """Sign for the actor's side: the supplier first, then the head of the buyer.

    `cms` is a detached signature made outside; without it the demonstration key signs.
    """
    side = (
        ("sign_as_supplier", "supplier")
        if contract.state == "draft"
        else (
            "sign_as_buyer",
            "utility_head",
        )
    )
    action, role = side
    with transaction.atomic():
        Tender.objects.select_for_update(of=("self",)).get(pk=contract.tender_id)
        CONTRACT.check(action, Ask(contract, by, at))
        signature = sign_document(
            contract.code, contract_document(contract), cms, role=role, by=by, at=at
        )
        facts = {"document_sha256": signature.document_sha256, "sum_kzt": contract.sum_kzt}
        move(contract, CONTRACT, action, by=by, at=at, facts=facts)
        if contract.state == "signed":
            _conclude(contract, by=by, at=at)
    return contract


def start_contract(contract: Contract, *, by: Actor, at: datetime) -> Contract:
    """Begin the performance."""
    return move(contract, CONTRACT, "start", by=by, at=at)


def complete_contract(contract: Contract, *, by: Actor, at: datetime) -> Contract:
    """End the contract as performed."""
    return move(contract, CONTRACT, "complete", by=by, at=at)


def terminate_contract(contract: Contract, *, reason: str, by: Actor, at: datetime) -> Contract:
    """End the contract before it is performed, with the reason."""
    if not reason.strip():
        raise Refused("contract.terminate", [DECISION_NEEDED])
    with transaction.atomic():
        move(contract, CONTRACT, "terminate", by=by, at=at, facts={"reason": reason.strip()})
        contract.ended_reason = reason.strip()
        contract.save(update_fields=["ended_reason"])
        settle(contract)
    return contract


def _conclude(contract: Contract, *, by: Actor, at: datetime) -> None:
    """Write the signing day, close the award, and the tender when its last lot is signed."""
    contract.signed_at = at
    contract.save(update_fields=["signed_at"])
    settle(contract)
    move(contract.award, AWARD, "sign", by=by, at=at, facts={"contract": contract.code})
    tender = contract.tender
    tender.refresh_from_db(fields=["state"])
    awards = [standing_award(lot) for lot in tender.lots.all()]
    if tender.state == "awarded" and all(a is None or a.state == "signed" for a in awards):
        move(tender, TENDER, "conclude", by=by, at=at)
    if contract.project.state == "choosing_contractor":
        mark_ready(contract.project, by=by, at=at)
