"""Edges without a way around, and how many consumers each alone carries."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qaita.engine.flow.graph import Graph, make_graph


@dataclass(frozen=True)
class Bridges:
    """For every edge: whether it is a bridge, and the consumers behind it (0 if it is none)."""

    bridge: NDArray[np.bool_]
    consumers_behind: NDArray[np.int64]


def find_bridges(graph: Graph, sources: Any, consumers: Any) -> Bridges:
    """Find the edges whose closure cuts consumers off from every source.

    All sources are tied to one root, then one depth-first search gives each node its order and
    the lowest order it can step back to (Tarjan, Inf. Proc. Letters 2, 1974); a tree edge is a
    bridge when the side below cannot step above it. The consumers below are summed on the way
    back. Parts without a source have no root, hence no bridges. With the root the answer is
    exact for supply by way alone; pressure is another question.
    """
    begin = np.unique(np.asarray(sources, np.int32))
    root = graph.nodes
    tied = make_graph(
        graph.nodes + 1,
        np.concatenate([graph.from_node, np.full(len(begin), root, np.int32)]),
        np.concatenate([graph.to_node, begin]),
    )
    weight = np.append(np.asarray(consumers, np.int64), 0)
    bridge, behind = _search(tied.starts, tied.other, tied.edge, root, weight)
    count = len(graph.from_node)
    return Bridges(bridge[:count], behind[:count])


@njit(cache=True)
def _search(starts: Any, other: Any, edge: Any, root: Any, weight: Any) -> Any:
    nodes = len(starts) - 1
    order = np.full(nodes, -1, np.int32)
    lowest = np.zeros(nodes, np.int32)
    below = weight.copy()
    came_by = np.full(nodes, -1, np.int32)
    place = starts[:-1].copy()
    path = np.empty(nodes, np.int32)
    bridge = np.zeros(len(edge) // 2, np.bool_)
    behind = np.zeros(len(edge) // 2, np.int64)
    order[root], path[0], depth, clock = 0, root, 1, 1
    while depth:
        node = path[depth - 1]
        if place[node] < starts[node + 1]:
            there, over = other[place[node]], edge[place[node]]
            place[node] += 1
            if order[there] < 0:
                order[there] = lowest[there] = clock
                came_by[there], path[depth] = over, there
                clock, depth = clock + 1, depth + 1
            elif over != came_by[node]:
                lowest[node] = min(lowest[node], order[there])
            continue
        depth -= 1
        if depth:
            parent = path[depth - 1]
            lowest[parent] = min(lowest[parent], lowest[node])
            below[parent] += below[node]
            if lowest[node] == order[node]:
                bridge[came_by[node]] = True
                behind[came_by[node]] = below[node]
    return bridge, behind
