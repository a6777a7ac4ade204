"""Which database the settings name, as a backup sees it."""

from pathlib import Path

from django.db import connection

from qaita.console.databases import Kept, PostgresDatabase, sqlite_of


def kept_database(data: Path) -> Kept:
    """Return the database of this installation."""
    if connection.vendor == "sqlite":
        return sqlite_of(data)
    tables = connection.introspection.table_names()
    return PostgresDatabase(connection.settings_dict, is_empty=not tables)
