"""How an entry becomes the bytes of a leaf: canonical JSON (RFC 8785) and RFC 6962 hashing."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qaita.kernel.clock import instant_text
from qaita.ledger.canonical import canonical_bytes, json_value
from qaita.ledger.models import Entry

__all__ = [
    "MAX_LEAF_BYTES",
    "Private",
    "answer_for",
    "commitment",
    "facts_of",
    "json_value",
    "leaf_hash",
    "make_entry",
]

FORMAT = 1
# A tlog-tiles entry bundle carries each entry behind a 16-bit length.
MAX_LEAF_BYTES = 65_535
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Private:
    """A fact that must not be read in the log, such as a name: only its commitment enters."""

    value: Any


def commitment(salt: bytes, value: Any) -> str:
    """Return the salted commitment to a private value: hex SHA-256(salt ‖ canonical value)."""
    return hashlib.sha256(salt + canonical_bytes(json_value(value))).hexdigest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the RFC 6962 leaf hash: SHA-256(0x00 ‖ leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def make_entry(
    *,
    kind: str,
    code: str,
    actor: str,
    at: datetime,
    facts: Mapping[str, Any],
) -> Entry:
    """Build the entry; `Private` facts appear in the leaf only as salted commitments."""
    salt = secrets.token_bytes(SALT_BYTES)
    private = {name: fact.value for name, fact in facts.items() if isinstance(fact, Private)}
    facts = {name: fact for name, fact in facts.items() if name not in private}
    body = {
        "actor": actor,
        "at": instant_text(at),
        "code": code,
        "facts": json_value(facts),
        "kind": kind,
        "salt": hashlib.sha256(salt).hexdigest()[:32],
        "v": FORMAT,
    }
    if private:
        body["sealed"] = {name: commitment(salt, value) for name, value in private.items()}
    entry = Entry(at=at, actor=actor, kind=kind, code=code, salt=salt)
    return _finish(entry, body)


def _finish(entry: Entry, body: Mapping[str, Any]) -> Entry:
    leaf = canonical_bytes(body)
    if len(leaf) > MAX_LEAF_BYTES:
        raise ValueError(
            f"{entry.kind} {entry.code}: {len(leaf)} bytes of facts, {MAX_LEAF_BYTES} at most"
        )
    entry.leaf, entry.leaf_hash = leaf.decode(), leaf_hash(leaf)
    return entry


def answer_for(entry: Entry, rows: Mapping[str, Any]) -> None:
    """Let the entry carry the salted digests of the rows it answers for, by their codes."""
    body = json.loads(entry.leaf)
    body["rows"] = {code: commitment(bytes(entry.salt), row) for code, row in rows.items()}
    _finish(entry, body)


def facts_of(entry: Entry) -> dict[str, Any]:
    """Return the facts an entry tells."""
    facts: dict[str, Any] = json.loads(entry.leaf)["facts"]
    return facts
