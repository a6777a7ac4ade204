"""Reading rows by their keys again and again: what to ask the database is worked out once.

Every entry reads the rows it answers for. Django builds the same SELECT from its parts each time,
which costs several times what the database needs to answer it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models

MOST = 512  # keys in one question
Convert = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True)
class Question:
    """A SELECT with as many places for keys as it has, and what turns its columns into values."""

    sql: str
    converters: tuple[tuple[int, tuple[Convert, ...], Any], ...]


def rows_by(
    model: type[models.Model],
    columns: Sequence[str],
    by: str,
    keys: Iterable[Any],
    order: tuple[str, ...] = (),
) -> list[tuple[Any, ...]]:
    """Return these columns of the rows whose column `by` is one of the keys."""
    wanted, rows = list(keys), list[tuple[Any, ...]]()
    for start in range(0, len(wanted), MOST):
        part = wanted[start : start + MOST]
        size = 1 << (len(part) - 1).bit_length()
        question = _question(model, tuple(columns), by, order, (connection.vendor, size))
        with connection.cursor() as cursor:
            cursor.execute(question.sql, part + part[-1:] * (size - len(part)))
            found = cursor.fetchall()
        rows += _converted(found, question) if question.converters else found
    return rows


@cache
def _question(
    model: type[models.Model],
    columns: tuple[str, ...],
    by: str,
    order: tuple[str, ...],
    place: tuple[str, int],
) -> Question:
    """Build the question for so many keys; sizes are powers of two, so there are few."""
    keys = model._meta.get_field(by.split("__")[0])
    marks = [str(n) if isinstance(keys, models.CharField) else n for n in range(place[1])]
    rows = model._default_manager.filter(**{f"{by}__in": marks}).order_by(*order)
    compiler = rows.values_list(*columns).query.get_compiler(connection=connection)
    sql, given = compiler.as_sql()
    if list(given) != marks:
        raise TypeError(f"{model._meta.label}: its rows cannot be asked for by {by} alone")
    found = compiler.get_converters([expression for expression, *_ in compiler.select])
    return Question(sql, tuple((at, tuple(how), what) for at, (how, what) in found.items()))


def _converted(rows: Iterable[Sequence[Any]], question: Question) -> list[tuple[Any, ...]]:
    made = []
    for row in rows:
        values = list(row)
        for at, converters, expression in question.converters:
            for convert in converters:
                values[at] = convert(values[at], expression, connection)
        made.append(tuple(values))
    return made
