"""Sums of a plan: by utility, service, region, year and method."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaita.planning.national.country import Cluster
from qaita.planning.national.options import OptionPack


@dataclass(frozen=True)
class Cell:
    """What one method renews of one service of a utility in a year. Kilometres stay by service."""

    utility: str
    region: str
    service: str
    year: int
    method: str
    packages: int
    length_km: float
    cost_mkzt: float
    benefit_mkzt: float


def cells_of_packs(
    clusters: Sequence[Cluster],
    packs: Sequence[OptionPack],
    option: NDArray[np.int64],
    years: tuple[int, ...],
) -> list[Cell]:
    """Add up a plan by the clusters it touches; `option` is of all packages, pack after pack.

    Both networks of a street count as a package; each has its own benefit.
    """
    methods = sorted({name for one in packs for name in one.methods})
    sums = np.zeros((len(clusters), len(years), len(methods), 4))
    start = 0
    for one in packs:
        own = option[start : start + len(one.package)]
        start += len(own)
        names = np.array([methods.index(name) for name in one.methods])
        for cluster, year, method, figures in _taken(one, own, len(years)):
            np.add.at(sums, (cluster, year, names[method]), figures)
    return list(_cells(clusters, sums, years, methods))


def _taken(
    one: OptionPack, option: NDArray[np.int64], years: int
) -> Iterator[tuple[NDArray[np.int64], ...]]:
    """Yield, member by member, cluster, year, method and figures of what is renewed."""
    pack = one.pack
    choice, year = np.divmod(option - 1, years)
    for m in range(one.members):
        method = np.where(option > 0, pack.take[np.maximum(choice, 0), m], -1)
        at = np.flatnonzero(method >= 0)
        cost = pack.cost[at, m, method[at], year[at]].astype(np.float64)
        whole = pack.benefit[at, choice[at], year[at]].astype(np.float64)
        members = (pack.take[choice[at]] >= 0).sum(1)
        length = pack.length_km[at, m].astype(np.float64)
        figures = np.stack([np.ones(len(at)), length, cost, whole / members], axis=1)
        yield pack.cluster[at, m], year[at], method[at], figures


def _cells(
    clusters: Sequence[Cluster],
    sums: NDArray[np.float64],
    years: tuple[int, ...],
    methods: list[str],
) -> Iterator[Cell]:
    for q, t, k in np.argwhere(sums[..., 0] > 0).tolist():
        one = clusters[q]
        count, length, cost, benefit = sums[q, t, k].tolist()
        yield Cell(
            one.utility,
            one.region,
            one.service,
            years[t],
            methods[k],
            int(count),
            round(length, 6),
            round(cost, 6),
            round(benefit, 6),
        )
