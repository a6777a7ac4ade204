"""Questions to history."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from qaita.kernel.errors import Missing
from qaita.ledger.leaves import facts_of
from qaita.ledger.models import Entry
from qaita.ledger.publishing import log_folder, publish_log, published_checkpoint
from qaita.ledger.replaying import Drift, replay
from qaita.ledger.tiles import TileFolder
from qaita.ledger.trees import consistency_path, inclusion_path, root_hash
from qaita.ledger.verifying import Verified, verify_folder

__all__ = [
    "Drift",
    "Moment",
    "Proof",
    "Verified",
    "consistency_proof",
    "entries_after",
    "facts_of",
    "get_entry",
    "height",
    "log_folder",
    "proof_of",
    "published_checkpoint",
    "replay",
    "root_at",
    "seen_of",
    "timeline",
    "verify_folder",
]


@dataclass(frozen=True)
class Moment:
    """One moment in the life of a thing."""

    index: int | None
    at: datetime
    actor: str
    kind: str
    facts: dict[str, Any]

    @property
    def action(self) -> str:
        """The action's name without the thing's."""
        return self.kind.partition(".")[2]


@dataclass(frozen=True)
class Proof:
    """What an outsider needs to check that an entry is in the log; hashes in base 64."""

    index: int
    size: int
    leaf_hash: str
    path: list[str]
    root: str
    checkpoint: str


def timeline(code: str) -> list[Moment]:
    """Return the whole life of the thing, oldest first."""
    rows = Entry.objects.filter(code=code).order_by("id")
    return [Moment(row.index, row.at, row.actor, row.kind, facts_of(row)) for row in rows]


def height() -> int:
    """Return how many entries the log holds: the height a published figure cites."""
    top = Entry.objects.aggregate(top=Max("index"))["top"]
    return 0 if top is None else int(top) + 1


def seen_of(code: str) -> int:
    """Return how many entries tell of the thing: what a page shows to notice staleness."""
    return Entry.objects.filter(code=code).count()


def entries_after(index: int, limit: int) -> list[Entry]:
    """Return the entries behind a leaf in the order of the log."""
    # Django takes "> -1" of a positive column for always true, entries without a place included.
    placed = Entry.objects.filter(index__isnull=False, index__gte=max(index + 1, 0))
    return list(placed.order_by("index")[:limit])


def get_entry(index: int) -> Entry:
    """Return exactly one entry by its place, or raise Missing."""
    try:
        return Entry.objects.get(index=index)
    except Entry.DoesNotExist:
        raise Missing("entry", index) from None


def proof_of(index: int) -> Proof:
    """Return the inclusion proof of a leaf against the newest checkpoint, publishing it first."""
    checkpoint = publish_log()
    if not 0 <= index < checkpoint.size:
        raise Missing("entry", index)
    tiles = TileFolder(log_folder(), checkpoint.size)
    return Proof(
        index=index,
        size=checkpoint.size,
        leaf_hash=_text(tiles.node(0, index)),
        path=[_text(step) for step in inclusion_path(tiles.node, index, checkpoint.size)],
        root=_text(checkpoint.root),
        checkpoint=(log_folder() / "checkpoint").read_text(),
    )


def root_at(size: int) -> str:
    """Return the root of the log when it held so many entries, in base 64."""
    checkpoint = publish_log()
    if not 0 < size <= checkpoint.size:
        raise Missing("checkpoint", size)
    return _text(root_hash(TileFolder(log_folder(), checkpoint.size).node, size))


def consistency_proof(old: int) -> list[str]:
    """Return the proof that the log of `old` leaves was only appended to since."""
    checkpoint = publish_log()
    if not 0 < old <= checkpoint.size:
        raise Missing("checkpoint", old)
    tiles = TileFolder(log_folder(), checkpoint.size)
    return [_text(step) for step in consistency_path(tiles.node, old, checkpoint.size)]


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
