"""Wear: closed forms, and estimates that keep their promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaita.engine.wear.ageing import (
    age_of_wear,
    expected_failures,
    modelled_wear,
    own_history,
    wear_after_inspection,
    wear_with_history,
)
from qaita.engine.wear.forecast import forecast_of_sections
from qaita.engine.wear.imputation import impute, impute_class, neighbours

one = np.ones(1)


def test_half_of_a_cohort_is_worn_when_its_norm_life_ends():
    assert modelled_wear(25 * one, 25 * one, 3 * one)[0] == pytest.approx(0.5)
    assert modelled_wear(0 * one, 25 * one, 3 * one)[0] == 0


@given(st.floats(0, 40), st.floats(15, 60), st.floats(1.0, 5.0))
def test_the_age_of_a_wear_is_the_age_that_gave_it(age, life, shape):
    wear = modelled_wear(age * one, life * one, shape * one)
    if wear[0] < 0.999_99:
        assert age_of_wear(wear, life * one, shape * one)[0] == pytest.approx(age, abs=1e-4)


@given(st.floats(0, 1), st.floats(0, 50))
def test_a_section_only_grows_older_after_an_inspection(seen, years):
    args = (30 * one, 2.5 * one)
    now = wear_after_inspection(seen * one, years * one, *args)[0]
    assert now >= min(seen, 1 - 1e-6) - 1e-9
    assert wear_after_inspection(seen * one, 0 * one, *args)[0] == pytest.approx(seen, abs=1e-5)


def test_a_section_that_fails_as_expected_keeps_its_cohorts_wear():
    expected = expected_failures(2_000 * one, 5.0, 0.3 * one)
    assert expected[0] == pytest.approx(3)
    assert wear_with_history(0.4 * one, own_history(3 * one, expected))[0] == pytest.approx(0.4)
    assert wear_with_history(0.4 * one, own_history(9 * one, expected))[0] > 0.4
    assert wear_with_history(0.4 * one, own_history(0 * one, expected))[0] < 0.4


def sections(count=400, seed=5):
    rng = np.random.default_rng(seed)
    return (
        rng.uniform(0, 60, count), rng.choice([20.0, 25.0, 50.0], count),
        np.full(count, 3.0), rng.uniform(20, 300, count),
    )  # fmt: skip


def test_a_forecast_without_renewal_only_rises():
    found = forecast_of_sections(*sections(), np.zeros(5))
    assert (np.diff(found.past_norm_share) >= 0).all()
    assert (np.diff(found.modelled_wear_share) > 0).all()


@given(st.lists(st.floats(0, 9_000), min_size=1, max_size=6))
def test_past_norm_changes_by_what_aged_less_what_was_renewed_of_it(metres):
    found = forecast_of_sections(*sections(), np.array(metres))
    share, aged, renewed = found.past_norm_share, found.aged_share, found.renewed_share
    # the worst go first: while there is worn length, every renewed metre is a worn one
    assert np.allclose(np.maximum(share[:-1] + aged[1:] - renewed[1:], 0), share[1:], atol=1e-9)


def test_renewing_everything_leaves_nothing_worn():
    ages, lives, shape, length = sections()
    found = forecast_of_sections(ages, lives, shape, length, np.array([length.sum()]))
    assert found.past_norm_share[1] == 0 and found.modelled_wear_share[1] == 0


def town(count=3_000, hidden=0.3, seed=2):
    """Return a line of streets laid in waves: neighbours are like one another."""
    rng = np.random.default_rng(seed)
    street = np.arange(count) // 12
    year = 1960 + rng.integers(0, 45, street.max() + 1)[street] + rng.normal(0, 3, count)
    material = (year > 1990).astype(int)
    known = np.where(rng.random(count) < hidden, np.nan, year)
    meeting = neighbours(count + 1, np.arange(count), np.arange(1, count + 1))
    return year, known, material[:, None], np.full(count, 50.0), meeting


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    year, known, cohorts, length, meeting = town()
    found = impute(known, cohorts, length, meeting, confidence=0.8)
    hidden = np.isnan(known)
    held = ((found.low <= year) & (year <= found.high))[hidden].mean()
    assert (found.imputed == hidden).all() and 0.70 < held < 0.95


def test_neighbours_make_the_estimate_better_than_the_cohort_alone():
    year, known, cohorts, length, meeting = town()
    hidden = np.isnan(known)
    alone = impute(known, cohorts, length, 0 * meeting)
    both = impute(known, cohorts, length, meeting)
    error = [np.abs(e.value - year)[hidden].mean() for e in (alone, both)]
    assert error[1] < 0.8 * error[0]
    assert (both.high - both.low)[hidden].mean() < (alone.high - alone.low)[hidden].mean()


def test_known_years_come_back_untouched_and_nothing_is_made_of_nothing():
    meeting = neighbours(3, np.array([0, 1]), np.array([1, 2]))
    found = impute(np.array([1975.0, np.nan]), np.zeros((2, 1), int), np.ones(2), meeting)
    assert found.value[0] == found.low[0] == found.high[0] == 1975 and found.imputed[1]
    none = impute(np.full(2, np.nan), np.zeros((2, 1), int), np.ones(2), meeting)
    assert np.isnan(none.value).all() and not none.imputed.any()


def test_a_material_is_that_of_the_neighbours_and_the_cohort():
    meeting = neighbours(5, np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4]))
    kind, share = impute_class(
        np.array([1, -1, 1, 0]), np.zeros((4, 1), int), np.array([10.0, 10, 10, 50]), meeting
    )
    assert kind.tolist() == [1, 1, 1, 0] and share[0] == 1
    assert share[1] == pytest.approx((2 + 2 * 20 / 70) / 4)
