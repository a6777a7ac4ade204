"""`./qaita chain FILE`: one real network file through every stage, with figures and addresses."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.urls import reverse
from django.utils.translation import override

from qaita.console.demonstration.one_chain import Unreadable, walk_all
from qaita.console.demonstration.telling import Told, proof_told, stages_of
from qaita.console.publishing import CannotPublish, timed
from qaita.disclosure.queries import trace_of
from qaita.kernel.clock import day_of, now
from qaita.kernel.errors import Refused, sentences_of
from qaita.ledger.services import publish_log

MOST_FAULTS = 20


class Command(BaseCommand):
    """Walk one file through the chain."""

    help = "Take one network file through the whole chain and print each stage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file and the seed."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--seed", type=int, default=1, help="of what has to be generated")
        parser.add_argument("--json", action="store_true", help="for machines")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, then tell what there is now."""
        started = time.perf_counter()
        try:
            walk = walk_all(options["file"], seed=options["seed"], at=now())
        except Unreadable as unreadable:
            raise CommandError(_faults_told(unreadable, options["file"])) from None
        except Refused as refused:
            raise CommandError(" ".join(sentences_of(refused))) from None
        checkpoint = publish_log()
        with override("en"):
            rows = list(stages_of(walk))
            rows += _published()
            if walk.born is not None:
                rows += _traced(walk.born.code)
                rows += [told for told in [proof_told(walk.born)] if told]
            root = f"{checkpoint.size} entries, root {checkpoint.root.hex()[:16]}…"
            rows.append(("ledger", root, reverse("portal:ledger")))
        self._tell(rows, time.perf_counter() - started, as_json=options["json"])

    def _tell(self, rows: list[Told], seconds: float, *, as_json: bool) -> None:
        if as_json:
            stages = [
                {"stage": stage, "told": text, "page": page and settings.PUBLIC_ADDRESS + page}
                for stage, text, page in rows
            ]
            told = {"stages": stages, "seconds": round(seconds, 1)}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        for stage, text, page in rows:
            self.stdout.write(f"{stage:12} {text}")
            if page:
                self.stdout.write(f"{'':12} {settings.PUBLIC_ADDRESS}{page}")
        self.stdout.write(f"\n{seconds:.1f} s in all")


def _faults_told(unreadable: Unreadable, file: Path) -> str:
    for fault in unreadable.faults[:MOST_FAULTS]:
        where = f" row {fault.rows[0]}" if fault.rows else ""
        sys.stderr.write(f"{fault.table}{where} [{fault.rule}] {fault.text}\n")
    count = len(unreadable.faults)
    return (
        f"{'1 fault' if count == 1 else f'{count} faults'}; nothing was stored. "
        f"./qaita import networks {file} --check lists them all."
    )


def _published() -> Iterator[Told]:
    """Publish the pages and the open data that the walk touched."""
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield "", "pages: ./qaita up builds the browser files, then they are written as files", ""
        return
    try:
        done, seconds = timed(now(), full=False)
    except CannotPublish as fault:
        yield "", f"pages: not published, {fault}", ""
        return
    yield (
        "",
        f"pages: {len(done.made)} files made, {done.kept} kept, at height {done.height}, "
        f"{seconds:.1f} s",
        reverse("portal:data"),
    )


def _traced(code: str) -> Iterator[Told]:
    yield "trace", code, reverse("portal:trace", args=[code])
    found = trace_of(code, on=day_of(now()))
    for step in (*found.steps, *found.around):
        on = step.on.isoformat() if step.on else "—"
        yield "", f"  {step.stage:14} {on:12} {step.sentence or step.title}", ""
