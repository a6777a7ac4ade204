"""The verbs of history: the only code that changes a `state`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction

from qaita.kernel.actor import Actor
from qaita.kernel.errors import Stale
from qaita.kernel.states import Ask, StateTable
from qaita.ledger.leaves import make_entry, row_digest, watched_columns
from qaita.ledger.models import Entry
from qaita.ledger.publishing import publish_log
from qaita.ledger.sequencing import sequence_pending, sequence_soon

__all__ = [
    "move",
    "move_many",
    "publish_log",
    "record",
    "record_change",
    "record_many",
    "sequence_pending",
]

M = TypeVar("M", bound=models.Model)
EMPTY: Mapping[str, Any] = {}


def _no_facts(_thing: models.Model) -> Mapping[str, Any]:
    return EMPTY


def _row_of(thing: models.Model) -> Mapping[str, Any]:
    """Return the digest of the columns the model wants watched, for the nightly replay."""
    return {"row": row_digest(thing)} if watched_columns(type(thing)) else EMPTY


def record_change(
    thing: models.Model,
    action: str,
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] = EMPTY,
) -> Entry:
    """Write down a change of a thing that keeps its state, its watched columns included."""
    kind = f"{thing._meta.model_name}.{action}"
    code = str(thing.code)  # type: ignore[attr-defined]  # every ledgered thing has one
    return record(kind, code, by=by, at=at, facts={**facts, **_row_of(thing)})


def record(
    kind: str,
    code: str,
    *,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any] = EMPTY,
) -> Entry:
    """Write down one fact about the thing `code`, in the caller's transaction."""
    entry = make_entry(kind=kind, code=code, actor=by.code, at=at, facts=facts)
    with transaction.atomic():
        entry.save(force_insert=True)
        sequence_soon()
    return entry


def record_many(entries: Iterable[Entry]) -> list[Entry]:
    """Write down many facts (built by `leaves.make_entry`) in one go."""
    with transaction.atomic():
        written = Entry.objects.bulk_create(list(entries), batch_size=2_000)
        sequence_soon()
    return written


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
            raise Stale(str(thing.code))  # type: ignore[attr-defined]
        record(
            f"{table.name}.{action}",
            str(thing.code),  # type: ignore[attr-defined]
            by=by,
            at=at,
            facts={**facts, **_row_of(thing), "from": source, "to": target},
        )
    thing.state = target  # type: ignore[attr-defined]
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
    source = things[0].state  # type: ignore[attr-defined]
    targets = {table.check(action, Ask(thing, by, at)) for thing in things}
    (target,) = targets
    keys = [thing.pk for thing in things]
    with transaction.atomic():
        changed = 0
        for start in range(0, len(keys), 500):
            part = type(things[0])._default_manager.filter(
                pk__in=keys[start : start + 500], state=source
            )
            changed += part.update(state=target)
        if changed != len(things):
            raise Stale(table.name)
        record_many(
            make_entry(
                kind=f"{table.name}.{action}",
                code=str(thing.code),  # type: ignore[attr-defined]
                actor=by.code,
                at=at,
                facts={**facts_of(thing), **_row_of(thing), "from": source, "to": target},
            )
            for thing in things
        )
    for thing in things:
        thing.state = target  # type: ignore[attr-defined]
    return things
