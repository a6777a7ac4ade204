"""Packages with their options and the limits that they share, as arrays."""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

FORBIDDEN = -1e30  # the benefit of an option that may not be taken (infinities upset fast maths)
MOST_PACKS = 6  # shapes of packages
CHUNK = 2048  # packages that are summed together, whatever the number of threads


class Pack(NamedTuple):
    """Packages of one shape: k of them, each of some networks ("members") that may go together.

    An option is a choice in a year; option 0 is "nothing", option 1 + choice·years + year the
    rest. `take[choice, member]` is the method used on the member, −1 where it is left alone. A
    plain package has one member; a street dug once has two or more. Packages with the same
    clusters stand together. Money in million tenge, lengths in kilometres.
    """

    take: Ints  # (choices, members)
    cluster: Ints  # (k, members): utility × region × service
    length_km: Singles  # (k, members)
    cost: Singles  # (k, members, methods, years)
    deficit: Singles  # (k, members, methods): least domestic share less the method's own
    benefit: Singles  # (k, choices, years), FORBIDDEN where the option is not there


@dataclass(frozen=True)
class Rows:
    """The limits: weights @ resources <= most. Least amounts are stored negated.

    The resources of a cluster are its cost in each year, its length in each year, and its domestic
    deficit: 2·years + 1 columns.
    """

    weights: sp.csr_matrix  # (m, clusters·(2·years + 1))
    most: Floats  # (m,)
    is_hard: Flags  # (m,): may never be exceeded while a plan is built (all that are not negated)


@dataclass(frozen=True)
class National:
    """A problem: packs, limits and the number of years."""

    packs: tuple[Pack, ...]
    rows: Rows
    years: int
    clusters: int

    @property
    def size(self) -> int:
        """Return how many packages there are."""
        return sum(len(pack.cluster) for pack in self.packs)


class Chunks(NamedTuple):
    """Runs of packages of one pack with the same clusters, none longer than CHUNK."""

    start: Ints
    end: Ints


def even(pack: Pack) -> Pack:
    """Return the pack with arrays of one kind and layout, so that loops are compiled once."""
    return Pack(
        np.ascontiguousarray(pack.take, np.int64),
        np.ascontiguousarray(pack.cluster, np.int64),
        np.ascontiguousarray(pack.length_km, np.float32),
        np.ascontiguousarray(pack.cost, np.float32),
        np.ascontiguousarray(pack.deficit, np.float32),
        np.ascontiguousarray(pack.benefit, np.float32),
    )


def padded(packs: tuple[Pack, ...]) -> tuple[Pack, ...]:
    """Return the packs and empty ones up to MOST_PACKS: again one kind for every country."""
    if len(packs) > MOST_PACKS:
        raise ValueError(f"more than {MOST_PACKS} shapes of packages")
    return packs + (_nothing(),) * (MOST_PACKS - len(packs))


def _nothing() -> Pack:
    none = np.zeros((0, 1), np.int64)
    figures = np.zeros((0, 1, 1, 1), np.float32)
    return Pack(none, none, figures[:, :, 0, 0], figures, figures[:, :, :, 0], figures[:, :, :, 0])


def resources_of(years: int) -> int:
    """Return how many resources a cluster has."""
    return 2 * years + 1


def chunks_of(pack: Pack) -> Chunks:
    """Cut a pack into runs; raises ValueError when like clusters do not stand together."""
    if not len(pack.cluster):
        return Chunks(np.zeros(0, np.int64), np.zeros(0, np.int64))
    moved = (np.diff(pack.cluster, axis=0) != 0).any(1)
    edges = np.concatenate([[0], np.flatnonzero(moved) + 1, [len(pack.cluster)]])
    runs = pack.cluster[edges[:-1]]
    if len(np.unique(runs, axis=0)) != len(runs):
        raise ValueError("packages with the same clusters must stand together")
    starts = [np.arange(a, b, CHUNK) for a, b in pairwise(edges)]
    ends = [np.append(s[1:], b) for s, b in zip(starts, edges[1:], strict=True)]
    return Chunks(np.concatenate(starts), np.concatenate(ends))


def cluster_prices(problem: National, prices: Floats) -> Floats:
    """Return what each resource of each cluster costs, (clusters, resources), at prices (m,)."""
    width = resources_of(problem.years)
    local = (problem.rows.weights.T @ prices).reshape(-1, width)
    return np.ascontiguousarray(local)


def check_problem(problem: National) -> None:
    """Refuse arrays that do not fit together or hold what no package can have (ValueError)."""
    width = resources_of(problem.years)
    if problem.rows.weights.shape != (len(problem.rows.most), problem.clusters * width):
        raise ValueError("the limits do not fit the clusters and years")
    for pack in problem.packs:
        _check_pack(pack, problem)


def _check_pack(pack: Pack, problem: National) -> None:
    choices, members = pack.take.shape
    count = len(pack.cluster)
    methods = pack.cost.shape[2]
    shapes = {
        "cluster": (pack.cluster.shape, (count, members)),
        "length_km": (pack.length_km.shape, (count, members)),
        "cost": (pack.cost.shape, (count, members, methods, problem.years)),
        "deficit": (pack.deficit.shape, (count, members, methods)),
        "benefit": (pack.benefit.shape, (count, choices, problem.years)),
    }
    for name, (found, wanted) in shapes.items():
        if found != wanted:
            raise ValueError(f"{name} has shape {found}, not {wanted}")
    for name in ("length_km", "cost", "deficit", "benefit"):
        if not np.isfinite(getattr(pack, name)).all():
            raise ValueError(f"{name} holds what is not a number")
    if (pack.cost[:, 0] <= 0).any() or (pack.cost < 0).any() or (pack.length_km < 0).any():
        raise ValueError("a cost must be above 0, further costs and lengths not below")
    if count and (pack.cluster.min() < 0 or pack.cluster.max() >= problem.clusters):
        raise ValueError("a package names a cluster that is not there")
