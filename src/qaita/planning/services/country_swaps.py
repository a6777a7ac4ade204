"""An official changes the country's plan by hand: the price is computed, told and published."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from qaita.kernel.actor import Actor
from qaita.kernel.errors import Reason, Refused, Stale, Text, Wrong
from qaita.kernel.ids import derived_code
from qaita.kernel.money import from_million
from qaita.kernel.states import Ask
from qaita.ledger.queries import seen_of
from qaita.ledger.services import move
from qaita.networks.models import Section
from qaita.planning.errors import (
    LONG_REASON,
    NO_SWAP_REASON,
    broken_limit,
    gone_sections,
    held_package,
)
from qaita.planning.models import CountryRun
from qaita.planning.national.materials import supplies
from qaita.planning.national.succession import (
    Succession,
    reason_of,
    regret_of_swap,
    write_succession,
)
from qaita.planning.national.swapped_materials import demands_after
from qaita.planning.national.swapping import Swapped, Weighed
from qaita.planning.national.totals import cells_of_packs
from qaita.planning.queries.country_plans import folder_of
from qaita.planning.queries.country_swaps import (
    price_swap,
    published_run,
    sections_of_packages,
)
from qaita.planning.queries.country_words import RunWords
from qaita.planning.services.country_plans import adopt_country_run
from qaita.planning.states import COUNTRY_RUN

MOST_LETTERS = 2_000
SHOWN = 5


@dataclass(frozen=True)
class SwapAsked:
    """What an official wants: packages by code with the option of each, and why.

    `seen` is how many ledger entries of the plan the page knew of; a page that is behind is
    refused. `held` are packages that live projects hold, with the project.
    """

    wanted: Mapping[str, int]
    reason: str
    seen: int | None = None
    held: Mapping[str, str] | None = None


def override_country_run(
    run: CountryRun, asked: SwapAsked, *, by: Actor, at: datetime
) -> CountryRun:
    """Make the plan that follows from a swap by hand; of a plan in force it takes the place.

    A swap that breaks a limit is refused with the limit and the amount.
    """
    COUNTRY_RUN.check("override", Ask(run, by, at))
    reason = _reason(asked.reason)
    weighed = price_swap(run, asked.wanted)
    _require_kept(run, asked, weighed)
    try:
        return _follow(run, asked, weighed, _told(run, weighed, reason), (by, at))
    except BaseException:
        shutil.rmtree(folder_of(_successor(run, asked, by, at)), ignore_errors=True)
        raise


def _reason(text: str) -> str:
    told = text.strip()
    faults: list[Text] = []
    if not told:
        faults.append(NO_SWAP_REASON)
    elif len(told) > MOST_LETTERS:
        faults.append(LONG_REASON)
    if faults:
        raise Wrong({"reason": faults})
    return told


def _require_kept(run: CountryRun, asked: SwapAsked, weighed: Weighed) -> None:
    """Refuse what live projects hold, what is not there any more, what breaks a limit."""
    reasons = [
        held_package(one.code, asked.held[one.code])
        for one in weighed.packages
        if asked.held and one.code in asked.held
    ]
    reasons += _gone(run, weighed) + limits_broken(run, weighed)
    if reasons:
        raise Refused("country_run.override", reasons)


def _gone(run: CountryRun, weighed: Weighed) -> list[Reason]:
    """Return the packages that are to be renewed though they are not as they were."""
    wanted = [one.code for one in weighed.packages if one.after.option]
    sections = sections_of_packages(run, wanted)
    every = {code for codes in sections.values() for code in codes}
    there = set(
        Section.objects.filter(code__in=every, state="in_service").values_list("code", flat=True)
    )
    found = []
    for code, own in sections.items():
        gone = sorted(set(own) - there)
        if gone:
            more = f" (+{len(gone) - SHOWN})" if len(gone) > SHOWN else ""
            found.append(gone_sections(code, ", ".join(gone[:SHOWN]) + more))
    return found


def limits_broken(run: CountryRun, weighed: Weighed) -> list[Reason]:
    """Return one reason for every limit that a swap would break: which one, and by how much."""
    words = RunWords(run, (get_language() or "kk")[:2])
    return [broken_limit(words.short(row.row, row.over)) for row in weighed.rows if row.is_broken]


def _told(run: CountryRun, weighed: Weighed, reason: str) -> dict[str, Any]:
    """Return what is published of a swap."""
    plan = published_run(run)
    return {
        "from_run": run.code,
        "from_digest": run.result_digest,
        "reason": reason,
        "lost_mkzt": round(weighed.lost_mkzt, 6),
        "more_cost_mkzt": round(weighed.more_cost_mkzt, 6),
        "fewer_failures": round(weighed.fewer_failures, 6),
        "regret_mkzt": round(regret_of_swap(plan, weighed), 6),
        "packages": [_package(one) for one in weighed.packages],
    }


def _package(one: Swapped) -> dict[str, Any]:
    return {
        "code": one.code,
        "reason": reason_of(one),
        "before": asdict(one.before),
        "after": asdict(one.after),
    }


def _successor(run: CountryRun, asked: SwapAsked, by: Actor, at: datetime) -> CountryRun:
    """Return the run that will follow, not stored yet."""
    parts = [f"{code}={option}" for code, option in sorted(asked.wanted.items())]
    return CountryRun(
        code=derived_code("NR", run.code, at, *parts),
        scenario=run.scenario,
        law_on=run.law_on,
        swapped_from=run,
        asked_by=by.code,
        asked_at=at,
    )


def _follow(
    run: CountryRun,
    asked: SwapAsked,
    weighed: Weighed,
    told: Mapping[str, Any],
    when: tuple[Actor, datetime],
) -> CountryRun:
    """Write the folder and move both runs, in one transaction."""
    by, at = when
    with transaction.atomic():
        # whoever changes or adopts at the same moment does it one after another
        list(CountryRun.objects.select_for_update(of=("self",), no_key=True).order_by("pk"))
        if asked.seen is not None and asked.seen != seen_of(run.code):
            raise Stale(run.code)
        run.refresh_from_db()
        was_in_force = run.state == "adopted"
        made = _successor(run, asked, by, at)
        _written(made, run, weighed, told)
        made.save()
        facts = {
            **{name: told[name] for name in ("from_run", "reason")},
            "packages": len(weighed.packages),
            "lost_kzt": from_million(weighed.lost_mkzt),
            "more_cost_kzt": from_million(weighed.more_cost_mkzt),
            "fewer_failures": told["fewer_failures"],
            "regret_kzt": from_million(told["regret_mkzt"]),
            "value_kzt": made.value_kzt,
            "result_digest": made.result_digest,
        }
        move(run, COUNTRY_RUN, "override", by=by, at=at, facts={"by_run": made.code})
        move(made, COUNTRY_RUN, "follow", by=by, at=at, facts=facts)
        return adopt_country_run(made, by=by, at=at) if was_in_force else made


def _written(made: CountryRun, run: CountryRun, weighed: Weighed, told: Mapping[str, Any]) -> None:
    """Write the folder of the run that follows, and put its figures on it."""
    plan = published_run(run)
    asked = Succession(
        plan,
        weighed,
        told,
        cells_of_packs(plan.clusters, plan.packs, weighed.option, plan.years),
        demands_after(run.demands, plan, weighed, supplies(run.law_on)),
    )
    written = write_succession(folder_of(made), asked, code=made.code, scenario=made.scenario.code)
    for name in KEPT:
        setattr(made, name, getattr(run, name))
    made.result_digest = written.result_digest
    made.value_kzt = from_million(weighed.worth_mkzt)
    made.gap_share = asked.gap_share
    made.chosen_count = int((weighed.option > 0).sum())
    made.cells = [asdict(cell) for cell in asked.cells]
    made.demands = [asdict(one) for one in asked.demands]
    made.swap = dict(told)


# what a swap leaves as it was: the question and the bound on every answer
KEPT = (
    "inputs_digest",
    "engine_version",
    "bound_kzt",
    "solver_bound_kzt",
    "package_count",
    "broken",
)
