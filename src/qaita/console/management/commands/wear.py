"""`./qaita wear backtest`: how well failures can be foretold from an inventory and its records."""

import csv
import json
import math
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from django.db.models import Q

from qaita.engine.wear.backtest import (
    Entry,
    Forecasts,
    chosen,
    forecasts,
    leaderboard,
    looked_back,
)
from qaita.engine.wear.judging import SHARES
from qaita.kernel.actor import CLOCK
from qaita.kernel.clock import day_of, now
from qaita.kernel.errors import QaitaError
from qaita.networks.importing.options import Limits
from qaita.networks.importing.records import Known, Records, came_after, known_on, read_records
from qaita.networks.models import UtilityService
from qaita.networks.queries import failure_records_of
from qaita.networks.services import forecast_failures, forecast_failures_due

SEED = 1
# How many last years of the records judge where nobody says otherwise, and how many to come are
# forecast. Never the length of what came after: a forecast must not know how long records went on.
JUDGED_YEARS = 3.0
FAULTS = {
    "section_without_id": "sections without an id, left out",
    "section_twice": "sections told twice, left out",
    "id_used_again": "ids used again after a replacement, each life kept apart",
    "no_laying_year": "sections without a laying year",
    "bad_laying_year": "laying years that cannot be, taken as unknown",
    "bad_diameter": "diameters that are missing or cannot be, taken as unknown",
    "bad_length": "lengths that are missing or cannot be, set to the median",
    "failure_without_id_or_day": "failures without an id or a day, left out",
    "bad_failure_day": "failure days that cannot be, left out",
    "failure_twice": "failures told twice, left out",
    "failure_of_unknown_section": "failures of sections that are not in the inventory, left out",
    "failure_before_laying": "failures before the section was laid, left out",
}


class Command(BaseCommand):
    """Failure models."""

    help = "Judge models of failures on years they have not seen, and forecast with the best."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the files."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        test = verbs.add_parser("backtest", help="fit to the past, judge on the years after")
        test.add_argument("sections", type=Path, metavar="SECTIONS.csv", nargs="?")
        test.add_argument("failures", type=Path, metavar="FAILURES.csv", nargs="?")
        test.add_argument("--utility", metavar="CODE", help="a utility or its service, registered")
        test.add_argument("--predict-after", type=int, metavar="YEAR", help="last year known")
        test.add_argument("--predictions", type=Path, metavar="OUT.csv")
        test.add_argument("--json", action="store_true", dest="as_json")
        foretell = verbs.add_parser("forecast", help="store what is expected of every section")
        foretell.add_argument("--utility", metavar="CODE", help="else whatever is due")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Judge and print."""
        try:
            if options["verb"] == "forecast":
                self._forecast(options["utility"])
            else:
                self._backtest(options)
        except QaitaError as error:
            raise CommandError(str(error)) from None
        except (OperationalError, ProgrammingError):
            raise CommandError("There are no tables yet: run ./qaita up or ./qaita demo.") from None
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None

    def _backtest(self, options: dict[str, Any]) -> None:
        records = self._records(options)
        since = self._since(options["predict_after"], known_on(records))
        before = known_on(records, since)
        inner = looked_back(before.histories, JUDGED_YEARS, seed=SEED)
        name = chosen(inner)
        made = forecasts(before.histories, JUDGED_YEARS, seed=SEED)
        happened, yearly = came_after(records, before, since)
        judged = bool(happened.sum())
        entries = leaderboard(made, before.histories, happened, yearly) if judged else inner
        if options["predictions"]:
            write_predictions(options["predictions"], before, made, name)
        told = report(before, entries, records.faults, name, since, judged=judged)
        self.stdout.write(json.dumps(told, indent=1) if options["as_json"] else as_text(told))

    def _forecast(self, code: str | None) -> None:
        at = now()
        if code is None:
            count = forecast_failures_due(at=at, most=UtilityService.objects.count())
            self.stdout.write(f"{count} services foretold.")
            return
        for owner in owners_named(code):
            told = forecast_failures(owner, on=day_of(at), by=CLOCK, at=at)
            by = f"by {told.model.name}, taught by {told.model.learnt_from}" if told.model else ""
            self.stdout.write(f"{owner.code}: {told.sections:,} sections {by}".rstrip())

    def _records(self, options: dict[str, Any]) -> Records:
        on, code = now().date(), options["utility"]
        if code:
            return failure_records_of(owners_named(code), on=on)
        if not options["failures"]:
            raise CommandError("Name SECTIONS.csv and FAILURES.csv, or --utility CODE.")
        return read_records(options["sections"], options["failures"], on=on, limits=Limits())

    def _since(self, predict_after: int | None, known: Known) -> float:
        begin, end = known.histories.from_year, known.histories.until_year
        since = float(predict_after + 1) if predict_after is not None else end - JUDGED_YEARS
        if since <= begin:
            raise CommandError(
                f"The records begin in {begin:.0f}: nothing is known before {since:.0f}. "
                "Name a later year with --predict-after."
            )
        return since


def owners_named(code: str) -> list[UtilityService]:
    """Return the services of a utility, or the one service of this code."""
    named = Q(code=code.upper()) | Q(organisation__code=code.upper())
    owners = list(UtilityService.objects.filter(named).order_by("code"))
    if not owners:
        raise CommandError(f"There is no utility {code}.")
    return owners


def write_predictions(path: Path, known: Known, made: Forecasts, name: str) -> None:
    """Write what the model expects of every section that serves on the last day known."""
    expected = made.of(name, known.histories) / made.years
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["section_id", "expected_failures_per_year", "failures_per_km_year", "model"])
        for life, rate, gone in zip(known.lives, expected, known.histories.gone_year, strict=True):
            if gone > known.histories.until_year:
                per_km = rate / life.length_km
                rows.writerow([life.section_id, f"{rate:.9g}", f"{per_km:.9g}", name])


def report(
    known: Known,
    entries: list[Entry],
    faults: Counter[str],
    name: str,
    since: float,
    *,
    judged: bool,
) -> dict[str, Any]:
    """Return everything that is told, ready for JSON."""
    histories = known.histories
    return {
        "sections": len(known.lives),
        "length_km": round(float(histories.length_km.sum()), 3),
        "failures_known": len(histories.event_year),
        "records_from": histories.from_year,
        "known_until": since,
        "chosen": name,
        "chosen_on": "the last years known by then",
        "judged_on": "the years after" if judged else "the last years known by then",
        "faults": {
            rule: {"count": n, "means": FAULTS.get(rule, rule)} for rule, n in faults.items()
        },
        "leaderboard": [row_of(entry) for entry in entries],
    }


def row_of(entry: Entry) -> dict[str, Any]:
    """Return a line of the leaderboard."""
    found = entry.judgement
    caught = dict(zip((f"{share:.0%}" for share in SHARES), found.caught.tolist(), strict=True))
    return {
        "name": entry.name,
        "kind": "model" if entry.is_model else "plain rule",
        "caught_in_first_length": caught,
        "area": found.area,
        "expected": float(found.expected.sum()),
        "observed": float(found.observed.sum()),
        "expected_by_tenth": found.expected.tolist(),
        "observed_by_tenth": found.observed.tolist(),
        "years_within_95": None if math.isnan(found.coverage) else found.coverage,
    }


def within(share: float | None) -> str:
    """Return a share for a person; – where no whole year was judged."""
    return "–" if share is None else f"{share:.0%}"


def as_text(told: dict[str, Any]) -> str:
    """Return the report for a person."""
    lines = [
        f"{told['sections']:,} sections, {told['length_km']:,.1f} km; "
        f"{told['failures_known']:,} failures from {told['records_from']:.0f} "
        f"to {told['known_until']:.0f}"
    ]
    lines += [f"  {fault['count']:>7,}  {fault['means']}" for fault in told["faults"].values()]
    if not told["leaderboard"]:
        lines.append(f"\nToo few failures to judge by. Believed: {told['chosen']}.")
        return "\n".join(lines)
    lines.append(f"\nJudged on {told['judged_on']}; caught within the first share of length:")
    heads = "".join(f"{share:>7.0%}" for share in SHARES)
    lines.append(f"  {'':22}{heads}   area  expected/observed  years in 95 %")
    for row in told["leaderboard"]:
        caught = "".join(f"{value:7.1%}" for value in row["caught_in_first_length"].values())
        ratio = row["expected"] / row["observed"] if row["observed"] else float("nan")
        lines.append(
            f"  {row['name']:22}{caught}  {row['area']:.3f}  {ratio:17.2f}"
            f"  {within(row['years_within_95']):>13}"
        )
    lines.append(f"\nBelieved: {told['chosen']}, chosen on {told['chosen_on']}.")
    return "\n".join(lines)
