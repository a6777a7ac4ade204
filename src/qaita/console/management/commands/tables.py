"""`./qaita manage tables`: bring the tables of the database up to this version."""

from typing import Any

from django.core.management.base import BaseCommand

from qaita.console.tables import bring_tables_up


class Command(BaseCommand):
    """Make or migrate the tables."""

    help = "Bring the tables of the database up to this version; an empty one gets all at once."
    requires_system_checks = ()

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Do it."""
        bring_tables_up()
