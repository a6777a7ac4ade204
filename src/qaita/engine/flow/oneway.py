"""Which rows of a model no source reaches: by any open link, or only the way links let through."""

from typing import Any

import numpy as np

from qaita.engine.compiling import compiled
from qaita.engine.flow.network import ONE_WAY, Ints


def unreachable(model: Any, closed: int, *, directed: bool) -> Ints:
    """Return the junction rows that no given head reaches with a link closed (−1: none).

    `directed` lets check valves, pumps and regulators of pressure be passed from → to only.
    """
    one_way = np.isin(model.kind, ONE_WAY) & directed
    reached = _spread_out(model.nodes, model.from_node, model.to_node, one_way, closed)
    return np.flatnonzero(~reached).astype(np.int32)


@compiled(nogil=True)
def _spread_out(nodes: int, a: Any, b: Any, one_way: Any, closed: int) -> Any:
    starts = np.zeros(nodes + 2, np.int64)
    for k in range(len(a)):
        starts[min(a[k], nodes) + 1] += 1
        starts[min(b[k], nodes) + 1] += 1
    starts = np.cumsum(starts)
    place, links = starts[:-1].copy(), np.empty(2 * len(a), np.int32)
    for k in range(len(a)):
        for end in (min(a[k], nodes), min(b[k], nodes)):
            links[place[end]] = k
            place[end] += 1
    seen = np.zeros(nodes + 1, np.bool_)
    queue = np.empty(nodes + 1, np.int32)
    seen[nodes], queue[0], head, tail = True, nodes, 0, 1
    while head < tail:
        here = queue[head]
        head += 1
        for x in range(starts[here], starts[here + 1]):
            k = links[x]
            there = min(b[k], nodes) if min(a[k], nodes) == here else min(a[k], nodes)
            barred = one_way[k] and min(a[k], nodes) != here
            if k != closed and not barred and not seen[there]:
                seen[there], queue[tail] = True, there
                tail += 1
    return seen[:nodes]
