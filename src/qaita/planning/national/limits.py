"""The limits of a scenario, as people enter them and as rows of the engine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from qaita.engine.plan.national.packs import Rows, resources_of
from qaita.kernel.money import million_tenge, tenge
from qaita.planning.national.country import Cluster, Flags, Floats, Ints
from qaita.planning.national.goods import UNITS_A_KM, Good

ByYear = Mapping[int, Decimal]
MKZT, KM = "mkzt", "km"
PLANTS = ("plants_ready", "plants_past_life", "plants_closing")


@dataclass(frozen=True)
class CountryLimits:
    """The limits of a country's scenario. What is not named does not bind."""

    years: tuple[int, ...]
    budgets_kzt: ByYear
    caps_kzt: Mapping[str, ByYear] = field(default_factory=dict)  # by utility
    caps_assumed: tuple[str, ...] = ()  # utilities whose tariff room nobody knows
    capacities_km: Mapping[str, Mapping[str, Mapping[int, float]]] = field(
        default_factory=dict
    )  # by region and service
    floors_km: Mapping[str, Mapping[int, float]] = field(default_factory=dict)  # by service
    domestic_shares: Mapping[str, float] = field(default_factory=dict)  # by service
    regions_kzt: Mapping[str, Decimal] = field(default_factory=dict)  # least, all years
    red_zone_share: float = 0.0
    carries_over: bool = True
    # what producers make, by service (empty: any), KPVED code and year
    supplies_km: Mapping[str, Mapping[str, Mapping[int, float]]] = field(default_factory=dict)
    import_shares: Mapping[str, float] = field(default_factory=dict)  # of goods, by service
    # of plants (plants.py), by network: the year in which one is renewed or comes into use, is
    # past its norm life, or closes
    plants_ready: Mapping[str, int] = field(default_factory=dict)
    plants_past_life: Mapping[str, int] = field(default_factory=dict)
    plants_closing: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the limits as plain values, money as text."""
        return {
            "years": list(self.years),
            "budgets_kzt": _money(self.budgets_kzt),
            "caps_kzt": {key: _money(row) for key, row in sorted(self.caps_kzt.items())},
            "caps_assumed": sorted(self.caps_assumed),
            "capacities_km": {
                region: {service: _plain(row) for service, row in sorted(rows.items())}
                for region, rows in sorted(self.capacities_km.items())
            },
            "floors_km": {key: _plain(row) for key, row in sorted(self.floors_km.items())},
            "domestic_shares": dict(sorted(self.domestic_shares.items())),
            "regions_kzt": {k: str(tenge(v)) for k, v in sorted(self.regions_kzt.items())},
            "red_zone_share": self.red_zone_share,
            "carries_over": self.carries_over,
            "supplies_km": {
                service: {kpved: _plain(row) for kpved, row in sorted(rows.items())}
                for service, rows in sorted(self.supplies_km.items())
            },
            "import_shares": dict(sorted(self.import_shares.items())),
            **{name: dict(sorted(getattr(self, name).items())) for name in PLANTS},
        }


def limits_of_json(raw: Mapping[str, Any]) -> CountryLimits:
    """Read what `as_json` wrote."""
    return CountryLimits(
        years=tuple(raw["years"]),
        budgets_kzt=_read_money(raw["budgets_kzt"]),
        caps_kzt={key: _read_money(row) for key, row in raw["caps_kzt"].items()},
        caps_assumed=tuple(raw.get("caps_assumed", ())),
        capacities_km={
            region: {service: _read_plain(row) for service, row in rows.items()}
            for region, rows in raw["capacities_km"].items()
        },
        floors_km={key: _read_plain(row) for key, row in raw["floors_km"].items()},
        domestic_shares=dict(raw["domestic_shares"]),
        regions_kzt={key: Decimal(value) for key, value in raw["regions_kzt"].items()},
        red_zone_share=float(raw["red_zone_share"]),
        carries_over=bool(raw["carries_over"]),
        supplies_km={
            service: {kpved: _read_plain(row) for kpved, row in rows.items()}
            for service, rows in raw.get("supplies_km", {}).items()
        },
        import_shares=dict(raw.get("import_shares", {})),
        **{name: {k: int(v) for k, v in raw.get(name, {}).items()} for name in PLANTS},
    )


def _money(row: ByYear) -> dict[str, str]:
    return {str(year): str(tenge(value)) for year, value in sorted(row.items())}


def _plain(row: Mapping[int, float]) -> dict[str, float]:
    return {str(year): float(value) for year, value in sorted(row.items())}


def _read_money(row: Mapping[str, str]) -> dict[int, Decimal]:
    return {int(year): Decimal(value) for year, value in row.items()}


def _read_plain(row: Mapping[str, float]) -> dict[int, float]:
    return {int(year): float(value) for year, value in row.items()}


@dataclass(frozen=True)
class Limit:
    """One row: Σ weight · resource, over columns of the engine, is at most (at least) `amount`."""

    kind: str  # budget | cap | capacity | floor | domestic | region | red_zone | goods
    unit: str
    columns: Ints
    weights: Floats
    amount: float
    is_least: bool = False
    region: str = ""
    utility: str = ""
    service: str = ""
    year: int | None = None
    product: str = ""  # KPVED code
    is_assumed: bool = False

    @property
    def most(self) -> float:
        """Return the right side as the engine keeps it: a least amount is negated."""
        return -self.amount if self.is_least else self.amount


@dataclass(frozen=True)
class _Ground:
    """The clusters and years that rows speak of; families of goods have clusters after all."""

    clusters: Sequence[Cluster]
    in_red_zone: Flags
    years: tuple[int, ...]
    goods: Sequence[Good] = ()

    @cached_property
    def _places(self) -> Mapping[tuple[str, str], list[int]]:
        found: dict[tuple[str, str], list[int]] = {}
        for n, one in enumerate(self.clusters):
            for name in ("utility", "region", "service"):
                found.setdefault((name, getattr(one, name)), []).append(n)
        return found

    def where(self, name: str, value: str) -> Ints:
        return np.array(self._places.get((name, value), []), dtype=np.int64)

    def money(self, clusters: Ints, years: Sequence[int]) -> Ints:
        width = resources_of(len(self.years))
        at = np.array([self.years.index(year) for year in years], dtype=np.int64)
        return (clusters[:, None] * width + at).ravel()

    def length(self, clusters: Ints, year: int) -> Ints:
        return self.money(clusters, [year]) + len(self.years)

    def deficit(self, clusters: Ints) -> Ints:
        width = resources_of(len(self.years))
        return clusters * width + width - 1


def limits_for(
    wanted: CountryLimits,
    clusters: Sequence[Cluster],
    in_red_zone: Flags,
    goods: Sequence[Good] = (),
) -> list[Limit]:
    """Return the rows of a scenario in a fixed order. Rows that touch nothing are left out."""
    ground = _Ground(clusters, in_red_zone, wanted.years, goods)
    rows = [
        *_budgets(wanted, ground),
        *_caps(wanted, ground),
        *_capacities(wanted, ground),
        *_floors(wanted, ground),
        *_domestic(wanted, ground),
        *_regions(wanted, ground),
        *_red_zone(wanted, ground),
        *_goods(wanted, ground),
    ]
    return [row for row in rows if len(row.columns) or row.most < 0]


def _budgets(wanted: CountryLimits, ground: _Ground) -> Iterator[Limit]:
    every = np.arange(len(ground.clusters))
    for year in wanted.years:
        columns = ground.money(every, [year])
        amount = million_tenge(wanted.budgets_kzt.get(year, Decimal(0)))
        yield Limit("budget", MKZT, columns, np.ones(len(columns)), amount, year=year)


def _caps(wanted: CountryLimits, ground: _Ground) -> Iterator[Limit]:
    """What a utility's tariff carries; unspent room of earlier years is kept when it carries over.

    Each year's money is a row of its own or of all years up to it.
    """
    for utility, by_year in sorted(wanted.caps_kzt.items()):
        own = ground.where("utility", utility)
        for n, year in enumerate(wanted.years):
            upto = wanted.years[: n + 1] if wanted.carries_over else (year,)
            columns = ground.money(own, upto)
            amount = million_tenge(sum((by_year.get(y, Decimal(0)) for y in upto), Decimal(0)))
            ones, assumed = np.ones(len(columns)), utility in wanted.caps_assumed
            row = Limit("cap", MKZT, columns, ones, amount, utility=utility, year=year)
            yield replace(row, is_assumed=assumed)


def _capacities(wanted: CountryLimits, ground: _Ground) -> Iterator[Limit]:
    for region, services in sorted(wanted.capacities_km.items()):
        for service, by_year in sorted(services.items()):
            own = np.intersect1d(ground.where("region", region), ground.where("service", service))
            for year in wanted.years:
                if year not in by_year:
                    continue
                columns = ground.length(own, year)
                yield Limit(
                    "capacity",
                    KM,
                    columns,
                    np.ones(len(columns)),
                    by_year[year],
                    region=region,
                    service=service,
                    year=year,
                )


def _floors(wanted: CountryLimits, ground: _Ground) -> Iterator[Limit]:
    """Kilometres of one service by the end of a year; services are never added to one another.

    What is built ahead of its year counts: a promise is for the end of the year.
    """
    for service, by_year in sorted(wanted.floors_km.items()):
        own, amount = ground.where("service", service), 0.0
        for n, year in enumerate(wanted.years):
            amount += by_year.get(year, 0.0)
            if by_year.get(year, 0.0) > 0:
                upto = wanted.years[: n + 1]
                columns = np.concatenate([ground.length(own, one) for one in upto])
                weights = np.full(len(columns), -1.0)
                yield Limit(
                    "floor", KM, columns, weights, amount, is_least=True, service=service, year=year
                )


def _domestic(wanted: CountryLimits, ground: _Ground) -> Iterator[Limit]:
    """Σ (least share − own share) · cost is at most 0."""
    for service in sorted(wanted.domestic_shares):
        columns = ground.deficit(ground.where("service", service))
        yield Limit("domestic", MKZT, columns, np.ones(len(columns)), 0.0, service=service)


def _regions(wanted: CountryLimits, ground: _Ground) -> Iterator[Limit]:
    for region, amount in sorted(wanted.regions_kzt.items()):
        if amount > 0:
            columns = ground.money(ground.where("region", region), wanted.years)
            weights = np.full(len(columns), -1.0)
            least = million_tenge(amount)
            yield Limit("region", MKZT, columns, weights, least, is_least=True, region=region)


def _red_zone(wanted: CountryLimits, ground: _Ground) -> Iterator[Limit]:
    """Money in the red zone is at least a share of all money: Σ (share − red) · cost <= 0."""
    if wanted.red_zone_share > 0:
        every = np.arange(len(ground.clusters))
        columns = ground.money(every, wanted.years)
        outside = wanted.red_zone_share - ground.in_red_zone.astype(np.float64)
        weights = np.repeat(outside, len(wanted.years))
        yield Limit("red_zone", MKZT, columns, weights, 0.0, is_least=True)


def _goods(wanted: CountryLimits, ground: _Ground) -> Iterator[Limit]:
    """Of every family of goods: what producers make in the year and what may be imported.

    Imports are a share of what is laid: amount · (1 − share) <= capacity. A share of 1 does not
    limit.
    """
    for n, good in enumerate(ground.goods):
        share = wanted.import_shares.get(good.service, 0.0)
        made = wanted.supplies_km[good.service][good.kpved]
        for year in wanted.years:
            if year not in made or share >= 1.0:
                continue
            columns = ground.money(np.array([len(ground.clusters) + n]), [year])
            weights = np.array([1.0 / UNITS_A_KM])
            amount, names = made[year] / (1.0 - share), (good.service, good.kpved)
            yield Limit(
                "goods", KM, columns, weights, amount,
                service=names[0], year=year, product=names[1],
            )  # fmt: skip


def rows_of(limits: Sequence[Limit], clusters: int, years: int) -> Rows:
    """Return the rows as the engine takes them."""
    sizes = [len(limit.columns) for limit in limits]
    row = np.repeat(np.arange(len(limits)), sizes)
    column = np.concatenate([limit.columns for limit in limits] or [np.zeros(0, np.int64)])
    weight = np.concatenate([limit.weights for limit in limits] or [np.zeros(0)])
    shape = (len(limits), clusters * resources_of(years))
    weights = sp.csr_matrix((weight, (row, column)), shape=shape)
    most = np.array([limit.most for limit in limits], dtype=np.float64)
    hard = np.array([not limit.is_least for limit in limits], dtype=bool)
    return Rows(weights, most + 0.0, hard)
