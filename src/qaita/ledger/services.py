"""The verbs of history: the only code that changes a `state`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection, models, transaction

from qaita.kernel.actor import Actor
from qaita.kernel.errors import Stale
from qaita.kernel.states import Ask, StateTable
from qaita.ledger.grouping import Group
from qaita.ledger.inserting import insert_entries
from qaita.ledger.leaves import answer_for, make_entry
from qaita.ledger.models import Entry
from qaita.ledger.publishing import publish_log
from qaita.ledger.sequencing import sequence_pending, sequence_soon
from qaita.ledger.watching import CHUNK, rows_behind

__all__ = [
    "move",
    "move_many",
    "publish_log",
    "record",
    "record_change",
    "record_many",
    "record_rows",
    "sequence_pending",
    "settle",
]

M = TypeVar("M", bound=models.Model)
EMPTY: Mapping[str, Any] = {}


def _no_facts(_thing: models.Model) -> Mapping[str, Any]:
    return EMPTY


def record_change(
    thing: models.Model,
    action: str,
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] = EMPTY,
) -> Entry:
    """Write down a change of a thing that keeps its state, with the rows behind it."""
    kind = f"{thing._meta.model_name}.{action}"
    code = str(thing.code)  # type: ignore[attr-defined]  # every ledgered thing has one
    return record(kind, code, by=by, at=at, facts=facts)


def record(
    kind: str,
    code: str,
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] = EMPTY,
) -> Entry:
    """Write down one fact about the thing `code`, in the caller's transaction."""
    return record_many([make_entry(kind=kind, code=code, actor=by.code, at=at, facts=facts)])[0]


def record_many(entries: Iterable[Entry]) -> list[Entry]:
    """Write down many facts (built by `leaves.make_entry`) in one go.

    Each carries the digests of the watched rows behind its code, so it is written after them.
    """
    written = list(entries)
    if connection.in_atomic_block:
        _write(written)
    else:
        _group.commit(written, _write)
    return written


_group: Group[Entry] = Group()


def _write(entries: Sequence[Entry]) -> None:
    # no savepoint of its own: a change without its entry must not stand
    with transaction.atomic(savepoint=False):
        behind = rows_behind({entry.code for entry in entries})
        for entry in entries:
            if rows := behind.get(entry.code):
                answer_for(entry, rows)
        insert_entries(entries)
        sequence_soon()


def record_rows(
    kind: str, code: str, rows: Sequence[str], *, by: Actor, at: datetime
) -> list[Entry]:
    """Write down that the thing `code` brought these rows (their codes), some hundred an entry."""
    written = []
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        entry = make_entry(kind=kind, code=code, actor=by.code, at=at, facts={"rows": len(part)})
        behind = rows_behind([code, *part])
        answer_for(entry, {key: row for found in behind.values() for key, row in found.items()})
        written.append(entry)
    with transaction.atomic():
        insert_entries(written)
        sequence_soon()
    return written


def settle(*things: models.Model) -> None:
    """Let the last entry about each thing answer for its row as it is now.

    For columns that are written after the move: call it before the transaction of the move ends.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("settle belongs into the move's transaction")
    codes = [str(thing.code) for thing in things]  # type: ignore[attr-defined]  # all have one
    for start in range(0, len(codes), CHUNK):
        behind = rows_behind(codes[start : start + CHUNK])
        rows = Entry.objects.filter(code__in=list(behind), index=None).order_by("id")
        last = {entry.code: entry for entry in rows}
        for entry in last.values():
            answer_for(entry, behind[entry.code])
        Entry.objects.bulk_update(last.values(), ["leaf", "leaf_hash"], batch_size=200)


def move(
    thing: M,
    table: StateTable[Any],
    action: str,
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] = EMPTY,
) -> M:
    """Take the thing one row further: check, compare-and-swap, entry, in one transaction.

    Raises Refused with every reason against it, Stale when somebody was first.
    """
    source = thing.state  # type: ignore[attr-defined]  # every stateful model has one
    target = table.check(action, Ask(thing, by, at))
    with transaction.atomic():
        changed = type(thing)._default_manager.filter(pk=thing.pk, state=source)
        if changed.update(state=target) != 1:
            raise Stale(str(thing.code))  # type: ignore[attr-defined]  # same
        record(
            f"{table.name}.{action}",
            str(thing.code),  # type: ignore[attr-defined]  # same
            by=by,
            at=at,
            facts={**facts, "from": source, "to": target},
        )
    thing.state = target  # type: ignore[attr-defined]  # same
    return thing


def move_many(
    things: Sequence[M],
    table: StateTable[Any],
    action: str,
    *,
    by: Actor,
    at: datetime,
    facts_of: Callable[[M], Mapping[str, Any]] = _no_facts,
) -> Sequence[M]:
    """Take many things of one kind and state one row further, each checked, all or none."""
    if not things:
        return things
    source = things[0].state  # type: ignore[attr-defined]  # same
    targets = {table.check(action, Ask(thing, by, at)) for thing in things}
    (target,) = targets
    keys = [thing.pk for thing in things]
    with transaction.atomic():
        changed = 0
        for start in range(0, len(keys), CHUNK):
            part = type(things[0])._default_manager.filter(
                pk__in=keys[start : start + CHUNK], state=source
            )
            changed += part.update(state=target)
        if changed != len(things):
            raise Stale(table.name)
        record_many(
            make_entry(
                kind=f"{table.name}.{action}",
                code=str(thing.code),  # type: ignore[attr-defined]  # same
                actor=by.code,
                at=at,
                facts={**facts_of(thing), "from": source, "to": target},
            )
            for thing in things
        )
    for thing in things:
        thing.state = target  # type: ignore[attr-defined]  # same
    return things
