"""How an entry becomes the bytes of a leaf: canonical JSON (RFC 8785) and RFC 6962 hashing."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import rfc8785
from django.db import models

from qaita.kernel.clock import instant_text
from qaita.ledger.models import Entry

FORMAT = 1
# A tlog-tiles entry bundle carries each entry behind a 16-bit length.
MAX_LEAF_BYTES = 65_535
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Private:
    """A fact that must not be read in the log, such as a name: only its commitment enters."""

    value: Any


def plain_value(value: Any) -> Any:
    """Return the value in the few types canonical JSON knows; decimals become text."""
    if value is None or type(value) in (bool, str, int, float):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(item) for item in value]
    return _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(getattr(value, "code", value))


def commitment(salt: bytes, value: Any) -> str:
    """Return the salted commitment to a private value: hex SHA-256(salt ‖ canonical value)."""
    return hashlib.sha256(salt + rfc8785.dumps(plain_value(value))).hexdigest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the RFC 6962 leaf hash: SHA-256(0x00 ‖ leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def watched_columns(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns a model declares in `LEDGERED`: those history answers for."""
    columns: tuple[str, ...] = getattr(model, "LEDGERED", ())
    return columns


def _stored_value(field: models.Field[Any, Any], value: Any) -> Any:
    """Return the value as the database would give it back, so that digests agree."""
    if value is None:
        return None
    if isinstance(field, models.DecimalField):
        return format(Decimal(value).quantize(Decimal(1).scaleb(-field.decimal_places)), "f")
    if isinstance(field, models.BinaryField):
        return hashlib.sha256(bytes(value)).hexdigest()
    return plain_value(field.to_python(value))


def row_digest(thing: models.Model) -> str:
    """Return the digest of the watched columns of a row: hex SHA-256 of their canonical form."""
    fields = [thing._meta.get_field(name) for name in watched_columns(type(thing))]
    values = {
        field.name: _stored_value(field, getattr(thing, field.attname))
        for field in fields
        if isinstance(field, models.Field)
    }
    return hashlib.sha256(rfc8785.dumps(values)).hexdigest()


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
        "facts": plain_value(facts),
        "kind": kind,
        "salt": hashlib.sha256(salt).hexdigest()[:32],
        "v": FORMAT,
    }
    if private:
        body["sealed"] = {name: commitment(salt, value) for name, value in private.items()}
    leaf = rfc8785.dumps(body)
    if len(leaf) > MAX_LEAF_BYTES:
        raise ValueError(f"{kind} {code}: {len(leaf)} bytes of facts, {MAX_LEAF_BYTES} at most")
    return Entry(
        at=at,
        actor=actor,
        kind=kind,
        code=code,
        leaf=leaf.decode(),
        salt=salt,
        leaf_hash=leaf_hash(leaf),
    )


def facts_of(entry: Entry) -> dict[str, Any]:
    """Return the facts an entry tells."""
    facts: dict[str, Any] = json.loads(entry.leaf)["facts"]
    return facts
