from datetime import date

import pytest

from qaita.law.workdays import (
    add_working_days,
    is_working_day,
    next_working_day,
    working_days_between,
    written_years,
    year_calendar,
)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 1, 3), False),  # moved from Sunday, 5 January (Ministry of Labour)
        (date(2025, 1, 5), True),
        (date(2025, 1, 7), False),  # Orthodox Christmas
        (date(2025, 10, 27), False),  # 25 October fell on a Saturday
        (date(2026, 1, 5), True),
        (date(2026, 3, 9), False),
        (date(2026, 3, 24), False),
        (date(2026, 3, 25), False),
        (date(2026, 3, 26), True),
        (date(2026, 5, 11), False),
        (date(2026, 5, 27), False),  # Kurban Ait
        (date(2026, 8, 31), False),
        (date(2026, 11, 23), True),
    ],
)
def test_the_calendar_is_as_published(day, worked):
    assert is_working_day(day) is worked


def test_january_of_2026_has_nineteen_working_days():
    # the Ministry's calendar: 12 days off, 19 working days
    assert working_days_between(date(2025, 12, 31), date(2026, 1, 31)) == 19


def test_three_days_of_completeness_run_over_nauryz():
    assert add_working_days(date(2026, 3, 19), 3) == date(2026, 3, 27)


def test_seven_working_days_pass_the_new_year():
    assert add_working_days(date(2025, 12, 29), 7) == date(2026, 1, 12)


def test_a_term_and_its_count_agree():
    start = date(2026, 4, 1)
    for days in range(1, 200):
        assert working_days_between(start, add_working_days(start, days)) == days


def test_the_past_counts_backwards():
    assert working_days_between(date(2026, 4, 8), date(2026, 4, 6)) == -2


def test_a_saturday_gives_way_to_monday():
    assert next_working_day(date(2026, 11, 21)) == date(2026, 11, 23)


def test_unpublished_years_are_marked_assumed():
    assert written_years() == [2025, 2026, 2027]
    assert not year_calendar(2026).assumed
    assert year_calendar(2027).assumed
    assert year_calendar(2031).assumed
