"""Days in Kazakhstan, and terms in months and years."""

from datetime import UTC, date, datetime

import pytest

from qaita.kernel.clock import day_of, instant_text, months_after, start_of, years_before


def test_a_day_begins_at_midnight_in_kazakhstan():
    began = start_of(date(2026, 1, 1))
    assert began == datetime(2025, 12, 31, 19, tzinfo=UTC)
    assert day_of(began) == date(2026, 1, 1)
    assert instant_text(began) == "2025-12-31T19:00:00.000Z"


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
    ],
)
def test_a_term_in_months_ends_on_the_same_day_or_the_last_of_a_short_month(day, months, then):
    assert months_after(day, months) == then


def test_years_before_a_leap_day_end_on_the_twenty_eighth():
    assert years_before(date(2024, 2, 29), 1) == date(2023, 2, 28)
    assert years_before(date(2026, 3, 31), 5) == date(2021, 3, 31)
