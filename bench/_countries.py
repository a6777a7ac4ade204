"""Generated countries to plan: every figure in them is drawn, none is a real network's.

Five services, cities in regions, three utilities a city, one package in eight a street where two
networks lie. Failure rates rise as a power of age; what a failure costs grows with the diameter;
all packages together need about 2.7 times what the caps allow. What is dearer than a quarter of its
utility's first year is cut into stages, as planning does. Deterministic from the seed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from qaita.engine.plan.national.packs import FORBIDDEN, National, Pack, Rows, resources_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEARS, HORIZON = 5, 30
INFLATION, DISCOUNT = 0.06, 0.10
RAMP = np.array([8_500.0, 14_000.0, 19_000.0, 21_500.0, 23_000.0]) / 86_000  # of the programme
SHARE = 86 / 250  # of all candidates that the programme renews
# by service: water, wastewater, heat, power, gas
MIX = np.array([0.35, 0.10, 0.07, 0.33, 0.15])
COST_MKZT_KM = np.array([95.0, 150.0, 360.0, 48.0, 55.0])
GROWTH = np.array([1.9, 1.7, 2.4, 1.8, 1.6])  # failures rise as age to the power of this less one
FAILURES_KM = np.array([0.35, 0.30, 0.45, 0.25, 0.06])  # a year at 40 years
FAILURE_MKZT = np.array([2.2, 2.0, 7.0, 2.5, 4.0])
OPERATOR = np.array([0, 0, 1, 2, 2])  # which of a city's three utilities runs the service
DOMESTIC = np.array([0.62, 0.55, 0.58, 0.60, 0.60])  # least domestic share
STREETS = np.array([(0, 1), (0, 2), (1, 2), (2, 3), (0, 4)])
BRIGADE_KM = 2.0  # what one brigade builds in a year: no region has less of a service it has
SERVICES = len(MIX)


@dataclass(frozen=True)
class Places:
    """Cities, their regions and sizes, and what a kilometre costs and breaks there."""

    region: Ints  # (cities,)
    size: Floats
    price: Floats
    soil: Floats  # (cities, services)

    @property
    def utility(self) -> Ints:
        """The utility of each cluster (city × service)."""
        return (np.arange(len(self.size))[:, None] * 3 + OPERATOR).ravel()


@dataclass(frozen=True)
class Pipes:
    """Drawn networks: length, cost of replacing in the first year, benefit in each year."""

    length_km: Floats
    cost: Floats
    benefit: Floats  # (n, years)


def generated_country(count: int, *, seed: int = 1, carries_over: bool = True) -> National:
    """Return a country of `count` packages; utilities' money carries over when asked."""
    chance = np.random.default_rng(seed)
    cities = int(np.clip(count // 750, 4, 133))
    regions = int(np.clip(cities // 2, 2, 20))
    size = chance.lognormal(0, 0.8, cities)
    places = Places(
        np.r_[np.arange(regions), chance.integers(0, regions, cities - regions)],
        size / size.sum(),
        chance.lognormal(0, 0.15, cities),
        chance.lognormal(0, 0.35, (cities, SERVICES)),
    )
    streets = int(0.12 * count)
    whole = (_plain(chance, places, count - streets), _streets(chance, places, streets))
    most = RAMP[0] * SHARE / 4 * np.bincount(places.utility, _sums(whole, cities * SERVICES)[0])
    packs = tuple(_staged(pack, most[places.utility]) for pack in whole)
    rows = _limits(chance, places, packs, carries_over=carries_over)
    return National(packs, rows, YEARS, cities * SERVICES)


def _pipes(chance: np.random.Generator, places: Places, city: Ints, kind: Ints) -> Pipes:
    n = len(city)
    length = np.clip(chance.lognormal(np.log(0.22), 0.5, n), 0.04, 1.5)
    material = chance.integers(0, 4, n)  # from old iron to polymer
    age = np.clip(chance.gamma(4, 9, n) * np.array([1.15, 1.05, 0.9, 0.45])[material], 1, 90)
    width = np.clip(chance.lognormal(np.log(200), 0.55, n), 50, 1400) / 200
    cost = COST_MKZT_KM[kind] * length * width**0.75 * places.price[city]
    cost = cost * chance.lognormal(0, 0.25, n) + 1.5
    power = GROWTH[kind] + np.array([0.2, 0.1, 0.0, -0.3])[material] - 1
    rate = FAILURES_KM[kind] * length * np.array([1.4, 1.2, 0.9, 0.35])[material]
    rate *= places.soil[city, kind] * chance.gamma(1.5, 1 / 1.5, n)
    worth = FAILURE_MKZT[kind] * width**0.9 * chance.lognormal(0, 0.8, n)
    old = _later(lambda year: rate * ((age + year) / 40) ** power)
    new = FAILURES_KM[kind] * length * 0.15
    fresh = np.stack([_renewed(t)[kind] * new for t in range(YEARS)], 1)
    losses = (length * COST_MKZT_KM[kind] * 0.02 * chance.gamma(2, 0.5, n))[:, None]
    falling = old / np.maximum(old[:, :1], 1e-9)
    return Pipes(length, cost, (old - fresh) * worth[:, None] + losses * falling)


def _later(rate_in: Callable[[int], Floats]) -> Floats:
    """Return the present value of what fails from each plan year to the horizon."""
    worth = np.stack([rate_in(year) * (1 + DISCOUNT) ** -year for year in range(YEARS)], 1)
    beyond = sum(rate_in(year) * (1 + DISCOUNT) ** -year for year in range(YEARS, HORIZON))
    return np.asarray(worth[:, ::-1].cumsum(1)[:, ::-1] + np.reshape(beyond, (-1, 1)))


def _renewed(t: int) -> Floats:
    """Return the present value of a new section's failures, by service, laid in plan year t."""
    years = np.arange(t, HORIZON)
    aged = ((years - t + 0.5) / 40)[None] ** (GROWTH[:, None] - 1)
    return np.asarray((aged * (1 + DISCOUNT) ** -years).sum(1))


def _inflated(cost: Floats) -> NDArray[np.float32]:
    return (cost[..., None] * (1 + INFLATION) ** np.arange(YEARS)).astype(np.float32)


def _plain(chance: np.random.Generator, places: Places, n: int) -> Pack:
    city = chance.choice(len(places.size), n, p=places.size)
    kind = chance.choice(SERVICES, n, p=MIX)
    order = np.argsort(city * SERVICES + kind, kind="stable")
    city, kind = city[order], kind[order]
    pipes = _pipes(chance, places, city, kind)
    lining = np.clip(chance.normal(0.55, 0.1, n), 0.3, 0.9)
    lasting = np.clip(chance.normal(0.72, 0.1, n), 0.3, 0.95)
    benefit = np.stack([pipes.benefit, pipes.benefit * lasting[:, None]], 1).astype(np.float32)
    benefit[chance.random(n) < 0.25, 1] = FORBIDDEN  # not every pipe can be lined
    local = [chance.normal(0.68, 0.15, n).clip(0.1, 1), chance.normal(0.38, 0.15, n).clip(0, 0.9)]
    return Pack(
        np.array([[0], [1]]),
        (city * SERVICES + kind)[:, None],
        pipes.length_km[:, None].astype(np.float32),
        _inflated(np.stack([pipes.cost, pipes.cost * lining], 1))[:, None],
        (DOMESTIC[kind][:, None] - np.stack(local, 1)).astype(np.float32)[:, None],
        benefit,
    )


def _streets(chance: np.random.Generator, places: Places, n: int) -> Pack:
    city = chance.choice(len(places.size), n, p=places.size)
    street = chance.integers(0, len(STREETS), n)
    order = np.lexsort((street, city))
    city, kinds = city[order], STREETS[street[order]]
    sides = [_pipes(chance, places, city, kinds[:, m]) for m in range(2)]
    together = 1 - np.clip(chance.normal(0.25, 0.07, n), 0.05, 0.45)
    cost = np.stack([np.stack([side.cost, side.cost * together], 1) for side in sides], 1)
    first, second = (side.benefit for side in sides)
    local = chance.normal(0.68, 0.15, (n, 2)).clip(0.1, 1)
    deficit = np.repeat((DOMESTIC[kinds] - local)[:, :, None], 2, 2).astype(np.float32)
    return Pack(
        np.array([[0, -1], [-1, 0], [1, 1]]),
        city[:, None] * SERVICES + kinds,
        np.stack([side.length_km for side in sides], 1).astype(np.float32),
        _inflated(cost),
        deficit,
        np.stack([first, second, (first + second) * 1.02], 1).astype(np.float32),
    )


def _staged(pack: Pack, most: Floats) -> Pack:
    """Return one stage of each package, no dearer in any cluster than `most` (clusters,)."""
    dear = pack.cost[:, :, 0, 0] / np.maximum(most[pack.cluster], 1.0)
    parts = np.ceil(dear.max(1)).clip(1).astype(np.float32)
    benefit = np.where(pack.benefit > FORBIDDEN / 2, pack.benefit / parts[:, None, None], FORBIDDEN)
    return pack._replace(
        length_km=pack.length_km / parts[:, None],
        cost=pack.cost / parts[:, None, None, None],
        benefit=benefit.astype(np.float32),
    )


class _Table:
    """Limits while they are gathered: every cluster may have an entry in a row of a family."""

    def __init__(self, clusters: int) -> None:
        self.clusters, self.height = clusters, 0
        self.row: list[Ints] = []
        self.column: list[Ints] = []
        self.value: list[Floats] = []
        self.most: list[Floats] = []
        self.hard: list[NDArray[np.bool_]] = []

    def family(self, most: Floats, *, least: bool = False) -> int:
        """Open rows with these right sides; least amounts are negated."""
        start, self.height = self.height, self.height + len(most)
        self.most.append(-most if least else most)
        self.hard.append(np.full(len(most), not least))
        return start

    def fill(self, row: Ints | int, resource: int, value: float) -> None:
        """Let every cluster's resource count in its row of a family."""
        columns = np.arange(self.clusters) * resources_of(YEARS) + resource
        self.row.append(np.broadcast_to(row, columns.shape))
        self.column.append(columns)
        self.value.append(np.full(self.clusters, value))

    def rows(self) -> Rows:
        """Return the limits."""
        shape = (self.height, self.clusters * resources_of(YEARS))
        at = (np.concatenate(self.row), np.concatenate(self.column))
        weights = sp.csr_matrix((np.concatenate(self.value), at), shape=shape)
        return Rows(weights, np.concatenate(self.most), np.concatenate(self.hard))


def _limits(
    chance: np.random.Generator, places: Places, packs: tuple[Pack, ...], *, carries_over: bool
) -> Rows:
    clusters = len(places.size) * SERVICES
    cost, length = _sums(packs, clusters)
    region = np.repeat(places.region, SERVICES)
    service = np.tile(np.arange(SERVICES), len(places.size))
    count = places.region.max() + 1
    rise = (1 + INFLATION) ** np.arange(YEARS)
    table = _Table(clusters)
    budget = cost.sum() * SHARE * 0.62 * RAMP * rise
    headroom = _headroom(chance, places, cost)
    at = table.family(budget)
    own = table.family((headroom.cumsum(1) if carries_over else headroom).ravel())
    built = _capacity(chance, region * SERVICES + service, length, count)
    capacity = table.family(built.ravel())
    yearly = table.family(length.sum() * SHARE * RAMP * 0.9, least=True)
    whole = table.family(np.array([length.sum() * SHARE]), least=True)
    local = table.family(np.zeros(SERVICES))
    fair = table.family(_fair(places, cost, budget, headroom), least=True)
    for t in range(YEARS):
        table.fill(at + t, t, 1.0)
        for later in range(t, YEARS if carries_over else t + 1):
            table.fill(own + places.utility * YEARS + later, t, 1.0)
        table.fill(fair + region, t, -1.0)
        table.fill(capacity + (region * SERVICES + service) * YEARS + t, YEARS + t, 1.0)
        table.fill(yearly + t, YEARS + t, -1.0)
        table.fill(whole, YEARS + t, -1.0)
    table.fill(local + service, 2 * YEARS, 1.0)
    return table.rows()


def _sums(packs: tuple[Pack, ...], clusters: int) -> tuple[Floats, Floats]:
    """Return what replacing everything costs in the first year, and how long it is, by cluster."""
    cost, length = np.zeros(clusters), np.zeros(clusters)
    for pack in packs:
        for m in range(pack.cluster.shape[1]):
            np.add.at(cost, pack.cluster[:, m], pack.cost[:, m, 0, 0])
            np.add.at(length, pack.cluster[:, m], pack.length_km[:, m])
    return cost, length


def _headroom(chance: np.random.Generator, places: Places, cost: Floats) -> Floats:
    utilities = 3 * len(places.size)
    own = np.bincount(places.utility, cost, utilities)[:, None]
    rich = np.clip(chance.lognormal(-0.15, 0.5, utilities), 0.25, 3)[:, None]
    rise = (1 + INFLATION) ** np.arange(YEARS)
    return np.asarray(
        own * SHARE * RAMP * rise * rich * chance.lognormal(0, 0.1, (utilities, YEARS))
    )


def _capacity(chance: np.random.Generator, place: Ints, length: Floats, regions: int) -> Floats:
    own = np.bincount(place, length, regions * SERVICES)[:, None]
    able = np.clip(chance.lognormal(0.35, 0.3, (regions * SERVICES, 1)), 0.6, 3)
    return np.maximum(own * SHARE * RAMP * able, BRIGADE_KM)


def _fair(places: Places, cost: Floats, budget: Floats, headroom: Floats) -> Floats:
    by_region = np.bincount(np.repeat(places.region, SERVICES), cost)
    able = np.bincount(np.repeat(places.region, 3), headroom.sum(1))
    return np.minimum(0.7 * budget.sum() * by_region / cost.sum(), 0.55 * able)
