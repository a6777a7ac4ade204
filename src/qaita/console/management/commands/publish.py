"""`./qaita publish`: write the public pages and the open data as files."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qaita.console.publishing import CannotPublish, check, timed
from qaita.console.sharing import share_among_processes
from qaita.kernel.clock import now

SHOWN = 20


class Command(BaseCommand):
    """Publish what entries of the ledger touched since the last time."""

    help = "Write the public pages and the open data as files; what nobody touched stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer the proof and the whole."""
        parser.add_argument("--full", action="store_true", help="make every page anew")
        parser.add_argument(
            "--check", action="store_true", help="make all anew beside, and compare every byte"
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Publish, or prove what is published."""
        try:
            if options["check"]:
                self._check()
                return
            done, seconds = timed(now(), full=options["full"])
        except CannotPublish as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(
            f"height {done.height}: {len(done.made)} files made, {done.kept} kept, {seconds:.1f} s"
        )

    def _check(self) -> None:
        differing = check(now(), share=share_among_processes)
        if differing:
            shown = "\n  ".join(differing[:SHOWN])
            raise CommandError(f"{len(differing)} files differ from a full rebuild:\n  {shown}")
        self.stdout.write("every file is the same, byte for byte, when made anew")
