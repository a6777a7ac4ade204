"""Changing rows behind the application, one column of every watched table."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models

from qaita.ledger.watching import Watch, watches


def other(value: Any) -> Any:
    """Return something else of the same kind."""
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, int):
        return value + 1_000  # far from its neighbours
    if isinstance(value, Decimal | float):
        return value + value / 2 + 1 if isinstance(value, Decimal) else value / 2 + 1
    return value[:-1] + ("x" if value[-1] != "x" else "y")


def plantable(watch: Watch, row: models.Model) -> str | None:
    """Return the column that says most: money, a length, a day; else any text."""
    telling = ("_kzt", "_m", "_on", "_at", "quantity", "sha256", "_key", "digest", "text", "code")
    plain = [
        name
        for name in watch.columns
        if not isinstance(watch.model._meta.get_field(name), models.ForeignKey)
        and isinstance(getattr(row, name), str | int | float | Decimal | date)
        and not isinstance(getattr(row, name), bool)
        and getattr(row, name) != ""
    ]
    plain.sort(key=lambda name: (not name.endswith("_kzt"), not name.endswith(telling), name))
    return plain[0] if plain else None


def plants() -> Iterator[tuple[str, models.QuerySet[Any, Any], str, Any, Any]]:
    """Yield, for every watched table with rows: name, the row, its column, before, after."""
    for watch in watches():
        row = watch.model._default_manager.order_by("pk").first()
        column = plantable(watch, row) if row is not None else None
        if row is not None and column:
            before = getattr(row, column)
            found = watch.model._default_manager.filter(pk=row.pk)
            yield watch.model._meta.label, found, column, before, other(before)
