"""Writing entries without the cost of a model per row."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from qaita.ledger.models import Entry

COLUMNS = ("at", "actor", "kind", "code", "leaf", "salt", "leaf_hash")


def insert_entries(entries: Sequence[Entry]) -> None:
    """Insert the entries in their order, in the caller's transaction."""
    quoted = ", ".join(connection.ops.quote_name(name) for name in COLUMNS)
    table, marks = connection.ops.quote_name(Entry._meta.db_table), ", ".join(["%s"] * len(COLUMNS))
    instant = connection.ops.adapt_datetimefield_value
    rows: list[tuple[Any, ...]] = [
        (
            instant(one.at),
            *(one.actor, one.kind, one.code, one.leaf),
            *(bytes(one.salt), bytes(one.leaf_hash)),
        )
        for one in entries
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({quoted}) VALUES ({marks})",  # noqa: S608 - our own names
            rows,
        )
