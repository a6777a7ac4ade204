"""What is gathered of an EPANET file's links while they are read."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from qaita.networks.criticality.tables import Tables, Words
from qaita.networks.criticality.units import Units

SHUT = frozenset({"CLOSED", "0"})


@dataclass
class Laying:
    """What is gathered of the links."""

    tables: Tables
    units: Units
    law: int
    place: dict[str, int]
    elevation: dict[str, float]
    standing: Mapping[str, str]
    names: list[str] = field(default_factory=list)
    ends: list[tuple[int, int]] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    values: list[tuple[float, float]] = field(default_factory=list)  # r, minor
    param: list[tuple[float, float, float]] = field(default_factory=list)
    is_open: list[bool] = field(default_factory=list)
    curves: list[list[tuple[float, float]]] = field(default_factory=list)

    def add(
        self,
        words: Words,
        kind: int,
        values: tuple[float, float],
        param: tuple[float, float, float],
        *,
        is_open: bool,
    ) -> None:
        """Add a link whose first words are its name and its nodes."""
        self.names.append(words[0])
        self.ends.append((self.place[words[1]], self.place[words[2]]))
        self.kind.append(kind)
        self.values.append(values)
        self.param.append(param)
        self.is_open.append(is_open)

    def add_curve(self, points: list[tuple[float, float]]) -> float:
        """Keep a curve in SI units; return its number."""
        units = self.units
        self.curves.append([(q * units.flow, h * units.length) for q, h in points])
        return float(len(self.curves) - 1)


def is_number(word: str) -> bool:
    """Tell whether a word is a number."""
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False
