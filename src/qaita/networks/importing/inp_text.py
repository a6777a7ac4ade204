"""The text of an EPANET input file as tables of words, with the faults of its form."""

import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from qaita.networks.importing.options import Limits
from qaita.networks.importing.rules import Found
from qaita.networks.importing.texts import lines_of

# EPANET 2.2 and 2.3 know these; it compares the first letters only, as we do.
PARTS = [
    "TITLE",
    "JUNCTIONS",
    "RESERVOIRS",
    "TANKS",
    "PIPES",
    "PUMPS",
    "VALVES",
    "TAGS",
    "DEMANDS",
    "STATUS",
    "PATTERNS",
    "CURVES",
    "CONTROLS",
    "RULES",
    "ENERGY",
    "EMITTERS",
    "LEAKAGE",
    "QUALITY",
    "SOURCES",
    "REACTIONS",
    "MIXING",
    "TIMES",
    "REPORT",
    "OPTIONS",
    "COORDINATES",
    "VERTICES",
    "LABELS",
    "BACKDROP",
    "ROUGHNESS",
    "END",
]
LEAST = {
    "JUNCTIONS": 1,
    "RESERVOIRS": 1,
    "TANKS": 1,
    "PIPES": 5,
    "PUMPS": 4,
    "VALVES": 5,
    "COORDINATES": 3,
    "VERTICES": 3,
    "DEMANDS": 2,
    "CURVES": 2,
    "PATTERNS": 2,
    "EMITTERS": 2,
    "CONTROLS": 6,
    "STATUS": 2,
}
# An export writes these anew, or has no use for them; the rest it gives back word for word.
WRITTEN_ANEW = frozenset(
    {"JUNCTIONS", "RESERVOIRS", "TANKS", "PIPES", "PUMPS", "VALVES", "COORDINATES", "VERTICES"}
    | {"LABELS", "BACKDROP", "ROUGHNESS", "END"}
)
CARRIED = [part for part in PARTS if part not in WRITTEN_ANEW]


@dataclass
class InpText:
    """The parts of the file: for each its lines as (number, words)."""

    parts: dict[str, list[tuple[int, list[str]]]] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    ended: bool = False

    def part(self, name: str) -> list[tuple[int, list[str]]]:
        """Return the lines of a part, none when the file lacks it."""
        return self.parts.get(name, [])

    def option(self, name: str, otherwise: str) -> str:
        """Return the value of an option."""
        for _, words in self.part("OPTIONS"):
            if len(words) > 1 and words[0].upper() == name:
                return words[1].upper()
        return otherwise

    def carried(self) -> bytes:
        """Return the parts an export gives back, packed."""
        kept = {name: self.lines[name] for name in CARRIED if self.lines.get(name)}
        return zlib.compress(json.dumps(kept, ensure_ascii=False).encode())


def unpack_carried(packed: bytes | memoryview) -> dict[str, list[str]]:
    """Return what `InpText.carried` packed."""
    if not packed:
        return {}
    kept: dict[str, list[str]] = json.loads(zlib.decompress(bytes(packed)))
    return kept


def read_inp_text(path: Path, found: Found, *, encoding: str, limits: Limits) -> InpText:
    """Return the tables of an INP file; faults of its form go to `found`."""
    text = InpText()
    name = ""
    for number, line in lines_of(path, encoding=encoding, limits=limits):
        body = line.partition(";")[0].strip()
        if body.startswith("["):
            name = _part_name(body, number, found)
            text.ended = text.ended or name == "END"
            continue
        words = body.split()
        if not words:
            continue
        if not name:
            found.add(("file", ""), "outside_part", number, body)
            name = "?"
        if len(words) < LEAST.get(name, 0):
            found.add((name, ""), "few_values", number, body)
            continue
        text.parts.setdefault(name, []).append((number, words))
        text.lines.setdefault(name, []).append(body)
    if not text.ended:
        found.add(("file", ""), "truncated")
    return text


def _part_name(body: str, number: int, found: Found) -> str:
    head = body.strip("[] ").upper()
    for part in PARTS:
        if head and (part.startswith(head[:5]) or head.startswith(part[:5])):
            return part
    found.add(("file", ""), "unknown_part", number, body)
    return "?"
