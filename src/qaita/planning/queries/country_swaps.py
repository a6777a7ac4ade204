"""Questions about swaps of packages by hand: what is possible, what it costs, what was swapped."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow.parquet as pq

from qaita.kernel.errors import Missing, Text, Wrong
from qaita.planning.errors import (
    MANY_SWAPPED,
    NOTHING_SWAPPED,
    impossible_option,
    unknown_package,
)
from qaita.planning.models import CountryRun
from qaita.planning.national.published import Published, read_published
from qaita.planning.national.swapping import (
    Side,
    Weighed,
    options_at,
    room_for_swap,
    weigh_swap,
    without_unchanged,
)
from qaita.planning.queries.country_plans import folder_of

MOST_SWAPPED = 50


def published_run(run: CountryRun) -> Published:
    """Return the files of a run as arrays, or raise Missing."""
    if not (folder_of(run) / "run.json").is_file():
        raise Missing("run", run.code)
    return read_published(folder_of(run), run.result_digest)


def options_of_package(run: CountryRun, code: str) -> tuple[Side, list[Side]]:
    """Return what the plan has for a package and everything that could be, or raise Missing."""
    plan = published_run(run)
    at = plan.find(code)
    if at is None:
        raise Missing("package", code)
    sides = options_at(plan, at)
    return next(side for side in sides if side.option == plan.option[at]), sides


def price_swap(run: CountryRun, wanted: Mapping[str, int]) -> Weighed:
    """Return what giving packages (by code) other options costs and does to every limit.

    Raises Wrong for packages and options that are not there, and where nothing changes.
    """
    plan = published_run(run)
    found = {code: plan.find(code) for code in wanted}
    faults: list[Text] = [unknown_package(code) for code, at in found.items() if at is None]
    for code, option in wanted.items():
        at = found[code]
        if at is not None and option not in {side.option for side in options_at(plan, at)}:
            faults.append(impossible_option(code))
    if len(wanted) > MOST_SWAPPED:
        faults.append(MANY_SWAPPED)
    if faults:
        raise Wrong({"packages": faults})
    places = {at: wanted[code] for code, at in found.items() if at is not None}
    weighed = without_unchanged(weigh_swap(plan, places))
    if not weighed.packages:
        raise Wrong({"packages": [NOTHING_SWAPPED]})
    return weighed


def room_for(run: CountryRun, weighed: Weighed) -> Weighed | None:
    """Return the swap with the cheapest further changes that keep every limit, if any is found."""
    return room_for_swap(published_run(run), weighed)


def sections_of_packages(run: CountryRun, codes: Iterable[str]) -> dict[str, list[str]]:
    """Return the sections of each package, by its code."""
    found: dict[str, list[str]] = {code: [] for code in codes}
    plan = published_run(run)
    for told in plan.facts["packs"] if found else ():
        rows = pq.read_table(
            plan.folder / told["sections"],
            columns=["code", "section"],
            filters=[("code", "in", list(found))],
        )
        for row in rows.to_pylist():
            found[row["code"]].append(row["section"])
    return found


def swaps_of(run: CountryRun) -> list[tuple[CountryRun, Mapping[str, Any]]]:
    """Return the swaps by hand that led to this run, the newest first, each with its run."""
    found, one = [], run
    while one.swapped_from is not None:
        found.append((one, one.swap))
        one = one.swapped_from
    return found
