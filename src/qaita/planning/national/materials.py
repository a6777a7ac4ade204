"""What the plan needs of every product in every year, against what producers can make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import F, Sum
from numpy.typing import NDArray

from qaita.engine.plan.national.packs import Floats, Ints
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
    names = sorted({place.service for place in country.places})
    of_place = np.array([names.index(place.service) for place in country.places], dtype=np.int64)
    km = country.length_m[section] * packages.share[taken] * country.pipes[section] / 1_000
    sums = np.zeros((len(names), len(prices.products), len(years)))
    np.add.at(sums, (of_place[country.network[section]], product, year[owner]), km)
    codes = unit_prices(on=country.on).product_kpved
    return demand_rows(sums, (names, prices.products), years, codes, found)


def demand_rows(
    sums: Floats,
    names: tuple[Sequence[str], Sequence[str]],
    years: tuple[int, ...],
    codes: Mapping[str, str],
    found: Mapping[tuple[str, str], Supply],
) -> list[Demand]:
    """Return kilometres (services, products, years) as rows; `names` of services and products."""
    services, products = names
    return [
        Demand(
            services[s],
            products[p],
            codes.get(products[p], ""),
            when,
            round(float(sums[s, p, t]), 6),
            capacity_km_of(found, services[s], codes.get(products[p], "")),
        )
        for s, p in np.argwhere(sums.sum(2) > 0).tolist()
        for t, when in enumerate(years)
    ]


def capacity_km_of(
    found: Mapping[tuple[str, str], Supply], service: str, kpved: str
) -> float | None:
    """Return what producers make in a year for the service, or for any; None where nobody does."""
    supply = found.get((service, kpved)) or found.get(("", kpved))
    return supply.capacity_km if supply else None


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
