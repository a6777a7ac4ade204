"""Makes scenarios of the whole country, computes their runs, adopts one."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from time import perf_counter
from typing import Any

import numpy as np
from django.db import transaction

from qaita.engine.plan.national.solving import national_version
from qaita.jobs.errors import Cancelled
from qaita.kernel.actor import Actor, Scope
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing, Refused, Text, Wrong
from qaita.kernel.ids import derived_code
from qaita.kernel.money import from_million
from qaita.kernel.states import Ask
from qaita.ledger.services import move, record
from qaita.planning.errors import (
    FAR_YEARS,
    NO_PLANT_YEAR,
    NO_YEARS,
    NOT_OFFICE,
    OTHER_AGE,
    STRAY_YEARS,
    bad_number,
)
from qaita.planning.models import CountryRun, CountryScenario
from qaita.planning.national.assembling import assemble
from qaita.planning.national.certainty import certainty_of
from qaita.planning.national.country import Floats
from qaita.planning.national.folder import PART, Outcome, Written, write_run
from qaita.planning.national.given import Given
from qaita.planning.national.laid import demands_of_plan
from qaita.planning.national.limits import PLANTS, CountryLimits, Limit, limits_of_json
from qaita.planning.national.materials import (
    Demand,
    bill_of_materials,
    domestic_by_product,
    supplies,
)
from qaita.planning.national.relaxed import changes_of, relaxed_limits
from qaita.planning.national.reopening import given_again, open_run
from qaita.planning.national.solving import Solved, solve_again, solve_country
from qaita.planning.national.stating import given_of
from qaita.planning.national.totals import cells_of_packs
from qaita.planning.queries.country_plans import folder_of
from qaita.planning.states import COUNTRY_RUN, COUNTRY_SCENARIO

MOST_COUNTRY_YEARS, MOST_AHEAD = 10, 50
FIRST_PLANT = 1900
Told = Callable[[float, str], None]


def make_country_scenario(
    limits: CountryLimits, *, title: str, by: Actor, at: datetime
) -> CountryScenario:
    """Write down the limits under which a plan of the whole country is sought."""
    if not (by.has("system") or by.may("programme_office", Scope())):
        raise Refused("country_scenario.make", [NOT_OFFICE])
    _require_possible(limits, at)
    written = limits.as_json()
    with transaction.atomic():
        scenario = CountryScenario.objects.create(
            code=derived_code("NS", "country", title, at, CountryScenario.objects.count()),
            title=title,
            limits=written,
            made_by=by.code,
            made_at=at,
        )
        facts = {
            "years": written["years"],
            "budgets_kzt": written["budgets_kzt"],
            "floors_km": written["floors_km"],
            "red_zone_share": written["red_zone_share"],
        }
        record("country_scenario.make", scenario.code, by=by, at=at, facts=facts)
    return scenario


def _require_possible(limits: CountryLimits, at: datetime) -> None:
    """Raise Wrong with everything that no scenario can hold."""
    faults = _year_faults(limits.years, day_of(at).year) | _plant_faults(limits, day_of(at).year)
    if any(not value.is_finite() or abs(value) >= MOST for value in _money_of(limits)):
        raise Wrong({**faults, "budgets_kzt": [bad_number()]})
    named = limits.as_json()
    for name in (*STRAY, "regions_kzt"):
        if not all(0 <= value < MOST for value in _numbers(named[name])):
            faults[name] = [bad_number()]
        elif name in STRAY and not _years_of(named[name]) <= set(limits.years):
            faults[name] = [STRAY_YEARS]
    shares = [*limits.domestic_shares.values(), *limits.import_shares.values()]
    if not all(0 <= share <= 1 for share in (limits.red_zone_share, *shares)):
        faults["red_zone_share"] = [bad_number()]
    if faults:
        raise Wrong(faults)


def _year_faults(years: tuple[int, ...], now: int) -> dict[str, list[Text]]:
    """Return what is wrong with the years of a scenario."""
    if not years:
        return {"years": [NO_YEARS]}
    if len(years) > MOST_COUNTRY_YEARS or any(b - a != 1 for a, b in pairwise(years)):
        return {"years": [FAR_YEARS]}
    if not now - 1 <= years[0] <= now + MOST_AHEAD:
        return {"years": [OTHER_AGE]}
    return {}


def _plant_faults(limits: CountryLimits, now: int) -> dict[str, list[Text]]:
    """Return the plants whose years cannot be."""
    return {
        name: [NO_PLANT_YEAR]
        for name in PLANTS
        if not all(FIRST_PLANT <= y <= now + MOST_AHEAD for y in getattr(limits, name).values())
    }


MOST = 1e18  # of any figure
# figures by year, whose years must be those of the plan
STRAY = ("budgets_kzt", "caps_kzt", "capacities_km", "floors_km", "supplies_km")


def _years_of(value: dict[str, Any]) -> set[int]:
    """Return the years that figures are given for, however deep they are named."""
    found: set[int] = set()
    for key, inner in value.items():
        found |= _years_of(inner) if isinstance(inner, dict) else {int(key)}
    return found


def _money_of(limits: CountryLimits) -> list[Decimal]:
    """Return every amount of money of a scenario."""
    caps = [value for row in limits.caps_kzt.values() for value in row.values()]
    return [*limits.budgets_kzt.values(), *limits.regions_kzt.values(), *caps]


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for inner in value.values() for number in _numbers(inner)]
    return [float(value)]


def relax_country_scenario(
    run: CountryRun, number: int, *, title: str, by: Actor, at: datetime
) -> CountryScenario:
    """Make the scenario of a run without a plan again, eased as its suggestion says."""
    if not 0 <= number < len(run.relaxations):
        raise Missing("relaxation", str(number))
    limits = relaxed_limits(limits_of_json(run.scenario.limits), run.relaxations[number])
    return make_country_scenario(limits, title=title, by=by, at=at)


def shelve_country_scenario(
    scenario: CountryScenario, *, by: Actor, at: datetime
) -> CountryScenario:
    """Lay a scenario of the country aside."""
    return move(scenario, COUNTRY_SCENARIO, "shelve", by=by, at=at)


def start_country_run(
    scenario: CountryScenario, *, by: Actor, at: datetime, begun_from: CountryRun | None = None
) -> CountryRun:
    """Ask for the plan of a scenario; `compute_country_run` or a worker makes it.

    `begun_from` names a run whose packages, prices and plan it begins from: quicker, and the plan
    stays close to that one. Packages are then those of its day.
    """
    COUNTRY_SCENARIO.check("run", Ask(scenario, by, at))
    with transaction.atomic():
        run = CountryRun.objects.create(
            code=derived_code("NR", scenario.code, at, scenario.runs.count()),
            scenario=scenario,
            law_on=begun_from.law_on if begun_from else day_of(at),
            begun_from=begun_from,
            asked_by=by.code,
            asked_at=at,
        )
        move(scenario, COUNTRY_SCENARIO, "run", by=by, at=at, facts={"run": run.code})
        facts = {"scenario": scenario.code}
        facts |= {"begun_from": begun_from.code} if begun_from else {}
        record("country_run.ask", run.code, by=by, at=at, facts=facts)
    return run


def _untold(_share: float, _stage: str) -> None:
    """Tell nobody."""


def compute_country_run(
    run: CountryRun, *, by: Actor, at: datetime, told: Told = _untold, search: bool = True
) -> CountryRun:
    """Compute the plan and keep it; one whose worker was killed is computed from the beginning.

    `told` hears how far it is and may raise Cancelled: then nothing of the run is kept. Without
    `search` a small country's plan is not searched further by an exact solver.
    """
    started = perf_counter()
    move(run, COUNTRY_RUN, "begin", by=by, at=at)
    limits = limits_of_json(run.scenario.limits)
    try:
        outcome = _outcome(run, limits, told, search=search)
        told(0.9, "writing")
        written = write_run(folder_of(run), outcome, code=run.code, scenario=run.scenario.code)
        told(0.99, "writing")
    except Cancelled:
        run.refresh_from_db()
        if run.state == "running":
            move(run, COUNTRY_RUN, "cancel", by=by, at=at)
        raise
    return _keep(run, outcome, written, seconds=perf_counter() - started, by=by, at=at)


def _outcome(run: CountryRun, limits: CountryLimits, told: Told, *, search: bool) -> Outcome:
    if run.begun_from is None:
        given, solved, demands = _anew(run, limits, told, search=search)
    else:
        given, solved, demands = _again(run.begun_from, limits, told, search=search)
    told(0.87, "certainty")
    return Outcome(
        given,
        replace(solved, certainty=certainty_of(given, solved)),
        run.scenario.limits,
        limits.years,
        national_version(),
        cells_of_packs(given.clusters, given.packs, solved.option, limits.years),
        demands,
        [changes_of(given, limits, way) for way in solved.ways],
    )


Answered = tuple[Given, Solved, list[Demand]]


def _anew(run: CountryRun, limits: CountryLimits, told: Told, *, search: bool) -> Answered:
    """Plan from the register as it stands."""
    made = supplies(run.law_on)
    asked = assemble(
        limits, on=run.law_on, domestic=domestic_by_product(made, run.law_on), told=told
    )
    solved = solve_country(asked.problem, told, search=search)
    demands = bill_of_materials(asked, solved.option, made, limits.years)
    return given_of(asked, limits.years), solved, demands


def _again(base: CountryRun, limits: CountryLimits, told: Told, *, search: bool) -> Answered:
    """Plan from the packages, prices and plan of another run."""
    told(0.02, "opening")
    opened = open_run(folder_of(base), base.result_digest)
    given = given_again(opened, limits)
    solved = solve_again(given.problem, opened.begin(given), opened.run.option, told, search=search)
    return given, solved, demands_of_plan(opened.run, solved.option, supplies(base.law_on))


def _keep(
    run: CountryRun,
    outcome: Outcome,
    written: Written,
    *,
    seconds: float,
    by: Actor,
    at: datetime,
) -> CountryRun:
    """Store what came out, and what proves it, in one transaction."""
    solved = outcome.solved
    figures = {
        "inputs_digest": written.inputs_digest,
        "result_digest": written.result_digest,
        "engine_version": outcome.engine,
        "value_kzt": from_million(solved.worth_mkzt),
        "bound_kzt": from_million(solved.bound_mkzt),
        "solver_bound_kzt": _tenge(solved.solver_bound_mkzt),
        "package_count": outcome.given.counts["packages"],
        "chosen_count": int((solved.option > 0).sum()),
    }
    with transaction.atomic():
        CountryRun.objects.filter(pk=run.pk).update(
            **figures,
            gap_share=solved.gap_share,
            broken=_broken(outcome, solved),
            relaxations=outcome.relaxations,
            cells=[asdict(cell) for cell in outcome.cells],
            demands=[asdict(one) for one in outcome.demands],
            duration_seconds=seconds,
        )
        run.refresh_from_db()
        action = "clash" if len(solved.broken) else "solve"
        move(run, COUNTRY_RUN, action, by=by, at=at, facts=figures)
    return run


def _tenge(mkzt: float) -> Decimal | None:
    return from_million(mkzt) if np.isfinite(mkzt) else None


def _broken(outcome: Outcome, solved: Solved) -> list[dict[str, Any]]:
    """Return the limits that clash, with what is short in their units.

    Where it is proven that no plan keeps them all: those that would have to give way, together the
    cheapest, and by how much each would alone. Else those that the plan found does not keep.
    """
    short, alone = solved.used - outcome.given.problem.rows.most, None
    rows = solved.broken
    if solved.why is not None and (solved.why.short > 0).any():
        short, alone, rows = solved.why.short, solved.why.alone, np.flatnonzero(solved.why.short)
    return [
        {
            **_named(outcome.given.limits[n], n),
            "short": round(float(short[n]), 6),
            "alone": _rounded(alone, n),
            "proven": solved.why is not None,
        }
        for n in rows.tolist()
    ]


def _named(limit: Limit, row: int) -> dict[str, Any]:
    names = ("kind", "region", "utility", "service", "product", "year", "unit", "is_assumed")
    told = {name: getattr(limit, name) for name in names}
    return {"row": row, **told, "amount": round(limit.amount, 6)}


def _rounded(values: Floats | None, n: int) -> float | None:
    if values is None or not np.isfinite(values[n]):
        return None
    return round(float(values[n]), 6)


def cancel_country_run(run: CountryRun, *, by: Actor, at: datetime) -> CountryRun:
    """Stop a run that is not over; its worker hears of it at the next step."""
    return move(run, COUNTRY_RUN, "cancel", by=by, at=at)


def fail_country_run(run: CountryRun, *, why: str, by: Actor, at: datetime) -> CountryRun:
    """Note that a run gave up, and why."""
    return move(run, COUNTRY_RUN, "fail", by=by, at=at, facts={"why": why[:200]})


def forget_part_of_run(run: CountryRun) -> None:
    """Take away what a killed worker had written of a run."""
    folder = folder_of(run)
    shutil.rmtree(folder.with_name(folder.name + PART), ignore_errors=True)


def adopt_country_run(run: CountryRun, *, by: Actor, at: datetime) -> CountryRun:
    """Make the run the country's plan in force; the one before it is superseded."""
    with transaction.atomic():
        # one plan is in force: two who adopt at once do it one after another
        list(CountryRun.objects.select_for_update(of=("self",), no_key=True).order_by("pk"))
        run.refresh_from_db()
        COUNTRY_RUN.check("adopt", Ask(run, by, at))
        for other in CountryRun.objects.filter(state="adopted").select_related("scenario"):
            move(other, COUNTRY_RUN, "supersede", by=by, at=at, facts={"by_run": run.code})
        facts = {"result_digest": run.result_digest}
        move(run, COUNTRY_RUN, "adopt", by=by, at=at, facts=facts)
    return run
