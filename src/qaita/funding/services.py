"""Promises money, estimates the tariff, and pays against accepted acts only."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from qaita.funding.bills import bill_of
from qaita.funding.errors import (
    ACT_NOT_ACCEPTED,
    ACT_PAID,
    MORE_THAN_ACCEPTED,
    NO_MONEY_LEFT,
    NO_SECTIONS_NAMED,
    NOT_LENDER,
    NOT_PROMISED,
    OVER_COMMITTED,
    OVER_DRAWN,
    WRONG_AMOUNT,
    WRONG_TERMS,
)
from qaita.funding.models import Instrument, InstrumentKind, Payment, TariffEstimate, Tranche
from qaita.funding.queries import NOTHING, committed_kzt, instruments_of
from qaita.funding.states import INSTRUMENT, LENDERS, PAYMENT, TRANCHE
from qaita.kernel.actor import Actor, Grant
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.kernel.ids import derived_code
from qaita.kernel.money import tenge
from qaita.ledger.queries import timeline
from qaita.ledger.services import move, record
from qaita.programme.models import Project
from qaita.programme.services import note_bill_rise, note_commitment

MOST_KZT = Decimal(10) ** 17
ESTIMATORS = ("utility_engineer", "utility_head", "financial_operator", "regulator", "system")


@dataclass(frozen=True)
class Terms:
    """The terms of an instrument."""

    kind: str
    amount_kzt: Decimal
    rate_percent: float = 0.0
    subsidy_points: float = 0.0
    term_years: float = 1.0
    lender: str = ""


def _require_lender(action: str, project: Project, by: Actor) -> None:
    if not any(by.may(role, project.scope_for(role)) for role in (*LENDERS, "system")):
        raise Refused(action, [NOT_LENDER])


def _require_terms(terms: Terms) -> None:
    faults = {}
    if not Decimal(0) < terms.amount_kzt < MOST_KZT:
        faults["amount_kzt"] = [WRONG_AMOUNT]
    sound = (
        terms.kind in InstrumentKind.values
        and 0 <= terms.subsidy_points <= terms.rate_percent <= 100
        and 0 < terms.term_years <= 100
    )
    if not sound:
        faults["rate_percent"] = [WRONG_TERMS]
    if faults:
        raise Wrong(faults)


def commit_funding(project: Project, terms: Terms, *, by: Actor, at: datetime) -> Instrument:
    """Promise money to a project; promises may not exceed its estimate."""
    _require_lender("instrument.commit", project, by)
    _require_terms(terms)
    lender = Actor(by.code, by.grants | {Grant("financial_operator")})
    with transaction.atomic():
        Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        amount_kzt = tenge(terms.amount_kzt)
        promised = committed_kzt(project)
        if promised + amount_kzt > project.cost_kzt:
            raise Refused("instrument.commit", [OVER_COMMITTED])
        number = project.instruments.count()
        instrument = Instrument.objects.create(
            code=derived_code("FI", project.code, number, at),
            project=project,
            **{**asdict(terms), "amount_kzt": amount_kzt},
            made_at=at,
        )
        facts = {**asdict(terms), "amount_kzt": amount_kzt, "project": project.code}
        move(instrument, INSTRUMENT, "commit", by=lender, at=at, facts=facts)
        note_commitment(project, promised + amount_kzt)
    return instrument


def commit_fundings(
    rows: Sequence[tuple[Project, Terms]], *, by: Actor, at: datetime
) -> list[Instrument]:
    """Promise money to many projects, all or none."""
    with transaction.atomic():
        return [commit_funding(project, terms, by=by, at=at) for project, terms in rows]


def withdraw_funding(instrument: Instrument, *, by: Actor, at: datetime) -> Instrument:
    """Take a promise back from which nothing was paid."""
    with transaction.atomic():
        move(instrument, INSTRUMENT, "withdraw", by=by, at=at)
        note_commitment(instrument.project, committed_kzt(instrument.project))
    return instrument


def plan_tranche(
    instrument: Instrument, *, amount_kzt: Decimal, planned_on: date, by: Actor, at: datetime
) -> Tranche:
    """Plan a part of an instrument; the parts may not exceed the whole."""
    _require_lender("tranche.plan", instrument.project, by)
    if not Decimal(0) < amount_kzt < MOST_KZT:
        raise Wrong({"amount_kzt": [WRONG_AMOUNT]})
    with transaction.atomic():
        Instrument.objects.select_for_update(of=("self",)).get(pk=instrument.pk)
        if instrument.state != "committed":
            raise Refused("tranche.plan", [NOT_PROMISED])
        planned = instrument.tranches.aggregate(s=Sum("amount_kzt"))["s"] or NOTHING
        if planned + tenge(amount_kzt) > instrument.amount_kzt:
            raise Refused("tranche.plan", [OVER_DRAWN])
        tranche = Tranche.objects.create(
            code=derived_code("TR", instrument.code, instrument.tranches.count(), at),
            instrument=instrument,
            amount_kzt=tenge(amount_kzt),
            planned_on=planned_on,
        )
        facts = {
            "instrument": instrument.code,
            "amount_kzt": tranche.amount_kzt,
            "planned_on": planned_on,
        }
        record("tranche.plan", tranche.code, by=by, at=at, facts=facts)
    return tranche


def receive_tranche(tranche: Tranche, *, by: Actor, at: datetime) -> Tranche:
    """Note that the money of a tranche has come."""
    with transaction.atomic():
        move(tranche, TRANCHE, "receive", by=by, at=at, facts={"amount_kzt": tranche.amount_kzt})
        tranche.received_on = day_of(at)
        tranche.save(update_fields=["received_on"])
    return tranche


def estimate_tariff(project: Project, *, by: Actor, at: datetime) -> TariffEstimate:
    """Compute what the promised money adds to a household's month, by the law of the day."""
    if not any(by.may(role, project.scope_for(role)) for role in ESTIMATORS):
        raise Refused("tariff.estimate", [NOT_LENDER])
    on = day_of(at)
    bill = bill_of(project, list(instruments_of(project).filter(state="committed")), on=on)
    with transaction.atomic():
        Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        estimate = TariffEstimate.objects.create(
            project=project,
            version=project.tariff_estimates.count() + 1,
            yearly_cost_kzt=bill.yearly_cost_kzt,
            household_share=bill.household_share,
            households=bill.households,
            households_assumed=bill.households_assumed,
            monthly_bill_kzt=bill.monthly_kzt,
            starts_on=bill.starts_on,
            rows=bill.rows,
            law_on=on,
            at=at,
        )
        facts = {
            "version": estimate.version,
            "yearly_cost_kzt": bill.yearly_cost_kzt,
            "household_share": bill.household_share,
            "households": bill.households,
            "monthly_bill_kzt": bill.monthly_kzt,
            "starts_on": bill.starts_on,
        }
        record("tariff.estimate", project.code, by=by, at=at, facts=facts)
        note_bill_rise(project, bill.monthly_kzt)
    return estimate


# ------------------------------------------------------------------ payments


def is_accepted(act_code: str) -> bool:
    """Tell whether the ledger holds the acceptance of the act."""
    return any(
        moment.kind == "act.accept" and moment.facts.get("to") == "accepted"
        for moment in timeline(act_code)
    )


def release_payment(  # noqa: PLR0913  # coloured money names everything it touches
    *,
    act_code: str,
    contract_code: str,
    project: Project,
    accepted_kzt: Decimal,
    sections: Sequence[str],
    by: Actor,
    at: datetime,
) -> list[Payment]:
    """Pay what an act accepted, out of every instrument in proportion to what is left of it.

    Refused unless the ledger holds the act's acceptance; the act is paid once and in whole.
    """
    amount_kzt = tenge(accepted_kzt)
    _require_payable(act_code, amount_kzt, sections)
    payer = Actor(by.code, by.grants | {Grant("system")})
    with transaction.atomic():
        Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        if Payment.objects.filter(act_code=act_code).exists():
            raise Refused("payment.release", [ACT_PAID])
        parts = _parts(project, amount_kzt)
        payments = [
            Payment.objects.create(
                code=derived_code("PM", act_code, instrument.code),
                project=project,
                instrument=instrument,
                contract_code=contract_code,
                act_code=act_code,
                sections=list(sections),
                amount_kzt=part,
                made_at=at,
            )
            for instrument, part in parts
        ]
        for payment in payments:
            facts = {
                "project": project.code,
                "contract": contract_code,
                "act": act_code,
                "instrument": payment.instrument.code,
                "amount_kzt": payment.amount_kzt,
                "sections": list(sections),
            }
            move(payment, PAYMENT, "release", by=payer, at=at, facts=facts)
    return payments


def _require_payable(act_code: str, amount_kzt: Decimal, sections: Sequence[str]) -> None:
    reasons = []
    if not is_accepted(act_code):
        reasons.append(ACT_NOT_ACCEPTED)
    if not sections:
        reasons.append(NO_SECTIONS_NAMED)
    told = [m.facts.get("amount_kzt") for m in timeline(act_code) if m.kind == "act.accept"]
    if any(amount is not None and amount_kzt > Decimal(str(amount)) for amount in told):
        reasons.append(MORE_THAN_ACCEPTED)
    if reasons:
        raise Refused("payment.release", reasons)
    if not Decimal(0) < amount_kzt < MOST_KZT:
        raise Wrong({"accepted_kzt": [WRONG_AMOUNT]})


def _parts(project: Project, amount_kzt: Decimal) -> list[tuple[Instrument, Decimal]]:
    """Split the amount over the instruments in proportion to what is left; tiyns add up."""
    left = []
    for instrument in instruments_of(project).filter(state="committed").order_by("code"):
        paid = instrument.payments.aggregate(s=Sum("amount_kzt"))["s"] or NOTHING
        if instrument.amount_kzt > paid:
            left.append((instrument, instrument.amount_kzt - paid))
    whole = sum((rest for _one, rest in left), NOTHING)
    if amount_kzt > whole:
        raise Refused("payment.release", [NO_MONEY_LEFT])
    parts, given = [], NOTHING
    for i, (instrument, rest) in enumerate(left):
        last = i == len(left) - 1
        part = amount_kzt - given if last else min(rest, tenge(amount_kzt * rest / whole))
        given += part
        if part > 0:
            parts.append((instrument, part))
    return parts
