"""Reading a network file of any known format: the network, or all its faults."""

import hashlib
import struct
import zipfile
import zlib
from pathlib import Path

from qaita.kernel.errors import Fault
from qaita.networks.errors import FaultyNetwork
from qaita.networks.importing.checking import faults_of
from qaita.networks.importing.heat import is_heat_json, read_heat_json
from qaita.networks.importing.inp import read_inp
from qaita.networks.importing.options import Limits, ReadOptions
from qaita.networks.importing.rules import one_fault
from qaita.networks.importing.sheets import read_sheets
from qaita.networks.importing.vectors import read_vectors
from qaita.networks.parsed import ParsedNetwork

SHEETS = frozenset({".xlsx", ".csv"})
VECTORS = frozenset({".gpkg", ".shp", ".zip", ".geojson", ".fgb", ".dxf"})
# What libraries raise over damaged bytes, besides their own errors that the readers know.
UNREADABLE = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    MemoryError,
    RecursionError,
    NotImplementedError,
    ArithmeticError,
    LookupError,
    ValueError,
    TypeError,
)
DEFAULT_OPTIONS = ReadOptions()
DEFAULT_LIMITS = Limits()


def read_network_file(
    path: Path,
    *,
    service: str,
    options: ReadOptions = DEFAULT_OPTIONS,
    limits: Limits = DEFAULT_LIMITS,
) -> ParsedNetwork | list[Fault]:
    """Return the network of a file, or the list of all its faults; it never raises."""
    try:
        _check_size(path, limits)
        parsed = _read(path, service, options, limits)
        faults = faults_of(parsed)
    except FaultyNetwork as faulty:
        return faulty.faults
    except UNREADABLE as error:
        return one_fault("file", "broken", value=f"{type(error).__name__}: {error}")
    if faults:
        return faults
    parsed.is_checked = True
    parsed.file_name = path.name
    parsed.file_bytes = path.stat().st_size
    parsed.file_sha256 = sha256_of(path)
    return parsed


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_size(path: Path, limits: Limits) -> None:
    if not path.is_file():
        raise FaultyNetwork(one_fault("file", "missing_file"))
    size = path.stat().st_size
    if size == 0:
        raise FaultyNetwork(one_fault("file", "empty"))
    if size > limits.file_bytes:
        raise FaultyNetwork(one_fault("file", "too_big"))


def _read(path: Path, service: str, options: ReadOptions, limits: Limits) -> ParsedNetwork:
    ending = path.suffix.lower()
    if ending == ".inp":
        return read_inp(path, options=options, limits=limits)
    if ending in SHEETS:
        return read_sheets(path, service=service, options=options, limits=limits)
    if ending == ".json" and is_heat_json(path):
        return read_heat_json(path, options=options, limits=limits)
    if ending in VECTORS or ending == ".json":
        return read_vectors(path, service=service, options=options, limits=limits)
    raise FaultyNetwork(one_fault("file", "unknown_format", value=ending))
