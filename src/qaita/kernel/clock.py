"""The one place that reads the clock; doors call it and pass the instant on."""

from datetime import UTC, date, datetime, timedelta, timezone

# Kazakhstan has had one time zone, UTC+5, since 1 March 2024.
KAZAKHSTAN = timezone(timedelta(hours=5), "UTC+5")


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def day_of(at: datetime) -> date:
    """Return the calendar day in Kazakhstan on which the instant falls."""
    return at.astimezone(KAZAKHSTAN).date()


def instant_text(at: datetime) -> str:
    """Write an instant as RFC 3339 in UTC with milliseconds, e.g. 2026-01-05T04:03:02.001Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
