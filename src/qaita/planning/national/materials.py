"""What the plan needs of every product in every year, against what producers can make."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import F, Sum
from numpy.typing import NDArray

from qaita.engine.plan.national.packs import Ints
from qaita.law import unit_prices
from qaita.planning.national.assembling import Assembled
from qaita.planning.national.prices import RETROFIT
from qaita.producers.models import Product

METRE = "m"


@dataclass(frozen=True)
class Supply:
    """What producers of a product make in a year, and its domestic share."""

    capacity_km: float
    domestic_share: float


@dataclass(frozen=True)
class Demand:
    """Kilometres of one product in one year; `capacity_km` is None where nobody makes it."""

    service: str
    product: str
    kpved: str
    year: int
    length_km: float
    capacity_km: float | None


def supplies(on: date) -> dict[tuple[str, str], Supply]:
    """Return what producers make of pipes and wires, by service and KPVED code."""
    rows = (
        Product.objects.valid_on(on)
        .filter(unit=METRE, kpved__in=set(unit_prices(on=on).product_kpved.values()))
        .order_by()
        .values_list("service", "kpved")
        .annotate(
            made=Sum("capacity_per_year"),
            domestic=Sum(F("capacity_per_year") * F("in_country_share")),
        )
    )
    return {
        (service, kpved): Supply(float(made) / 1_000, float(domestic / made))
        for service, kpved, made, domestic in rows
        if made
    }


def domestic_by_product(found: Mapping[tuple[str, str], Supply], on: date) -> dict[str, float]:
    """Return the domestic share of every product that the register of producers knows."""
    shares = {}
    for product, kpved in sorted(unit_prices(on=on).product_kpved.items()):
        made = [supply for (_service, code), supply in sorted(found.items()) if code == kpved]
        whole = sum(supply.capacity_km for supply in made)
        if whole:
            weighted = sum(supply.capacity_km * supply.domestic_share for supply in made)
            shares[product] = weighted / whole
    return shares


def bill_of_materials(
    asked: Assembled, option: Ints, found: Mapping[tuple[str, str], Supply], years: tuple[int, ...]
) -> list[Demand]:
    """Add up what the chosen packages need; two pipes side by side count twice."""
    year, retrofits = _chosen(asked, option, len(years))
    packages, prices, country = asked.packages, asked.prices, asked.country
    owner = packages.owner
    taken = np.flatnonzero(year[owner] >= 0)
    section, owner = packages.section[taken], owner[taken]
    lined = retrofits[owner] & prices.can_retrofit[section]
    product = np.where(lined, prices.retrofit_product[section], prices.product[section])
    service = country.of_place("service")[section]
    km = country.length_m[section] * packages.share[taken] * country.pipes[section] / 1_000
    return _added(service, product, year[owner], km, (found, country.on, years))


def _chosen(asked: Assembled, option: Ints, years: int) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the year (−1: none) of every package, and whether it is renewed without digging."""
    year = np.full(asked.packages.count, -1, np.int64)
    retrofits = np.zeros(asked.packages.count, dtype=bool)
    start = 0
    for one in asked.packs:
        own = option[start : start + len(one.package)]
        start += len(own)
        choice, when = np.divmod(own - 1, years)
        for m in range(one.members):
            method = np.where(own > 0, one.pack.take[np.maximum(choice, 0), m], -1)
            taken = method >= 0
            year[one.package[taken, m]] = when[taken]
            if RETROFIT in one.methods:
                without = method == one.methods.index(RETROFIT)
                retrofits[one.package[without, m]] = True
    return year, retrofits


def _added(
    service: NDArray[np.str_],
    product: NDArray[np.str_],
    year: Ints,
    km: NDArray[np.float64],
    known: tuple[Mapping[tuple[str, str], Supply], date, tuple[int, ...]],
) -> list[Demand]:
    found, on, years = known
    codes = unit_prices(on=on).product_kpved
    keys = np.char.add(np.char.add(service, "|"), product)
    names, place = np.unique(keys, return_inverse=True)
    sums = np.bincount(place * len(years) + year, km, len(names) * len(years))
    demands = []
    for n, name in enumerate(names.tolist()):
        own_service, _bar, own_product = name.partition("|")
        kpved = codes.get(own_product, "")
        supply = found.get((own_service, kpved)) or found.get(("", kpved))
        capacity = supply.capacity_km if supply else None
        for t, when in enumerate(years):
            length = round(float(sums[n * len(years) + t]), 6)
            demands.append(Demand(own_service, own_product, kpved, when, length, capacity))
    return demands
