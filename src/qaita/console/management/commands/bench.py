"""`./qaita bench NAME`: measure, beside a peer measured in the same run."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qaita.console.benching import as_json, as_table, measured, names, note
from qaita.kernel.clock import day_of, now


class Command(BaseCommand):
    """Run one measurement of bench/."""

    help = "Measure, beside a peer measured in the same run."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which measurement."""
        parser.add_argument("name", nargs="?", help=f"one of: {', '.join(names())}; or all")
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument("--sizes", help="of measurements that have sizes, as 1k,10k")
        parser.add_argument("--no-peers", action="store_true", help="measure ours alone")
        parser.add_argument("--note", action="store_true", help="keep the table in bench/README.md")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Measure and print."""
        asked = options["name"]
        if asked not in (*names(), "all"):
            raise CommandError(f"Name a measurement: {', '.join(names())}; or all.")
        settings: dict[str, Any] = {"sizes": options["sizes"]} if options["sizes"] else {}
        if options["no_peers"]:
            settings["peers"] = False
        for name in names() if asked == "all" else [asked]:
            try:
                found = measured(name, settings)
            except ValueError as error:
                raise CommandError(f"{name} has no {error}.") from None
            table = as_table(found.lines)
            self.stdout.write(as_json(name, found) if options["json"] else f"{name}\n{table}")
            if options["note"]:
                note(name, table, on=str(day_of(now())))
