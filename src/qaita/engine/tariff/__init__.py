"""What borrowed money costs a year, and what that adds to a household's month."""

from qaita.engine.tariff.annuity import Debt, bill_rise_kzt, yearly_cost_mkzt, yearly_payment_mkzt

__all__ = ["Debt", "bill_rise_kzt", "yearly_cost_mkzt", "yearly_payment_mkzt"]
