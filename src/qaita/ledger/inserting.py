"""Writing entries without the cost of a model per row."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from qaita.ledger.models import Entry

COLUMNS = ("at", "actor", "kind", "code", "leaf", "salt", "leaf_hash")
AT_ONCE = 128  # rows in one statement


def insert_entries(entries: Sequence[Entry]) -> None:
    """Insert the entries in their order, in the caller's transaction."""
    quoted = ", ".join(connection.ops.quote_name(name) for name in COLUMNS)
    table = connection.ops.quote_name(Entry._meta.db_table)
    marks = f"({','.join(['%s'] * len(COLUMNS))})"
    with connection.cursor() as cursor:
        for start in range(0, len(entries), AT_ONCE):
            rows = entries[start : start + AT_ONCE]
            cursor.execute(
                f"INSERT INTO {table} ({quoted}) VALUES {','.join([marks] * len(rows))}",  # noqa: S608 - our own names
                [value for one in rows for value in _values(one)],
            )


def _values(entry: Entry) -> tuple[Any, ...]:
    at = connection.ops.adapt_datetimefield_value(entry.at)
    told = (entry.actor, entry.kind, entry.code, entry.leaf)
    return at, *told, bytes(entry.salt), bytes(entry.leaf_hash)
