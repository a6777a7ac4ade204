"""All wanted sections into packages of adjoining ones, of like need and of a workable length."""

from dataclasses import dataclass

import numpy as np

from qaita.engine.packing.cutting import cut_runs
from qaita.engine.packing.joining import join_short
from qaita.engine.packing.streets import (
    Flags,
    Floats,
    Ints,
    continuations,
    ends_by_node,
    runs_along,
)


@dataclass(frozen=True)
class Streets:
    """Sections in a fixed order: what the packing is told of them."""

    from_node: Ints
    to_node: Ints
    bearing: Floats  # (sections, 2): radians in which each leaves its two nodes
    length_m: Floats
    need: Floats  # logarithm of what renewal saves per metre
    wanted: Flags


@dataclass(frozen=True)
class Gathered:
    """Packages: `section[start[p]:start[p + 1]]` are the sections of package p along the street."""

    section: Ints
    start: Ints

    @property
    def count(self) -> int:
        """Return how many packages there are."""
        return len(self.start) - 1


def gather_sections(streets: Streets, *, least_m: float, most_m: float) -> Gathered:
    """Gather the wanted sections: each is in one package; packages by their first section.

    Packages are cut along streets (`cutting`); only one shorter than the least length crosses a
    junction to a neighbour (`joining`).
    """
    if not streets.wanted.any():
        return Gathered(np.zeros(0, np.int64), np.zeros(1, np.int64))
    start, ends = ends_by_node(streets.from_node, streets.to_node)
    goes_on = continuations(start, ends, np.ascontiguousarray(streets.bearing).ravel())
    order, begins = runs_along(goes_on, streets.wanted)
    bounds = (float(least_m), float(most_m))
    along = cut_runs(order, begins, streets.length_m, streets.need, bounds)
    package = np.full(len(streets.wanted), -1, np.int64)
    package[order] = along
    node = np.stack([streets.from_node, streets.to_node], axis=1).ravel()
    joined = join_short(package, (start, ends, node), streets.length_m, streets.need, bounds)
    return _listed(joined[order], order)


def _listed(package: Ints, order: Ints) -> Gathered:
    """List the packages by their smallest section, their sections as they came along the street."""
    count = int(package.max()) + 1
    least = np.full(count, len(order) + int(order.max()) + 1, np.int64)
    np.minimum.at(least, package, order)
    place = np.lexsort((np.arange(len(order)), least[package]))
    sizes = np.bincount(package, minlength=count)
    sizes = sizes[np.argsort(least, kind="stable")]
    return Gathered(order[place], np.concatenate([[0], np.cumsum(sizes[sizes > 0])]))
