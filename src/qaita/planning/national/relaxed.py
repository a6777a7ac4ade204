"""Relaxations in the words of a scenario: which amounts change, and the scenario that follows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_UP, Decimal
from typing import Any

import numpy as np

from qaita.engine.plan.national.packs import Floats
from qaita.engine.plan.national.relaxing import Relaxation
from qaita.planning.national.given import Given
from qaita.planning.national.limits import CountryLimits, Limit

Change = Mapping[str, Any]
NAMES = ("kind", "region", "utility", "service", "product", "year", "unit", "is_least")
CENT = Decimal("0.01")
ROUND = 1e6  # amounts are told to a millionth, away from what was asked for


def changes_of(given: Given, limits: CountryLimits, one: Relaxation) -> list[dict[str, Any]]:
    """Return what a relaxation changes, as plain values; of a share the share that is enough."""
    money = one.spent[: len(given.clusters), : len(limits.years)].sum(1)
    changes = []
    for row, by in zip(one.rows.tolist(), one.by.tolist(), strict=True):
        limit = given.limits[row]
        named = {name: getattr(limit, name) for name in NAMES}
        share = _share(given, limits, (limit, by), money)
        by = math.ceil(by * ROUND) / ROUND
        changes.append({"row": row, **named, "amount": limit.amount, "by": by, "share": share})
    return changes


def _share(
    given: Given, limits: CountryLimits, row: tuple[Limit, float], money: Floats
) -> float | None:
    """Return the least share that the plan behind a relaxation reaches, of rows that are shares."""
    limit, by = row
    if limit.kind == "red_zone":
        was, spent = limits.red_zone_share, float(money.sum())
    elif limit.kind == "domestic":
        was = limits.domestic_shares[limit.service]
        own = np.array([one.service == limit.service for one in given.clusters])
        spent = float(money[own].sum())
    else:
        return None
    return max(math.floor((was - by / max(spent, 1e-9)) * 1e4) / 1e4, 0.0)


def relaxed_limits(limits: CountryLimits, changes: Sequence[Change]) -> CountryLimits:
    """Return the limits after changes. Sums over years give way in the year that asks for it."""
    for kind, ease in EASE.items():
        own = [one for one in changes if one["kind"] == kind]
        if own:
            limits = ease(limits, own)
    return limits


def _tenge(mkzt: float) -> Decimal:
    return (Decimal(repr(mkzt)) * 1_000_000).quantize(CENT, rounding=ROUND_UP)


def _budgets(limits: CountryLimits, changes: Sequence[Change]) -> CountryLimits:
    money = dict(limits.budgets_kzt)
    for one in changes:
        money[one["year"]] = money.get(one["year"], Decimal(0)) + _tenge(one["by"])
    return replace(limits, budgets_kzt=money)


def _caps(limits: CountryLimits, changes: Sequence[Change]) -> CountryLimits:
    """Raise caps; what an earlier year was given counts for later ones where it carries over."""
    caps = {utility: dict(row) for utility, row in limits.caps_kzt.items()}
    given: dict[str, Decimal] = {}
    for one in sorted(changes, key=lambda one: int(one["year"])):
        more, before = _tenge(one["by"]), given.get(one["utility"], Decimal(0))
        if limits.carries_over:
            more = max(more - before, Decimal(0))
            given[one["utility"]] = before + more
        row = caps[one["utility"]]
        row[one["year"]] = row.get(one["year"], Decimal(0)) + more
    return replace(limits, caps_kzt=caps)


def _capacities(limits: CountryLimits, changes: Sequence[Change]) -> CountryLimits:
    able = {
        region: {service: dict(row) for service, row in rows.items()}
        for region, rows in limits.capacities_km.items()
    }
    for one in changes:
        able[one["region"]][one["service"]][one["year"]] += one["by"]
    return replace(limits, capacities_km=able)


def _floors(limits: CountryLimits, changes: Sequence[Change]) -> CountryLimits:
    """Lower promises: each is for all kilometres up to its year, so no later one may be higher."""
    floors = {service: dict(row) for service, row in limits.floors_km.items()}
    for service in sorted({one["service"] for one in changes}):
        own = {one["year"]: one["by"] for one in changes if one["service"] == service}
        years = sorted(floors[service])
        whole = np.cumsum([floors[service][year] for year in years])
        eased = np.maximum(whole - [own.get(year, 0.0) for year in years], 0.0)
        eased = np.minimum.accumulate(eased[::-1])[::-1]
        yearly = np.diff(np.concatenate([[0.0], eased]))
        floors[service] = dict(zip(years, yearly.tolist(), strict=True))
    return replace(limits, floors_km=floors)


def _regions(limits: CountryLimits, changes: Sequence[Change]) -> CountryLimits:
    least = dict(limits.regions_kzt)
    for one in changes:
        least[one["region"]] = max(least[one["region"]] - _tenge(one["by"]), Decimal(0))
    return replace(limits, regions_kzt=least)


def _domestic(limits: CountryLimits, changes: Sequence[Change]) -> CountryLimits:
    shares = {one["service"]: one["share"] for one in changes}
    return replace(limits, domestic_shares={**limits.domestic_shares, **shares})


def _red_zone(limits: CountryLimits, changes: Sequence[Change]) -> CountryLimits:
    return replace(limits, red_zone_share=changes[0]["share"])


def _goods(limits: CountryLimits, changes: Sequence[Change]) -> CountryLimits:
    """Raise what can be made; where a part may be imported, only the rest must be made."""
    made = {
        service: {product: dict(row) for product, row in rows.items()}
        for service, rows in limits.supplies_km.items()
    }
    for one in changes:
        part = 1.0 - limits.import_shares.get(one["service"], 0.0)
        made[one["service"]][one["product"]][one["year"]] += one["by"] * part
    return replace(limits, supplies_km=made)


EASE = {
    "budget": _budgets,
    "cap": _caps,
    "capacity": _capacities,
    "floor": _floors,
    "region": _regions,
    "domestic": _domestic,
    "red_zone": _red_zone,
    "goods": _goods,
}
