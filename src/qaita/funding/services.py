"""Promises money, estimates the tariff, and pays against accepted acts only."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum

from qaita.funding.bills import bill_of
from qaita.funding.errors import (
    ACT_NOT_ACCEPTED,
    ACT_PAID,
    MORE_THAN_ACCEPTED,
    NO_MONEY_LEFT,
    NO_SECTIONS_NAMED,
    NOT_ESTIMATOR,
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
from qaita.kernel.money import in_proportion, is_amount, tenge
from qaita.ledger.queries import timeline
from qaita.ledger.services import move, record, settle
from qaita.programme.models import Project
from qaita.programme.services import note_bill_rise, note_commitment

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
    if not is_amount(terms.amount_kzt):
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


def _lock_money(project: Project) -> Project:
    """Return the project's row, held until the transaction ends: one change of its money at a time.

    Promises, tranches, estimates and payments all take this lock before they count each other.
    """
    return Project.objects.select_for_update(of=("self",)).get(pk=project.pk)


def _committed(project: Project) -> QuerySet[Instrument]:
    return instruments_of(project).filter(state="committed").order_by("code")


def commit_funding(project: Project, terms: Terms, *, by: Actor, at: datetime) -> Instrument:
    """Promise money to a project; promises may not exceed its estimate."""
    _require_lender("instrument.commit", project, by)
    _require_terms(terms)
    lender = Actor(by.code, by.grants | {Grant("financial_operator")})
    with transaction.atomic():
        estimate_kzt = _lock_money(project).cost_kzt
        amount_kzt = tenge(terms.amount_kzt)
        promised = committed_kzt(project)
        if promised + amount_kzt > estimate_kzt:
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
        settle(instrument)
    return instrument


def withdraw_funding(instrument: Instrument, *, by: Actor, at: datetime) -> Instrument:
    """Take a promise back from which nothing was paid."""
    with transaction.atomic():
        _lock_money(instrument.project)
        move(instrument, INSTRUMENT, "withdraw", by=by, at=at)
        note_commitment(instrument.project, committed_kzt(instrument.project))
        settle(instrument)
    return instrument


def plan_tranche(
    instrument: Instrument, *, amount_kzt: Decimal, planned_on: date, by: Actor, at: datetime
) -> Tranche:
    """Plan a part of an instrument; the parts may not exceed the whole."""
    _require_lender("tranche.plan", instrument.project, by)
    if not is_amount(amount_kzt):
        raise Wrong({"amount_kzt": [WRONG_AMOUNT]})
    with transaction.atomic():
        _lock_money(instrument.project)
        stored = Instrument.objects.get(pk=instrument.pk)
        if stored.state != "committed":
            raise Refused("tranche.plan", [NOT_PROMISED])
        planned = instrument.tranches.aggregate(s=Sum("amount_kzt"))["s"] or NOTHING
        if planned + tenge(amount_kzt) > stored.amount_kzt:
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
        _lock_money(tranche.instrument.project)
        tranche.instrument.refresh_from_db(fields=["state"])
        move(tranche, TRANCHE, "receive", by=by, at=at, facts={"amount_kzt": tranche.amount_kzt})
        tranche.received_on = day_of(at)
        tranche.save(update_fields=["received_on"])
        settle(tranche)
    return tranche


def estimate_tariff(project: Project, *, by: Actor, at: datetime) -> TariffEstimate:
    """Compute what the promised money adds to a household's month, by the law of the day."""
    if not any(by.may(role, project.scope_for(role)) for role in ESTIMATORS):
        raise Refused("tariff.estimate", [NOT_ESTIMATOR])
    on = day_of(at)
    with transaction.atomic():
        _lock_money(project)
        bill = bill_of(project, list(_committed(project)), on=on)
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
        note_bill_rise(project, bill.monthly_kzt)
        record("tariff.estimate", project.code, by=by, at=at, facts=facts)
    return estimate


# ------------------------------------------------------------------ payments


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
        _lock_money(project)
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
    """Raise unless the ledger holds an acceptance of the act, of at least this amount."""
    accepted = [
        moment.facts.get("amount_kzt")
        for moment in timeline(act_code)
        if moment.kind == "act.accept" and moment.facts.get("to") == "accepted"
    ]
    reasons = []
    if not accepted:
        reasons.append(ACT_NOT_ACCEPTED)
    if not sections:
        reasons.append(NO_SECTIONS_NAMED)
    if any(told is not None and amount_kzt > Decimal(str(told)) for told in accepted):
        reasons.append(MORE_THAN_ACCEPTED)
    if reasons:
        raise Refused("payment.release", reasons)
    if not is_amount(amount_kzt):
        raise Wrong({"accepted_kzt": [WRONG_AMOUNT]})


def _parts(project: Project, amount_kzt: Decimal) -> list[tuple[Instrument, Decimal]]:
    """Split the amount over the instruments in proportion to what is left of each."""
    purses = [
        (instrument, instrument.amount_kzt - (instrument.paid_kzt or NOTHING))
        for instrument in _committed(project).annotate(paid_kzt=Sum("payments__amount_kzt"))
    ]
    left = [(instrument, rest) for instrument, rest in purses if rest > 0]
    if amount_kzt > sum(rest for _one, rest in left):
        raise Refused("payment.release", [NO_MONEY_LEFT])
    parts = in_proportion(amount_kzt, [rest for _one, rest in left])
    return [(one, part) for (one, _rest), part in zip(left, parts, strict=True) if part > 0]
