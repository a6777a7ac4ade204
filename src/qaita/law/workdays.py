"""The calendar of working days: every legal clock counts on it."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from qaita.law.reading import Source, sources

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class YearCalendar:
    """The days off of one year beside its weekends, and weekend days that are worked."""

    year: int
    public: tuple[date, ...]
    religious: tuple[date, ...]
    carried: tuple[date, ...]  # days off because a public holiday fell on a day of rest
    rest: frozenset[date]
    work: frozenset[date]
    source: Source
    assumed: bool


@cache
def _raw() -> dict[str, Any]:
    path = Path(__file__).parent / "holidays.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def written_years() -> list[int]:
    """Return the years whose calendar is written down."""
    return sorted(_raw()["years"])


@cache
def year_calendar(year: int) -> YearCalendar:
    """Return the calendar of the year; a year not written down follows the general rule."""
    general = _raw()["every_year"]
    special = _raw()["years"].get(year, {})
    moved = special.get("moved", {"rest": [], "work": []})
    public = tuple(date.fromisoformat(f"{year}-{day}") for day in general["public"])
    religious = tuple(
        sorted(
            [
                *(date.fromisoformat(f"{year}-{day}") for day in general["religious"]),
                *special.get("religious", []),
            ]
        )
    )
    work, off = frozenset(moved["work"]), {*public, *religious, *moved["rest"]}
    carried = _carried(public, off, work)
    return YearCalendar(
        year=year,
        public=public,
        religious=religious,
        carried=carried,
        rest=frozenset({*off, *carried}),
        work=work,
        source=sources()[special.get("source", general["source"])],
        assumed=bool(special.get("assumed", year not in _raw()["years"])),
    )


def _carried(public: tuple[date, ...], off: set[date], work: frozenset[date]) -> tuple[date, ...]:
    """Return the next working day for each public holiday on a Saturday or Sunday."""
    carried: list[date] = []
    for holiday in public:
        if holiday.weekday() < SATURDAY or holiday in work:
            continue
        day = holiday + ONE_DAY
        while day in off or day in carried or (day.weekday() >= SATURDAY and day not in work):
            day += ONE_DAY
        carried.append(day)
    return tuple(carried)


def is_working_day(day: date) -> bool:
    """Tell whether people work on the day."""
    calendar = year_calendar(day.year)
    if day in calendar.work:
        return True
    return day.weekday() < SATURDAY and day not in calendar.rest


def next_working_day(day: date) -> date:
    """Return the day itself when it is worked, else the first one after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def add_working_days(day: date, count: int) -> date:
    """Return the last day of a term of `count` working days that begins the day after `day`."""
    while count > 0:
        day += ONE_DAY
        if is_working_day(day):
            count -= 1
    return day


def working_days_between(since: date, until: date) -> int:
    """Count working days after `since` up to and including `until`; negative when it is past."""
    if until < since:
        return -working_days_between(until, since)
    days = (until - since).days
    return sum(is_working_day(since + timedelta(days=n)) for n in range(1, days + 1))
