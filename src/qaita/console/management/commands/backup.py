"""`./qaita backup FILE`: all data in one file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from qaita import __version__
from qaita.console.backing import sha256_of, write_backup
from qaita.console.databases import BackupRefused
from qaita.console.keeping import kept_database
from qaita.kernel.clock import instant_text, now


class Command(BaseCommand):
    """Write all data of this installation into one file."""

    help = "Write all data into one file (the server may run meanwhile)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Write it."""
        data, target = Path(settings.DATA_DIR), Path(options["file"]).absolute()
        try:
            about = {"qaita": __version__, "at": instant_text(now())}
            hashes = write_backup(data, target, about, kept_database(data))
        except BackupRefused as error:
            raise CommandError(str(error)) from None
        size = target.stat().st_size
        told = {"at": about["at"], "bytes": size, "files": len(hashes), "sha256": sha256_of(target)}
        settings.BACKUP_MARK.write_text(json.dumps(told))  # for the administrator's home
        self.stdout.write(f"{len(hashes)} files, {size / 1e6:.1f} MB in {target}")
        self.stdout.write("It holds this installation's keys: keep it where only you can read.")
