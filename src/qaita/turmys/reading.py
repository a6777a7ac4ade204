"""Reads a CSV of meter readings row by row: what is sound, and what is not and why."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

COLUMNS = ("meter", "register", "at", "value")
MAX_INT = 2**63 - 1
MAX_LINE = 500
FUTURE_SECONDS = 3600  # device clocks run ahead a little
OLDEST = timedelta(days=3 * 366)

REASONS = {
    "cells": _("The row does not have four cells."),
    "unknown_meter": _("No meter of this network has this code or serial number."),
    "unknown_register": _("The meter has no such register."),
    "bad_time": _("The time is not an instant with its time zone, such as 2026-01-31T19:00:00Z."),
    "future": _("The time is still to come."),
    "too_old": _("The reading is older than three years."),
    "bad_value": _("The value is not a whole number of base units, zero or more."),
    "twice": _("The file has another value of this meter for the same instant."),
}


@dataclass(frozen=True)
class Known:
    """A meter as the lake knows it."""

    key: int
    register: int


@dataclass
class Sheet:
    """The rows of a file: readings and those put aside."""

    meter_id: list[int] = field(default_factory=list)
    register: list[int] = field(default_factory=list)
    ts: list[int] = field(default_factory=list)
    val: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)  # put aside: number in the file
    reasons: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def put_aside(self, row: int, reason: str, cells: list[str]) -> None:
        """Keep a bad row with its reason."""
        self.rows.append(row)
        self.reasons.append(reason)
        self.lines.append(",".join(cells)[:MAX_LINE])

    def counted(self) -> dict[str, int]:
        """Return how many rows were put aside for each reason."""
        return dict(sorted(Counter(self.reasons).items()))


def rows_of(text: str) -> Iterator[list[str]]:
    """Return the rows of the text, with commas or semicolons between cells."""
    head = text[:2_000].partition("\n")[0]
    yield from csv.reader(text.splitlines(), delimiter=";" if ";" in head else ",")


def has_header(cells: list[str]) -> bool:
    """Tell whether the first row names the columns."""
    return tuple(cell.strip().lower().lstrip("\ufeff") for cell in cells) == COLUMNS


def read_sheet(text: str, meters: Mapping[str, Known], *, at: datetime) -> Sheet:
    """Read every row below the header."""
    sheet = Sheet()
    seen: dict[tuple[int, int], int] = {}
    for number, cells in enumerate(rows_of(text), 1):
        if number == 1 or not any(cell.strip() for cell in cells):
            continue
        found = _reading(cells, meters, at=at) if len(cells) == len(COLUMNS) else "cells"
        if isinstance(found, str):
            sheet.put_aside(number, found, cells)
            continue
        meter, ts, value = found
        if seen.setdefault((meter.key, ts), value) != value:
            sheet.put_aside(number, "twice", cells)
            continue
        sheet.meter_id.append(meter.key)
        sheet.register.append(meter.register)
        sheet.ts.append(ts)
        sheet.val.append(value)
    return sheet


def _reading(
    cells: list[str], meters: Mapping[str, Known], *, at: datetime
) -> tuple[Known, int, int] | str:
    """Return meter, epoch seconds and value of a row, or the reason against it."""
    name, register, when, value = (cell.strip() for cell in cells)
    meter = meters.get(name)
    ts = _epoch(when, at=at)
    if meter is None:
        return "unknown_meter"
    if register != str(meter.register):
        return "unknown_register"
    if isinstance(ts, int) and _is_value(value):
        return meter, ts, int(value)
    return ts if isinstance(ts, str) else "bad_value"


def _is_value(text: str) -> bool:
    """Tell whether the text is a whole number that the lake can hold."""
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_INT))
    return digits and int(text) <= MAX_INT


def _epoch(text: str, *, at: datetime) -> int | str:
    """Return epoch seconds of an instant, or the reason against it."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return "bad_time"
    if instant.tzinfo is None:
        return "bad_time"
    ts = int(instant.timestamp())
    if ts > at.timestamp() + FUTURE_SECONDS:
        return "future"
    return "too_old" if instant < at - OLDEST else ts
