"""What can be done with each package, in which year, at what cost and for what benefit."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from qaita.engine.plan import present_benefit
from qaita.engine.plan.national.packs import FORBIDDEN, Pack
from qaita.law import planning
from qaita.planning.national.country import Country, Flags, Floats, Ints
from qaita.planning.national.gathering import Packages
from qaita.planning.national.prices import (
    REPLACE,
    RETROFIT,
    SectionPrices,
    retrofit_failures,
)
from qaita.planning.national.rates import CountryNeeds
from qaita.planning.national.streets import (
    JOINT,
    ORDINALS,
    Streets,
    Subset,
    label_of,
    saved_share,
    subsets_of,
)

MOST_REPLACED = 0.5  # a package is renewed without digging when no more of its length needs it
MILLION = 1e6


@dataclass(frozen=True)
class Offers:
    """Every package's figures: money in million tenge of today, lengths in km.

    Second axis of two: replacement, renewal without digging.
    """

    cluster: Ints
    length_km: Floats
    cost: Floats  # (packages, 2)
    domestic: Floats  # (packages, 2)
    can_retrofit: Flags
    least_domestic: Floats  # share asked of the package's service
    old_loss: Floats  # a year, as it lies
    new_loss: Floats  # (packages, 2): a year, after the renewal


@dataclass(frozen=True)
class OptionPack:
    """A pack of the engine with the words its numbers stand for."""

    pack: Pack
    package: Ints  # (k, members): places among the packages
    methods: tuple[str, ...]
    labels: tuple[str, ...]  # of the choices

    @property
    def members(self) -> int:
        """Return how many networks a package of the pack has."""
        return int(self.package.shape[1])


def offers_of(country: Country, packages: Packages, table: Floats, least: Floats) -> Offers:
    """Add up the figures of each package's sections; `least`: domestic share by cluster."""
    sums = packages.sum_of(table)
    cost = sums[:, 2:4]
    cluster = cluster_of_places(country)[packages.network]
    return Offers(
        cluster=cluster,
        length_km=sums[:, 0],
        cost=cost,
        domestic=sums[:, 4:6] / np.maximum(cost, 1e-12),
        can_retrofit=sums[:, 1] >= (1 - MOST_REPLACED) * sums[:, 0],
        least_domestic=least[cluster],
        old_loss=sums[:, 6],
        new_loss=np.minimum(sums[:, 7:9], sums[:, 6:7]),
    )


def section_table(country: Country, needs: CountryNeeds, prices: SectionPrices) -> Floats:
    """Return per section what packages add up: km, money in million tenge, losses a year."""
    lined = prices.can_retrofit
    mixed = np.where(lined, prices.retrofit_kzt, prices.replace_kzt)
    mixed_domestic = np.where(lined, prices.retrofit_domestic, prices.replace_domestic)
    often = np.where(lined, retrofit_failures(country.on), 1.0)
    loss = needs.failure_kzt / MILLION
    return np.stack(
        [
            country.length_m / 1_000,
            country.length_m / 1_000 * lined,
            prices.replace_kzt / MILLION,
            mixed / MILLION,
            prices.replace_kzt / MILLION * prices.replace_domestic,
            mixed / MILLION * mixed_domestic,
            needs.old_per_year * loss,
            needs.new_per_year * loss,
            needs.new_per_year * loss * often,
        ],
        axis=1,
    )


def cluster_of_places(country: Country) -> Ints:
    """Return the cluster of every network."""
    return np.array([place.cluster for place in country.places], dtype=np.int64)


def pack_options(on: date, offers: Offers, streets: Streets, years: int) -> list[OptionPack]:
    """Turn packages into packs of the engine: plain ones, with a second method, dug once.

    There are always as many, though some may be empty: readers know them by their places.
    """
    alone = np.ones(len(offers.cluster), dtype=bool)
    alone[streets.packages] = False
    places = np.arange(len(alone))
    plain = places[alone & ~offers.can_retrofit]
    lined = places[alone & offers.can_retrofit]
    return [
        _plain(on, offers, plain, (REPLACE,), years),
        _plain(on, offers, lined, (REPLACE, RETROFIT), years),
        *(
            _dug_once(on, offers, streets, size, years)
            for size in range(2, 1 + streets.member.shape[1])
        ),
    ]


def _plain(
    on: date, offers: Offers, places: Ints, methods: tuple[str, ...], years: int
) -> OptionPack:
    places = places[np.argsort(offers.cluster[places], kind="stable")]
    count = len(methods)
    cost = offers.cost[places, None, :count]
    benefit = _benefits(on, offers, places, years)[:, :count]
    pack = Pack(
        take=np.arange(count, dtype=np.int64)[:, None],
        cluster=offers.cluster[places][:, None],
        length_km=offers.length_km[places][:, None].astype(np.float32),
        cost=_over_years(cost, on, years),
        deficit=_deficit(offers, places)[:, None, :count],
        benefit=benefit.astype(np.float32),
    )
    return OptionPack(_in_line(pack), places[:, None], methods, methods)


def _in_line(pack: Pack) -> Pack:
    """Return the pack with arrays that lie in one piece, as the engine reads them."""
    return Pack._make(np.ascontiguousarray(column) for column in pack)


def _benefits(on: date, offers: Offers, places: Ints, years: int) -> Floats:
    """Return the benefit (packages, methods, years) of renewing by each method in each year.

    Linear in the old and the new losses, so that the factors of one tenge are found once.
    """
    law = planning(on=on)
    old, both = (
        present_benefit(
            np.ones(1),
            np.array([new]),
            np.ones(1),
            growth_share=law.failure_growth_percent / 100,
            rates=(law.inflation_percent / 100, law.discount_percent / 100),
            years=(years, law.horizon_years),
        )[0]
        for new in (0.0, 1.0)
    )
    new = old - both
    return np.asarray(
        offers.old_loss[places, None, None] * old - offers.new_loss[places, :, None] * new
    )


def _over_years(cost: Floats, on: date, years: int) -> NDArray[np.float32]:
    """Return costs in the prices of each year."""
    growth = (1 + planning(on=on).inflation_percent / 100) ** np.arange(years)
    return (cost[..., None] * growth).astype(np.float32)


def _deficit(offers: Offers, places: Ints) -> NDArray[np.float32]:
    """Return by how much each method falls short of the least domestic share."""
    return (offers.least_domestic[places, None] - offers.domestic[places]).astype(np.float32)


def _dug_once(on: date, offers: Offers, streets: Streets, size: int, years: int) -> OptionPack:
    """Return the streets of so many networks: each alone by either method, some or all together."""
    found = streets.of_size(size)
    clusters = offers.cluster[found.member]
    found = found.in_order(np.lexsort(clusters.T[::-1]))
    members, subsets = found.member, subsets_of(size)
    replaced, lined = offers.cost[members][:, :, 0], offers.cost[members][:, :, 1]
    cost = np.repeat(replaced[:, :, None], 2 + len(subsets), axis=2)
    cost[:, :, 1] = lined
    for n, subset in enumerate(subsets):
        for m in subset:
            length_m = 1_000 * offers.length_km[members[:, m]]
            cost[:, m, 2 + n] *= 1 - saved_share(found, subset, m, length_m, on)
    short = np.stack([_deficit(offers, members[:, m]) for m in range(size)], axis=1)
    gains = np.stack([_benefits(on, offers, members[:, m], years) for m in range(size)], axis=1)
    can = offers.can_retrofit[members][:, :, None]
    benefit = [gains[:, :, 0], np.where(can, gains[:, :, 1], FORBIDDEN)]
    benefit += [gains[:, list(subset), 0].sum(1, keepdims=True) for subset in subsets]
    pack = Pack(
        take=_takes(size, subsets),
        cluster=offers.cluster[members],
        length_km=offers.length_km[members].astype(np.float32),
        cost=_over_years(cost, on, years),
        deficit=short[:, :, [0, 1, *[0] * len(subsets)]],
        benefit=np.concatenate(benefit, axis=1).astype(np.float32),
    )
    alone = [f"{method}_{ORDINALS[m]}" for method in (REPLACE, RETROFIT) for m in range(size)]
    labels = (*alone, *(label_of(subset, size) for subset in subsets))
    methods = (REPLACE, RETROFIT, *[JOINT] * len(subsets))
    return OptionPack(_in_line(pack), members, methods, labels)


def _takes(size: int, subsets: list[Subset]) -> Ints:
    """Return which method each choice uses on each network of a street."""
    take = np.full((2 * size + len(subsets), size), -1, np.int64)
    for m in range(size):
        take[m, m], take[size + m, m] = 0, 1
    for n, subset in enumerate(subsets):
        take[2 * size + n, list(subset)] = 2 + n
    return take
