"""The Delta tables of readings: append, make durable, then acknowledge.

`reading_raw` holds what was read, `quarantine` the rows that could not be read and why. Each
commit carries its source and sequence, so the same file sent twice is taken once. The library
does not flush to the disk, so this module does before anybody is told that readings are kept.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from django.conf import settings

RAW = pa.schema(
    [
        ("meter_id", pa.int32()),
        ("register", pa.int16()),
        ("ts", pa.int64()),
        ("val", pa.int64()),
        ("rcv", pa.int64()),
        ("src", pa.int16()),
        ("quality", pa.int8()),  # one byte; Delta knows no unsigned type
        ("batch", pa.int64()),
    ]
)
QUARANTINE = pa.schema(
    [
        ("batch", pa.int64()),
        ("row", pa.int32()),
        ("reason", pa.string()),
        ("line", pa.string()),
        ("rcv", pa.int64()),
    ]
)
SCHEMAS = {"reading_raw": RAW, "quarantine": QUARANTINE}


@dataclass(frozen=True)
class Readings:
    """Readings of many meters in order of meter and time, one for each instant."""

    meter_id: np.ndarray
    ts: np.ndarray
    val: np.ndarray


def table_folder(name: str) -> Path:
    """Return where a table of the lake lies."""
    return Path(settings.LAKE_DIR) / name


def opened(name: str) -> DeltaTable:
    """Return a table, made empty when it is asked for first."""
    folder = table_folder(name)
    if not DeltaTable.is_deltatable(str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(str(folder), schema=SCHEMAS[name], mode="ignore")
        make_durable(folder)
    return DeltaTable(str(folder))


def last_sequence(name: str, source: str) -> int:
    """Return the highest sequence a table holds of a source; −1 when there is none."""
    version = opened(name).transaction_version(source)
    return -1 if version is None else int(version)


def append(name: str, columns: Mapping[str, Sequence[Any]], *, source: str, sequence: int) -> bool:
    """Append rows once: False when this sequence of the source is there already."""
    if last_sequence(name, source) >= sequence:
        return False
    folder = table_folder(name)
    known = set(_files(folder))
    write_deltalake(
        str(folder),
        pa.table({key: columns[key] for key in SCHEMAS[name].names}, schema=SCHEMAS[name]),
        mode="append",
        commit_properties=CommitProperties(app_transactions=[Transaction(source, sequence)]),
    )
    make_durable(folder, known)
    return True


def make_durable(folder: Path, known: Iterable[Path] = ()) -> None:
    """Flush new files of a table and the folders that name them."""
    for path in [*(set(_files(folder)) - set(known)), folder / "_delta_log", folder, folder.parent]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def lake_version() -> int:
    """Return the version of the readings' table that is read now."""
    return int(opened("reading_raw").version())


def readings_between(meter_ids: Sequence[int], since: int, until: int) -> Readings:
    """Return the readings with since ≤ ts ≤ until; of two at one instant the later received."""
    wanted = pc.field("meter_id").isin(list(meter_ids))
    wanted &= (pc.field("ts") >= since) & (pc.field("ts") <= until)
    names = ["meter_id", "register", "ts", "val", "rcv", "batch"]
    rows = opened("reading_raw").to_pyarrow_dataset().to_table(columns=names, filter=wanted)
    column = {name: rows[name].to_numpy() for name in names}
    order = np.lexsort((column["batch"], column["rcv"], column["ts"], column["meter_id"]))
    meter, ts = column["meter_id"][order], column["ts"][order]
    last = np.ones(len(order), bool)
    last[:-1] = (meter[1:] != meter[:-1]) | (ts[1:] != ts[:-1])
    return Readings(meter[last], ts[last], column["val"][order][last])


def quarantined(batch: int, limit: int = 10_000) -> list[dict[str, Any]]:
    """Return the rows of a batch that could not be read, in the file's order."""
    table = opened("quarantine").to_pyarrow_dataset()
    rows = table.to_table(filter=pc.field("batch") == batch)
    return list(rows.sort_by("row").slice(0, limit).to_pylist())
