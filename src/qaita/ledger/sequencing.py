"""Giving committed entries their place in the log.

An entry is written without a place in the transaction of its change. Only committed entries can be
seen here, so a place is given if and only if the change is in the database, and places are never
taken back: a reader of the feed can neither miss an entry nor get one twice.
"""

import threading
import time

from django.db import connection, transaction

# Any number that no other part of the database locks with.
LOG_LOCK = 7_112_026
EVERY_SECONDS = 0.2

_PLACE = """
UPDATE ledger_entry SET "index" = fresh.place + (
    SELECT COALESCE(MAX("index") + 1, 0) FROM ledger_entry
) FROM (
    SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM ledger_entry WHERE "index" IS NULL
) AS fresh
WHERE ledger_entry.id = fresh.id
"""


class _Pace:
    """When this process last gave places: under load one run serves many writers."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last_seconds = 0.0


_pace = _Pace()


def sequence_soon() -> None:
    """After commit, give places unless that was just done: readers and the worker do the rest."""
    transaction.on_commit(_sequence_paced)


def _sequence_paced() -> None:
    with _pace.lock:
        instant = time.monotonic()
        if instant - _pace.last_seconds < EVERY_SECONDS:
            return
        _pace.last_seconds = instant
    sequence_pending()


def sequence_pending() -> int:
    """Give every committed entry without a place the next one; return how many got one."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT 1 FROM ledger_entry WHERE "index" IS NULL LIMIT 1')
        if cursor.fetchone() is None:
            return 0
    # durable: inside a transaction its own entries would get places before they are committed
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # SQLite's IMMEDIATE transactions already let only one in.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOG_LOCK])
        cursor.execute(_PLACE)
        return int(cursor.rowcount)
