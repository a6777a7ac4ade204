"""Many rows at once: what bulk_create does, without building a model object for every row."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def take_ids(model: type[models.Model], count: int) -> range | list[int]:
    """Return `count` fresh primary keys, in rising order, that nobody else gets."""
    if count == 0:
        return range(0)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # The transaction is IMMEDIATE: nobody else writes until it ends.
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            found = cursor.fetchone()
            first = (int(found[0]) if found else 0) + 1
            return range(first, first + count)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return sorted(int(row[0]) for row in cursor.fetchall())


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows given as tuples of database values in the order of the columns."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    fields = {field.name: str(field.column) for field in model._meta.concrete_fields}
    names = ", ".join(quote(fields[name]) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(columns))
            sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 -- names of our own columns
            cursor.executemany(sql, rows)  # type: ignore[arg-type]  # any iterable will do
            return
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
