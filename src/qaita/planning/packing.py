"""Gathers adjoining sections of similar need into packages of works, always the same way."""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from qaita.planning.needs import Floats, Needs

# A neighbour joins while the package is short when its need is at least this share of the seed's;
# once the package is long enough, only one almost as needy does.
SIMILAR_SHARE = 0.25
ALIKE_SHARE = 0.7


@dataclass
class _Growth:
    """A package while it grows from its seed."""

    chosen: list[int]
    length_m: float
    waiting: list[tuple[float, int]] = field(default_factory=list)


def gather(
    needs: Needs, wanted: npt.NDArray[np.bool_], *, min_m: float, max_m: float
) -> list[list[int]]:
    """Return groups of indexes: from the neediest section outwards along shared nodes.

    Sections come in the order of their codes, so ties always fall the same way. A section longer
    than the greatest length is a package of its own.
    """
    length_m = np.array([section.length_m for section in needs.sections])
    need = needs.saved_kzt_a_year / np.maximum(length_m, 1.0)
    at_node: dict[int, list[int]] = defaultdict(list)
    for i in np.flatnonzero(wanted):
        at_node[needs.sections[i].from_node_id].append(int(i))
        at_node[needs.sections[i].to_node_id].append(int(i))
    taken = ~wanted
    groups = []
    for seed in np.lexsort((np.arange(len(need)), -need)):
        if taken[seed]:
            continue
        growth = _Growth([int(seed)], float(length_m[seed]))
        taken[seed] = True
        _grow(growth, needs, at_node, taken, (need, length_m, min_m, max_m))
        groups.append(sorted(growth.chosen))
    return groups


def _neighbours(needs: Needs, at_node: dict[int, list[int]], i: int) -> Iterator[int]:
    section = needs.sections[i]
    yield from at_node[section.from_node_id]
    yield from at_node[section.to_node_id]


def _grow(
    growth: _Growth,
    needs: Needs,
    at_node: dict[int, list[int]],
    taken: npt.NDArray[np.bool_],
    figures: tuple[Floats, Floats, float, float],
) -> None:
    """Add adjoining sections, the neediest first, until the package is long enough."""
    need, length_m, min_m, max_m = figures
    seed_need = need[growth.chosen[0]]
    seen = set(growth.chosen)

    def look_around(i: int) -> None:
        for j in _neighbours(needs, at_node, i):
            if j not in seen and not taken[j]:
                seen.add(j)
                heapq.heappush(growth.waiting, (-float(need[j]), j))

    look_around(growth.chosen[0])
    while growth.waiting:
        _need, j = heapq.heappop(growth.waiting)
        alike = ALIKE_SHARE if growth.length_m >= min_m else SIMILAR_SHARE
        if need[j] < alike * seed_need or growth.length_m + length_m[j] > max_m:
            continue
        growth.chosen.append(j)
        growth.length_m += float(length_m[j])
        taken[j] = True
        look_around(j)
