"""`./qaita work`: do queued work and what happens by the calendar."""

import os
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from qaita.console.due import calendar, keep_calendar, run_due


class Command(BaseCommand):
    """Work until told to stop, or once."""

    help = "Do queued work and what happens by the calendar; --once does what is due and ends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer to end when nothing is left."""
        parser.add_argument("--once", action="store_true", help="end when nothing is left to do")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Keep the calendar in a thread and the queue in the main one, which hears signals."""
        name = f"work-{os.getpid()}"
        if options["once"]:
            for done in run_due(calendar(), elapsed=0.0):
                self.stdout.write(done)
            call_command("db_worker", batch=True, interval=0, verbosity=0, worker_id=name)
            return
        stopping = threading.Event()
        keeper = threading.Thread(target=keep_calendar, args=(stopping,), daemon=True)
        keeper.start()
        try:
            call_command("db_worker", interval=1, verbosity=0, worker_id=name)
        finally:
            stopping.set()
            keeper.join(10)
