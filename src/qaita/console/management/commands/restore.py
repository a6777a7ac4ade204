"""`./qaita restore FILE --data-dir DIR`: bring a backup back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from qaita.console.backing import read_backup
from qaita.console.databases import BackupRefused
from qaita.console.keeping import kept_database


class Command(BaseCommand):
    """Bring the data of a backup into an empty folder, and an empty database."""

    help = "Bring a backup back into an empty data folder (and the empty database of DATABASE_URL)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Check and unpack."""
        data = Path(settings.DATA_DIR)
        try:
            hashes = read_backup(Path(options["file"]), data, kept_database(data))
        except BackupRefused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{len(hashes)} files are back in {data}")
