"""Foretelling failures: the model is chosen by back-test, and every section gets its rate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import Count
from numpy.typing import NDArray
from scipy.special import gammaincinv

from qaita.engine.wear.backtest import Entry as Line
from qaita.engine.wear.backtest import chosen, forecasts, looked_back
from qaita.engine.wear.counting import spread_between
from qaita.kernel.actor import CLOCK, Actor
from qaita.kernel.clock import day_of, start_of
from qaita.ledger.services import record
from qaita.networks.ageing import day_of_year
from qaita.networks.errors import FaultyNetwork
from qaita.networks.failing import records_of
from qaita.networks.importing.records import known_on
from qaita.networks.models import (
    Failure,
    FailureForecast,
    FailureModel,
    LearntFrom,
    Network,
    Section,
    UtilityService,
)
from qaita.networks.states import ENGINEERS, require_role

Floats = NDArray[np.float64]
ENTRY = "utility_service.forecast_failures"
FORECASTERS = (*ENGINEERS, "programme_office", "clock")
YEARS = 3.0  # judged on, and forecast
ENOUGH = 50  # own failures that a model can be learnt from
LEAST = 10  # failures of anybody's below which nothing is said
DRAWS, SEED = 100, 1
AFTER_DAYS = 30
AT_ONCE = 3  # services in one turn of the clock
CHUNK = 2_000
MOST_SECTIONS = 60_000  # of others that teach: more would say the same, later


@dataclass(frozen=True)
class Learnt:
    """What was learnt from one circle of records, and what it says of each section."""

    learnt_from: str
    name: str
    leaderboard: list[Line]
    records_from: date
    failures: int
    owners: frozenset[int]
    rows: dict[int, tuple[float, float]]  # section → failures a year, gamma shape


@dataclass(frozen=True)
class Foretold:
    """What a forecast brought."""

    model: FailureModel | None  # None: nobody's records suffice
    sections: int


def forecast_failures(
    owner: UtilityService,
    *,
    on: date,
    by: Actor,
    at: datetime,
    known: dict[str, Learnt] | None = None,
) -> Foretold:
    """Choose the model of a service's failures by back-test and store what it expects.

    With too few failures of its own, the same service in the region teaches, then in the country.
    `known` keeps what was learnt from a circle for the next owner within it.
    """
    scope = Network(utility_service=owner, region=owner.region).scope_for("utility_engineer")
    require_role(ENTRY, by, FORECASTERS, scope)
    own = _learnt(LearntFrom.OWN, [owner], on) if _failed([owner], on) >= ENOUGH else None
    learnt = own or _of_others(owner, on, {} if known is None else known)
    if learnt is None:
        return Foretold(None, 0)
    keys = set(Section.objects.filter(network__utility_service=owner).values_list("pk", flat=True))
    mine = {key: told for key, told in learnt.rows.items() if key in keys}
    with transaction.atomic():
        model = _store(owner, learnt, mine, on)
        facts = {
            "on": on,
            "model": learnt.name,
            "learnt_from": learnt.learnt_from,
            "failures": learnt.failures,
            "sections": len(mine),
            "failures_per_year": round(sum(rate for rate, _ in mine.values()), 6),
        }
        record(ENTRY, owner.code, by=by, at=at, facts=facts)
    return Foretold(model, len(mine))


def forecast_failures_due(*, at: datetime, most: int = AT_ONCE) -> int:
    """Foretell anew for services never foretold or a month ago, at most so many in one turn."""
    on = day_of(at)
    known: dict[str, Learnt] = {}
    old = on - timedelta(days=AFTER_DAYS)
    rows = UtilityService.objects.exclude(failure_model__made_on__gt=old)
    rows = rows.select_related("organisation", "region").order_by("service", "code")
    done = 0
    for owner in rows:
        if done >= most:
            break
        done += forecast_failures(owner, on=on, by=CLOCK, at=at, known=known).model is not None
    return done


def _failed(owners: Iterable[UtilityService], on: date) -> int:
    until = start_of(on + timedelta(days=1))
    told = Failure.objects.filter(section__network__utility_service__in=list(owners))
    return told.filter(at__lt=until).count()


def _of_others(owner: UtilityService, on: date, known: dict[str, Learnt]) -> Learnt | None:
    alike = UtilityService.objects.filter(service=owner.service)
    circles = (
        (LearntFrom.REGION, alike.filter(region=owner.region), ENOUGH),
        (LearntFrom.COUNTRY, alike, LEAST),
    )
    for circle, owners, enough in circles:
        place = owner.region.kato if circle == LearntFrom.REGION else ""
        key = f"{owner.service} {place}"
        if key in known and owner.pk in known[key].owners:
            return known[key]
        teachers = _teachers(owner, list(owners))
        if _failed(teachers, on) >= enough:
            learnt = _learnt(circle, teachers, on)
            if learnt:
                known[key] = learnt
                return learnt
    return None


def _teachers(owner: UtilityService, owners: list[UtilityService]) -> list[UtilityService]:
    """Return the owner and those with most failures, as many as can be learnt from at once."""
    counted = Network.objects.filter(utility_service__in=owners).order_by()
    sizes = counted.values_list("utility_service").annotate(n=Count("sections"))
    failed = counted.values_list("utility_service").annotate(n=Count("sections__failures"))
    size, told = dict(sizes), dict(failed)
    ranked = sorted(owners, key=lambda one: (one != owner, -told.get(one.pk, 0), one.code))
    kept, total = [], 0
    for one in ranked:
        total += size.get(one.pk, 0)
        if total <= MOST_SECTIONS or one == owner:
            kept.append(one)
    return kept


def _learnt(circle: str, owners: list[UtilityService], on: date) -> Learnt | None:
    """Learn from the records of some owners; None where they do not suffice."""
    told, keys = records_of(owners, on=on)
    try:
        known = known_on(told)
    except FaultyNetwork:
        return None
    histories = known.histories
    board = looked_back(histories, YEARS, seed=SEED)
    name = chosen(board)
    made = forecasts(histories, YEARS, seed=SEED)
    yearly = made.of(name, histories) / YEARS
    shape = spread_between(made.processes.nhpp, histories, YEARS, draws=DRAWS, seed=SEED)
    rows = {
        keys[row]: (float(rate), float(k))
        for row, rate, k in zip(known.rows, yearly, shape, strict=True)
        if rate > 0
    }
    begin = day_of_year(histories.from_year)
    taught = frozenset(one.pk for one in owners)
    return Learnt(circle, name, board, begin, len(histories.event_year), taught, rows)


def _store(
    owner: UtilityService, learnt: Learnt, mine: dict[int, tuple[float, float]], on: date
) -> FailureModel:
    model, _ = FailureModel.objects.update_or_create(
        utility_service=owner,
        defaults={
            "name": learnt.name,
            "learnt_from": learnt.learnt_from,
            "made_on": on,
            "records_from": learnt.records_from,
            "sections_count": len(learnt.rows),
            "failures_counted": learnt.failures,
            "own_failures_count": _failed([owner], on),
            "leaderboard": [line_of(line) for line in learnt.leaderboard],
        },
    )
    FailureForecast.objects.filter(section__network__utility_service=owner).delete()
    rate = np.array([rate for rate, _ in mine.values()])
    shape = np.array([k for _, k in mine.values()])
    low, high = (gammaincinv(shape, q) * rate / shape for q in (0.025, 0.975))
    told = zip(mine, rate.tolist(), low.tolist(), high.tolist(), shape.tolist(), strict=True)
    rows = [
        FailureForecast(
            section_id=key,
            made_on=on,
            failures_per_year=mean,
            low_per_year=least,
            high_per_year=most,
            gamma_k=k,
        )
        for key, mean, least, most, k in told
    ]
    FailureForecast.objects.bulk_create(rows, batch_size=CHUNK)
    return model


def line_of(line: Line) -> dict[str, object]:
    """Return a line of the leaderboard for storing; what could not be judged is null."""
    found = line.judgement
    return {
        "name": line.name,
        "is_model": line.is_model,
        "caught": [round(float(share), 4) for share in found.caught],
        "area": round(found.area, 4),
        "expected": round(float(found.expected.sum()), 1),
        "observed": round(float(found.observed.sum()), 1),
        "coverage": None if np.isnan(found.coverage) else round(found.coverage, 3),
    }
