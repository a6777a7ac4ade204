"""`./qaita chain FILE`: one real network file through every stage, with figures and addresses."""

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

from qaita.console.demonstration.one_chain import Unreadable, Walk, walk_all
from qaita.disclosure.queries import trace_of
from qaita.kernel.clock import day_of, now
from qaita.ledger.queries import proof_of, timeline, verify_folder
from qaita.ledger.services import publish_log
from qaita.networks.models import Section
from qaita.networks.queries import data_quality, wear_of

MOST_FAULTS = 20


class Command(BaseCommand):
    """Walk one file through the chain."""

    help = "Take one network file through the whole chain and print each stage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the file and the seed."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--seed", type=int, default=1)

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, then tell what there is now."""
        started = time.perf_counter()
        try:
            walk, born = walk_all(options["file"], seed=options["seed"], at=now())
        except Unreadable as unreadable:
            for fault in unreadable.faults[:MOST_FAULTS]:
                where = f" row {fault.rows[0]}" if fault.rows else ""
                sys.stderr.write(f"{fault.table}{where} [{fault.rule}] {fault.text}\n")
            raise CommandError(
                f"{len(unreadable.faults)} faults; nothing was stored. "
                f"./qaita import networks {options['file']} --check lists them all."
            ) from None
        checkpoint = publish_log()
        with override("en"):
            self._tell(walk, born)
        self.stdout.write(
            f"\nledger: {checkpoint.size} entries, root {checkpoint.root.hex()[:16]}…; "
            f"{time.perf_counter() - started:.1f} s in all"
        )

    def _say(self, stage: str, text: str, page: str = "") -> None:
        self.stdout.write(f"{stage:12} {text}")
        if page:
            self.stdout.write(f"{'':12} {settings.PUBLIC_ADDRESS}{page}")

    def _tell(self, walk: Walk, born: Section | None) -> None:
        for stage, text, page in (*_beginning(walk), *_middle(walk, born)):
            self._say(stage, text, page)
        if born is not None:
            self._trace(born)

    def _trace(self, born: Section) -> None:
        self._say("trace", born.code, reverse("portal:trace", args=[born.code]))
        for step in trace_of(born.code, on=day_of(now())).steps:
            on = step.on.isoformat() if step.on else "—"
            self.stdout.write(f"{'':12}   {step.stage:14} {on:12} {step.sentence or step.title}")
        index = timeline(born.code)[0].index
        if index is not None:
            proof = proof_of(index)
            key = (Path(settings.LEDGER_DIR) / "key").read_text()
            verified = verify_folder(Path(settings.LEDGER_DIR), key)
            self._say(
                "proof",
                f"entry {index} of {proof.size}: {len(proof.path)} hashes to the signed root; "
                f"all {verified.leaves} leaves verified",
                reverse("portal:entry", args=[index]),
            )


def _beginning(walk: Walk) -> Iterator[tuple[str, str, str]]:
    counts, network = walk.parsed, walk.network
    length_km = sum(s.length_m for s in network.sections.all()) / 1000
    made = f" (generated: {', '.join(walk.generated)})" if walk.generated else ""
    yield (
        "asset",
        f"{len(counts.sections)} sections, {len(counts.nodes)} nodes, {length_km:.1f} km, "
        f"{len(counts.failures)} failures{made}",
        reverse("portal:utility", args=[walk.utility.code]),
    )
    figures = wear_of(network, on=day_of(walk.at))[0]
    quality = data_quality(network, on=day_of(walk.at))
    yield (
        "wear",
        f"past norm {figures.share_past_norm:.1%}, modelled {figures.modelled_condition:.1%}, "
        f"zone {figures.zone}, data quality {quality.score_share:.2f}",
        "",
    )
    if walk.packages:
        run = walk.run
        yield (
            "plan",
            f"{len(walk.packages)} packages, value {run.objective_kzt} KZT, "
            f"gap {run.gap_share or 0:.2%}, inputs {run.inputs_digest[:12]}",
            reverse("portal:run", args=[run.code]),
        )


def _middle(walk: Walk, born: Section | None) -> Iterator[tuple[str, str, str]]:
    if born is None:
        yield "works", "the plan renews nothing under these limits; the chain ends here", ""
        return
    story = walk.story
    project, contract = story.project, story.contract
    project.refresh_from_db()
    page = reverse("portal:project", args=[project.code])
    signed = ", ".join(chapter for chapter, _at in story.told)
    yield "application", f"{project.code} {project.state}: {signed}", page
    yield (
        "money",
        f"estimate {project.cost_kzt} KZT, bill +{project.bill_rise_kzt} KZT a month; "
        f"paid {sum(p.amount_kzt for p in project.payments.all())} KZT",
        page,
    )
    bids = story.tender.bids.count()
    yield (
        "tender",
        f"{bids} sealed bids opened by 3 of 5 keys; contract {contract.sum_kzt} KZT",
        reverse("portal:tender", args=[story.tender.code]),
    )
    new = Section.objects.filter(born_of=project.code)
    yield (
        "works",
        f"{story.sections.__len__()} sections replaced by {new.count()}, "
        f"{sum(s.length_m for s in new):.0f} m accepted",
        reverse("portal:contract", args=[contract.code]),
    )
