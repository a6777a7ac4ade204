"""Networks of the demonstration: real topologies from installed packages, laid on real towns.

Pipes, lengths and the way they join are those of openly published networks (EPANET examples of
wntr, a district-heating network of pandapipes). Ages, materials, failures and inspections are
generated, more worn where the service is known to be.
"""

import importlib.util
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from qaita.networks.importing.options import ReadOptions
from qaita.networks.importing.reading import read_network_file
from qaita.networks.parsed import (
    ParsedEquipment,
    ParsedFailure,
    ParsedInspection,
    ParsedNetwork,
    ParsedNode,
    ParsedSection,
)
from qaita.territory.models import Settlement

Random = np.random.Generator
HOME = (68.0, 48.0)  # where a drawing is read before it is laid on its town
UNKNOWN_SHARE = 0.06
# service → (material, share, first year, last year): what lies in the ground
GROUND: Mapping[str, tuple[tuple[str, float, int, int], ...]] = {
    "heat": (("steel", 0.72, 1966, 2008), ("preinsulated", 0.28, 2004, 2024)),
    "water": (
        ("steel", 0.38, 1965, 2004),
        ("cast_iron", 0.3, 1958, 1996),
        ("pe", 0.32, 2001, 2024),
    ),
    "wastewater": (
        ("concrete", 0.42, 1962, 2000),
        ("ceramic", 0.2, 1960, 1990),
        ("pe", 0.38, 2000, 2024),
    ),
    "power": (
        ("line_wood", 0.3, 1970, 2000),
        ("line_concrete", 0.48, 1972, 2022),
        ("cable", 0.22, 1985, 2024),
    ),
}
VOLTAGES_KV = ((10.0, 0.5), (35.0, 0.5))  # a grid has one: levels meet only at substations
CAUSES = ("corrosion", "age", "joint", "ground", "excavation", "pressure", "unknown")
SOURCE_KINDS = ("source", "plant")
PLANTS = {"heat": "plant", "power": "substation", "water": "source", "wastewater": "plant"}
FAILURES_PER_KM_YEAR = {"heat": 0.5, "water": 0.35, "wastewater": 0.25, "power": 0.08}


class NoTopologies(Exception):
    """The packages with the real networks are not installed."""


@dataclass(frozen=True)
class Plot:
    """Which network to lay where."""

    service: str
    topology: str
    town: Settlement
    seed: int
    aside_deg: tuple[float, float] = (0.0, 0.0)  # from the town's middle


def topology_file(name: str) -> Path:
    """Return the file of a topology inside the package that brings it."""
    package, place = (
        ("pandapipes", f"networks/network_files/{name}")
        if name.endswith(".json")
        else ("wntr", f"library/networks/{name}")
    )
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise NoTopologies(package)
    file = Path(found.submodule_search_locations[0]) / place
    if not file.is_file():
        raise NoTopologies(str(file))
    return file


def read_topology(name: str) -> ParsedNetwork:
    """Read a topology once; it lies at HOME."""
    service = "heat" if name.endswith(".json") else "water"
    read = read_network_file(topology_file(name), service=service, options=ReadOptions(at=HOME))
    if not isinstance(read, ParsedNetwork):
        raise NoTopologies(f"{name}: {read[0].text}")
    return read


def lay(topology: ParsedNetwork, plot: Plot, *, on: date) -> ParsedNetwork:
    """Lay a topology on a town: turned, given ages, materials, failures and inspections."""
    rng = np.random.default_rng(plot.seed)
    turn = rng.uniform(0, 2 * np.pi)
    nodes = peopled(_nodes(topology.nodes, plot, turn), topology.sections, rng)
    sections = _sections(topology.sections, plot, turn, rng)
    failures = drawn_failures(sections, plot.service, on, rng)
    return ParsedNetwork(
        nodes,
        sections,
        equipment=[*topology.equipment, *_equipment(nodes, plot.service, rng)],
        failures=failures,
        inspections=_inspections(sections, on, rng),
        kind="generated",
        crs="EPSG:4326",
        mapping={"topology": plot.topology, "seed": plot.seed},
        file_name=f"{plot.topology} @ {plot.town.name_en}",
        settlement=plot.town,
        population=plot.town.population,
        is_checked=True,
    )


def _move(points: np.ndarray, plot: Plot, turn: float) -> np.ndarray:
    """Turn points around HOME in metres and carry them to the town; lengths stay true."""
    lon, lat = plot.town.lon_deg + plot.aside_deg[0], plot.town.lat_deg + plot.aside_deg[1]
    home_scale, town_scale = np.cos(np.radians(HOME[1])), np.cos(np.radians(lat))
    x, y = (points[:, 0] - HOME[0]) * home_scale, points[:, 1] - HOME[1]
    turned_x = x * np.cos(turn) - y * np.sin(turn)
    turned_y = x * np.sin(turn) + y * np.cos(turn)
    return np.column_stack([lon + turned_x / town_scale, lat + turned_y])


def _nodes(rows: list[ParsedNode], plot: Plot, turn: float) -> list[ParsedNode]:
    points = np.array([(row.lon_deg, row.lat_deg) for row in rows])
    moved = _move(points, plot, turn)
    plant = PLANTS[plot.service]
    feeds = (*SOURCE_KINDS, "tank") if plot.service == "power" else SOURCE_KINDS
    return [
        replace(
            row,
            lon_deg=float(lon),
            lat_deg=float(lat),
            kind=plant if row.kind in feeds else row.kind,
            raw="",
        )
        for row, (lon, lat) in zip(rows, moved, strict=True)
    ]


def _sections(
    rows: list[ParsedSection], plot: Plot, turn: float, rng: Random
) -> list[ParsedSection]:
    """Carry the sections to the town and give them what the topology does not tell."""
    counts = [len(row.coords) for row in rows]
    moved = _move(np.vstack([np.asarray(row.coords) for row in rows]), plot, turn)
    lines = np.split(moved, np.cumsum(counts)[:-1])
    carried = [
        replace(row, coords=line, length_m=None, raw="")
        for row, line in zip(rows, lines, strict=True)
    ]
    return aged(carried, plot.service, rng)


def aged(rows: list[ParsedSection], service: str, rng: Random) -> list[ParsedSection]:
    """Give sections a material, a size and a year; some stay unknown, as in real registers."""
    ground = GROUND[service]
    # Neighbours were laid together: one draw for each street of about twelve sections.
    streets = np.arange(len(rows)) // 12
    drawn = rng.choice(len(ground), size=streets.max() + 1, p=[kind[1] for kind in ground])
    spread = rng.random(streets.max() + 1)
    unknown = rng.random(len(rows)) < UNKNOWN_SHARE
    voltages = rng.choice([v for v, _ in VOLTAGES_KV], len(rows), p=[p for _, p in VOLTAGES_KV])
    power = service == "power"
    made = []
    for i, row in enumerate(rows):
        material, _share, first, last = ground[drawn[streets[i]]]
        year = first + int(spread[streets[i]] * (last - first))
        made.append(
            replace(
                row,
                material="" if unknown[i] else material,
                diameter_mm=None if power else (row.diameter_mm or 100.0),
                voltage_kv=float(voltages[0]) if power else None,
                laid_on=None if unknown[i] else date(year, 7, 1),
                laid_precision="unknown" if unknown[i] else "year",
                pipe_count=2 if service == "heat" else 1,
            )
        )
    return made


def _lengths_m(sections: list[ParsedSection]) -> np.ndarray:
    """Return rough lengths: enough to draw how many failures a section had."""
    out = np.zeros(len(sections))
    for i, row in enumerate(sections):
        line = np.asarray(row.coords)
        step = np.diff(line, axis=0) * (111_320 * np.cos(np.radians(line[0, 1])), 111_320)
        out[i] = np.hypot(step[:, 0], step[:, 1]).sum()
    return out


def drawn_failures(
    sections: list[ParsedSection], service: str, on: date, rng: Random
) -> list[ParsedFailure]:
    """Draw three years of failures: a section fails more often the longer and older it is."""
    age = np.array([(on.year - row.laid_on.year) if row.laid_on else 35 for row in sections])
    rate = FAILURES_PER_KM_YEAR[service] * (age / 30.0) ** 2
    counts = rng.poisson(np.minimum(3 * rate * _lengths_m(sections) / 1000, 6))
    noon = datetime(on.year, on.month, on.day, 6, tzinfo=UTC)
    made = []
    for i in np.flatnonzero(counts):
        for _ in range(counts[i]):
            at = noon - timedelta(hours=float(rng.uniform(48, 3 * 365 * 24)))
            laid_on = sections[i].laid_on
            if laid_on is not None and at.date() <= laid_on:
                continue
            made.append(
                ParsedFailure(
                    sections[i].key,
                    at,
                    cause=str(rng.choice(CAUSES)),
                    repaired_at=at + timedelta(hours=float(rng.uniform(2, 36))),
                    consumers_off=int(rng.integers(5, 400)),
                )
            )
    return made


def is_peopled(nodes: list[ParsedNode]) -> bool:
    """Tell whether the file counts consumers, not one for each house."""
    return any((node.consumers or 0) > 1 for node in nodes)


def peopled(
    nodes: list[ParsedNode], sections: list[ParsedSection], rng: Random
) -> list[ParsedNode]:
    """Give the ends of a network consumers where its file counts houses or none at all."""
    if is_peopled(nodes):
        return nodes
    met = Counter(key for row in sections for key in (row.from_key, row.to_key))
    counts = rng.integers(8, 60, len(nodes)).tolist()
    return [
        replace(node, consumers=count)
        if (met[node.key] == 1 or node.kind == "consumer") and node.kind not in SOURCE_KINDS
        else node
        for node, count in zip(nodes, counts, strict=True)
    ]


def _inspections(sections: list[ParsedSection], on: date, rng: Random) -> list[ParsedInspection]:
    chosen = np.flatnonzero(rng.random(len(sections)) < 0.04)
    age = [on.year - row.laid_on.year if row.laid_on else 35 for row in sections]
    return [
        ParsedInspection(
            sections[i].key,
            on - timedelta(days=int(rng.integers(30, 700))),
            float(np.clip(rng.normal(0.55, 0.2), 0.05, 0.98)),
            method="visual",
        )
        for i in chosen
        if age[i] > 2
    ]


def _equipment(nodes: list[ParsedNode], service: str, rng: Random) -> list[ParsedEquipment]:
    kinds = {"heat": "pump", "water": "pump", "wastewater": "pump", "power": "transformer"}
    places = [node for node in nodes if node.kind in ("source", "plant", "substation", "tank")]
    return [
        ParsedEquipment(
            f"demo-{number}-{unit}",
            kinds[service],
            node_key=node.key,
            installed_on=date(int(rng.integers(*years)), 6, 1),
            norm_life_years=20,
        )
        for number, node in enumerate(places[:40])
        for unit, years in enumerate(((1994, 2010), (2016, 2024)))
    ]
