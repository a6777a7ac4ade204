"""What renewing each section costs by each method, and what share of it stays in the country."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from qaita.law import national_plan, unit_prices
from qaita.law.unit_prices import UnitPrices
from qaita.planning.national.country import Country, Flags, Floats

REPLACE, RETROFIT = "replace", "retrofit"
RETROFIT_PRODUCT = {"power": "wire"}  # a line is rewired; a pipe gets a liner
LINER = "liner"


@dataclass(frozen=True)
class SectionPrices:
    """Per section: tenge by method in prices of today, domestic shares, what is laid."""

    replace_kzt: Floats
    retrofit_kzt: Floats
    can_retrofit: Flags
    replace_domestic: Floats  # share
    retrofit_domestic: Floats
    product: NDArray[np.str_]  # laid by replacement
    retrofit_product: NDArray[np.str_]


def price_sections(country: Country, domestic: Mapping[str, float]) -> SectionPrices:
    """Price every section. `domestic` overrides the law's domestic share by product (0…1)."""
    law = unit_prices(on=country.on)
    service = country.of_place("service")
    product = np.full(len(country), "", dtype="U16")
    per_km = np.zeros(len(country))
    for name in country.services:
        own = service == name
        product[own] = _products(law, name, country.material[own])
        per_km[own] = _per_km_kzt(law, name, country.size[own], product[own])
    places = country.of_place("region"), country.of_place("population")
    replace = per_km * country.length_m / 1_000 * _place_factor(law, *places)
    percent = _looked_up(service, law.retrofit_percent)
    retrofit_product = np.where(service == "power", RETROFIT_PRODUCT["power"], LINER)
    shares = {name: value / 100 for name, value in law.product_domestic_percent.items()}
    shares.update(domestic)
    return SectionPrices(
        replace_kzt=replace,
        retrofit_kzt=replace * np.where(np.isnan(percent), 100.0, percent) / 100,
        can_retrofit=_can_retrofit(law, country, service) & ~np.isnan(percent),
        replace_domestic=_domestic(law, service, product, shares),
        retrofit_domestic=_domestic(law, service, retrofit_product, shares),
        product=product,
        retrofit_product=retrofit_product,
    )


def _looked_up(keys: NDArray[np.str_], table: Mapping[str, float]) -> Floats:
    """Return the table's value of every key; NaN where it has none."""
    names, place = np.unique(keys, return_inverse=True)
    return np.array([table.get(str(name), np.nan) for name in names])[place]


def _products(law: UnitPrices, service: str, material: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return what is laid in the place of each material."""
    names, place = np.unique(material, return_inverse=True)
    laid = [law.material_after(service, str(name)) for name in names]
    return np.array(laid, dtype="U16")[place]


def _per_km_kzt(law: UnitPrices, service: str, size: Floats, product: NDArray[np.str_]) -> Floats:
    """Return tenge per km: `UnitPrices.per_km_kzt` of every size class and product."""
    classes = law.line_class_percent if service == "power" else law.pipe_class_percent
    limits = np.array(sorted(int(limit) for limit in classes), dtype=np.float64)
    rank = np.searchsorted(limits, np.nan_to_num(size, nan=limits[0]))
    rank = np.where(np.isnan(size), len(limits), np.minimum(rank, len(limits)))
    names, kind = np.unique(product, return_inverse=True)
    sizes = [*limits.tolist(), None]
    table = [[float(law.per_km_kzt(service, one, str(name))) for one in sizes] for name in names]
    return np.array(table).reshape(len(names), len(sizes))[kind, rank]


def _place_factor(law: UnitPrices, region: NDArray[np.str_], people: NDArray[np.int64]) -> Floats:
    """Return by how much the region and the surface of the place change the price."""
    by_region = _looked_up(region, law.region_percent)
    limits = np.array(sorted(int(limit) for limit in law.surface_percent))
    percents = np.array([law.surface_percent[str(limit)] for limit in limits], dtype=np.float64)
    rank = np.minimum(np.searchsorted(limits, people), len(limits) - 1)
    surface = np.where(people > 0, percents[rank], 100.0)  # nobody said how many live there
    return np.asarray(np.where(np.isnan(by_region), 100.0, by_region) / 100 * surface / 100)


def _can_retrofit(law: UnitPrices, country: Country, service: NDArray[np.str_]) -> Flags:
    """Tell which sections have a material and a size that can be renewed without digging."""
    fits = np.zeros(len(country), dtype=bool)
    for name, materials in law.retrofit_materials.items():
        own = (service == name) & np.isin(country.material, materials)
        least, most = law.retrofit_size_least[name], law.retrofit_size_most[name]
        fits |= own & (country.size >= least) & (country.size <= most)
    return fits


def _domestic(
    law: UnitPrices,
    service: NDArray[np.str_],
    product: NDArray[np.str_],
    shares: Mapping[str, float],
) -> Floats:
    """Return the domestic share of the whole cost: materials by product, works by the law."""
    of_materials = np.nan_to_num(_looked_up(service, law.materials_percent)) / 100
    of_product = np.nan_to_num(_looked_up(product, shares))
    works = law.works_domestic_percent / 100
    return np.asarray(of_materials * of_product + (1 - of_materials) * works)


def least_domestic(country: Country, shares: Mapping[str, float]) -> Floats:
    """Return the least domestic share asked of every cluster; 0 of services not named."""
    return np.array([shares.get(one.service, 0.0) for one in country.clusters], dtype=np.float64)


def retrofit_failures(on: date) -> float:
    """Return how many times more often than a new section one renewed without digging fails."""
    return national_plan(on=on).retrofit_failures_percent / 100
