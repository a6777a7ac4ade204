"""The limits of a scenario as one table, for many utilities and regions: written out and read back.

A file holds all limits: what is not in it does not bind. Money is in million tenge, lengths are in
kilometres, shares in per cent. Every fault is told with its row; one fault and nothing is taken.
"""

import csv
import io
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, ZipError

from qaita.kernel.errors import Text
from qaita.planning.errors import NO_PLANT_YEAR
from qaita.planning.national.limits import CountryLimits

COLUMNS = (
    "kind", "utility", "region", "service", "product", "network", "year", "amount", "unit",
)  # fmt: skip
MONEY, KM, PERCENT, YEAR = "mln ₸", "km", "%", "year"
# kind → which of the other columns it needs, and the unit of its amount
KINDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "budget": (("year",), MONEY),
    "cap": (("utility", "year"), MONEY),
    "capacity": (("region", "service", "year"), KM),
    "floor": (("service", "year"), KM),
    "region": (("region",), MONEY),
    "domestic": (("service",), PERCENT),
    "red_zone": ((), PERCENT),
    "supply": (("product", "year"), KM),  # a service may be named as well
    "import": (("service",), PERCENT),
    "carry_over": ((), PERCENT),
    "plant_ready": (("network",), YEAR),
    "plant_past_life": (("network",), YEAR),
    "plant_closing": (("network",), YEAR),
}
# kind → where the scenario keeps it, and by which columns
FIELDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "budget": ("budgets_kzt", ("year",)),
    "cap": ("caps_kzt", ("utility", "year")),
    "capacity": ("capacities_km", ("region", "service", "year")),
    "floor": ("floors_km", ("service", "year")),
    "region": ("regions_kzt", ("region",)),
    "domestic": ("domestic_shares", ("service",)),
    "red_zone": ("red_zone_share", ()),
    "carry_over": ("carries_over", ()),
    "supply": ("supplies_km", ("service", "product", "year")),
    "import": ("import_shares", ("service",)),
    "plant_ready": ("plants_ready", ("network",)),
    "plant_past_life": ("plants_past_life", ("network",)),
    "plant_closing": ("plants_closing", ("network",)),
}
MOST_BYTES, MOST_UNPACKED, MOST_ROWS = 2_000_000, 50_000_000, 50_000
MILLION = 1_000_000
MOST_AMOUNT = 1e12
FIRST_PLANT, MOST_AHEAD = 1900, 50

UNREADABLE = _("This is no CSV or XLSX file that can be read.")
LONG_FILE = _("The file is too long.")
NO_COLUMNS = _("The first row must name the columns: kind, utility, region, service, year, amount.")
NO_ROWS = _("The file holds no limits.")
NO_MONEY = _("No row says the country's money of any year (kind: budget).")
GAPS = _("The years of the country's money must follow one another.")
UNKNOWN_KIND = _("There is no such kind of limit.")
UNKNOWN = _("This code is not known here.")
MISSING = _("It must be filled in.")
NO_NUMBER = _("It must be a number.")
NEGATIVE = _("It must not be negative.")
TOO_LARGE = _("It is too large.")
OTHER_YEAR = _("There is no money of the country for this year.")
NO_YEAR = _("It must be a year from this one on, fifty at most ahead.")
TWICE = _("The same limit stands in an earlier row.")
OTHER_UNIT = _("Amounts of this kind are in another unit.")


@dataclass(frozen=True)
class LimitLine:
    """One limit of a scenario as a row of the file."""

    kind: str
    amount: Decimal
    utility: str = ""
    region: str = ""
    service: str = ""
    product: str = ""
    network: str = ""
    year: int | None = None

    @property
    def unit(self) -> str:
        """Return the unit of the amount."""
        return KINDS[self.kind][1]


@dataclass(frozen=True)
class LimitFault:
    """What is wrong in a row (0: in the file as a whole) and column."""

    row: int
    column: str
    text: Text


@dataclass(frozen=True)
class Known:
    """The codes that rows may name, and the year it is."""

    utilities: frozenset[str]
    regions: frozenset[str]
    services: frozenset[str]
    networks: frozenset[str]
    this_year: int


def lines_of_limits(limits: CountryLimits) -> Iterator[LimitLine]:
    """Yield every limit of a scenario."""
    for kind, (name, columns) in FIELDS.items():
        for keys, value in _flat(getattr(limits, name)):
            yield LimitLine(kind, _amount(kind, value), **dict(zip(columns, keys, strict=True)))


def _flat(value: Any, keys: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield the keys and the value of every leaf of nested mappings."""
    if isinstance(value, Mapping):
        for key, inner in sorted(value.items()):
            yield from _flat(inner, (*keys, key))
    else:
        yield keys, value


def _amount(kind: str, value: Any) -> Decimal:
    """Return a value of the scenario in the unit of the file."""
    unit = KINDS[kind][1]
    if unit == MONEY:
        return Decimal(value) / MILLION
    return Decimal(repr(round(float(value) * (100 if unit == PERCENT else 1), 9)))


def _value(kind: str, amount: Decimal) -> Any:
    """Return an amount of the file as the scenario holds it."""
    unit = KINDS[kind][1]
    if unit == MONEY:
        return amount * MILLION
    if unit == YEAR:
        return int(amount)
    return float(amount) / (100 if unit == PERCENT else 1)


def cells_of_file(name: str, content: bytes) -> list[list[str]] | LimitFault:
    """Return the cells of a CSV or XLSX file as text, or why it cannot be read."""
    if len(content) > MOST_BYTES:
        return LimitFault(0, "", LONG_FILE)
    try:
        rows = _workbook(content) if name.lower().endswith(".xlsx") else _csv(content)
    except (CalamineError, ZipError, zipfile.BadZipFile, UnicodeDecodeError, csv.Error):
        return LimitFault(0, "", UNREADABLE)
    return rows if len(rows) <= MOST_ROWS else LimitFault(0, "", LONG_FILE)


def _workbook(content: bytes) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
            raise zipfile.BadZipFile
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [[_text(cell) for cell in row] for row in rows]


def _text(cell: Any) -> str:
    whole = isinstance(cell, float) and math.isfinite(cell) and cell == int(cell)
    return str(int(cell)) if whole else str(cell).strip()


def _csv(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    first = text.partition("\n")[0]
    sign = max(",;\t", key=first.count)
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=sign)]


@dataclass
class _Table:
    """Rows while they are read: lines that hold, and every fault."""

    known: Known
    lines: list[tuple[int, LimitLine]] = field(default_factory=list)
    faults: list[LimitFault] = field(default_factory=list)

    def fault(self, row: int, column: str, text: Text) -> None:
        self.faults.append(LimitFault(row, column, text))

    def take(self, row: int, cells: Mapping[str, str]) -> None:
        """Read one row; what is wrong in it is noted and the row is left out."""
        before, kind = len(self.faults), cells.get("kind", "").lower()
        if kind not in KINDS:
            self.fault(row, "kind", UNKNOWN_KIND if kind else MISSING)
            return
        needed, unit = KINDS[kind]
        self._codes(row, needed, cells)
        year = self._year(row, cells) if "year" in needed else None
        amount = self._amount(row, unit, cells)
        if cells.get("unit", "") not in ("", unit):
            self.fault(row, "unit", OTHER_UNIT)
        if amount is None or len(self.faults) > before:
            return
        wanted = {*needed, "service"} if kind == "supply" else set(needed)
        codes = {name: cells.get(name, "") for name in wanted if name != "year"}
        self.lines.append((row, LimitLine(kind, amount, year=year, **codes)))

    def _codes(self, row: int, needed: Sequence[str], cells: Mapping[str, str]) -> None:
        known = {
            "utility": self.known.utilities,
            "region": self.known.regions,
            "service": self.known.services,
            "network": self.known.networks,
        }
        for name in ("utility", "region", "service", "product", "network"):
            code = cells.get(name, "")
            if name in needed and not code:
                self.fault(row, name, MISSING)
            elif name in known and code and name in needed and code not in known[name]:
                self.fault(row, name, UNKNOWN)

    def _year(self, row: int, cells: Mapping[str, str]) -> int | None:
        text, first = cells.get("year", ""), self.known.this_year
        is_year = text.isascii() and text.isdigit()
        if not is_year or not first <= int(text[:9]) <= first + MOST_AHEAD:
            self.fault(row, "year", NO_YEAR if text else MISSING)
            return None
        return int(text)

    def _is_year(self, value: float) -> bool:
        """Tell whether a plant can have been past its life, or be ready, in such a year."""
        return value == int(value) and FIRST_PLANT <= value <= self.known.this_year + MOST_AHEAD

    def _amount(self, row: int, unit: str, cells: Mapping[str, str]) -> Decimal | None:
        text = cells.get("amount", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        most = 100.0 if unit == PERCENT else MOST_AMOUNT
        if not math.isfinite(value):
            self.fault(row, "amount", NO_NUMBER if text else MISSING)
        elif value < 0:
            self.fault(row, "amount", NEGATIVE)
        elif unit == YEAR and not self._is_year(value):
            self.fault(row, "amount", NO_PLANT_YEAR)
        elif value > most:
            self.fault(row, "amount", TOO_LARGE)
        else:
            return Decimal(text)
        return None


def limits_of_rows(
    rows: Sequence[Sequence[str]], known: Known
) -> tuple[CountryLimits | None, list[LimitFault]]:
    """Return the limits of a table's cells, or None and every fault; rows are counted from 1."""
    heads = [cell.strip().lower() for cell in rows[0]] if rows else []
    if not {"kind", "amount"} <= set(heads):
        return None, [LimitFault(1 if rows else 0, "", NO_COLUMNS if rows else NO_ROWS)]
    table = _Table(known)
    for number, row in enumerate(rows[1:], 2):
        if any(row):
            table.take(number, dict(zip(heads, row, strict=False)))
    if len(rows) < 2 or not any(any(row) for row in rows[1:]):
        table.fault(0, "", NO_ROWS)
    _check_whole(table)
    return (None, table.faults) if table.faults else (_limits(table.lines), [])


def _check_whole(table: _Table) -> None:
    """Note rows that stand twice, years without money, and gaps between years."""
    seen = set()
    years = {line.year for _row, line in table.lines if line.kind == "budget"}
    for row, line in table.lines:
        key = replace(line, amount=Decimal(0))
        if key in seen:
            table.fault(row, "kind", TWICE)
        seen.add(key)
        if line.year is not None and years and line.year not in years:
            table.fault(row, "year", OTHER_YEAR)
    said = sorted(year for year in years if year is not None)
    if not said and not table.faults:
        table.fault(0, "", NO_MONEY)
    if any(b - a != 1 for a, b in pairwise(said)):
        table.fault(0, "year", GAPS)
    table.faults.sort(key=lambda fault: fault.row)


def _limits(lines: Sequence[tuple[int, LimitLine]]) -> CountryLimits:
    found: dict[str, Any] = {}
    for _row, line in lines:
        name, columns = FIELDS[line.kind]
        value = _value(line.kind, line.amount)
        if not columns:
            found[name] = value
            continue
        inner = found.setdefault(name, {})
        for column in columns[:-1]:
            inner = inner.setdefault(getattr(line, column), {})
        inner[getattr(line, columns[-1])] = value
    carries = found.pop("carries_over", 1.0) > 0
    return CountryLimits(years=tuple(sorted(found["budgets_kzt"])), carries_over=carries, **found)
