"""The lives of an instrument, a tranche and a payment."""

from qaita.funding.errors import HAS_PAYMENTS, HAS_RECEIVED, NOT_PROMISED
from qaita.funding.models import Instrument, Payment, Tranche
from qaita.kernel.errors import Reason
from qaita.kernel.states import Ask, Row, StateTable


def nothing_paid(ask: Ask[Instrument]) -> Reason | None:
    """Refuse to take back money that has been spent."""
    return HAS_PAYMENTS if ask.subject.payments.exists() else None


def nothing_received(ask: Ask[Instrument]) -> Reason | None:
    """Refuse to take back money that has come."""
    return HAS_RECEIVED if ask.subject.tranches.filter(state="received").exists() else None


def still_promised(ask: Ask[Tranche]) -> Reason | None:
    """Refuse money of a promise that was taken back."""
    return None if ask.subject.instrument.state == "committed" else NOT_PROMISED


# fmt: off
LENDERS = ("financial_operator",)
INSTRUMENT: StateTable[Instrument] = StateTable("instrument", initial="proposed", rows=[
    #   action      from                        to           by        only when
    Row("commit",   ("proposed",),              "committed", LENDERS),
    Row("withdraw", ("proposed", "committed"),  "withdrawn", LENDERS,
        (nothing_paid, nothing_received)),
])
TRANCHE: StateTable[Tranche] = StateTable("tranche", initial="planned", rows=[
    #   action     from          to          by        only when
    Row("receive", ("planned",), "received", LENDERS,  (still_promised,)),
])
PAYMENT: StateTable[Payment] = StateTable("payment", initial="due", rows=[
    #   action     from      to          by
    Row("release", ("due",), "released", "system"),
])
# fmt: on
