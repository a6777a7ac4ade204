"""The tables of the database: laid all at once where nothing is yet, migrated step by step after.

Walking through every migration draws the models of every day since the beginning; an empty
SQLite file gets today's tables at once, and the migrations are noted as done. PostgreSQL walks:
there some keys of libraries came out of their migrations wider than their models say.
"""

from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model


def bring_tables_up() -> None:
    """Have every table as the models of this version want it."""
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        lay_tables(connection)
    call_command("migrate", verbosity=0, interactive=False)
    if lacking := lacking_columns(connection):
        raise CommandError(
            "These data were made by an earlier version, whose tables differ and cannot be brought"
            f" up ({lacking[0]} is not there). Begin anew in another folder with --data-dir, or"
            " go back to that version."
        )


def lacking_columns(base: BaseDatabaseWrapper) -> list[str]:
    """Return the columns of this version that its migrations, all noted as done, did not make."""
    lacking = []
    with base.cursor() as cursor:
        held = set(base.introspection.table_names(cursor))
        for model in _own_models():
            table = model._meta.db_table
            told = base.introspection.get_table_description(cursor, table) if table in held else []
            names = {column.name for column in told}
            wanted = {str(field.column) for field in model._meta.local_concrete_fields}
            lacking += [f"{table}.{name}" for name in sorted(wanted - names)]
    return lacking


def lay_tables(empty: BaseDatabaseWrapper) -> None:
    """Make all tables in one transaction, with the note that their migrations are done."""
    with empty.schema_editor() as editor:
        for model in _own_models():
            editor.create_model(model)
        recorder = MigrationRecorder(empty)
        recorder.ensure_schema()
        for app, name in MigrationLoader(None).graph.nodes:
            recorder.record_applied(app, name)


def _own_models() -> list[type[Model]]:
    """Return the models with a table of their own; tables between two models come with these."""
    return [
        model
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    ]
