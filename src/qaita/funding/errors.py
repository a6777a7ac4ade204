"""Refusals of funding."""

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Reason

OVER_COMMITTED = Reason(
    "over_committed",
    _("Together with what is already promised this is more than the estimate: lower the amount."),
)
OVER_DRAWN = Reason(
    "over_drawn",
    _("The tranches together are more than the instrument: lower the amount."),
)
ACT_NOT_ACCEPTED = Reason(
    "act_not_accepted",
    _("The ledger knows no acceptance of this act, so nothing can be paid against it."),
)
ACT_PAID = Reason("act_paid", _("This act has been paid already."))
MORE_THAN_ACCEPTED = Reason(
    "more_than_accepted", _("This is more than the act accepts: pay no more than was accepted.")
)
NO_MONEY_LEFT = Reason(
    "no_money_left", _("The money promised to the project does not cover this payment.")
)
NO_SECTIONS_NAMED = Reason(
    "no_sections_named", _("A payment names the sections it paid for: the act names none.")
)
HAS_PAYMENTS = Reason("has_payments", _("Payments have been made from it, so it stays."))
HAS_RECEIVED = Reason("has_received", _("Money has come from it, so it stays."))
NOT_LENDER = Reason(
    "not_your_role", _("The financial operator promises money and plans its tranches.")
)
NOT_ESTIMATOR = Reason(
    "not_your_role",
    _("The utility, the financial operator or the regulator computes the effect on the tariff."),
)
NOT_PROMISED = Reason("not_promised", _("Only promised money has tranches: commit it first."))
WRONG_AMOUNT = _("Enter the amount in tenge, more than nothing.")
WRONG_TERMS = _("Check the kind, the rate, the State's part of the rate and the term.")
