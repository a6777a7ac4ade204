"""Money: split to the tiyn, and what may be an amount."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaita.kernel.money import TIYN, in_proportion, is_amount, tenge


@given(tiyns=st.lists(st.integers(1, 10_000), min_size=1, max_size=8), share=st.integers(0, 1000))
def test_a_split_adds_up_to_the_tiyn_and_overdraws_nobody(tiyns: list[int], share: int):
    purses = [count * TIYN for count in tiyns]
    amount = tenge(sum(purses) * share / 1000)
    parts = in_proportion(amount, purses)
    assert sum(parts) == amount
    assert all(0 <= part <= purse for part, purse in zip(parts, purses, strict=True))


def test_three_tiyns_over_five_equal_purses_stay_three():
    assert sum(in_proportion(Decimal("0.03"), [Decimal(1)] * 5)) == Decimal("0.03")


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity", "1e17"])
def test_what_is_no_amount(value: str):
    assert not is_amount(Decimal(value))


def test_a_tiyn_is_an_amount_and_is_rounded_half_to_even():
    assert is_amount(TIYN)
    assert (tenge("0.125"), tenge("0.135")) == (Decimal("0.12"), Decimal("0.14"))
