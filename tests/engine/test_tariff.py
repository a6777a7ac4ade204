"""Annuities against published values and closed forms."""

import numpy as np
import pytest

from qaita.engine.tariff import Debt, bill_rise_kzt, yearly_cost_mkzt, yearly_payment_mkzt


def one(value: float) -> np.ndarray:
    return np.array([value])


def test_a_textbook_annuity():
    # 100,000 at 8 % over 10 years is paid back by 14,902.95 a year
    assert yearly_payment_mkzt(one(100_000), one(0.08), one(10))[0] == pytest.approx(14_902.9489)


def test_without_interest_it_is_the_even_part():
    assert yearly_payment_mkzt(one(150), one(0.0), one(15))[0] == pytest.approx(10)


def test_the_payments_at_their_rate_are_worth_the_loan():
    payment = yearly_payment_mkzt(one(1000), one(0.18), one(15))[0]
    assert sum(payment / 1.18**n for n in range(1, 16)) == pytest.approx(1000)


def test_the_subsidy_lowers_the_rate_and_never_below_zero():
    debt = Debt(one(100), one(0.18), one(0.10), one(15))
    whole = Debt(one(100), one(0.18), one(0.30), one(15))
    assert yearly_cost_mkzt(debt) == yearly_payment_mkzt(one(100), one(0.08), one(15))
    assert yearly_cost_mkzt(whole)[0] == pytest.approx(100 / 15)


def test_the_bill_is_the_households_share_by_month():
    assert bill_rise_kzt(120.0, 0.5, 10_000) == pytest.approx(500)
    with pytest.raises(ValueError, match="households"):
        bill_rise_kzt(1.0, 0.5, 0)


def test_a_term_must_be_positive():
    with pytest.raises(ValueError, match="terms"):
        yearly_payment_mkzt(one(1), one(0.1), one(0))
