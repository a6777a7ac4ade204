"""`./qaita backup FILE`: all data in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from qaita import __version__
from qaita.console.backing import BackupRefused, write_backup
from qaita.kernel.clock import instant_text, now


class Command(BaseCommand):
    """Write all data of this installation into one file."""

    help = "Write all data into one file (the server may run meanwhile)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Write it."""
        if connection.vendor != "sqlite":
            raise CommandError(
                "The data is in PostgreSQL: back it up with pg_dump, and the folder"
                f" {settings.DATA_DIR} before it with any archiver."
            )
        target = Path(options["file"]).absolute()
        try:
            about = {"qaita": __version__, "at": instant_text(now())}
            hashes = write_backup(Path(settings.DATA_DIR), target, about)
        except BackupRefused as error:
            raise CommandError(str(error)) from None
        size = target.stat().st_size / 1e6
        self.stdout.write(f"{len(hashes)} files, {size:.1f} MB in {target}")
