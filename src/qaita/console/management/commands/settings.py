"""`./qaita settings`: which variables change how Qaita runs."""

import json
import os
from argparse import ArgumentParser
from typing import Any, Protocol

from django.conf import settings
from django.core.management.base import BaseCommand


class Variable(Protocol):
    """One variable the settings asked for."""

    @property
    def name(self) -> str: ...

    @property
    def default(self) -> str: ...

    @property
    def help(self) -> str: ...

    @property
    def secret(self) -> bool: ...


def present(variable: Variable) -> str:
    """Return the value in force; a secret is never shown."""
    value = os.environ.get(variable.name)
    given = value is not None or f"{variable.name}_FILE" in os.environ
    if variable.secret:
        return "(given)" if given else "(own)"
    return variable.default if value is None else value


class Command(BaseCommand):
    """List the variables, their values and what they mean."""

    help = "List the variables that change how Qaita runs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer the form for machines."""
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Print them."""
        asked: list[Variable] = [settings.VARIABLES[name] for name in sorted(settings.VARIABLES)]
        if options["json"]:
            rows = [
                {"name": v.name, "value": present(v), "secret": v.secret, "help": v.help}
                for v in asked
            ]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for variable in asked:
            self.stdout.write(f"{variable.name}={present(variable)}\n    {variable.help}")
