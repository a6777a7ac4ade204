"""The rules a network file may break, in words, and the faults gathered while it is read."""

from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Fault, Text
from qaita.networks.errors import BAD_CAUSE, BAD_CONSUMERS

ROWS_SHOWN = 50
TEXTS: dict[str, Text] = {
    # the file as a whole
    "missing_file": _("There is no such file, or it cannot be read."),
    "empty": _("The file is empty."),
    "too_big": _("The file is larger than this server accepts. Split it by district."),
    "too_many_rows": _("The file holds more rows than this server accepts. Split it by district."),
    "long_line": _("A line is far longer than any such file needs. The file is damaged."),
    "nul_bytes": _("The file holds zero bytes where text should be. It is damaged."),
    "not_utf8": _("The text is not in UTF-8. Save it as UTF-8, or name its encoding."),
    "unknown_format": _(
        "This is none of the formats that can be read: EPANET INP, GeoPackage, zipped Shapefile, "
        "GeoJSON, FlatGeobuf, DXF, XLSX, CSV, pandapipes JSON."
    ),
    "broken": _("The file is damaged or was cut short; it cannot be read."),
    "truncated": _("The file does not end with [END]; it was probably cut short."),
    "unsafe_archive": _("The archive holds paths that lead outside it, or links."),
    "bomb": _("The archive unpacks to far more than its size. It is not accepted."),
    "incomplete_archive": _("The archive must hold one .shp with its .shx, .dbf and .prj."),
    "view_layer": _("The layer is a view. Only plain tables are read."),
    "no_lines": _("The file has no layer of lines."),
    "no_sheet": _("The workbook has no sheet of sections. Use the template."),
    "no_header": _("The first row does not name the columns. Use the template."),
    "no_column": _("A needed column is missing. Use the template, or name it in the mapping."),
    "unmapped_column": _("The mapping names a column that the file does not have."),
    "same_column": _("Two columns have this heading. Rename or remove one of them."),
    "formula": _("The cell holds a formula or an error instead of a value. Paste values."),
    # places
    "no_crs": _("The file does not say in which coordinate system it is. Name it."),
    "unknown_crs": _("The coordinate system is not known."),
    "swapped": _("Latitude and longitude are in each other's place: longitude comes first."),
    "wrong_crs": _("The coordinates lie outside the area of the file's coordinate system."),
    "elsewhere": _(
        "The network lies far outside the country: its coordinate system is not the one named."
    ),
    "off_earth": _("The coordinates are not degrees of longitude and latitude on the earth."),
    "no_coordinates": _("The node has no coordinates."),
    "no_geometry": _("The row has no line or point that can be read."),
    "many_parts": _("The row holds several separate lines. Make a row of each."),
    # INP
    "unknown_part": _("The name in square brackets is not one of EPANET's."),
    "outside_part": _("The line stands before the first name in square brackets."),
    "few_values": _("The line has too few values."),
    "not_a_number": _("This is not a number."),
    "not_positive": _("The number must be above zero."),
    "unknown_link": _("The row names a pipe, pump or valve that the file does not hold."),
    "unknown_curve": _("The row names a curve that the file does not hold."),
    "unknown_pattern": _("The row names a pattern that the file does not hold."),
    "unknown_units": _("The flow units are not one of EPANET's."),
    "unknown_valve": _("The kind of valve is not one of EPANET's."),
    "no_water_source": _("The network has no reservoir and no tank."),
    "unconnected": _("Nothing is connected to the node."),
    # rows
    "no_sections": _("The file holds no sections."),
    "no_failures": _("No failure of these sections is known by then: nothing can be learnt."),
    "no_key": _("The row has no name of its own."),
    "long_key": _("The name is longer than 80 characters."),
    "same_key": _("Another row has the same name."),
    "unknown_node": _("The row names a node that the file does not hold."),
    "unknown_section": _("The row names a section that the file does not hold."),
    "unknown_parent": _("The row names a unit that the file does not hold."),
    "short_line": _("A section needs at least two points."),
    "no_length": _("The length is not a number above zero, and the points give none."),
    "long_length": _("The length is more than 1,000 km."),
    "bad_diameter": _("The diameter is not between 1 and 10,000 mm."),
    "bad_voltage": _("The voltage is not between 0.1 and 1,500 kV."),
    "bad_material": _("The material is not in the list."),
    "bad_kind": _("The kind of node is not in the list."),
    "bad_cause": BAD_CAUSE,
    "bad_date": _("This is neither a day nor a year, or it has not come yet."),
    "bad_pipe_count": _("The number of pipes is not between 1 and 20."),
    "bad_consumers": BAD_CONSUMERS,
    "bad_condition": _("The condition is not between 0 and 1."),
    "loop": _("The section leads from a node to itself."),
}


class Found:
    """Faults gathered by table, column and rule."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._values: dict[tuple[str, str, str], str] = {}

    def __bool__(self) -> bool:
        """Tell whether anything was found."""
        return bool(self._rows)

    def add(self, where: tuple[str, str], rule: str, row: int = 0, value: object = "") -> None:
        """Note one row that breaks a rule; the first value is kept as the example."""
        key = (*where, rule)
        rows = self._rows[key]
        if len(rows) < ROWS_SHOWN:
            rows.append(row)
        self._values.setdefault(key, str(value)[:80])

    def faults(self) -> list[Fault]:
        """Return one fault per table, column and rule; row 0 means the whole table."""
        return [
            Fault(table, column, tuple(row for row in rows if row), rule, TEXTS[rule], value)
            for (table, column, rule), rows in self._rows.items()
            for value in [self._values[table, column, rule]]
        ]


def one_fault(table: str, rule: str, row: int = 0, value: object = "") -> list[Fault]:
    """Return the list of a single fault of a whole file or table."""
    found = Found()
    found.add((table, ""), rule, row, value)
    return found.faults()
