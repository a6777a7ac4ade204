"""The one place that reads the clock; doors call it and pass the instant on."""

import calendar
from datetime import UTC, date, datetime, time, timedelta, timezone

# Kazakhstan has had one time zone, UTC+5, since 1 March 2024.
KAZAKHSTAN = timezone(timedelta(hours=5), "UTC+5")
DAYS_A_YEAR = 365.2425  # the mean year of the Gregorian calendar


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """Return the calendar day in Kazakhstan on which the instant falls."""
    return at.astimezone(KAZAKHSTAN).date()


def start_of(day: date) -> datetime:
    """Return the instant at which the day begins in Kazakhstan."""
    return datetime.combine(day, time(), KAZAKHSTAN)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (earlier when negative).

    A month that is too short gives its last day: a year after 29 February is 28 February.
    """
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return day.replace(year=day.year + years, month=month + 1, day=min(day.day, last))


def years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier."""
    return months_after(day, -12 * years)


def instant_text(at: datetime) -> str:
    """Write an instant as RFC 3339 in UTC with milliseconds, e.g. 2026-01-05T04:03:02.001Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
