"""Numbers, money and days in three languages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from qaita.web import formats


@pytest.mark.parametrize(
    ("language", "number", "money", "percent", "day"),
    [
        ("kk", "86\u00a0000,5", "13,6\u00a0трлн\u00a0₸", "48,9\u00a0%", "2025\u00a0ж. 29 шілде"),
        ("ru", "86\u00a0000,5", "13,6\u00a0трлн\u00a0₸", "48,9\u00a0%", "29 июля 2025\u00a0г."),
        ("en", "86,000.5", "13.6\u00a0trn\u00a0₸", "48.9%", "29 July 2025"),
    ],
)
def test_each_language_writes_numbers_its_own_way(language, number, money, percent, day) -> None:
    with translation.override(language):
        assert formats.number_text(86000.5, 1) == number
        assert formats.money_text(13_588_000_000_000, short=True) == money
        assert formats.percent_text(67_000 / 137_000) == percent
        assert formats.day_text(date(2025, 7, 29)) == day


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0\u00a0₸"),
        (999_999, "999\u00a0999\u00a0₸"),
        (1_000_000, "1\u00a0млн\u00a0₸"),
        (22_500_000_000, "22,5\u00a0млрд\u00a0₸"),
        (-974_000_000_000, "−974\u00a0млрд\u00a0₸"),
    ],
)
def test_short_money_keeps_three_digits(amount, text) -> None:
    with translation.override("ru"):
        assert formats.money_text(amount, short=True) == text


def test_whole_money_shows_tiyn_only_when_there_are_any() -> None:
    with translation.override("kk"):
        assert formats.money_text(Decimal("1234567.50")) == "1\u00a0234\u00a0567,50\u00a0₸"
        assert formats.money_text(Decimal("1234567.00")) == "1\u00a0234\u00a0567\u00a0₸"


@pytest.mark.parametrize(("length_m", "text"), [(340, "340 m"), (12_345, "12.3 km"), (0, "0 km")])
def test_lengths_change_from_metres_to_kilometres(length_m, text) -> None:
    with translation.override("en"):
        assert formats.length_text(length_m) == text.replace(" ", "\u00a0")


def test_points_carry_their_sign() -> None:
    with translation.override("ru"):
        assert formats.points_text(-2.34) == "−2,3\u00a0п. п."
        assert formats.points_text(15) == "+15\u00a0п. п."


def test_an_instant_is_told_in_kazakhstan_time() -> None:
    with translation.override("ru"):
        late = datetime(2026, 1, 31, 20, 30, tzinfo=UTC)
        assert formats.instant_words(late) == "1 февраля 2026\u00a0г., 01:30"
