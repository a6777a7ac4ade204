"""`./qaita manage reference`: write docs/reference from the code."""

from typing import Any

from django.core.management.base import BaseCommand

from qaita.console.reference import write_pages


class Command(BaseCommand):
    """Write docs/reference from the code."""

    help = "Write docs/reference from the code."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Write what changed."""
        for path in write_pages():
            self.stdout.write(f"{path.name} written")
