"""A file handed in at the desk: read, looked at, then loaded or dropped."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Fault, Refused
from qaita.kernel.ids import new_code
from qaita.kernel.states import Ask
from qaita.ledger.services import move, record
from qaita.networks.errors import HAS_FAULTS
from qaita.networks.importing.options import ReadOptions
from qaita.networks.importing.preview import preview_of
from qaita.networks.importing.reading import read_network_file, sha256_of
from qaita.networks.models import Import, UtilityService
from qaita.networks.parsed import ParsedNetwork
from qaita.networks.services.loading import Name, import_network
from qaita.networks.states import ENGINEERS, IMPORT, require_role

FAULTS_KEPT = 200
Told = Callable[[float, str], None]  # how far the work is; may raise Cancelled, before any write


def _untold(_share: float, _what: str) -> None:
    """Tell nobody."""


def read_upload(
    path: Path,
    *,
    utility_service: UtilityService,
    options: ReadOptions,
    told: Told = _untold,
    by: Actor,
    at: datetime,
) -> Import:
    """Read a kept file and note what it holds and what is wrong; nothing of it is stored yet."""
    upload = Import(code=new_code("IM"), utility_service=utility_service, read_at=at)
    require_role("import.read", by, ENGINEERS, upload.scope_for("utility_engineer"))
    upload.kind = path.suffix.lower().removeprefix(".")[:16]
    upload.file_name = path.name[:200]
    upload.file_bytes = path.stat().st_size
    told(0.05, "reading")
    upload.file_sha256 = sha256_of(path)
    _note(upload, path, options)
    told(0.9, "noting")
    with transaction.atomic():
        upload.save(force_insert=True)
        record("import.read", upload.code, by=by, at=at, facts=_facts(upload))
    return upload


def reread_upload(
    upload: Import,
    *,
    path: Path,
    options: ReadOptions,
    told: Told = _untold,
    by: Actor,
    at: datetime,
) -> Import:
    """Read the file again by another mapping."""
    if reasons := IMPORT.why_not("load", Ask(upload, by, at)):
        raise Refused("import.read", reasons)
    told(0.05, "reading")
    _note(upload, path, options)
    told(0.9, "noting")
    with transaction.atomic():
        upload.save(update_fields=["mapping", "faults", "counts", "crs"])
        record("import.read", upload.code, by=by, at=at, facts=_facts(upload))
    return upload


def load_upload(
    upload: Import, *, path: Path, name: Name, told: Told = _untold, by: Actor, at: datetime
) -> Import:
    """Store the network of a file that has no faults."""
    IMPORT.check("load", Ask(upload, by, at))
    told(0.05, "reading")
    read = _read(upload, path, options_of(upload))
    if isinstance(read, list) or read.file_sha256 != upload.file_sha256:
        raise Refused("import.load", [HAS_FAULTS])
    told(0.4, "storing")
    upload.carried = read.carried
    upload.kind = read.kind
    return import_network(
        read, utility_service=upload.utility_service, name=name, by=by, at=at, upload=upload
    )


def drop_upload(upload: Import, *, by: Actor, at: datetime) -> Import:
    """Put a file aside that will not be loaded."""
    return move(upload, IMPORT, "drop", by=by, at=at)


def options_of(upload: Import) -> ReadOptions:
    """Return how the file was read last."""
    asked = dict(upload.mapping.get("asked", {}))
    place = asked.pop("at", None)
    return replace(ReadOptions(**asked), at=tuple(place) if place else None)


def _note(upload: Import, path: Path, options: ReadOptions) -> None:
    asked = asdict(options)
    read = _read(upload, path, options)
    preview = preview_of(path, options=options)
    shown: dict[str, Any] = {
        "asked": {name: value for name, value in asked.items() if name != "on"},
        "headings": preview.headings,
        "columns": {**preview.mapping, **options.mapping},
    }
    if isinstance(read, list):
        upload.faults, upload.counts = _rows(read), {}
    else:
        upload.faults = []
        upload.crs = read.crs[:60]
        upload.counts = {
            "nodes": len(read.nodes),
            "sections": len(read.sections),
            "equipment": len(read.equipment),
            "failures": len(read.failures),
            "inspections": len(read.inspections),
        }
        shown["remarks"] = [remark.as_dict() for remark in read.remarks]
        shown["read"] = {str(key): str(value) for key, value in read.mapping.items()}
    upload.mapping = shown


def _read(upload: Import, path: Path, options: ReadOptions) -> ParsedNetwork | list[Fault]:
    dated = replace(options, on=day_of(upload.read_at))
    return read_network_file(path, service=upload.utility_service.service, options=dated)


def _rows(faults: list[Fault]) -> list[dict[str, Any]]:
    """Return faults for keeping: the rule tells the words, which pages say in their language."""
    return [
        {name: value for name, value in fault.as_dict().items() if name != "text"}
        for fault in faults[:FAULTS_KEPT]
    ]


def _facts(upload: Import) -> Mapping[str, Any]:
    return {
        "utility_service": upload.utility_service,
        "kind": upload.kind,
        "file_sha256": upload.file_sha256,
        "faults": len(upload.faults),
        "counts": upload.counts,
    }
