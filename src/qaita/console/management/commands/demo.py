"""`./qaita demo`: fill an empty installation with the demonstration country, or the basis only."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations

from qaita.console.demonstration.compiling import compiled_beside
from qaita.console.demonstration.country import SEED, SIZES, load_basis, make_country
from qaita.console.demonstration.grounds import NoTopologies
from qaita.console.place import place_of
from qaita.console.preparing import filling, note_begun, note_loaded
from qaita.kernel.clock import now
from qaita.ledger.models import Entry

THERE_IS_DATA = "There is data here already: give an empty folder with --data-dir, or remove it."


class Command(BaseCommand):
    """The same seed and day give the same country."""

    help = "Load the demonstration country."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say how large it is, or that only the basis is wanted."""
        parser.add_argument("--size", choices=list(SIZES), default="small")
        parser.add_argument(
            "--if-none", action="store_true", help="where there is data, leave it as it is"
        )
        parser.add_argument("--empty", action="store_true", help="targets and territory only")
        parser.add_argument("--seed", type=int, default=SEED)

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        """Load, telling each part and its seconds."""
        place = place_of(str(settings.DATA_DIR))
        if Entry.objects.exists():
            if not options["if_none"]:
                raise CommandError(THERE_IS_DATA)
            note_loaded(place, "data of its own")
            sys.stderr.write("    there is data here already; left as it is\n")
            return
        note_begun(place)
        self._fill(options)
        note_loaded(place, filling(size=options["size"], empty=options["empty"]))

    def _fill(self, options: dict[str, Any]) -> None:
        started = time.perf_counter()

        def say(what: str) -> None:
            sys.stderr.write(f"    {time.perf_counter() - started:6.1f} s  {what}\n")

        try:
            if options["empty"]:
                load_basis(say, at=now())
            else:
                with compiled_beside() as compiled:
                    make_country(
                        say,
                        size=options["size"],
                        seed=options["seed"],
                        at=now(),
                        ready=compiled.wait,
                    )
        except NoTopologies as missing:
            raise CommandError(f"The package with real networks is missing: {missing}.") from None
