"""From the register and a scenario to a problem of the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from qaita.engine.plan.national.packs import National
from qaita.engine.plan.national.screening import without_impossible
from qaita.kernel.money import million_tenge
from qaita.law import planning
from qaita.planning.national.country import Country, Floats, read_country
from qaita.planning.national.gathering import Packages, gather_packages
from qaita.planning.national.given import Screened, screened_options
from qaita.planning.national.goods import Good, goods_of, laid_units, with_goods
from qaita.planning.national.limits import CountryLimits, Limit, limits_for, rows_of
from qaita.planning.national.options import (
    Offers,
    OptionPack,
    offers_of,
    pack_options,
    section_table,
)
from qaita.planning.national.plants import Plants, plants_of, without_closed
from qaita.planning.national.prices import SectionPrices, least_domestic, price_sections
from qaita.planning.national.rates import CountryNeeds, find_needs
from qaita.planning.national.staging import stage_packages
from qaita.planning.national.streets import Streets, find_streets, whole_streets

Told = Callable[[float, str], None]


@dataclass(frozen=True)
class Assembled:
    """A problem and everything its numbers stand for."""

    country: Country
    needs: CountryNeeds
    prices: SectionPrices
    packages: Packages
    offers: Offers
    streets: Streets
    goods: list[Good]  # their clusters come after the country's
    packs: list[OptionPack]
    limits: list[Limit]
    problem: National
    screened: list[Screened]
    plants: Plants
    closed: list[Screened]  # options of years in which pipes wait for their plant


def assemble(
    wanted: CountryLimits, *, on: date, domestic: Mapping[str, float], told: Told
) -> Assembled:
    """Read the country and put the scenario's question to it.

    `domestic`: domestic share by product where the producers' register knows it.
    """
    told(0.02, "reading")
    country = read_country(on=on)
    told(0.25, "gathering")
    needs = find_needs(country)
    prices = price_sections(country, domestic)
    table = section_table(country, needs, prices)
    least = least_domestic(country, wanted.domestic_shares)
    goods = goods_of(wanted.supplies_km)
    limits = limits_for(wanted, country.clusters, country.in_red_zone, goods)
    gathered = gather_packages(country, needs)
    offers = offers_of(country, gathered, table, least)
    packages = _staged(wanted, country, gathered, offers, table)
    offers = offers_of(country, packages, table, least)
    told(0.35, "streets")
    streets = whole_streets(find_streets(country, gathered), gathered, packages)
    told(0.4, "options")
    packs = pack_options(on, offers, streets, len(wanted.years))
    plants = plants_of(wanted, country.places)
    packs, closed = without_closed(packs, packages.network, plants)
    if goods:
        laid = laid_units(country, prices, packages, goods)
        packs = [with_goods(one, laid, len(country.clusters)) for one in packs]
    clusters = len(country.clusters) + len(goods)
    rows = rows_of(limits, clusters, len(wanted.years))
    asked = tuple(one.pack for one in packs)
    problem, _dropped = without_impossible(National(asked, rows, len(wanted.years), clusters))
    screened = screened_options(asked, problem.packs)
    packs = [replace(one, pack=pack) for one, pack in zip(packs, problem.packs, strict=True)]
    return Assembled(
        country, needs, prices, packages, offers, streets, goods, packs, limits, problem, screened,
        plants, closed,
    )  # fmt: skip


def _staged(
    wanted: CountryLimits, country: Country, packages: Packages, offers: Offers, table: Floats
) -> Packages:
    """Cut what no year can carry, by the largest years of the limits in money of today."""
    money, length = _largest(wanted, country)
    owner = packages.owner
    load = np.maximum(
        offers.cost[:, 0] / money[offers.cluster], offers.length_km / length[offers.cluster]
    )
    cluster = offers.cluster[owner]
    own = table[packages.section] * packages.share[:, None]
    section_load = np.maximum(own[:, 2] / money[cluster], own[:, 0] / length[cluster])
    return stage_packages(packages, load, section_load)


def _largest(wanted: CountryLimits, country: Country) -> tuple[Floats, Floats]:
    """Return for every cluster the most money, in prices of today, and km that one year allows.

    Where there is none at all, nothing is cut: no stage of it could be paid for either.
    """
    growth = 1 + planning(on=country.on).inflation_percent / 100

    def most(by_year: Mapping[int, Decimal] | None) -> float:
        if by_year is None:
            return np.inf
        today = [
            million_tenge(by_year.get(year, Decimal(0))) / growth**n
            for n, year in enumerate(wanted.years)
        ]
        return max(today, default=0.0)

    budget = most(wanted.budgets_kzt)
    money, length = [], []
    for one in country.clusters:
        money.append(min(most(wanted.caps_kzt.get(one.utility)), budget))
        spans = wanted.capacities_km.get(one.region, {}).get(one.service)
        length.append(max(spans.values(), default=0.0) if spans is not None else np.inf)
    return _or_endless(money), _or_endless(length)


def _or_endless(most: list[float]) -> Floats:
    values = np.array(most, dtype=np.float64)
    return np.where(values > 0, values, np.inf)
