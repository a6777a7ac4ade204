"""Amendments of contracts: the buyer proposes, the supplier agrees, the law caps."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import Actor
from qaita.kernel.errors import NotYours, Reason, Refused, Wrong
from qaita.kernel.states import Ask
from qaita.ledger.services import move, record, record_change, settle
from qaita.procurement.errors import DECISION_NEEDED
from qaita.procurement.models import Amendment, Contract
from qaita.procurement.states import AMENDMENT, BUYERS, ground_is_legal, under_cap

NOT_IN_FORCE = Reason(
    "contract_not_in_force", _("Only a signed contract that is not ended can be changed.")
)


def propose_amendment(
    contract: Contract,
    *,
    ground: str,
    reason: str,
    change: tuple[Decimal, date | None],
    by: Actor,
    at: datetime,
) -> Amendment:
    """Propose a change: `change` is the difference in tenge and the new last day, or None."""
    if not any(by.may(role, contract.scope_for(role)) for role in BUYERS):
        raise NotYours("amendment")
    if not reason.strip():
        raise Refused("amendment.propose", [DECISION_NEEDED])
    change_kzt, new_ends_on = change
    if not change_kzt and new_ends_on in (None, contract.ends_on):
        raise Wrong({"change_kzt": [_("Change the sum, the last day, or both.")]})
    if new_ends_on is not None and new_ends_on < contract.starts_on:
        raise Wrong({"new_ends_on": [_("The last day comes before the first.")]})
    if contract.sum_kzt + change_kzt <= 0:
        raise Wrong({"change_kzt": [_("The contract's sum must stay above zero.")]})
    with transaction.atomic():
        Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        contract.refresh_from_db(fields=["state"])
        if contract.state not in ("signed", "running"):
            raise Refused("amendment.propose", [NOT_IN_FORCE])
        amendment = Amendment(
            contract=contract,
            number=contract.amendments.count() + 1,
            ground=ground,
            reason=reason.strip(),
            change_kzt=change_kzt,
            new_ends_on=new_ends_on,
            proposed_at=at,
        )
        ask = Ask(amendment, by, at)
        reasons = [found for guard in (ground_is_legal, under_cap) if (found := guard(ask))]
        if reasons:
            raise Refused("amendment.propose", reasons)
        amendment.save(force_insert=True)
        facts = {
            "contract": contract.code,
            "ground": ground,
            "reason": amendment.reason,
            "change_kzt": change_kzt,
            "new_ends_on": new_ends_on,
        }
        record("amendment.propose", amendment.code, by=by, at=at, facts=facts)
    return amendment


def agree_amendment(amendment: Amendment, *, by: Actor, at: datetime) -> Amendment:
    """Let the change come into force; the cap is checked once more under the lock."""
    with transaction.atomic():
        contract = Contract.objects.select_for_update(of=("self",)).get(pk=amendment.contract_id)
        move(amendment, AMENDMENT, "agree", by=by, at=at, facts={"contract": contract.code})
        amendment.in_force_at = at
        amendment.save(update_fields=["in_force_at"])
        settle(amendment)
        contract.sum_kzt += amendment.change_kzt
        contract.ends_on = amendment.new_ends_on or contract.ends_on
        contract.save(update_fields=["sum_kzt", "ends_on"])
        facts = {"amendment": amendment.code, "sum_kzt": contract.sum_kzt}
        record_change(contract, "amend", by=by, at=at, facts=facts)
        amendment.contract = contract
    return amendment


def decline_amendment(amendment: Amendment, *, by: Actor, at: datetime) -> Amendment:
    """Leave the contract as it is."""
    return move(amendment, AMENDMENT, "decline", by=by, at=at)
