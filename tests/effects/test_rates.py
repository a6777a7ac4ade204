"""Rates of rare events against published values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaita.engine.rates import rate_of, ratio_of


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # exact Poisson limits at 95 %, as tabulated for example by Ulm (1990)
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)],
)
def test_the_exact_interval_is_the_tabulated_one(count, low, high):
    rate = rate_of(count, 1.0)
    assert rate is not None
    assert rate.low == pytest.approx(low, abs=5e-4)
    assert rate.high == pytest.approx(high, abs=1e-3)


def test_without_exposure_there_is_no_rate():
    assert rate_of(0, 0.0) is None


def test_ten_against_none_over_equal_exposure_is_more_than_chance():
    before, after = rate_of(10, 5.0), rate_of(0, 5.0)
    assert before and after
    ratio = ratio_of(before, after)
    assert ratio.value == 0
    assert ratio.high < 0.45  # share 0…0.3085 of 10 by Clopper-Pearson, as odds 0.446
    assert ratio.high == pytest.approx(0.446, abs=2e-3)


@given(count=st.integers(0, 200), exposure=st.floats(0.01, 1e4))
def test_a_rate_lies_in_its_interval_and_scales_with_exposure(count, exposure):
    rate, twice = rate_of(count, exposure), rate_of(count, 2 * exposure)
    assert rate and twice
    assert rate.low <= rate.value <= rate.high
    assert twice.value == pytest.approx(rate.value / 2)


@given(count=st.integers(1, 60))
def test_equal_rates_are_never_told_apart(count):
    rate = rate_of(count, 3.0)
    assert rate
    ratio = ratio_of(rate, rate)
    assert ratio.low < 1 < ratio.high
