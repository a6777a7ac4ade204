"""How a file is to be read, and how much of it at most."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds that keep a hostile file from taking the machine."""

    file_bytes: int = 2_048 * MIB
    text_bytes: int = 512 * MIB
    sheet_bytes: int = 256 * MIB  # of a workbook, unpacked
    unpacked_bytes: int = 2_048 * MIB  # of a zipped Shapefile
    line_bytes: int = 1 * MIB
    rows: int = 3_000_000
    ratio: int = 200  # unpacked to packed


@dataclass(frozen=True)
class ReadOptions:
    """What the person says about the file."""

    crs: str = ""  # EPSG code; empty: as the file says
    at: tuple[float, float] | None = None  # where a schematic drawing is put: lon, lat
    encoding: str = "utf-8"
    mapping: Mapping[str, str] = field(default_factory=dict)  # ours → the file's column
    materials: Mapping[str, str] = field(default_factory=dict)  # the file's word → ours
    # An INP knows demand, not people; this assumed norm turns one into the other.
    litres_per_consumer_day: float = 200.0
    on: date | None = None  # the day of reading: nothing may have been laid later


# Without a word about the place, a schematic drawing is put in the middle of the country.
NOWHERE = (68.0, 48.0)
