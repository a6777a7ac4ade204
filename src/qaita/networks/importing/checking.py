"""What must hold for any network before it is stored: every fault, with its rows."""

import math
from collections.abc import Iterable, Iterator
from statistics import median

from qaita.kernel.errors import Fault
from qaita.networks.importing.placing import COUNTRY
from qaita.networks.importing.rules import Found
from qaita.networks.models import Material, NodeKind
from qaita.networks.parsed import ParsedNetwork, ParsedNode, ParsedSection

MATERIALS = frozenset(Material.values) | {""}
LONGEST_M = 1_000_000.0
NODE_KINDS = frozenset(NodeKind.values)


def faults_of(parsed: ParsedNetwork) -> list[Fault]:
    """Return every fault of a network that was read or generated."""
    found = Found()
    if not parsed.sections:
        found.add(("sections", ""), "no_sections", 0)
    nodes = _check_keys(found, "nodes", ((n.key, n.row) for n in parsed.nodes))
    keys = _check_keys(found, "sections", ((s.key, s.row) for s in parsed.sections))
    for node in parsed.nodes:
        for column, rule, value in _node_faults(node):
            found.add(("nodes", column), rule, node.row, value)
    for section in parsed.sections:
        for column, rule, value in _section_faults(section, nodes):
            found.add(("sections", column), rule, section.row, value)
    _check_others(found, parsed, nodes, keys)
    if not found and not _in_the_country(parsed.nodes):
        found.add(("file", ""), "elsewhere", value=parsed.crs)
    return found.faults()


def _in_the_country(nodes: list[ParsedNode]) -> bool:
    """Tell whether most of a network lies in or around the country."""
    west, south, east, north = COUNTRY
    lon = median(node.lon_deg for node in nodes)
    lat = median(node.lat_deg for node in nodes)
    return west <= lon <= east and south <= lat <= north


def _check_keys(found: Found, table: str, rows: Iterable[tuple[str, int]]) -> set[str]:
    seen: set[str] = set()
    for key, row in rows:
        if not key:
            found.add((table, "key"), "no_key", row)
        elif len(key) > 80:
            found.add((table, "key"), "long_key", row, key)
        elif key in seen:
            found.add((table, "key"), "same_key", row, key)
        seen.add(key)
    return seen


def on_earth(lon_deg: float, lat_deg: float) -> bool:
    """Tell whether a point can be one in degrees; NaN is not."""
    return -180 <= lon_deg <= 180 and -90 <= lat_deg <= 90


def _node_faults(node: ParsedNode) -> Iterator[tuple[str, str, object]]:
    if not on_earth(node.lon_deg, node.lat_deg):
        yield "coordinates", "off_earth", f"{node.lon_deg} {node.lat_deg}"
    if node.kind not in NODE_KINDS:
        yield "kind", "bad_kind", node.kind
    if not 0 <= node.consumers < 2**31:
        yield "consumers", "bad_consumers", node.consumers


def _section_faults(section: ParsedSection, nodes: set[str]) -> Iterator[tuple[str, str, object]]:
    if section.from_key not in nodes:
        yield "from", "unknown_node", section.from_key
    if section.to_key not in nodes:
        yield "to", "unknown_node", section.to_key
    if section.from_key == section.to_key:
        yield "to", "loop", section.to_key
    if len(section.coords) < 2:
        yield "coordinates", "short_line", ""
    elif not all(on_earth(float(x), float(y)) for x, y in section.coords):
        yield "coordinates", "off_earth", section.key
    yield from _value_faults(section)


def _value_faults(section: ParsedSection) -> Iterator[tuple[str, str, object]]:
    length_m = section.length_m
    if length_m is not None and not (math.isfinite(length_m) and length_m > 0):
        yield "length_m", "no_length", length_m
    elif length_m is not None and length_m > LONGEST_M:
        yield "length_m", "long_length", length_m
    if section.diameter_mm is not None and not 1 <= section.diameter_mm <= 10_000:
        yield "diameter_mm", "bad_diameter", section.diameter_mm
    if section.voltage_kv is not None and not 0.1 <= section.voltage_kv <= 1_500:
        yield "voltage_kv", "bad_voltage", section.voltage_kv
    if section.material not in MATERIALS:
        yield "material", "bad_material", section.material
    if not 1 <= section.pipe_count <= 20:
        yield "pipe_count", "bad_pipe_count", section.pipe_count


def _check_others(found: Found, parsed: ParsedNetwork, nodes: set[str], sections: set[str]) -> None:
    units = _check_keys(found, "equipment", ((u.key, u.row) for u in parsed.equipment))
    for unit in parsed.equipment:
        for column, key in (("node", unit.node_key), ("to_node", unit.to_node_key)):
            if key and key not in nodes:
                found.add(("equipment", column), "unknown_node", unit.row, key)
        if unit.parent_key and (unit.parent_key not in units or unit.parent_key == unit.key):
            found.add(("equipment", "parent"), "unknown_parent", unit.row, unit.parent_key)
    _check_records(found, parsed, sections)


def _check_records(found: Found, parsed: ParsedNetwork, sections: set[str]) -> None:
    for failure in parsed.failures:
        if failure.section_key not in sections:
            found.add(("failures", "section"), "unknown_section", failure.row, failure.section_key)
    for inspection in parsed.inspections:
        if inspection.section_key not in sections:
            where = ("inspections", "section")
            found.add(where, "unknown_section", inspection.row, inspection.section_key)
        if not 0 <= inspection.condition <= 1:
            where = ("inspections", "condition")
            found.add(where, "bad_condition", inspection.row, inspection.condition)
