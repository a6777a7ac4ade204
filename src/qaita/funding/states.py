"""The lives of an instrument, a tranche and a payment."""

from qaita.funding.errors import HAS_PAYMENTS
from qaita.funding.models import Instrument, Payment, Tranche
from qaita.kernel.errors import Reason
from qaita.kernel.states import Ask, Row, StateTable


def nothing_paid(ask: Ask[Instrument]) -> Reason | None:
    """Refuse to take back money that has been spent."""
    return HAS_PAYMENTS if ask.subject.payments.exists() else None


# fmt: off
LENDERS = ("financial_operator",)
INSTRUMENT: StateTable[Instrument] = StateTable("instrument", initial="proposed", rows=[
    #   action      from                        to           by        only when
    Row("commit",   ("proposed",),              "committed", LENDERS),
    Row("withdraw", ("proposed", "committed"),  "withdrawn", LENDERS,  (nothing_paid,)),
])
TRANCHE: StateTable[Tranche] = StateTable("tranche", initial="planned", rows=[
    #   action     from          to          by
    Row("receive", ("planned",), "received", LENDERS),
])
PAYMENT: StateTable[Payment] = StateTable("payment", initial="due", rows=[
    #   action     from      to          by
    Row("release", ("due",), "released", "system"),
])
# fmt: on
