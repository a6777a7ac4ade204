"""EPANET input files: every fault with its line, and the network when there is none."""

import json
import math
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np

from qaita.networks.errors import FaultyNetwork
from qaita.networks.geometry import Coords
from qaita.networks.importing.inp_text import InpText, read_inp_text
from qaita.networks.importing.options import NOWHERE, Limits, ReadOptions
from qaita.networks.importing.placing import (
    crs_of,
    lay_out,
    looks_like_degrees,
    scale_of,
    to_degrees,
)
from qaita.networks.importing.remarks import remarks_of
from qaita.networks.importing.rules import Found
from qaita.networks.parsed import ParsedEquipment, ParsedNetwork, ParsedNode, ParsedSection

FOOT_M = 0.3048
INCH_MM = 25.4
# Flow units with the litres a day of one unit; the first five go with feet and inches.
FLOW_LITRES_DAY = {
    "CFS": 2_446_575.5,
    "GPM": 5_450.993,
    "MGD": 3_785_411.8,
    "IMGD": 4_546_090.0,
    "AFD": 1_233_481.8,
    "LPS": 86_400.0,
    "LPM": 1_440.0,
    "MLD": 1_000_000.0,
    "CMH": 24_000.0,
    "CMD": 1_000.0,
    "CMS": 86_400_000.0,
}
CUSTOMARY = frozenset({"CFS", "GPM", "MGD", "IMGD", "AFD"})
VALVES = frozenset({"PRV", "PSV", "PBV", "FCV", "TCV", "GPV", "PCV"})
# Parts whose words after the name are numbers, up to which.
NUMBERS = {"PATTERNS": 10_000, "CURVES": 10_000, "EMITTERS": 1, "TANKS": 6}
NODE_PARTS = {"JUNCTIONS": "junction", "RESERVOIRS": "source", "TANKS": "tank"}


@dataclass
class Reading:
    """What is gathered while the tables are read."""

    text: InpText
    found: Found
    options: ReadOptions
    units: str = "GPM"
    nodes: dict[str, ParsedNode] = field(default_factory=dict)
    sections: list[ParsedSection] = field(default_factory=list)
    equipment: list[ParsedEquipment] = field(default_factory=list)
    links: dict[str, int] = field(default_factory=dict)
    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    bends: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    @property
    def length_m(self) -> float:
        """Metres in the file's unit of length."""
        return FOOT_M if self.units in CUSTOMARY else 1.0

    @property
    def diameter_mm(self) -> float:
        """Millimetres in the file's unit of diameter."""
        return INCH_MM if self.units in CUSTOMARY else 1.0

    def number(self, part: str, words: list[str], place: int, row: int) -> float:
        """Return a finite number from the words, or NaN and a fault."""
        try:
            value = float(words[place])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.found.add((part, str(place + 1)), "not_a_number", row, words[place])
        return value


def read_inp(path: Path, *, options: ReadOptions, limits: Limits) -> ParsedNetwork:
    """Return the network of an INP file, or raise FaultyNetwork with every fault."""
    found = Found()
    text = read_inp_text(path, found, encoding=options.encoding, limits=limits)
    reading = Reading(text, found, options)
    reading.units = text.option("UNITS", "GPM")
    if reading.units not in FLOW_LITRES_DAY:
        found.add(("OPTIONS", "UNITS"), "unknown_units", value=reading.units)
        reading.units = "GPM"
    _read_nodes(reading)
    _read_pipes(reading)
    _read_pumps_and_valves(reading)
    _read_points(reading)
    _check_references(reading)
    _check_numbers(reading)
    if found:
        raise FaultyNetwork(found.faults())
    _count_consumers(reading)
    mapping = _place(reading)
    return ParsedNetwork(
        list(reading.nodes.values()),
        reading.sections,
        reading.equipment,
        kind="inp",
        crs=options.crs or mapping["places"],
        mapping=mapping,
        carried=text.carried(),
        remarks=remarks_of(text),
    )


def _read_nodes(reading: Reading) -> None:
    for part, kind in NODE_PARTS.items():
        for row, words in reading.text.part(part):
            key = words[0]
            if key in reading.nodes:
                reading.found.add((part, "ID"), "same_key", row, key)
                continue
            elevation = reading.number(part, words, 1, row) if len(words) > 1 else 0.0
            reading.nodes[key] = ParsedNode(
                key,
                math.nan,
                math.nan,
                kind,
                elevation * reading.length_m,
                raw=json.dumps([part[0], *words[1:]], ensure_ascii=False),
                row=row,
            )
    if reading.nodes and all(node.kind == "junction" for node in reading.nodes.values()):
        reading.found.add(("RESERVOIRS", ""), "no_water_source")


def _link(reading: Reading, part: str, words: list[str], row: int) -> bool:
    """Note a link's name and check its nodes."""
    key, ends = words[0], words[1:3]
    if key in reading.links:
        reading.found.add((part, "ID"), "same_key", row, key)
        return False
    reading.links[key] = row
    for place, end in enumerate(ends, 1):
        if end not in reading.nodes:
            reading.found.add((part, f"Node{place}"), "unknown_node", row, end)
    if ends[0] == ends[1]:
        reading.found.add((part, "Node2"), "loop", row, ends[1])
    return True


def _read_pipes(reading: Reading) -> None:
    for row, words in reading.text.part("PIPES"):
        if not _link(reading, "PIPES", words, row):
            continue
        length = reading.number("PIPES", words, 3, row)
        diameter = reading.number("PIPES", words, 4, row)
        for place, value in ((4, length), (5, diameter)):
            if value <= 0:
                reading.found.add(("PIPES", str(place)), "not_positive", row, value)
        if len(words) > 5:
            reading.number("PIPES", words, 5, row)
        section = ParsedSection(
            words[0],
            words[1],
            words[2],
            [],
            length_m=length * reading.length_m,
            diameter_mm=diameter * reading.diameter_mm,
            raw=json.dumps(["P", *words[5:]], ensure_ascii=False),
            row=row,
        )
        reading.sections.append(section)
    if not reading.sections:
        reading.found.add(("PIPES", ""), "no_sections")


def _read_pumps_and_valves(reading: Reading) -> None:
    curves = {words[0] for _, words in reading.text.part("CURVES")}
    for part, kind in (("PUMPS", "pump"), ("VALVES", "valve")):
        for row, words in reading.text.part(part):
            if not _link(reading, part, words, row):
                continue
            if part == "PUMPS":
                _check_pump(reading, words, row, curves)
            elif words[4].upper() not in VALVES:
                reading.found.add((part, "Type"), "unknown_valve", row, words[4])
            unit = ParsedEquipment(
                words[0],
                kind,
                words[1],
                words[2],
                raw=json.dumps([part[:2], *words[3:]], ensure_ascii=False),
                row=row,
            )
            reading.equipment.append(unit)


def _check_pump(reading: Reading, words: list[str], row: int, curves: set[str]) -> None:
    values = words[3:]
    for word, value in zip(values[::2], values[1::2], strict=False):
        if word.upper() == "HEAD" and value not in curves:
            reading.found.add(("PUMPS", "HEAD"), "unknown_curve", row, value)


def _read_points(reading: Reading) -> None:
    for row, words in reading.text.part("COORDINATES"):
        x = reading.number("COORDINATES", words, 1, row)
        y = reading.number("COORDINATES", words, 2, row)
        reading.points[words[0]] = (x, y)
    for row, words in reading.text.part("VERTICES"):
        x = reading.number("VERTICES", words, 1, row)
        y = reading.number("VERTICES", words, 2, row)
        if words[0] not in reading.links:
            reading.found.add(("VERTICES", "Link"), "unknown_link", row, words[0])
        reading.bends.setdefault(words[0], []).append((x, y))
    for node in reading.nodes.values():
        if node.key not in reading.points:
            reading.found.add(("COORDINATES", "Node"), "no_coordinates", node.row, node.key)


def _check_references(reading: Reading) -> None:
    used = {key for section in reading.sections for key in (section.from_key, section.to_key)}
    used |= {key for unit in reading.equipment for key in (unit.node_key, unit.to_node_key)}
    for node in reading.nodes.values():
        if node.key not in used:
            reading.found.add(("JUNCTIONS", "ID"), "unconnected", node.row, node.key)
    patterns = {words[0] for _, words in reading.text.part("PATTERNS")}
    for row, words in reading.text.part("JUNCTIONS"):
        if len(words) > 2:
            reading.number("JUNCTIONS", words, 2, row)
        # EPANET itself lets the default pattern "1" be absent
        if len(words) > 3 and words[3] not in patterns | {"1"}:
            reading.found.add(("JUNCTIONS", "Pattern"), "unknown_pattern", row, words[3])
    for row, words in reading.text.part("DEMANDS"):
        reading.number("DEMANDS", words, 1, row)
        if words[0] not in reading.nodes:
            reading.found.add(("DEMANDS", "Junction"), "unknown_node", row, words[0])


def _check_numbers(reading: Reading) -> None:
    """Check the numbers that an export gives back word for word: EPANET must take them."""
    for part, last in NUMBERS.items():
        for row, words in reading.text.part(part):
            for place in range(1, len(words[: last + 1])):
                reading.number(part, words, place, row)


def _count_consumers(reading: Reading) -> None:
    """Turn base demand into people served, by the norm the person named."""
    demand: dict[str, float] = {}
    for _, words in reading.text.part("JUNCTIONS"):
        if len(words) > 2:
            demand[words[0]] = float(words[2])
    # rows of [DEMANDS] take the place of a junction's own demand; several of one junction add up
    rows = [(words[0], float(words[1])) for _, words in reading.text.part("DEMANDS")]
    demand.update((key, 0.0) for key, _ in rows)
    for key, value in rows:
        demand[key] += value
    litres = FLOW_LITRES_DAY[reading.units]
    for key, value in demand.items():
        node = reading.nodes[key]
        if value > 0:
            people = value * litres / reading.options.litres_per_consumer_day
            node.kind, node.consumers = "consumer", max(1, min(round(people), 2**31 - 1))


def _place(reading: Reading) -> dict[str, str]:
    """Give nodes and sections their coordinates on the earth; tell how."""
    keys = list(reading.nodes)
    flat = [reading.points[key] for key in keys]
    for section in reading.sections:
        flat += reading.bends.get(section.key, [])
    drawn = np.array(flat, dtype=np.float64)
    placed, how = _on_earth(reading, drawn)
    for key, point in zip(keys, placed.tolist(), strict=False):
        reading.nodes[key].lon_deg, reading.nodes[key].lat_deg = point
    at = len(keys)
    for section in reading.sections:
        count = len(reading.bends.get(section.key, ()))
        first, last = reading.nodes[section.from_key], reading.nodes[section.to_key]
        section.coords = [
            (first.lon_deg, first.lat_deg),
            *placed[at : at + count].tolist(),
            (last.lon_deg, last.lat_deg),
        ]
        at += count
    return {
        "units": reading.units,
        "places": how,
        "litres_per_consumer_day": str(reading.options.litres_per_consumer_day),
    }


def _on_earth(reading: Reading, drawn: Coords) -> tuple[Coords, str]:
    options = reading.options
    if options.crs:
        return to_degrees(drawn, crs_of(options.crs)), options.crs
    if options.at is None and looks_like_degrees(drawn):
        return drawn, "EPSG:4326"
    lengths = [section.length_m or 0.0 for section in reading.sections]
    lines = [
        [
            reading.points[section.from_key],
            *reading.bends.get(section.key, []),
            reading.points[section.to_key],
        ]
        for section in reading.sections
    ]
    long = [sum(math.dist(a, b) for a, b in pairwise(line)) for line in lines]
    at = options.at or NOWHERE
    laid = lay_out(drawn, at=at, metres_per_unit=scale_of(long, lengths))
    return laid, f"drawing placed at {at[0]:.5f},{at[1]:.5f}"
