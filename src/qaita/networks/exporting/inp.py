"""A network as an EPANET input file that EPANET opens and solves."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from qaita.kernel.errors import Refused
from qaita.networks.errors import NO_WATER_SOURCE
from qaita.networks.exporting.names import unique_names
from qaita.networks.geometry import unpack
from qaita.networks.importing.inp import CUSTOMARY, FLOW_LITRES_DAY, FOOT_M, INCH_MM
from qaita.networks.importing.inp_text import unpack_carried
from qaita.networks.models import LIVING, EquipmentUnit, Network, Node, Section

ID = re.compile(r"[!-~]{1,31}")
HEAD_M = 50.0  # above the highest node, for a source of which the register knows no head
LITRES_PER_CONSUMER_DAY = 200.0
SHORT_M = 1.0
DIAMETER_MM = 100.0
# A smooth new pipe by the formula of the file.
ROUGHNESS = {"H-W": "130", "D-W": "0.1", "C-M": "0.011"}
NODE_WORDS = frozenset({"NODE", "JUNCTION", "JUNC", "TANK", "RESERVOIR", "RESERV"})
LINK_WORDS = frozenset({"LINK", "PIPE", "PUMP", "VALVE", "BULK", "WALL"})
BY_NODE = frozenset({"DEMANDS", "EMITTERS", "QUALITY", "SOURCES", "MIXING"})
BY_LINK = frozenset({"STATUS", "LEAKAGE"})
BY_WORD = frozenset({"TAGS", "ENERGY", "REACTIONS", "CONTROLS"})


@dataclass
class Drawing:
    """What is written: the living network under EPANET's names."""

    network: Network
    nodes: dict[int, Node]
    sections: list[Section]
    units: list[EquipmentUnit]
    carried: Mapping[str, Sequence[str]]
    node_names: dict[int, str] = field(default_factory=dict)
    neighbours: dict[int, list[int]] = field(default_factory=dict)  # node → nodes next to it
    section_names: dict[int, str] = field(default_factory=dict)
    unit_names: dict[int, str] = field(default_factory=dict)

    def option(self, name: str, otherwise: str) -> str:
        """Return an option of the file the network came from."""
        for line in self.carried.get("OPTIONS", ()):
            words = line.split()
            if len(words) > 1 and words[0].upper() == name:
                return words[1].upper()
        return otherwise

    @property
    def flow_units(self) -> str:
        """The units in which the file is written."""
        return self.option("UNITS", "GPM" if self.carried else "LPS")

    def length(self, metres: float) -> str:
        """Write metres in the file's unit of length."""
        return f"{metres / FOOT_M if self.flow_units in CUSTOMARY else metres:.10g}"

    def diameter(self, millimetres: float) -> str:
        """Write millimetres in the file's unit of diameter."""
        return f"{millimetres / INCH_MM if self.flow_units in CUSTOMARY else millimetres:.10g}"


def network_as_inp(network: Network) -> str:
    """Return the living network as the text of an EPANET input file.

    What EPANET needs and the register does not hold comes from the imported file; where there was
    none, a plain assumption stands in and says so in the title.
    """
    drawing = drawing_of(network)
    parts = {
        "TITLE": _title(drawing),
        **hydraulic_parts(drawing),
        "COORDINATES": list(_coordinates(drawing)),
        "VERTICES": list(_vertices(drawing)),
    }
    lines = [line for name, rows in parts.items() for line in (f"[{name}]", *rows, "")]
    return "\n".join([*lines, "[END]", ""])


def hydraulic_parts(drawing: Drawing) -> dict[str, list[str]]:
    """Return the parts that say how the network flows, as lines."""
    return {
        **_node_parts(drawing),
        "PIPES": list(_pipes(drawing)),
        **_unit_parts(drawing),
        **_carried_parts(drawing),
    }


def drawing_of(network: Network) -> Drawing:
    """Return the living network under EPANET's names."""
    sections = list(Section.objects.filter(network=network, state__in=LIVING).order_by("pk"))
    links = EquipmentUnit.objects.filter(network=network).exclude(node=None).exclude(to_node=None)
    units = list(links)
    used = {key for s in sections for key in (s.from_node_id, s.to_node_id)}
    used |= {key for unit in units for key in (unit.node_id, unit.to_node_id) if key}
    nodes = {node.pk: node for node in Node.objects.filter(network=network).order_by("pk")}
    source = network.imports.exclude(carried=b"").order_by("-pk").first()
    carried = unpack_carried(source.carried) if source and source.kind == "inp" else {}
    drawing = Drawing(
        network, {key: node for key, node in nodes.items() if key in used}, sections, units, carried
    )
    for section in sections:
        a, b = section.from_node_id, section.to_node_id
        drawing.neighbours.setdefault(a, []).append(b)
        drawing.neighbours.setdefault(b, []).append(a)
    names = unique_names(drawing.nodes.values(), ID)
    drawing.node_names = dict(zip(drawing.nodes, names, strict=True))
    names = unique_names([*sections, *units], ID)
    drawing.section_names = {s.pk: names[i] for i, s in enumerate(sections)}
    drawing.unit_names = {u.pk: names[len(sections) + i] for i, u in enumerate(units)}
    return drawing


def _title(drawing: Drawing) -> list[str]:
    title = [f"{drawing.network.name_en} ({drawing.network.code})"]
    if not drawing.carried:
        title.append(
            f"Assumed by Qaita: {LITRES_PER_CONSUMER_DAY:g} litres per consumer and day, heads of "
            f"sources {HEAD_M:g} m above the highest node, roughness of new pipes."
        )
    return [line.replace("[", "(") for line in title]


def _node_parts(drawing: Drawing) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {"JUNCTIONS": [], "RESERVOIRS": [], "TANKS": []}
    heights = [node.elevation_m or 0.0 for node in drawing.nodes.values()]
    head_m = max(heights, default=0.0) + HEAD_M
    for key, node in drawing.nodes.items():
        part, words = _node_words(drawing, node, head_m)
        parts[part].append(" ".join([drawing.node_names[key], *words]))
    if not parts["RESERVOIRS"] and not parts["TANKS"]:
        raise Refused("network.export", [NO_WATER_SOURCE])
    return parts


def _node_words(drawing: Drawing, node: Node, head_m: float) -> tuple[str, list[str]]:
    raw = _told(node.raw)
    names = {"J": "JUNCTIONS", "R": "RESERVOIRS", "T": "TANKS"}
    if raw and raw[0] in names:
        return names[raw[0]], [str(word) for word in raw[1:]]
    if node.kind in {"source", "plant"}:
        return "RESERVOIRS", [drawing.length(head_m)]
    demand = node.consumers * LITRES_PER_CONSUMER_DAY / FLOW_LITRES_DAY[drawing.flow_units]
    return "JUNCTIONS", [drawing.length(_height_m(drawing, node)), f"{demand:.8g}"]


def _told(raw: str) -> list[Any]:
    """Return the words an INP told of a thing; none when it came from another file."""
    words = json.loads(raw) if raw else []
    return words if isinstance(words, list) else []


def _height_m(drawing: Drawing, node: Node) -> float:
    """Return the node's height; one made by a cut lies between its neighbours."""
    if node.elevation_m is not None:
        return node.elevation_m
    near = [drawing.nodes[key].elevation_m for key in drawing.neighbours.get(node.pk, ())]
    known = [height for height in near if height is not None]
    return sum(known) / len(known) if known else 0.0


def _pipes(drawing: Drawing) -> Iterator[str]:
    smooth = ROUGHNESS.get(drawing.option("HEADLOSS", "H-W"), "130")
    for section in drawing.sections:
        raw = _told(section.raw)
        words = raw[1:] if raw[:1] == ["P"] else []
        yield " ".join(
            [
                drawing.section_names[section.pk],
                drawing.node_names[section.from_node_id],
                drawing.node_names[section.to_node_id],
                drawing.length(section.length_m),
                drawing.diameter(section.diameter_mm or DIAMETER_MM),
                *(map(str, words) if words else (smooth, "0", "Open")),
            ]
        )
    for unit in drawing.units:
        if not _own_words(unit):
            yield " ".join([*_ends(drawing, unit), drawing.length(SHORT_M), _wide(drawing), smooth])


def _wide(drawing: Drawing) -> str:
    return drawing.diameter(DIAMETER_MM * 5)


def _own_words(unit: EquipmentUnit) -> list[str]:
    """Return the words of a pump or a valve after its nodes; none when no INP told them."""
    raw = _told(unit.raw)
    return [str(word) for word in raw] if raw[:1] in (["PU"], ["VA"]) else []


def _ends(drawing: Drawing, unit: EquipmentUnit) -> list[str]:
    names = drawing.node_names
    return [drawing.unit_names[unit.pk], names[unit.node_id or 0], names[unit.to_node_id or 0]]


def _unit_parts(drawing: Drawing) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {"PUMPS": [], "VALVES": []}
    for unit in drawing.units:
        if words := _own_words(unit):
            part = "PUMPS" if words[0] == "PU" else "VALVES"
            parts[part].append(" ".join([*_ends(drawing, unit), *words[1:]]))
    return parts


def _carried_parts(drawing: Drawing) -> dict[str, list[str]]:
    """Return the parts of the imported file, without the lines about what is gone."""
    nodes = set(drawing.node_names.values())
    links = {*drawing.section_names.values(), *drawing.unit_names.values()}
    parts: dict[str, list[str]] = {"OPTIONS": [f"UNITS {drawing.flow_units}", "HEADLOSS H-W"]}
    for name, lines in drawing.carried.items():
        if name != "TITLE":
            parts[name] = list(_kept(name, lines, nodes, links))
    return parts


def _kept(name: str, lines: Sequence[str], nodes: set[str], links: set[str]) -> Iterator[str]:
    """Yield the lines of a part that name nothing that is gone."""
    if name == "RULES":
        for rule in _rules(lines):
            if all(_all_there(line, nodes, links) for line in rule):
                yield from rule
        return
    for line in lines:
        words = line.split()
        # "Global Bulk 0" and "Order Wall 1" name no pipe: there the first word decides
        told = " ".join(words[:2]) if name == "REACTIONS" else line
        own = nodes if name in BY_NODE else links if name in BY_LINK else {words[0]}
        if words[0] in own and (name not in BY_WORD or _all_there(told, nodes, links)):
            yield line


def _rules(lines: Sequence[str]) -> Iterator[list[str]]:
    rule: list[str] = []
    for line in lines:
        if line.split()[0].upper() == "RULE" and rule:
            yield rule
            rule = []
        rule.append(line)
    if rule:
        yield rule


def _all_there(line: str, nodes: set[str], links: set[str]) -> bool:
    """Tell whether every node and link that the line names is in the network."""
    words = line.split()
    for word, name in pairwise(words):
        kind = word.upper()
        if kind in NODE_WORDS and name not in nodes:
            return False
        if kind in LINK_WORDS and name not in links:
            return False
    return True


def _coordinates(drawing: Drawing) -> Iterator[str]:
    for key, node in drawing.nodes.items():
        yield f"{drawing.node_names[key]} {node.lon_deg:.7f} {node.lat_deg:.7f}"


def _vertices(drawing: Drawing) -> Iterator[str]:
    for section in drawing.sections:
        for lon, lat in unpack(section.geometry)[1:-1].tolist():
            yield f"{drawing.section_names[section.pk]} {lon:.7f} {lat:.7f}"
