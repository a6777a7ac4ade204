"""District-heating networks of pandapipes, read as the tables of JSON they are."""

import json
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from qaita.networks.errors import FaultyNetwork
from qaita.networks.geometry import geodesic_length_m
from qaita.networks.importing.options import NOWHERE, Limits, ReadOptions
from qaita.networks.importing.placing import (
    crs_of,
    lay_out,
    looks_like_degrees,
    scale_of,
    to_degrees,
)
from qaita.networks.importing.rules import Found, one_fault
from qaita.networks.parsed import ParsedEquipment, ParsedNetwork, ParsedNode, ParsedSection

MARK = b'"pandapipes'
JSON_BYTES = 128 * 1024 * 1024
METRES_PER_KM = 1_000
SHORTEST_M = 0.001
LINKS = (
    # table, its two columns of junctions, our kind of equipment
    ("valve", "from_junction", "to_junction", "valve"),
    ("pump", "from_junction", "to_junction", "pump"),
    ("compressor", "from_junction", "to_junction", "pump"),
    ("circ_pump_pressure", "return_junction", "flow_junction", "pump"),
    ("circ_pump_mass", "return_junction", "flow_junction", "pump"),
    ("heat_exchanger", "from_junction", "to_junction", "heat_exchanger"),
    ("flow_control", "from_junction", "to_junction", "valve"),
)
Rows = dict[str, dict[str, Any]]
Points = dict[str, tuple[float, float]]


def is_heat_json(path: Path) -> bool:
    """Tell whether the head of a JSON file names pandapipes."""
    with path.open("rb") as file:
        return MARK in file.read(4_096)


@dataclass(frozen=True)
class Held:
    """The tables of the file that we read, by name and index."""

    junctions: Rows
    pipes: Rows
    lines: Rows
    links: dict[str, Rows]
    consumers: Rows
    points: Points


def read_heat_json(path: Path, *, options: ReadOptions, limits: Limits) -> ParsedNetwork:
    """Return the network of a pandapipes file, or raise FaultyNetwork."""
    if path.stat().st_size > min(JSON_BYTES, limits.text_bytes):
        raise FaultyNetwork(one_fault("file", "too_big"))
    try:
        held = _hold(json.loads(path.read_bytes().decode("utf-8"))["_object"])
    except UnicodeDecodeError:
        raise FaultyNetwork(one_fault("file", "not_utf8")) from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise FaultyNetwork(one_fault("file", "broken", value=error)) from None
    found = Found()
    nodes = _nodes(held.junctions, found)
    pipes = _pipes(held.pipes, found)
    if found:
        raise FaultyNetwork(found.faults())
    how = _place(nodes, pipes, (held.points, held.lines), options)
    _mark_nodes(nodes, held)
    couplings = [
        ParsedEquipment(s.key, "coupling", s.from_key, s.to_key, name=s.name, row=s.row)
        for s in pipes
        if _is_coupling(s)
    ]
    return ParsedNetwork(
        list(nodes.values()),
        [section for section in pipes if not _is_coupling(section)],
        [*_units(held.links), *couplings],
        kind="pandapipes",
        crs=how,
        mapping={
            "places": how,
            "consumers": "one per heat consumer",
            "couplings": len(couplings),
        },
    )


def _hold(tables: dict[str, Any]) -> Held:
    junctions, pipes = _table(tables, "junction"), _table(tables, "pipe")
    lines = _table(tables, "pipe_geodata")
    links = {name: _table(tables, name) for name, *_ in LINKS}
    read = {"junction": junctions, "pipe": pipes, "pipe_geodata": lines}
    read["junction_geodata"] = _table(tables, "junction_geodata")
    consumers = {**_table(tables, "heat_consumer"), **_table(tables, "sink")}
    return Held(junctions, pipes, lines, links, consumers, _points(read, links))


def _table(tables: dict[str, Any], name: str) -> Rows:
    """Return the rows of a table by their index, as pandas wrote them."""
    held = tables.get(name)
    if not isinstance(held, dict) or held.get("_class") != "DataFrame":
        return {}
    text = held["_object"]
    frame = json.loads(text) if isinstance(text, str) else text
    if "columns" in frame:
        columns = frame["columns"]
        return {
            str(key): dict(zip(columns, row, strict=True))
            for key, row in zip(frame["index"], frame["data"], strict=True)
        }
    rows: Rows = {}
    for column, values in frame.items():
        for key, value in values.items():
            rows.setdefault(str(key), {})[column] = value
    return rows


def _number(row: dict[str, Any], column: str, where: tuple[str, int], found: Found) -> float:
    value = row.get(column)
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    found.add((where[0], column), "not_a_number", where[1], value)
    return math.nan


def _nodes(junctions: Rows, found: Found) -> dict[str, ParsedNode]:
    nodes = {}
    for place, (key, row) in enumerate(junctions.items(), 1):
        height = row.get("height_m")
        nodes[key] = ParsedNode(
            key,
            math.nan,
            math.nan,
            elevation_m=float(height) if isinstance(height, int | float) else None,
            name=str(row.get("name") or key)[:80],
            row=place,
        )
    if not nodes:
        found.add(("junction", ""), "no_sections")
    return nodes


def _pipes(pipes: Rows, found: Found) -> list[ParsedSection]:
    sections = []
    for place, (key, row) in enumerate(pipes.items(), 1):
        length = _number(row, "length_km", ("pipe", place), found)
        column = "diameter_m" if "diameter_m" in row else "inner_diameter_mm"
        diameter = _number(row, column, ("pipe", place), found)
        sections.append(
            ParsedSection(
                f"P{key}",
                str(row.get("from_junction")),
                str(row.get("to_junction")),
                (),
                length_m=length * METRES_PER_KM if length > 0 else None,  # 0: as drawn
                diameter_mm=diameter * (METRES_PER_KM if column == "diameter_m" else 1),
                name=str(row.get("name") or "")[:80],
                raw=json.dumps({"k_mm": row.get("k_mm")}),
                row=place,
            )
        )
    return sections


def _units(links: dict[str, Rows]) -> list[ParsedEquipment]:
    return [
        ParsedEquipment(
            f"{table}-{key}",
            kind,
            str(row.get(start)),
            str(row.get(end)),
            name=str(row.get("name") or f"{table} {key}")[:120],
            row=place,
        )
        for table, start, end, kind in LINKS
        for place, (key, row) in enumerate(links[table].items(), 1)
    ]


def _is_coupling(section: ParsedSection) -> bool:
    """Tell whether a pipe has no length at all and only joins two junctions."""
    return section.length_m is None and geodesic_length_m(section.coords) < SHORTEST_M


def _mark_nodes(nodes: dict[str, ParsedNode], held: Held) -> None:
    """Tell which nodes are consumers, and which a circulation pump makes a plant."""
    for row in held.consumers.values():
        node = nodes.get(str(row.get("from_junction", row.get("junction"))))
        if node is not None:
            node.kind, node.consumers = "consumer", node.consumers + 1
    for table in ("circ_pump_pressure", "circ_pump_mass"):
        for row in held.links[table].values():
            node = nodes.get(str(row.get("flow_junction")))
            if node is not None:
                node.kind = "plant"


def _drawn(geodata: dict[str, Any] | None) -> tuple[float, float] | None:
    """Return a junction's point in the drawing's own table."""
    if geodata and isinstance(geodata.get("x"), int | float):
        return float(geodata["x"]), float(geodata["y"])
    return None


def _shaped(row: dict[str, Any]) -> tuple[float, float] | None:
    """Return a junction's point as the GeoJSON of its row tells it."""
    shape = row.get("geo")
    if isinstance(shape, str):
        shape = json.loads(shape)
    if isinstance(shape, dict) and len(shape.get("coordinates", ())) >= 2:
        return float(shape["coordinates"][0]), float(shape["coordinates"][1])
    return None


def _points(read: dict[str, Rows], links: dict[str, Rows]) -> Points:
    """Return every junction's point; one without takes it from its pipe, valve or pump."""
    points = {}
    # The two may be in different coordinate systems, so they are never mixed.
    by_table = any(_drawn(row) for row in read["junction_geodata"].values())
    for key, row in read["junction"].items():
        point = _drawn(read["junction_geodata"].get(key)) if by_table else _shaped(row)
        if point is not None:
            points[key] = point
    for key, row in read["pipe"].items():
        line = (read["pipe_geodata"].get(key) or {}).get("coords") or []
        if line:
            points.setdefault(str(row.get("from_junction")), (float(line[0][0]), float(line[0][1])))
            points.setdefault(str(row.get("to_junction")), (float(line[-1][0]), float(line[-1][1])))
    for table, start, end, _kind in LINKS:
        for row in links[table].values():
            first, last = str(row.get(start)), str(row.get(end))
            if first in points or last in points:
                points.setdefault(first, points.get(last, (0.0, 0.0)))
                points.setdefault(last, points[first])
    return {key: point for key, point in points.items() if key in read["junction"]}


def _bends(geodata: dict[str, Any] | None) -> list[tuple[float, float]]:
    coords = (geodata or {}).get("coords") or []
    return [(float(x), float(y)) for x, y, *_ in coords[1:-1]]


def _place(
    nodes: dict[str, ParsedNode],
    sections: list[ParsedSection],
    drawn: tuple[Points, Rows],
    options: ReadOptions,
) -> str:
    points, geodata = drawn
    found = Found()
    for key, node in nodes.items():
        if key not in points:
            found.add(("junction", "geo"), "no_coordinates", node.row, key)
    for section in sections:
        for column, key in (("from_junction", section.from_key), ("to_junction", section.to_key)):
            if key not in nodes:
                found.add(("pipe", column), "unknown_node", section.row, key)
    if found:
        raise FaultyNetwork(found.faults())
    lines = [
        [
            points[section.from_key],
            *_bends(geodata.get(section.key[1:])),
            points[section.to_key],
        ]
        for section in sections
    ]
    flat = {key: points[key] for key in nodes}
    return _lay(nodes, sections, (flat, lines), options)


def _lay(
    nodes: dict[str, ParsedNode],
    sections: list[ParsedSection],
    drawn: tuple[Points, list[list[tuple[float, float]]]],
    options: ReadOptions,
) -> str:
    points, lines = drawn
    flat = np.array([*points.values(), *(point for line in lines for point in line)])
    if options.crs:
        placed, how = to_degrees(flat, crs_of(options.crs)), options.crs
    elif options.at is None and looks_like_degrees(flat):
        placed, how = flat, "EPSG:4326"
    else:
        at = options.at or NOWHERE
        long = [sum(math.dist(a, b) for a, b in pairwise(x)) for x in lines]
        scale = scale_of(long, [section.length_m or 0.0 for section in sections])
        placed = lay_out(flat, at=at, metres_per_unit=scale)
        how = f"drawing placed at {at[0]:.5f},{at[1]:.5f}"
    for key, point in zip(points, placed.tolist(), strict=False):
        nodes[key].lon_deg, nodes[key].lat_deg = point
    start = len(points)
    for section, line in zip(sections, lines, strict=True):
        section.coords = placed[start : start + len(line)]
        start += len(line)
    return how
