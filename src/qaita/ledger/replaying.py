"""The nightly replay: does every row say what history says it should, and history what it said."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F

from qaita.ledger.leaves import commitment, leaf_hash
from qaita.ledger.models import Entry
from qaita.ledger.publishing import log_folder, published_checkpoint
from qaita.ledger.tiles import HASH_BYTES, WIDTH, TileFolder
from qaita.ledger.watching import CHUNK, Watch, values_of, wholes

LOOKS_AGAIN = 2


@dataclass(frozen=True)
class Drift:
    """A row that was changed behind the application."""

    table: str
    code: str
    why: str


@dataclass
class Told:
    """What history says last: the state of each code, and the salted digest of its row."""

    states: dict[str, str] = field(default_factory=dict)
    rows: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    broken: list[Drift] = field(default_factory=list)


def watched_models() -> list[type[models.Model]]:
    """Return the models with a life: those that have a code and a state."""
    return [
        model
        for model in apps.get_models()
        if model.__module__.startswith("qaita.")
        and {"code", "state"} <= {field.name for field in model._meta.concrete_fields}
    ]


def replay() -> list[Drift]:
    """Return what differs from history, however often it is looked at.

    People work meanwhile: a row written after the entries were read seems to have none. What was
    changed behind the application still differs when everything is read once more.
    """
    found = _differences()
    for _again in range(LOOKS_AGAIN):
        if not found:
            break
        kept = set(_differences())
        found = [drift for drift in found if drift in kept]
    return found


def _differences() -> list[Drift]:
    """Compare entries with the published log, and every thing's row with its last entry."""
    told = _told()
    drifts = [drift for model in watched_models() for drift in _moved(model, told.states)]
    drifts += [drift for watch in wholes() for drift in _changed(watch, told.rows)]
    return [*told.broken, *drifts]


def _told() -> Told:
    told, place = Told(), 0
    published = _PublishedHashes()
    for entry in Entry.objects.order_by(F("index").asc(nulls_last=True), "id").iterator(
        chunk_size=5_000
    ):
        body = json.loads(entry.leaf)
        if entry.index is not None:
            if entry.index != place:
                why = f"the entries {place} to {entry.index - 1} are gone"
                told.broken.append(Drift(Entry._meta.db_table, str(place), why))
            place = entry.index + 1
        if why := _entry_fault(entry, body, published):
            told.broken.append(Drift(Entry._meta.db_table, str(entry.index), why))
        facts = body["facts"]
        if "to" in facts:
            told.states[entry.code] = facts["to"]
        told.states.update(facts.get("states", {}))
        for code, digest in body.get("rows", {}).items():
            told.rows[code] = (digest, bytes(entry.salt))
    if place < published.size:
        why = f"the entries {place} to {published.size - 1} are gone"
        told.broken.append(Drift(Entry._meta.db_table, str(place), why))
    return told


class _PublishedHashes:
    """The hashes of the published leaves, tile by tile."""

    def __init__(self) -> None:
        self.size = published_checkpoint().size
        self._tiles = TileFolder(log_folder(), self.size)
        self._number, self._tile = -1, b""

    def of(self, index: int) -> bytes:
        number, position = divmod(index, WIDTH)
        if number != self._number:
            self._number, self._tile = number, self._tiles.tile(0, number)
        return self._tile[position * HASH_BYTES : (position + 1) * HASH_BYTES]


def _entry_fault(entry: Entry, body: Mapping[str, Any], published: _PublishedHashes) -> str:
    fresh = leaf_hash(entry.leaf.encode())
    if fresh != bytes(entry.leaf_hash):
        return "the leaf was changed: it does not have its hash"
    is_published = entry.index is not None and entry.index < published.size
    if is_published and fresh != published.of(entry.index or 0):
        return "the entry is not the one that was published"
    told = (body["kind"], body["code"], body["actor"], body["salt"])
    salt = hashlib.sha256(bytes(entry.salt)).hexdigest()[:32]
    if told != (entry.kind, entry.code, entry.actor, salt):
        return "its columns do not say what its leaf says"
    return ""


def _moved(model: type[models.Model], told: Mapping[str, str]) -> Iterator[Drift]:
    initial = str(model().state)  # type: ignore[attr-defined]  # watched models have one
    rows = model._default_manager.order_by("id").values_list("code", "state")
    for code, state in rows.iterator(chunk_size=5_000):
        expected = told.get(code, initial)
        if state != expected:
            why = f"state is {state}, history says {expected}"
            yield Drift(model._meta.db_table, code, why)


def _changed(watch: Watch, told: Mapping[str, tuple[str, bytes]]) -> Iterator[Drift]:
    table = watch.model._meta.db_table
    codes = list(watch.model._default_manager.order_by("pk").values_list("code", flat=True))
    # rows that came in bulk are a million: those that no entry names are not even read
    asked = [code for code in codes if code in told] if watch.in_bulk else codes
    for start in range(0, len(asked), CHUNK):
        said = values_of(watch, asked[start : start + CHUNK])
        for code, values in said.items():
            if code not in told:
                yield Drift(table, code, "no entry of history tells of this row")
            elif commitment(told[code][1], values) != told[code][0]:
                yield Drift(table, code, f"one of {', '.join(values)} differs from history")
    for code in sorted(told.keys() - set(codes)):
        if code.partition("-")[0] == watch.prefix:
            yield Drift(table, code, "the row is gone")
