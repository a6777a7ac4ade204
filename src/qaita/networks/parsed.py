"""A network as a reader or a generator hands it over: plain rows, not yet stored."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from qaita.networks.geometry import Coords
from qaita.territory.models import Settlement

Line = Coords | Sequence[Sequence[float]]


@dataclass(slots=True)
class ParsedNode:
    """A node under the key by which the file's sections name it."""

    key: str
    lon_deg: float
    lat_deg: float
    kind: str = "junction"
    elevation_m: float | None = None
    consumers: int = 0
    name: str = ""
    raw: str = ""
    row: int = 0


@dataclass(slots=True)
class ParsedSection:
    """A section between two nodes; `coords` are (lon, lat) from one to the other."""

    key: str
    from_key: str
    to_key: str
    coords: Line
    length_m: float | None = None  # None: geodesic
    material: str = ""
    diameter_mm: float | None = None
    voltage_kv: float | None = None
    laid_on: date | None = None
    laid_precision: str = "unknown"
    pipe_count: int = 1
    name: str = ""
    raw: str = ""
    row: int = 0


@dataclass(slots=True)
class ParsedEquipment:
    """A unit at a node, or between two; `parent_key` names the unit it is a part of."""

    key: str
    kind: str
    node_key: str = ""
    to_node_key: str = ""
    parent_key: str = ""
    name: str = ""
    installed_on: date | None = None
    norm_life_years: float | None = None
    raw: str = ""
    row: int = 0


@dataclass(slots=True)
class ParsedFailure:
    """A failure of a section."""

    section_key: str
    at: datetime
    cause: str = "unknown"
    repaired_at: datetime | None = None
    consumers_off: int = 0
    source: str = "import"
    confidence: float = 1.0
    row: int = 0


@dataclass(slots=True)
class ParsedInspection:
    """An inspection of a section; condition 0 is new, 1 is worn out."""

    section_key: str
    on: date
    condition: float
    method: str = ""
    remarks: str = ""
    row: int = 0


@dataclass(frozen=True)
class Remark:
    """A part of the file, how many lines it has (of rules: how many rules), what becomes of it."""

    part: str
    count: int
    rule: str

    def as_dict(self) -> dict[str, str | int]:
        """Return the remark for keeping; the rule tells the words."""
        return asdict(self)


@dataclass(slots=True)
class ParsedNetwork:
    """Everything a file or a generator tells of one network."""

    nodes: list[ParsedNode]
    sections: list[ParsedSection]
    equipment: list[ParsedEquipment] = field(default_factory=list)
    failures: list[ParsedFailure] = field(default_factory=list)
    inspections: list[ParsedInspection] = field(default_factory=list)
    kind: str = "generated"
    crs: str = ""
    mapping: dict[str, Any] = field(default_factory=dict)
    file_name: str = ""
    file_sha256: str = ""
    file_bytes: int = 0
    carried: bytes = b""
    remarks: tuple[Remark, ...] = ()  # what of the file is kept unread, or left out
    is_checked: bool = False  # the reader has looked for faults already
    settlement: Settlement | None = None
    population: int = 0
