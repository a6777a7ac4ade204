"""`./qaita restore FILE --data-dir DIR`: bring a backup back."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from qaita.console.backing import BackupRefused, read_backup


class Command(BaseCommand):
    """Bring the data of a backup into an empty folder."""

    help = "Bring a backup back into an empty data folder."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Check and unpack."""
        if os.environ.get("DATABASE_URL"):
            raise CommandError("The data is in PostgreSQL: bring it back with pg_restore.")
        try:
            hashes = read_backup(Path(options["file"]), Path(settings.DATA_DIR))
        except BackupRefused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{len(hashes)} files are back in {settings.DATA_DIR}")
