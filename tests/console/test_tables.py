"""An empty database gets all tables at once, exactly those the migrations make."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler

from qaita.console.tables import lacking_columns, lay_tables


def shape_of(database: BaseDatabaseWrapper) -> dict[str, Any]:
    """Return the columns and constraints of every table; names the database made up are left."""
    found = {}
    with database.cursor() as cursor:
        look = database.introspection
        for table in look.table_names(cursor):
            columns = sorted(
                (one.name, one.type_code, one.null_ok, one.internal_size)
                for one in look.get_table_description(cursor, table)
            )
            rules = [
                tuple(sorted((key, str(value)) for key, value in rule.items()))
                for rule in look.get_constraints(cursor, table).values()
            ]
            found[table] = (columns, sorted(rules))
    return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL walks its migrations")
@pytest.mark.django_db(transaction=True)
def test_an_empty_database_gets_the_very_tables_of_the_migrations(tmp_path: Path):
    settings = {**connection.settings_dict, "NAME": tmp_path / "fresh.sqlite3"}
    fresh = ConnectionHandler({"default": settings})["default"]
    try:
        lay_tables(fresh)
        assert shape_of(fresh) == shape_of(connection)
        done = set(MigrationRecorder(fresh).applied_migrations())
        assert done == set(MigrationRecorder(connection).applied_migrations())
        assert lacking_columns(fresh) == []
        with fresh.cursor() as cursor:
            cursor.execute("ALTER TABLE territory_region RENAME COLUMN iso TO old")
        assert lacking_columns(fresh) == ["territory_region.iso"]
    finally:
        fresh.close()


@pytest.mark.django_db
def test_a_database_with_tables_is_migrated_and_keeps_its_rows():
    before = MigrationRecorder(connection).migration_qs.count()
    call_command("tables")
    assert MigrationRecorder(connection).migration_qs.count() == before > 0
