"""Publishing with every core: processes that look at one and the same state of the data."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import Count, Max

from qaita.disclosure.publishing import Work, Written, one_by_one
from qaita.kernel.remembering import one_state
from qaita.ledger.models import Entry

MOST_PROCESSES = 4
FEW_WORKS = 60  # below, a second process costs more than it brings
Done = dict[int, Written]


class NotTheSame(Exception):
    """Somebody wrote between the two looks at the data."""


def share_among_processes(works: Sequence[Work]) -> list[Written]:
    """Do the works in as many processes as there are cores; the outcome is that of one.

    Each takes the next work nobody has taken. It forks, so it is for commands without threads.
    """
    extra = min(MOST_PROCESSES, os.cpu_count() or 1) - 1
    if extra < 1 or len(works) < FEW_WORKS or not hasattr(os, "fork"):
        return list(one_by_one(works))
    mark, context = _mark(), get_context("fork")
    taken, hands = context.Value("i", 0), []
    for _ in range(extra):
        ours, theirs = context.Pipe(duplex=False)
        hand = context.Process(target=_hand, args=(works, taken, mark, theirs))
        hand.start()
        theirs.close()
        hands.append((hand, ours))
    try:
        done = _take_and_do(works, taken)
        for _process, ours in hands:
            done |= _received(ours)
    finally:
        for hand, ours in hands:
            ours.close()
            hand.terminate()
            hand.join()
    return [done[place] for place in range(len(works))]


def _take_and_do(works: Sequence[Work], taken: Any) -> Done:
    done: Done = {}
    while True:
        with taken.get_lock():
            place = taken.value
            taken.value += 1
        if place >= len(works):
            return done
        done[place] = works[place]()


def _hand(works: Sequence[Work], taken: Any, mark: str, outcome: Connection) -> None:
    """Work beside the first process, on a connection of one's own."""
    inherited = connections["default"]  # the first process's: neither used nor closed here
    connections["default"] = connections.create_connection("default")
    done: Done | Exception = {}
    try:
        with suppress(NotTheSame), _same_view(mark), one_state():
            done = _take_and_do(works, taken)
    except Exception as fault:  # noqa: BLE001 -- told to the first process, which raises it
        done = fault
    outcome.send(done)
    outcome.close()
    del inherited
    os._exit(0)


def _received(ours: Connection) -> Done:
    try:
        done = ours.recv()
    except EOFError:
        raise RuntimeError("a process of the publisher ended before it was done") from None
    if isinstance(done, Exception):
        raise done
    return dict(done)


# ------------------------------------------------------------------ one state of the data


def _mark() -> str:
    """Return how another process finds the state of the data this one looks at."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            return str(cursor.fetchone()[0])
    found = Entry.objects.aggregate(top=Max("pk"), count=Count("pk"), placed=Count("index"))
    return str(sorted(found.items()))  # a change is in the log if and only if it is in the data


@contextmanager
def _same_view(mark: str) -> Iterator[None]:
    """Look at the state of the data that the mark names, or raise NotTheSame."""
    with reading_only(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{mark}'")
        elif _mark() != mark:
            raise NotTheSame
        yield


@contextmanager
def reading_only() -> Iterator[None]:
    """On SQLite begin without the write lock: a long look must not keep people from writing."""
    connection.ensure_connection()  # which sets the usual mode
    usual = getattr(connection, "transaction_mode", None)
    if usual is not None:
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]  # SQLite has it
    try:
        yield
    finally:
        if usual is not None:
            connection.transaction_mode = usual  # type: ignore[attr-defined]  # same
