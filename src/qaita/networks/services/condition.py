"""Modelling the condition of a network's sections anew."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Max, Q
from numpy.typing import NDArray

from qaita.engine.wear.ageing import (
    expected_failures,
    modelled_wear,
    own_history,
    wear_after_inspection,
    wear_with_history,
)
from qaita.kernel.actor import CLOCK, Actor
from qaita.kernel.clock import DAYS_A_YEAR, day_of, start_of, years_before
from qaita.ledger.models import Entry
from qaita.ledger.services import record
from qaita.networks.ageing import (
    Aged,
    complete_rows,
    day_of_year,
    days_after,
    decimal_year,
)
from qaita.networks.models import Failure, Inspection, Network, Section
from qaita.networks.queries.ages import ages_of, rows_of
from qaita.networks.queries.integrity import inventory_of
from qaita.networks.queries.make_up import WINDOW_YEARS
from qaita.networks.states import ENGINEERS, require_role

Floats = NDArray[np.float64]
REFRESHERS = (*ENGINEERS, "clock")


ENTRY = "network.refresh_condition"
AFTER_DAYS = 30


@dataclass(frozen=True)
class Refreshed:
    """What a refresh found."""

    sections: int
    changed: int
    imputed_m: float
    modelled_wear: float


def refresh_condition(network: Network, *, on: date, by: Actor, at: datetime) -> Refreshed:
    """Impute what is unknown and model the wear of every living section for the day.

    Wear follows the ageing curve of the material; the last inspection sets it anew; the section's
    own failures of five years against what its cohort fails move it. Changed rows are written in
    one go, and one entry says what was found.
    """
    scope = network.scope_for("utility_engineer")
    require_role(ENTRY, by, REFRESHERS, scope)
    table = ages_of(network)
    if not table["pk"]:
        return Refreshed(0, 0, 0.0, 0.0)
    service = network.utility_service.service
    aged = complete_rows(rows_of(network, table), service=service, on=on)
    worn = _worn(network, table, aged, on)
    changes = _changes(table, aged, worn)
    length = np.array(table["length_m"], np.float64)
    guess = aged.laid.imputed | aged.material_imputed
    made = Refreshed(
        len(length),
        len(changes),
        float(length[guess].sum()),
        float((worn * length).sum() / length.sum()),
    )
    with transaction.atomic():
        _write(changes)
        facts = {
            "on": on,
            "sections": made.sections,
            "changed": made.changed,
            "imputed_m": round(made.imputed_m, 1),
            "modelled_wear": round(made.modelled_wear, 4),
            "inventory": inventory_of(network),
        }
        record(ENTRY, network.code, by=by, at=at, facts=facts)
    return made


def refresh_conditions_due(*, at: datetime) -> int:
    """Model anew the networks about which something was recorded, or a month has passed.

    So a failure of today counts in the wear of the next run; run twice, nothing changes.
    """
    refreshed = 0
    told = Entry.objects.filter(kind=ENTRY).values("code")
    last = {row["code"]: row["last"] for row in told.annotate(last=Max("at"))}
    for network in Network.objects.select_related("utility_service__organisation", "region"):
        seen = last.get(network.code)
        if seen is None or at - seen > timedelta(days=AFTER_DAYS) or _is_news(network, seen):
            refresh_condition(network, on=day_of(at), by=CLOCK, at=at)
            refreshed += 1
    return refreshed


def _is_news(network: Network, since: datetime) -> bool:
    """Tell whether a failure or inspection of the network was written down after the instant."""
    sections = {"section__network": network}
    failures = Failure.objects.filter(**sections).values("code")
    inspections = Inspection.objects.filter(**sections).values("code")
    about = Q(code__in=failures, kind="failure.record")
    about |= Q(code__in=inspections, kind="inspection.record")
    return Entry.objects.filter(about, at__gt=since).exists()


def _worn(network: Network, table: Mapping[str, Sequence[Any]], aged: Aged, on: date) -> Floats:
    norm, shape = aged.norm_life_years, aged.shape
    age = decimal_year(on) - aged.laid.value
    worn = modelled_wear(age, norm, shape)
    factor = _factor(network, table, aged, on)
    worn = wear_with_history(worn, factor)
    seen, since = _inspected(network, table, on)
    known = ~np.isnan(seen)
    worn[known] = wear_after_inspection(seen[known], since[known], norm[known], shape[known])
    return np.asarray(worn.round(4))


def _factor(network: Network, table: Mapping[str, Sequence[Any]], aged: Aged, on: date) -> Floats:
    """Return each section's own history against its material's rate in this network."""
    begin = start_of(years_before(on, WINDOW_YEARS))
    rows = Failure.objects.filter(section__network=network, at__gte=begin)
    counts: dict[int, float] = defaultdict(float)
    for key, confidence in rows.values_list("section", "confidence"):
        counts[key] += confidence
    failed = np.array([counts.get(key, 0.0) for key in table["pk"]])
    km = np.array(table["length_m"], np.float64) / 1000
    kinds = {name: number for number, name in enumerate(sorted(set(aged.material)))}
    kind = np.array([kinds[name] for name in aged.material])
    length = np.bincount(kind, km)
    rate = np.bincount(kind, failed) / (length * WINDOW_YEARS)
    return own_history(failed, expected_failures(km * 1000, float(WINDOW_YEARS), rate[kind]))


def _inspected(
    network: Network, table: Mapping[str, Sequence[Any]], on: date
) -> tuple[Floats, Floats]:
    rows = Inspection.objects.filter(section__network=network, on__lte=on).order_by("on", "pk")
    last = {key: (seen, day) for key, seen, day in rows.values_list("section", "condition", "on")}
    seen = np.array([last[key][0] if key in last else np.nan for key in table["pk"]])
    since = np.array(
        [(on - last[key][1]).days / DAYS_A_YEAR if key in last else np.nan for key in table["pk"]]
    )
    return seen, since


def _changes(table: Mapping[str, Sequence[Any]], aged: Aged, worn: Floats) -> list[tuple[Any, ...]]:
    changes = []
    values, norms = aged.laid.value.tolist(), aged.norm_life_years.tolist()
    guesses, unsure = aged.laid.imputed.tolist(), aged.material_imputed.tolist()
    for i, (key, wear) in enumerate(zip(table["pk"], worn.tolist(), strict=True)):
        laid_on = day_of_year(values[i]) if guesses[i] else table["laid_on"][i]
        is_same = (
            table["condition"][i] == wear
            and table["norm_life_years"][i] == norms[i]
            and table["laid_on"][i] == laid_on
            and table["material"][i] == aged.material[i]
        )
        if not is_same:
            past_on = days_after(laid_on, norms[i])
            changes.append(
                (aged.material[i], unsure[i], laid_on, guesses[i], norms[i], past_on, wear, key)
            )
    return changes


def _write(changes: list[tuple[Any, ...]]) -> None:
    """Write the changed columns, without a model object for every row."""
    table = connection.ops.quote_name(Section._meta.db_table)
    text = (
        f"UPDATE {table} SET material = %s, material_imputed = %s, laid_on = %s,"  # noqa: S608 - our own name
        " laid_imputed = %s, norm_life_years = %s, past_norm_on = %s, condition = %s"
        " WHERE id = %s"
    )
    with connection.cursor() as cursor:
        cursor.executemany(text, changes)
