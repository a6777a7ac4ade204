"""A stranger's inventory and failure records: two CSV files as histories, every fault counted."""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from qaita.engine.wear.histories import Floats, Histories, Ints
from qaita.networks.errors import FaultyNetwork
from qaita.networks.importing.columns import TABLES, plain_heading, propose_mapping
from qaita.networks.importing.options import Limits
from qaita.networks.importing.rules import one_fault
from qaita.networks.importing.texts import lines_of
from qaita.networks.importing.values import (
    BadValue,
    day_of_text,
    is_blank,
    laid_of,
    material_of,
    number_of,
)

SECTION_COLUMNS = ("section_id", "laid_on", "material", "diameter_mm", "length_m")
FAILURE_COLUMNS = ("section_id", "failed_on")
THEIR_NAMES = {"section_id": "key", "laid_on": "laid", "failed_on": "at"}  # in importing/columns.py
LONGEST_M = 50_000.0
WIDEST_MM = 5_000.0
COHORT_SHARE = 0.005  # a material with less of the length joins "other"
DAYS_A_YEAR = 365.2425


@dataclass(frozen=True)
class Life:
    """One section while it served: an id may be used again after a replacement."""

    section_id: str
    laid_year: float  # NaN unknown
    gone_year: float
    material: str
    diameter_mm: float
    length_km: float


@dataclass(frozen=True)
class Records:
    """What was read: the lives, the failures in the life each happened in, and the faults."""

    lives: list[Life]
    failed: list[tuple[int, float]]  # row of the life, decimal year
    today: float
    faults: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Known:
    """What was known on a day: nothing of it is told by what came later."""

    rows: list[int]  # of the records' lives
    lives: list[Life]
    histories: Histories
    materials: list[str]  # names of the cohorts


def read_records(sections: Path, failures: Path, *, on: date, limits: Limits) -> Records:
    """Read an inventory and its failures; what cannot be used is left out and counted.

    Raises FaultyNetwork when a file cannot be read at all, lacks a column, or leaves nothing.
    """
    faults: Counter[str] = Counter()
    lives = _lives(sections, on, limits, faults)
    if not lives:
        raise FaultyNetwork(one_fault("sections", "no_sections"))
    failed = _matched(lives, _failures(failures, on, limits, faults), faults)
    if not failed:
        raise FaultyNetwork(one_fault("failures", "no_failures"))
    return Records(lives, failed, _decimal(on), +faults)


def known_on(records: Records, year: float = math.inf) -> Known:
    """Return the histories as they were known at an instant (decimal year).

    Raises FaultyNetwork when nothing was laid or nothing had failed by then.
    """
    there = [row for row, life in enumerate(records.lives) if not life.laid_year >= year]
    place = {row: at for at, row in enumerate(there)}
    lives = _measured([records.lives[row] for row in there])
    told = [(place[row], when) for row, when in records.failed if row in place and when < year]
    if not told:
        raise FaultyNetwork(one_fault("failures", "no_failures"))
    rows, years = np.array([row for row, _ in told]), np.array([when for _, when in told])
    begin, end = _span(years, min(records.today, year))
    kept = years >= begin
    cohort, materials = _cohorts(lives)
    gone = np.array([life.gone_year for life in lives])
    histories = Histories(
        np.array([life.laid_year for life in lives]),
        np.array([life.length_km for life in lives]),
        np.array([life.diameter_mm for life in lives]),
        cohort,
        rows[kept],
        years[kept],
        begin,
        end,
        np.where(gone < end, gone, math.inf),
    )
    return Known(there, lives, histories, materials)


def came_after(records: Records, known: Known, since: float) -> tuple[Floats, Floats]:
    """Return how often each known life failed after `since`, and the totals year by year.

    Whole years count, or what there is of a year where no whole one is told.
    """
    place = {row: at for at, row in enumerate(known.rows)}
    told = [(place[row], when) for row, when in records.failed if row in place and when >= since]
    last = max((when for _, when in records.failed), default=since)
    years = math.floor(min(math.floor(last) + 1.0, records.today) - since + 1e-6)
    inside = [(at, when) for at, when in told if not years or when < since + years]
    happened = np.bincount([at for at, _ in inside], minlength=len(known.lives))
    yearly = np.bincount([int(when - since) for _, when in inside], minlength=max(years, 0))
    return happened.astype(np.float64), yearly[: max(years, 0)].astype(np.float64)


# ------------------------------------------------------------------ rows


def _rows(
    path: Path, columns: tuple[str, ...], table: str, limits: Limits
) -> Iterator[Mapping[str, str]]:
    texts = (text for _, text in lines_of(path, encoding=_encoding(path), limits=limits))
    first = next((text for text in texts if text.strip() and not text.startswith("sep=")), "")
    if not first:
        raise FaultyNetwork(one_fault(table, "empty"))
    mark = max(";,\t", key=first.count)
    headings = [word.strip().strip('"') for word in first.rstrip("\r\n").split(mark)]
    place = _places(headings, table, columns)
    for column in columns[:1] + columns[-1:]:
        if column not in place:
            raise FaultyNetwork(one_fault(table, "no_column", 1, column))
    for cells in csv.reader(texts, delimiter=mark):
        if any(cells):
            yield {name: cells[at] for name, at in place.items() if at < len(cells)}


def _places(headings: list[str], table: str, columns: tuple[str, ...]) -> dict[str, int]:
    """Return where each column stands: under our own name, else under one it is met by."""
    plain = [plain_heading(word) for word in headings]
    known = propose_mapping(headings, TABLES[table])
    place = {}
    for column in columns:
        if plain_heading(column) in plain:
            place[column] = plain.index(plain_heading(column))
        elif known.get(THEIR_NAMES.get(column, column)):
            place[column] = headings.index(known[THEIR_NAMES.get(column, column)])
    if "section_id" not in place and table == "failures" and "section" in known:
        place["section_id"] = headings.index(known["section"])
    return place


def _encoding(path: Path) -> str:
    """Return UTF-8 when the first megabyte is, else the Cyrillic code page of Windows."""
    with path.open("rb") as file:
        head = file.read(1 << 20)
    try:
        head[: head.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1251"
    return "utf-8"


def _lives(path: Path, on: date, limits: Limits, faults: Counter[str]) -> list[Life]:
    found: dict[str, dict[float, Life]] = defaultdict(dict)
    for row in _rows(path, SECTION_COLUMNS, "sections", limits):
        section_id = (row.get("section_id") or "").strip()
        if not section_id:
            faults["section_without_id"] += 1
            continue
        laid = _laid(row.get("laid_on"), on, faults)
        life = Life(
            section_id,
            laid,
            math.inf,
            _material(row.get("material")),
            _within(row.get("diameter_mm"), WIDEST_MM, "bad_diameter", faults),
            _within(row.get("length_m"), LONGEST_M, "bad_length", faults) / 1000.0,
        )
        key = -math.inf if math.isnan(laid) else laid
        if key in found[section_id]:
            faults["section_twice"] += 1
            continue
        found[section_id][key] = life
    return _ended(found, faults)


def _ended(found: Mapping[str, Mapping[float, Life]], faults: Counter[str]) -> list[Life]:
    """Let a life end where the next one under the same id begins."""
    lives = []
    for by_laid in found.values():
        ordered = [by_laid[key] for key in sorted(by_laid)]
        faults["id_used_again"] += len(ordered) - 1
        for life, follower in zip(ordered, [*ordered[1:], None], strict=True):
            gone = follower.laid_year if follower else math.inf
            lives.append(_replaced(life, gone_year=gone))
    return lives


def _measured(lives: list[Life]) -> list[Life]:
    """Give a section of impossible length the median length."""
    lengths = np.array([life.length_km for life in lives])
    known = lengths[~np.isnan(lengths)]
    middle = float(np.median(known)) if len(known) else 0.1
    return [
        _replaced(life, length_km=middle) if math.isnan(life.length_km) else life for life in lives
    ]


def _replaced(life: Life, **changes: float) -> Life:
    return Life(**{**life.__dict__, **changes})


def _failures(
    path: Path, on: date, limits: Limits, faults: Counter[str]
) -> list[tuple[str, float]]:
    told: list[tuple[str, float]] = []
    seen: set[tuple[str, float]] = set()
    for row in _rows(path, FAILURE_COLUMNS, "failures", limits):
        section_id, day = (row.get("section_id") or "").strip(), row.get("failed_on")
        if not section_id or is_blank(day):
            faults["failure_without_id_or_day"] += 1
            continue
        try:
            when, precision = _day(str(day), on)
        except BadValue:
            faults["bad_failure_day"] += 1
            continue
        key = (section_id, _decimal(when))
        if precision == "day" and key in seen:
            faults["failure_twice"] += 1
            continue
        seen.add(key)
        told.append(key)
    return told


# ------------------------------------------------------------------ cells


def _laid(cell: str | None, on: date, faults: Counter[str]) -> float:
    if is_blank(cell):
        faults["no_laying_year"] += 1
        return math.nan
    try:
        return _decimal(_day(str(cell), on)[0])
    except BadValue:
        faults["bad_laying_year"] += 1
        return math.nan


def _material(cell: str | None) -> str:
    """Return our code of a material in any spelling we know, else the word itself."""
    try:
        return material_of(cell, service="", named={})
    except BadValue:
        return " ".join(str(cell).lower().split())


def _day(cell: str, on: date) -> tuple[date, str]:
    """Return a day in any of the usual ways of writing, the American one last."""
    text = cell.strip()
    try:
        day, precision = laid_of(text, on)
    except BadValue:
        month, _, rest = text.partition("/")
        second, _, year = rest.partition("/")
        day, precision = day_of_text(f"{second}/{month}/{year}"), "day"
    if day is None or day > on:
        raise BadValue("bad_date")
    return day, precision


def _within(cell: str | None, most: float, fault: str, faults: Counter[str]) -> float:
    text = cell or ""
    try:
        value = number_of(text.replace(",", "") if "." in text else text)
    except BadValue:
        value = math.inf
    if value is not None and 0 < value <= most:
        return value
    faults[fault] += 1
    return math.nan


def _decimal(day: date) -> float:
    return day.year + (day.timetuple().tm_yday - 0.5) / DAYS_A_YEAR


# ------------------------------------------------------------------ failures to lives


def _matched(
    lives: list[Life], told: list[tuple[str, float]], faults: Counter[str]
) -> list[tuple[int, float]]:
    """Give every failure to the life it happened in: (row, year)."""
    of: dict[str, list[int]] = defaultdict(list)
    for row, life in enumerate(lives):
        of[life.section_id].append(row)
    found = []
    for section_id, year in told:
        fitting = [row for row in of.get(section_id, ()) if not _earliest(lives[row]) > year]
        if fitting:
            found.append((fitting[-1], year))
        else:
            known = section_id in of
            faults["failure_before_laying" if known else "failure_of_unknown_section"] += 1
    return found


def _earliest(life: Life) -> float:
    """Return when a section may first have failed: of many the year alone is known."""
    return math.floor(life.laid_year) if life.laid_year == life.laid_year else -math.inf


def _span(years: Floats, end: float) -> tuple[float, float]:
    """Return when the records begin, in whole years, and end.

    They begin with the first year that, like the year after it, has a fifth of the failures of a
    middling year: single old failures were noted by chance. They end with the last year that has
    any, or at `end` when that comes first.
    """
    counts = np.bincount((np.floor(years) - np.floor(years.min())).astype(np.int64))
    regular = counts >= 0.2 * float(np.median(counts[counts > 0]))
    steady = regular & np.r_[regular[1:], True]
    begin = math.floor(years.min()) + (int(np.argmax(steady)) if steady.any() else 0)
    return float(begin), max(min(math.floor(years.max()) + 1.0, end), float(years.max()) + 1e-6)


def _cohorts(lives: list[Life]) -> tuple[Ints, list[str]]:
    """Number the materials; those with little length, and the unknown, are one, "other"."""
    length: dict[str, float] = defaultdict(float)
    for life in lives:
        length[life.material] += life.length_km
    total = sum(length.values())
    big = [name for name in sorted(length) if name and length[name] >= COHORT_SHARE * total]
    number = {name: place for place, name in enumerate(big)}
    cohort = np.array([number.get(life.material, len(big)) for life in lives], np.int64)
    return cohort, [*big, "other"]
