"""The nightly replay: does every row say what history says it should."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from qaita.ledger.leaves import facts_of, row_digest, watched_columns
from qaita.ledger.models import Entry


@dataclass(frozen=True)
class Drift:
    """A row that was changed behind the application."""

    table: str
    code: str
    why: str


def watched_models() -> list[type[models.Model]]:
    """Return the models with a life: those that have a code and a state."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("qaita.")
        and {"code", "state"} <= {field.name for field in model._meta.concrete_fields}
    ]


def replay() -> list[Drift]:
    """Compare the state and watched columns of every thing with its last entry."""
    told_state, told_row = _told()
    return [drift for model in watched_models() for drift in _drifts(model, told_state, told_row)]


def _told() -> tuple[dict[str, str], dict[str, str]]:
    """Return what history says last: the state of each code, and its row digest."""
    states: dict[str, str] = {}
    rows: dict[str, str] = {}
    for entry in Entry.objects.order_by("id").only("code", "leaf").iterator(chunk_size=5_000):
        facts = facts_of(entry)
        if "to" in facts:
            states[entry.code] = facts["to"]
        if "row" in facts:
            rows[entry.code] = facts["row"]
        states.update(facts.get("states", {}))
    return states, rows


def _drifts(
    model: type[models.Model], told_state: dict[str, str], told_row: dict[str, str]
) -> Iterator[Drift]:
    table = model._meta.db_table
    columns = watched_columns(model)
    initial = str(model().state)  # type: ignore[attr-defined]  # watched models have one
    names = ["id", "code", "state", *columns]
    for thing in model._default_manager.only(*names).order_by("id").iterator(chunk_size=5_000):
        row: Any = thing
        expected = told_state.get(row.code, initial)
        if row.state != expected:
            yield Drift(table, row.code, f"state is {row.state}, history says {expected}")
        elif columns and row.code in told_row and told_row[row.code] != row_digest(thing):
            yield Drift(table, row.code, f"one of {', '.join(columns)} differs from history")
