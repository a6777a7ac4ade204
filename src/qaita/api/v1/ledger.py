"""The public change feed: its cursor is the leaf index, so it neither skips nor repeats."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from qaita.kernel.errors import Missing
from qaita.ledger.queries import entries_after, get_entry, proof_of
from qaita.ledger.services import sequence_pending

router = Router(tags=["ledger"])
PAGE = 1_000


class FeedItem(Schema):
    """One change."""

    index: int
    leaf: dict[str, Any]


class Feed(Schema):
    """A page of changes; ask again with `after` = `last`."""

    items: list[FeedItem]
    last: int
    more: bool


class Proof(Schema):
    """An RFC 6962 inclusion proof, hashes in base 64."""

    index: int
    size: int
    leaf: str
    leaf_hash: str
    path: list[str]
    checkpoint: str


@router.get("/feed", response=Feed, summary="Changes in the order of the ledger")
def feed(
    request: HttpRequest,
    after: int = Query(-1, ge=-1, le=2**53, description="Index of the last change you have"),
    limit: int = Query(100, ge=1, le=PAGE),
) -> dict[str, Any]:
    """Return the changes behind the leaf `after`, oldest first."""
    sequence_pending()
    rows = entries_after(after, limit + 1)
    items = [{"index": row.index, "leaf": json.loads(row.leaf)} for row in rows[:limit]]
    last = items[-1]["index"] if items else after
    return {"items": items, "last": last, "more": len(rows) > limit}


@router.get("/ledger/{index}/proof", response=Proof, summary="Inclusion proof of one entry")
def proof(request: HttpRequest, index: int) -> dict[str, Any]:
    """Return what an outsider needs to check that the entry is in the log."""
    if not 0 <= index < 2**53:
        raise Missing("entry", index)
    entry = get_entry(index)
    found = proof_of(index)
    return {
        "index": index,
        "size": found.size,
        "leaf": entry.leaf,
        "leaf_hash": found.leaf_hash,
        "path": found.path,
        "checkpoint": found.checkpoint,
    }
