"""Tables: XLSX workbooks and CSV files by the template."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from python_calamine import CalamineError, CalamineWorkbook, ZipError

from qaita.kernel.errors import Fault
from qaita.networks.errors import FaultyNetwork
from qaita.networks.importing.archives import Cells, repack_workbook
from qaita.networks.importing.checking import faults_of
from qaita.networks.importing.columns import SECTIONS, TABLES, Table, plain_heading, settle_mapping
from qaita.networks.importing.options import Limits, ReadOptions
from qaita.networks.importing.placing import crs_of, to_degrees
from qaita.networks.importing.rows import RowReader, Values, nodes_of_ends
from qaita.networks.importing.rules import Found, one_fault
from qaita.networks.importing.texts import lines_of
from qaita.networks.importing.values import is_blank
from qaita.networks.parsed import ParsedNetwork, ParsedNode, ParsedSection

Row = tuple[int, Sequence[Any]]
SNAP = 1_000_000
FIELD_LETTERS = 100_000
FORMULA = "=…"
UNPLACED = ("unknown_node", "short_line", "loop")  # what a section without its ends looks like
ENDS = ("from_lon", "from_lat", "to_lon", "to_lat")


def read_sheets(path: Path, *, service: str, options: ReadOptions, limits: Limits) -> ParsedNetwork:
    """Return the network of a workbook or a CSV file, or raise FaultyNetwork."""
    is_csv = path.suffix.lower() == ".csv"
    tables = tables_of(path, options, limits)
    found = Found()
    parsed = ParsedNetwork([], [], kind="csv" if is_csv else "xlsx", crs=options.crs or "EPSG:4326")
    nodes: dict[str, ParsedNode] = {}
    for name in TABLES:
        if name in tables:
            reader = RowReader(name, found, service, options)
            _read_table(parsed, nodes, reader, tables[name])
    bad = found.faults()
    if further := _place_all(bad, parsed, nodes, options):
        raise FaultyNetwork([*bad, *further])
    if bad:
        raise FaultyNetwork(bad)
    return parsed


def _place_all(
    bad: list[Fault], parsed: ParsedNetwork, nodes: dict[str, ParsedNode], options: ReadOptions
) -> list[Fault]:
    """Place what could be read; where something is wrong, tell what else is, all at once.

    A point that could not be read would make its sections look faulty: then the cells come first.
    """
    if any(fault.table != "sections" or not fault.rows for fault in bad):
        return []
    rows = {row for fault in bad if fault.rule == "no_geometry" for row in fault.rows}
    parsed.sections = [section for section in parsed.sections if section.row not in rows]
    lost: list[Fault] = []
    try:
        _place(parsed, nodes, options)
    except FaultyNetwork as faulty:
        lost, parsed.nodes = faulty.faults, list(nodes.values())
    if not bad and not lost:
        return []
    told = {"no_sections", *(UNPLACED if lost else ())}
    others = (fault for fault in faults_of(parsed) if fault.table in ("sections", "nodes"))
    return [*lost, *(fault for fault in others if fault.rule not in told)]


def tables_of(path: Path, options: ReadOptions, limits: Limits) -> dict[str, list[Row]]:
    """Return the rows of every table the file holds, the headings first."""
    is_csv = path.suffix.lower() == ".csv"
    return _csv(path, options, limits) if is_csv else _workbook(path, limits)


def _csv(path: Path, options: ReadOptions, limits: Limits) -> dict[str, list[Row]]:
    texts = (text for _, text in lines_of(path, encoding=options.encoding, limits=limits))
    first = next(texts, "")
    mark = max(";,\t", key=first.count)
    csv.field_size_limit(FIELD_LETTERS)

    def again() -> Iterator[str]:
        yield first
        yield from texts

    try:
        rows = list(enumerate(csv.reader(again(), delimiter=mark, strict=True), 1))
    except csv.Error as error:
        raise FaultyNetwork(one_fault("file", "broken", value=error)) from None
    return {"sections": [row for row in rows if row[1]]}


def _workbook(path: Path, limits: Limits) -> dict[str, list[Row]]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "book.xlsx"
        formulas = repack_workbook(path, copy, limits)
        try:
            book = CalamineWorkbook.from_path(copy)
            held = _sheets_of_tables(book.sheet_names)
            sheets = {
                table: _sheet(book, title, formulas.get(title, set()))
                for table, title in held.items()
            }
        except (CalamineError, ZipError, ValueError) as error:
            raise FaultyNetwork(one_fault("file", "broken", value=error)) from None
    if "sections" not in sheets:
        raise FaultyNetwork(one_fault("file", "no_sheet"))
    return sheets


def _sheets_of_tables(names: Sequence[str]) -> dict[str, str]:
    """Return for each of our tables the title of its sheet; a lone sheet holds the sections."""
    titles = {plain_heading(name): name for name in names}
    held = {
        table.name: titles[title]
        for table in TABLES.values()
        for title in table.titles() & titles.keys()
    }
    return held or ({SECTIONS.name: names[0]} if len(names) == 1 else {})


def _sheet(book: CalamineWorkbook, name: str, formulas: Cells) -> list[Row]:
    cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    for row, column in formulas:
        if row <= len(cells) and column <= len(cells[row - 1]):
            cells[row - 1][column - 1] = FORMULA  # its last result is not ours to trust
    return [(number, row) for number, row in enumerate(cells, 1) if any(v != "" for v in row)]


def _read_table(
    parsed: ParsedNetwork, nodes: dict[str, ParsedNode], reader: RowReader, rows: list[Row]
) -> None:
    table = TABLES[reader.table]
    if not rows:
        if reader.table == "sections":
            reader.found.add((reader.table, ""), "no_sections")
        return
    headings = [str(heading).strip() for heading in rows[0][1]]
    mapping = settle_mapping(headings, table, _named(reader, table))
    if not mapping:
        reader.found.add((reader.table, ""), "no_header", rows[0][0])
        return
    reader.headings = mapping
    parsed.mapping[reader.table] = mapping
    places = {name: headings.index(heading) for name, heading in mapping.items()}
    for number, row in rows[1:]:
        values = {name: row[place] for name, place in places.items() if place < len(row)}
        if not all(is_blank(value) for value in values.values()):
            _take(parsed, nodes, reader, (number, values))


def _named(reader: RowReader, table: Table) -> dict[str, str]:
    """Return what the person named for this table; plain names belong to the sections."""
    named = {}
    for name, heading in reader.options.mapping.items():
        owner, dot, column = name.rpartition(".")
        if (owner if dot else SECTIONS.name) == table.name:
            named[column] = heading
    return named


def _take(
    parsed: ParsedNetwork,
    nodes: dict[str, ParsedNode],
    reader: RowReader,
    numbered: tuple[int, Values],
) -> None:
    """Add one row to its table."""
    row, values = numbered
    if reader.table == "sections":
        _take_section(parsed, reader, values, row)
    elif reader.table == "nodes":
        node = reader.node(values, row)
        if node.key in nodes:
            reader.found.add(("nodes", "key"), "same_key", row, node.key)
        nodes[node.key] = node
    elif reader.table == "equipment":
        parsed.equipment.append(reader.unit(values, row))
    elif reader.table == "failures" and (failure := reader.failure(values, row)):
        parsed.failures.append(failure)
    elif reader.table == "inspections" and (inspection := reader.inspection(values, row)):
        parsed.inspections.append(inspection)


def _take_section(parsed: ParsedNetwork, reader: RowReader, values: Values, row: int) -> None:
    section = reader.section(values, row)
    section.key = section.key or str(row)
    if not is_blank(values.get("line")):
        section.coords = _line(reader, values, row)
    else:
        ends = [reader.number(values, name, row) for name in ENDS]
        if None not in ends:
            section.coords = [(ends[0], ends[1]), (ends[2], ends[3])]  # type: ignore[list-item]  # no None is left
    parsed.sections.append(section)


def _line(reader: RowReader, values: Values, row: int) -> list[tuple[float, float]]:
    try:
        with np.errstate(invalid="ignore"):  # GEOS reads nan and inf; they are faults below
            shape = shapely.from_wkt(str(values["line"]))
    except shapely.errors.ShapelyError:
        shape = None
    if not _is_line(shape):
        reader.found.add(("sections", reader.headings["line"]), "no_geometry", row)
        return [(0.0, 0.0), (0.0, 0.0)]
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(shape).tolist()]


def _is_line(shape: Any) -> bool:
    """Tell whether a shape is one line of finite points."""
    is_line = shape is not None and shape.geom_type == "LineString" and not shape.is_empty
    return is_line and bool(np.isfinite(shapely.get_coordinates(shape)).all())


def _place(parsed: ParsedNetwork, nodes: dict[str, ParsedNode], options: ReadOptions) -> None:
    """Draw sections that have no line of their own from node to node; transform everything."""
    found = Found()
    for section in parsed.sections:
        if len(section.coords) == 0:
            section.coords = _between(section, nodes, found)
    if found:
        raise FaultyNetwork(found.faults())
    if options.crs:
        _transform(parsed.sections, nodes, options.crs)
    nodes_of_ends(parsed.sections, nodes, _meetings(parsed.sections))
    parsed.nodes = list(nodes.values())


def _between(
    section: ParsedSection, nodes: dict[str, ParsedNode], found: Found
) -> list[tuple[float, float]]:
    line = []
    for column, key in (("from", section.from_key), ("to", section.to_key)):
        node = nodes.get(key)
        if node is None:
            rule = "unknown_node" if key else "no_geometry"
            found.add(("sections", column), rule, section.row, key)
        else:
            line.append((node.lon_deg, node.lat_deg))
    return line


def _meetings(sections: Sequence[ParsedSection]) -> list[tuple[int, int]]:
    seen: dict[tuple[int, int], int] = {}
    pairs = []
    for section in sections:
        ends = [section.coords[0], section.coords[-1]]
        keys = [(round(float(x) * SNAP), round(float(y) * SNAP)) for x, y in ends]
        first, last = (seen.setdefault(key, len(seen) + 1) for key in keys)
        pairs.append((first, last))
    return pairs


def _transform(sections: Sequence[ParsedSection], nodes: dict[str, ParsedNode], crs: str) -> None:
    lines = [np.asarray(section.coords, dtype=np.float64) for section in sections]
    own = np.array([(node.lon_deg, node.lat_deg) for node in nodes.values()]).reshape(-1, 2)
    placed = to_degrees(np.vstack([own, *lines]), crs_of(crs))
    for node, point in zip(nodes.values(), placed.tolist(), strict=False):
        node.lon_deg, node.lat_deg = point
    at = len(own)
    for section, line in zip(sections, lines, strict=True):
        section.coords = placed[at : at + len(line)]
        at += len(line)
