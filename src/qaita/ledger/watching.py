"""Which rows history answers for, and what they say.

A model names its watched columns in `LEDGERED`, as words. One with a public code stands for
itself; one with `LEDGER_OF`, the way to the thing it is a part of, enters that thing's digest.
Every entry about a thing carries a salted digest of its row and parts as they stand, so the
nightly replay finds what was changed, added or taken away behind the application. `LEDGER_WITH`
names a neighbour whose parts the thing's own services write too. `LEDGER_BULK` says that rows may
come in bulk, told of by a digest of the whole that their own room checks.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from qaita.ledger.canonical import json_value
from qaita.ledger.reading import rows_by

CHUNK = 500
Values = dict[str, Any]


@dataclass(frozen=True)
class Watch:
    """One watched model: its columns, its many-to-many fields, its parts."""

    model: type[models.Model]
    columns: tuple[str, ...]
    lists: tuple[str, ...]
    part_of: str
    along: str
    prefix: str  # the letters its codes begin with; empty without codes
    in_bulk: bool

    @property
    def fields(self) -> tuple[Any, ...]:
        """Return the fields of its columns."""
        return _fields(self.model, self.columns)


@cache
def _fields(model: type[models.Model], columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(model._meta.get_field(name) for name in columns)


@cache
def _watch(model: type[models.Model]) -> Watch:
    named = str(getattr(model, "LEDGERED", "")).split()
    lists = tuple(name for name in named if model._meta.get_field(name).many_to_many)
    columns = tuple(name for name in named if name not in lists)
    of, along = getattr(model, "LEDGER_OF", ""), getattr(model, "LEDGER_WITH", "")
    coded = any(field.name == "code" for field in model._meta.concrete_fields)
    made = str(model().code) if coded else ""  # type: ignore[attr-defined]  # it has one
    return Watch(
        model,
        columns,
        lists,
        of,
        along or of,
        made.partition("-")[0],
        hasattr(model, "LEDGER_BULK"),
    )


@cache
def watches() -> tuple[Watch, ...]:
    """Return every watched model."""
    found = [model for model in apps.get_models() if hasattr(model, "LEDGERED")]
    return tuple(_watch(model) for model in sorted(found, key=lambda model: model._meta.label))


@cache
def wholes() -> tuple[Watch, ...]:
    """Return the watched models that stand for themselves."""
    return tuple(watch for watch in watches() if not watch.part_of)


@cache
def _parts() -> Mapping[type[models.Model], Sequence[Watch]]:
    parts: dict[type[models.Model], list[Watch]] = defaultdict(list)
    for watch in watches():
        if watch.part_of:
            model = watch.model
            for step in watch.part_of.split("__"):
                model = model._meta.get_field(step).related_model  # type: ignore[assignment]  # a key's
            parts[model].append(watch)
    return parts


@cache
def _by_prefix() -> Mapping[str, Sequence[Watch]]:
    """Return the watched models by the letters their codes begin with."""
    found: dict[str, list[Watch]] = defaultdict(list)
    for watch in watches():
        if watch.prefix:
            found[watch.prefix].append(watch)
    return found


def rows_behind(codes: Iterable[str]) -> dict[str, dict[str, Values]]:
    """Return, for each code, the things an entry about it answers for, with what they say."""
    by_prefix: dict[str, set[str]] = defaultdict(set)
    for code in codes:
        by_prefix[code.partition("-")[0]].add(code)
    told: dict[str, dict[str, Values]] = defaultdict(dict)
    for prefix, some in by_prefix.items():
        for watch in _by_prefix().get(prefix, ()):
            for start in range(0, len(wanted := sorted(some)), CHUNK):
                _tell(watch, wanted[start : start + CHUNK], told)
    return told


def _tell(watch: Watch, codes: Sequence[str], told: dict[str, dict[str, Values]]) -> None:
    if not watch.part_of:
        for code, values in values_of(watch, codes).items():
            told[code][code] = values
    if not watch.along:
        return
    pairs = rows_by(watch.model, ("code", f"{watch.along}__code"), "code", codes)
    whole = watch.model
    for step in watch.along.split("__"):
        whole = whole._meta.get_field(step).related_model  # type: ignore[assignment]  # a key's
    values = values_of(_watch(whole), sorted({owner for _, owner in pairs if owner}))
    for code, owner in pairs:
        if owner in values:
            told[code][owner] = values[owner]


def values_of(watch: Watch, codes: Sequence[str]) -> dict[str, Values]:
    """Return what the rows of these codes and their parts say, in the types of canonical JSON."""
    rows = rows_by(watch.model, ("pk", "code", *watch.columns), "code", codes)
    names = {row[0]: row[1] for row in rows}
    said: dict[Any, Values] = {row[0]: _plain(watch, row[2:]) for row in rows}
    for name in watch.lists:
        _add_list(watch, name, said)
    for part in _parts().get(watch.model, ()):
        _add_part(part, said)
    return {names[pk]: values for pk, values in said.items()}


def _add_list(watch: Watch, name: str, said: dict[Any, Values]) -> None:
    found = defaultdict(list)
    field: Any = watch.model._meta.get_field(name)
    owner, other = field.m2m_field_name(), field.m2m_reverse_field_name()
    pairs = (owner, other)
    for pk, target in rows_by(field.remote_field.through, pairs, owner, said, order=pairs):
        found[pk].append(target)
    for pk, values in said.items():
        values[name] = found[pk]


def _add_part(part: Watch, said: dict[Any, Values]) -> None:
    found = defaultdict(list)
    columns = (part.part_of, *part.columns)
    for owner, *row in rows_by(part.model, columns, part.part_of, said, order=("pk",)):
        found[owner].append(_plain(part, row))
    for pk, values in said.items():
        values[f"{part.model._meta.verbose_name} rows"] = found[pk]


def _plain(watch: Watch, row: Sequence[Any]) -> Values:
    told = zip(watch.columns, watch.fields, row, strict=True)
    return {name: _value(field, value) for name, field, value in told}


def _value(field: Any, value: Any) -> Any:
    """Return the value alike on both databases."""
    if isinstance(field, models.BinaryField) and value is not None:
        return hashlib.sha256(bytes(value)).hexdigest()
    if isinstance(value, Decimal):
        return format(value.quantize(Decimal(1).scaleb(-field.decimal_places)), "f")
    if isinstance(value, int) and abs(value) > 2**53:
        return str(value)  # canonical JSON's numbers end there
    return json_value(value)
