"""`./qaita ledger verify|publish|replay`: check the log without us, write its files, replay it."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from qaita.console.replaying import found_drifts
from qaita.ledger.errors import BrokenLog, KeyLost
from qaita.ledger.queries import log_folder, verify_folder
from qaita.ledger.services import publish_log


class Command(BaseCommand):
    """Verify needs only the published files and the public key."""

    help = "Verify, publish or replay the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the three verbs and their options."""
        parser.add_argument("verb", choices=["verify", "publish", "replay"])
        parser.add_argument("--folder", type=Path, help="the published files (default: ours)")
        parser.add_argument("--key", help="verifier key, or a file with it (default: beside them)")
        parser.add_argument("--json", action="store_true", help="answer for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb; exit 1 with the reason when something does not fit."""
        verb = {"verify": self._verify, "publish": self._publish, "replay": self._replay}
        answer, well = verb[options["verb"]](options)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.write(answer["says"])
        if not well:
            sys.exit(1)

    def _verify(self, options: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        folder = options["folder"] or log_folder()
        key = options["key"] or str(folder / "key")
        try:
            text = Path(key).read_text() if Path(key).is_file() else key
            found = verify_folder(folder, text)
        except BrokenLog as broken:
            says = f"The log is broken at leaf {broken.index}: {broken.why}."
            return {"says": says, "leaf": broken.index, "why": broken.why}, False
        except OSError as fault:
            says = f"There is no log to verify here: {fault.filename}: {fault.strerror}."
            return {"says": says}, False
        except ValueError as fault:
            return {"says": f"The log cannot be trusted: {fault}."}, False
        root = found.checkpoint.root.hex()
        says = f"{found.leaves} leaves fit the signed checkpoint of {found.checkpoint.origin}."
        return {"says": f"{says}\nroot {root}", "leaves": found.leaves, "root": root}, True

    def _publish(self, options: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        try:
            checkpoint = publish_log()
        except (BrokenLog, KeyLost) as fault:
            raise CommandError(f"The log cannot be published: {fault}") from None
        says = f"Published {checkpoint.size} leaves in {log_folder()}."
        return {"says": says, "size": checkpoint.size, "root": checkpoint.root.hex()}, True

    def _replay(self, options: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        drifts = found_drifts()
        lines = [f"{drift.table} {drift.code}: {drift.why}" for drift in drifts]
        head = (
            f"{len(drifts)} rows were changed behind the application."
            if drifts
            else ("Every row says what history says.")
        )
        return {
            "says": "\n".join([head, *lines]),
            "drifts": [d.__dict__ for d in drifts],
        }, not drifts
