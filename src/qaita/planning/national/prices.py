"""What renewing each section costs by each method, and what share of it stays in the country."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from qaita.law import national_plan, unit_prices
from qaita.law.unit_prices import UnitPrices
from qaita.planning.national.country import Country, Flags, Floats
from qaita.planning.national.reading import MATERIALS

REPLACE, RETROFIT = "replace", "retrofit"
LINER, WIRE = "liner", "wire"  # a pipe gets a liner without digging; a line is rewired


@dataclass(frozen=True)
class SectionPrices:
    """Per section: tenge by method in prices of today, domestic shares, what is laid."""

    replace_kzt: Floats
    retrofit_kzt: Floats
    can_retrofit: Flags
    replace_domestic: Floats  # share
    retrofit_domestic: Floats
    product: NDArray[np.int8]  # laid by replacement: place in products
    retrofit_product: NDArray[np.int8]
    products: tuple[str, ...]


def price_sections(country: Country, domestic: Mapping[str, float]) -> SectionPrices:
    """Price every section. `domestic` overrides the law's domestic share by product (0…1)."""
    law = unit_prices(on=country.on)
    products = (*sorted({*law.new_material.values(), *MATERIALS}), LINER, WIRE)
    product = np.zeros(len(country), np.int8)
    per_km = np.zeros(len(country))
    for name in country.services:
        own = country.is_of(name)
        laid = [products.index(law.material_after(name, one)) for one in MATERIALS]
        product[own] = np.array(laid, np.int8)[country.material[own]]
        per_km[own] = _per_km_kzt(law, name, country.size[own], product[own], products)
    replace = per_km * country.length_m / 1_000 * _place_factor(law, country)
    percent = _by_service(country, law.retrofit_percent, np.nan)
    without = np.where(country.is_of("power"), products.index(WIRE), products.index(LINER))
    shares = {name: value / 100 for name, value in law.product_domestic_percent.items()}
    shares.update(domestic)
    share = np.array([shares.get(name, 0.0) for name in products])
    return SectionPrices(
        replace_kzt=replace,
        retrofit_kzt=replace * np.where(np.isnan(percent), 100.0, percent) / 100,
        can_retrofit=_can_retrofit(law, country) & ~np.isnan(percent),
        replace_domestic=_domestic(law, country, share[product]),
        retrofit_domestic=_domestic(law, country, share[without]),
        product=product,
        retrofit_product=without.astype(np.int8),
        products=products,
    )


def _by_service(country: Country, table: Mapping[str, float], otherwise: float) -> Floats:
    """Return the table's value of every section's service."""
    values = [table.get(place.service, otherwise) for place in country.places]
    return np.array(values, dtype=np.float64)[country.network]


def _per_km_kzt(
    law: UnitPrices,
    service: str,
    size: Floats,
    product: NDArray[np.int8],
    products: tuple[str, ...],
) -> Floats:
    """Return tenge per km: `UnitPrices.per_km_kzt` of every size class and product."""
    classes = law.line_class_percent if service == "power" else law.pipe_class_percent
    limits = np.array(sorted(int(limit) for limit in classes), dtype=np.float64)
    rank = np.searchsorted(limits, np.nan_to_num(size, nan=limits[0]))
    rank = np.where(np.isnan(size), len(limits), np.minimum(rank, len(limits)))
    sizes = [*limits.tolist(), None]
    table = [[float(law.per_km_kzt(service, one, name)) for one in sizes] for name in products]
    return np.array(table)[product, rank]


def _place_factor(law: UnitPrices, country: Country) -> Floats:
    """Return by how much the region and the surface of the place change the price."""
    limits = sorted(int(limit) for limit in law.surface_percent)
    factors = []
    for place in country.places:
        fitting = [limit for limit in limits if place.population <= limit] or limits[-1:]
        # where nobody said how many live there, the surface is the average one
        surface = law.surface_percent[str(fitting[0])] if place.population else 100
        factors.append(law.region_percent.get(place.region, 100) / 100 * surface / 100)
    return np.array(factors, dtype=np.float64)[country.network]


def _can_retrofit(law: UnitPrices, country: Country) -> Flags:
    """Tell which sections have a material and a size that can be renewed without digging."""
    fits = np.zeros(len(country), dtype=bool)
    for name, materials in law.retrofit_materials.items():
        has = np.array([one in materials for one in MATERIALS])[country.material]
        least, most = law.retrofit_size_least[name], law.retrofit_size_most[name]
        fits |= country.is_of(name) & has & (country.size >= least) & (country.size <= most)
    return fits


def _domestic(law: UnitPrices, country: Country, of_product: Floats) -> Floats:
    """Return the domestic share of the whole cost: materials by product, works by the law."""
    of_materials = _by_service(country, law.materials_percent, 0.0) / 100
    works = law.works_domestic_percent / 100
    return of_materials * of_product + (1 - of_materials) * works


def least_domestic(country: Country, shares: Mapping[str, float]) -> Floats:
    """Return the least domestic share asked of every cluster; 0 of services not named."""
    return np.array([shares.get(one.service, 0.0) for one in country.clusters], dtype=np.float64)


def retrofit_failures(on: date) -> float:
    """Return how many times more often than a new section one renewed without digging fails."""
    return national_plan(on=on).retrofit_failures_percent / 100
