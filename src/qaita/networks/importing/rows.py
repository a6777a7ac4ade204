"""Rows of a table as our rows, every bad cell noted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from qaita.networks.importing.options import ReadOptions
from qaita.networks.importing.rules import Found
from qaita.networks.importing.values import (
    BadValue,
    cause_of,
    count_of,
    kind_of,
    laid_of,
    material_of,
    number_of,
    past_instant_of,
    text_of,
)
from qaita.networks.parsed import (
    ParsedEquipment,
    ParsedFailure,
    ParsedInspection,
    ParsedNode,
    ParsedSection,
)

T = TypeVar("T")
NEVER: tuple[date | None, str] = (None, "unknown")
Values = Mapping[str, Any]


@dataclass
class RowReader:
    """Reads the rows of one table; `headings` tells the file's name of each of our columns."""

    table: str
    found: Found
    service: str
    options: ReadOptions
    headings: Mapping[str, str] = field(default_factory=dict)

    def cell(
        self, values: Values, name: str, row: int, meaning: Callable[[Any], T], otherwise: T
    ) -> T:
        """Return what a cell means, or the other value and a fault."""
        value = values.get(name)
        try:
            return meaning(value)
        except BadValue as bad:
            self.found.add((self.table, self.headings.get(name, name)), bad.rule, row, value)
            return otherwise

    def text(self, values: Values, name: str, row: int) -> str:
        """Return a cell's text."""
        return self.cell(values, name, row, text_of, "")

    def number(self, values: Values, name: str, row: int) -> float | None:
        """Return a cell's number."""
        return self.cell(values, name, row, number_of, None)

    def instant(self, values: Values, name: str, row: int) -> datetime | None:
        """Return a cell's instant, which has come by the day of reading."""
        return self.cell(values, name, row, lambda v: past_instant_of(v, self.options.on), None)

    def section(self, values: Values, row: int) -> ParsedSection:
        """Return a section without its ends and its line."""
        laid_on, precision = self.cell(
            values, "laid", row, lambda v: laid_of(v, self.options.on), NEVER
        )
        material = self.cell(
            values,
            "material",
            row,
            lambda v: material_of(v, service=self.service, named=self.options.materials),
            "",
        )
        pipes = self.cell(values, "pipe_count", row, lambda v: count_of(v, "bad_pipe_count"), 1)
        return ParsedSection(
            self.text(values, "key", row),
            self.text(values, "from", row),
            self.text(values, "to", row),
            (),
            length_m=self.number(values, "length_m", row),
            material=material,
            diameter_mm=self.number(values, "diameter_mm", row),
            voltage_kv=self.number(values, "voltage_kv", row),
            laid_on=laid_on,
            laid_precision=precision,
            pipe_count=pipes or 1,
            name=self.text(values, "name", row)[:80],
            row=row,
        )

    def node(self, values: Values, row: int) -> ParsedNode:
        """Return a node; NaN where it has no coordinates."""
        nan = float("nan")
        lon, lat = self.number(values, "lon", row), self.number(values, "lat", row)
        return ParsedNode(
            self.text(values, "key", row),
            nan if lon is None else lon,
            nan if lat is None else lat,
            self.cell(values, "kind", row, kind_of, "junction"),
            self.number(values, "elevation_m", row),
            self.cell(values, "consumers", row, lambda v: count_of(v, "bad_consumers"), 0),
            self.text(values, "name", row)[:80],
            row=row,
        )

    def unit(self, values: Values, row: int) -> ParsedEquipment:
        """Return a unit of equipment."""
        installed_on, _ = self.cell(
            values, "installed", row, lambda v: laid_of(v, self.options.on), NEVER
        )
        return ParsedEquipment(
            self.text(values, "key", row),
            self.text(values, "kind", row)[:24],
            self.text(values, "node", row),
            self.text(values, "to_node", row),
            self.text(values, "parent", row),
            self.text(values, "name", row),
            installed_on,
            self.number(values, "norm_life_years", row),
            row=row,
        )

    def failure(self, values: Values, row: int) -> ParsedFailure | None:
        """Return a failure, or None and a fault when its date is missing."""
        at = self.instant(values, "at", row)
        if at is None:
            self.found.add((self.table, self.headings.get("at", "at")), "bad_date", row)
            return None
        return ParsedFailure(
            self.text(values, "section", row),
            at,
            self.cell(values, "cause", row, cause_of, "unknown"),
            self.instant(values, "repaired_at", row),
            self.cell(values, "consumers_off", row, lambda v: count_of(v, "bad_consumers"), 0),
            row=row,
        )

    def inspection(self, values: Values, row: int) -> ParsedInspection | None:
        """Return an inspection, or None and a fault when its day or finding is missing."""
        on, _ = self.cell(values, "on", row, lambda v: laid_of(v, self.options.on), NEVER)
        condition = self.number(values, "condition", row)
        if on is None or condition is None:
            rule = "bad_date" if on is None else "bad_condition"
            self.found.add((self.table, ""), rule, row)
            return None
        return ParsedInspection(
            self.text(values, "section", row),
            on,
            condition,
            self.text(values, "method", row),
            self.text(values, "remarks", row),
            row=row,
        )


def nodes_of_ends(
    sections: Iterable[ParsedSection],
    known: dict[str, ParsedNode],
    places: Iterable[tuple[int, int]],
) -> None:
    """Give each section the nodes at its ends, making those that no table names.

    `places` holds for each section two numbers that are equal where ends meet.
    """
    for section, (first, last) in zip(sections, places, strict=True):
        section.from_key = section.from_key or f"#{first}"
        section.to_key = section.to_key or f"#{last}"
        for key, point in ((section.from_key, 0), (section.to_key, -1)):
            if key not in known:
                lon, lat = section.coords[point]
                known[key] = ParsedNode(key, float(lon), float(lat), row=section.row)
