"""Taking a file of readings into the lake."""

import csv
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from qaita.kernel.actor import Actor
from qaita.kernel.errors import Wrong
from qaita.ledger.services import record
from qaita.networks.models import Network
from qaita.turmys.errors import (
    NO_HEADER,
    NO_ROWS,
    NOT_TEXT,
    OLD_SEQUENCE,
    SEQUENCE_BELOW_ZERO,
    TOO_LARGE,
)
from qaita.turmys.lake import append
from qaita.turmys.models import Meter, ReadingBatch
from qaita.turmys.reading import Known, Sheet, has_header, read_sheet, rows_of
from qaita.turmys.states import CREW, require_role

MAX_BYTES = 64 * 1024 * 1024
CSV_SOURCE = 1  # the lake's short code of a file sent by a utility
AS_READ = 0


def take_readings(
    network: Network,
    content: bytes,
    *,
    source: str,
    sequence_no: int,
    by: Actor,
    at: datetime,
) -> ReadingBatch:
    """Take a CSV of readings once; bad rows go to quarantine with their reasons.

    The same source and number sent again answers with the first batch and changes nothing.
    Readings are on the disk before the batch is written down.
    """
    require_role("readings.take", by, CREW, network)
    text = _text_of(content, sequence_no)
    known = ReadingBatch.objects.filter(network=network, source=source, sequence_no=sequence_no)
    earlier = known.first()
    if earlier is not None:
        return earlier
    _require_next(network, source, sequence_no)
    sheet = read_sheet(text, _meters_of(network), at=at)
    if not sheet.ts and not sheet.rows:
        raise Wrong({"file": [NO_ROWS]})
    batch = ReadingBatch(
        network=network,
        source=source,
        sequence_no=sequence_no,
        lake_no=_lake_number(network, source, sequence_no),
        file_sha256=hashlib.sha256(content).hexdigest(),
        taken_count=len(sheet.ts),
        quarantined_count=len(sheet.rows),
        reasons=sheet.counted(),
        taken_at=at,
    )
    with transaction.atomic():
        batch.save()
        record("readings.take", batch.code, by=by, at=at, facts=_facts(batch))
        # Last: a failed write to the lake takes the batch back with it, and a crash after the
        # write leaves rows whose source and number are known to the lake when they come again.
        _write(batch, sheet, at=at)
    return batch


def _require_next(network: Network, source: str, sequence_no: int) -> None:
    """Numbers of a source only grow, so that one number per source tells what the lake holds."""
    rows = ReadingBatch.objects.filter(network=network, source=source)
    last = rows.aggregate(last=Max("sequence_no"))["last"]
    if last is not None and sequence_no < last:
        text = OLD_SEQUENCE % {"last": last}
        raise Wrong({"sequence_no": [text]})


def _lake_number(network: Network, source: str, sequence_no: int) -> int:
    """Return the number the lake knows the file by: the same however often it is sent."""
    text = f"{network.code}/{source}/{sequence_no}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def _text_of(content: bytes, sequence_no: int) -> str:
    if sequence_no < 0:
        raise Wrong({"sequence_no": [SEQUENCE_BELOW_ZERO]})
    if len(content) > MAX_BYTES:
        raise Wrong({"file": [TOO_LARGE]})
    try:
        text = content.decode("utf-8-sig")
        first = next(rows_of(text), [])
    except (UnicodeDecodeError, csv.Error):
        raise Wrong({"file": [NOT_TEXT]}) from None
    if not has_header(first):
        raise Wrong({"file": [NO_HEADER]})
    return text


def _meters_of(network: Network) -> dict[str, Known]:
    rows = Meter.objects.filter(district__network=network)
    known: dict[str, Known] = {}
    for key, code, serial, register in rows.values_list("pk", "code", "serial", "register_no"):
        known[code] = known[serial] = Known(key, register)
    return known


def _write(batch: ReadingBatch, sheet: Sheet, *, at: datetime) -> None:
    received = int(at.timestamp())
    key = f"{batch.network.code}/{batch.source}"
    aside, count = len(sheet.rows), len(sheet.ts)
    columns: dict[str, Sequence[Any]]
    if aside:
        columns = {
            "batch": [batch.lake_no] * aside,
            "row": sheet.rows,
            "reason": sheet.reasons,
            "line": sheet.lines,
            "rcv": [received] * aside,
        }
        append("quarantine", columns, source=key, sequence=batch.sequence_no)
    if count:
        columns = {
            "meter_id": sheet.meter_id,
            "register": sheet.register,
            "ts": sheet.ts,
            "val": sheet.val,
            "rcv": [received] * count,
            "src": [CSV_SOURCE] * count,
            "quality": [AS_READ] * count,
            "batch": [batch.lake_no] * count,
        }
        append("reading_raw", columns, source=key, sequence=batch.sequence_no)


def _facts(batch: ReadingBatch) -> dict[str, object]:
    return {
        "network": batch.network,
        "source": batch.source,
        "sequence": batch.sequence_no,
        "sha256": batch.file_sha256,
        "taken": batch.taken_count,
        "quarantined": batch.quarantined_count,
        "reasons": batch.reasons,
    }
