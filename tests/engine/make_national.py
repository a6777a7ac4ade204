"""Small countries with a truth that can be found by other means."""

import numpy as np
import scipy.sparse as sp

from qaita.engine.plan.national.packs import FORBIDDEN, National, Pack, Rows, resources_of


def make_country(
    count: int, *, seed: int, cities: int = 3, years: int = 2, pairs: int = 0, tight: float = 0.35
) -> National:
    """Return a country of two services, cities under two regions, with caps and one floor.

    `count` plain packages and `pairs` streets dug once. Deterministic from the seed.
    """
    chance = np.random.default_rng(seed)
    clusters, width = cities * 2, resources_of(years)
    packs = [_plain(chance, count, clusters, years)]
    if pairs:
        packs.append(_streets(chance, pairs, cities, years))
    cost = sum(float(pack.cost[:, :, 0, 0].sum()) for pack in packs)
    length = sum(float(pack.length_km.sum()) for pack in packs)
    weights, most, hard = [], [], []

    def limit(entries: dict[int, float], bound: float, *, floor: bool = False) -> None:
        row = np.zeros(clusters * width)
        for column, value in entries.items():
            row[column] = -value if floor else value
        weights.append(row)
        most.append(-bound if floor else bound)
        hard.append(not floor)

    every = range(clusters)
    for year in range(years):
        limit({q * width + year: 1.0 for q in every}, tight * cost / years)
        for city in range(cities):
            own = (2 * city, 2 * city + 1)
            columns = {q * width + y: 1.0 for q in own for y in range(year + 1)}
            limit(columns, 1.5 * tight * cost / cities / years * (year + 1))
    for region in (0, 1):
        own = [q for q in every if (q // 2) % 2 == region]
        limit({q * width + years: 1.0 for q in own}, tight * length)
    limit({q * width + 2 * years: 1.0 for q in every}, 0.0)
    spans = {q * width + years + year: 1.0 for q in every for year in range(years)}
    limit(spans, 0.3 * tight * length, floor=True)
    rows = Rows(sp.csr_matrix(np.array(weights)), np.array(most), np.array(hard))
    return National(tuple(packs), rows, years, clusters)


def _plain(chance: np.random.Generator, count: int, clusters: int, years: int) -> Pack:
    cluster = np.sort(chance.integers(0, clusters, count))[:, None]
    length = chance.uniform(0.1, 0.6, (count, 1)).astype(np.float32)
    cost = _costs(chance, length, 2, years)
    benefit = _benefits(chance, cost.sum(1).mean(1), 2, years)
    benefit[chance.random((count, 2, years)) < 0.1] = FORBIDDEN
    deficit = chance.uniform(-0.3, 0.2, (count, 1, 2)).astype(np.float32)
    return Pack(np.array([[0], [1]]), cluster, length, cost, deficit, benefit)


def _streets(chance: np.random.Generator, count: int, cities: int, years: int) -> Pack:
    city = np.sort(chance.integers(0, cities, count))
    cluster = np.stack([2 * city, 2 * city + 1], 1)
    length = chance.uniform(0.1, 0.6, (count, 2)).astype(np.float32)
    cost = _costs(chance, length, 2, years)
    cost[:, :, 1] *= np.float32(0.75)
    benefit = _benefits(chance, cost.sum(1).mean(1), 3, years)
    deficit = chance.uniform(-0.3, 0.2, (count, 2, 2)).astype(np.float32)
    return Pack(np.array([[0, -1], [-1, 0], [1, 1]]), cluster, length, cost, deficit, benefit)


def _costs(chance: np.random.Generator, length: np.ndarray, methods: int, years: int) -> np.ndarray:
    per_km = chance.uniform(50, 200, (*length.shape, methods, 1))
    return (length[:, :, None, None] * per_km * 1.06 ** np.arange(years)).astype(np.float32)


def _benefits(
    chance: np.random.Generator, cost: np.ndarray, choices: int, years: int
) -> np.ndarray:
    ratio = chance.lognormal(-0.3, 0.6, (len(cost), choices, 1)) * 0.93 ** np.arange(years)
    return (cost.mean(1)[:, None, None] * ratio).astype(np.float32)


def as_linear(problem: National) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return benefit, uses (rows, columns) and owner of every option but "nothing"."""
    years, width = problem.years, resources_of(problem.years)
    dense = problem.rows.weights.toarray()
    benefit, uses, owner, number = [], [], [], 0
    for pack in problem.packs:
        for g in range(len(pack.cluster)):
            for choice in range(pack.take.shape[0]):
                for year in range(years):
                    worth = float(pack.benefit[g, choice, year])
                    if worth <= 0.5 * FORBIDDEN:
                        continue
                    used = np.zeros(problem.clusters * width)
                    for m, k in enumerate(pack.take[choice]):
                        if k >= 0:
                            at = pack.cluster[g, m] * width
                            cost = float(pack.cost[g, m, k, year])
                            used[at + year] += cost
                            used[at + years + year] += float(pack.length_km[g, m])
                            used[at + 2 * years] += cost * float(pack.deficit[g, m, k])
                    benefit.append(worth)
                    uses.append(dense @ used)
                    owner.append(number)
            number += 1
    return np.array(benefit), np.array(uses).T, np.array(owner)
