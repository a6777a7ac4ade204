"""What producers make in a year as a limit of the plan: the goods that packages lay.

Beside its networks a package has members of goods: how much of a family of goods (one KPVED code
for one service, or for any) each method lays. They have clusters of their own, one a family, so a
family's year is a row like any other, and whoever checks the plan needs to know nothing of goods.
Goods are counted in tens of metres: numbers of the size of million tenge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qaita.engine.plan.national.packs import Pack
from qaita.law import unit_prices
from qaita.planning.national.country import Country, Floats, Ints
from qaita.planning.national.gathering import Packages
from qaita.planning.national.options import OptionPack
from qaita.planning.national.prices import RETROFIT, SectionPrices

UNITS_A_KM = 100.0  # tens of metres
NONE = -1


@dataclass(frozen=True)
class Good:
    """A family of goods whose yearly amount is limited; an empty service: whichever takes it."""

    service: str
    kpved: str


def goods_of(supplies_km: Mapping[str, Mapping[str, object]]) -> list[Good]:
    """Return the limited families in a fixed order."""
    return [Good(s, code) for s, codes in sorted(supplies_km.items()) for code in sorted(codes)]


def families(country: Country, prices: SectionPrices, goods: Sequence[Good]) -> tuple[Ints, Ints]:
    """Return the family (−1: not limited) that each method lays in the place of every section."""
    place = {(one.service, one.kpved): n for n, one in enumerate(goods)}
    codes = [unit_prices(on=country.on).product_kpved.get(name, "") for name in prices.products]
    own = np.full((len(country.places), len(codes)), NONE, np.int64)
    for n, where in enumerate(country.places):
        own[n] = [place.get((where.service, c), place.get(("", c), NONE)) for c in codes]
    replaced = own[country.network, prices.product]
    without = own[country.network, prices.retrofit_product]
    return replaced, np.where(prices.can_retrofit, without, replaced)


def laid_units(
    country: Country, prices: SectionPrices, packages: Packages, goods: Sequence[Good]
) -> Floats:
    """Return how much of every family each package lays, (packages, 2 methods, families)."""
    laid = np.zeros((packages.count, 2, len(goods)))
    km = country.length_m[packages.section] * packages.share / 1_000
    units = UNITS_A_KM * km * country.pipes[packages.section]
    for method, family in enumerate(families(country, prices, goods)):
        own = family[packages.section]
        known = own >= 0
        np.add.at(laid[:, method], (packages.owner[known], own[known]), units[known])
    return laid


def with_goods(one: OptionPack, laid: Floats, first_cluster: int) -> OptionPack:
    """Return the pack with its goods as further members, ordered by clusters again."""
    pack = one.pack
    parts = [_goods_of_member(one, m, laid) for m in range(one.members)]
    family = np.concatenate([part[0] for part in parts], axis=1)
    if not family.shape[1]:
        return one
    amount = np.concatenate([part[1] for part in parts], axis=1)
    owner = np.repeat(np.arange(one.members), [part[0].shape[1] for part in parts])
    none = np.zeros(amount.shape, np.float32)
    years = pack.cost.shape[3]
    cost = np.repeat(amount[..., None].astype(np.float32), years, axis=3)
    cluster = np.concatenate([pack.cluster, first_cluster + family], axis=1)
    order = np.lexsort(cluster.T[::-1])
    grown = Pack(
        take=np.concatenate([pack.take, pack.take[:, owner]], axis=1),
        cluster=cluster[order],
        length_km=np.concatenate([pack.length_km, none[:, :, 0]], axis=1)[order],
        cost=np.concatenate([pack.cost, cost], axis=1)[order],
        deficit=np.concatenate([pack.deficit, none], axis=1)[order],
        benefit=pack.benefit[order],
    )
    tight = Pack._make(np.ascontiguousarray(column) for column in grown)
    return replace(one, pack=tight, package=one.package[order])


def _goods_of_member(one: OptionPack, m: int, laid: Floats) -> tuple[Ints, Floats]:
    """Return families (k, slots) and amounts (k, slots, methods) of what one network lays.

    As many slots as the package with the most families needs; in a spare one lies nothing.
    """
    method = [1 if name == RETROFIT else 0 for name in one.methods]
    used = laid[one.package[:, m]][:, method]  # (k, methods, families)
    has = (used > 0).any(1)
    slots = int(has.sum(1).max(initial=0))
    family = np.argsort(~has, axis=1, kind="stable")[:, :slots]
    amount = np.take_along_axis(used, family[:, None, :], axis=2)
    return family.astype(np.int64), np.ascontiguousarray(amount.transpose(0, 2, 1))
