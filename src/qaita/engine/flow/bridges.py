"""Edges without a way around, and what each alone carries."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaita.engine.compiling import compiled
from qaita.engine.flow.graph import Graph, Ints, make_graph


@dataclass(frozen=True)
class Bridges:
    """For every edge: whether it is a bridge, and the consumers behind it (0 if it is none)."""

    bridge: NDArray[np.bool_]
    consumers_behind: NDArray[np.int64]


@dataclass(frozen=True)
class Sides:
    """The nodes behind every bridge: `walk[first[e] : end[e]]`; 0 to 0 for other edges."""

    walk: Ints
    first: Ints
    end: Ints

    @property
    def bridge(self) -> NDArray[np.bool_]:
        """Which edges are bridges."""
        return self.end > self.first

    def sums(self, weight: Any) -> Any:
        """Return the weight of the nodes behind every edge (0 where there is a way around)."""
        along = np.concatenate([[0], np.cumsum(np.asarray(weight)[self.walk])])
        return along[self.end] - along[self.first]


def sides_of_bridges(graph: Graph, sources: Any) -> Sides:
    """Return what each edge alone joins to the sources.

    All sources are tied to one root, then one depth-first search gives each node its order and
    the lowest order it can step back to (Tarjan, Inf. Proc. Letters 2, 1974); a tree edge is a
    bridge when the side below cannot step above it, and that side is a run of the walk. Parts
    without a source have no root, hence no bridges.
    """
    begin = np.unique(np.asarray(sources, np.int32))
    root = graph.nodes
    tied = make_graph(
        graph.nodes + 1,
        np.concatenate([graph.from_node, np.full(len(begin), root, np.int32)]),
        np.concatenate([graph.to_node, begin]),
    )
    walk, first, end = _search(tied.starts, tied.other, tied.edge, root)
    count = len(graph.from_node)
    # the root leads the walk and is no node of the graph
    return Sides(walk[1:], np.maximum(first[:count] - 1, 0), np.maximum(end[:count] - 1, 0))


def find_bridges(graph: Graph, sources: Any, consumers: Any) -> Bridges:
    """Find the edges whose closure cuts consumers off from every source.

    Exact for supply by way alone; pressure is another question.
    """
    sides = sides_of_bridges(graph, sources)
    return Bridges(sides.bridge, sides.sums(np.asarray(consumers, np.int64)))


@compiled()
def _search(starts: Any, other: Any, edge: Any, root: Any) -> Any:
    nodes = len(starts) - 1
    order = np.full(nodes, -1, np.int32)
    lowest = np.zeros(nodes, np.int32)
    came_by = np.full(nodes, -1, np.int32)
    place = starts[:-1].copy()
    path = np.empty(nodes, np.int32)
    walk = np.empty(nodes, np.int32)
    first, end = np.zeros(len(edge) // 2, np.int32), np.zeros(len(edge) // 2, np.int32)
    order[root], path[0], walk[0], depth, clock = 0, root, root, 1, 1
    while depth:
        node = path[depth - 1]
        if place[node] < starts[node + 1]:
            there, over = other[place[node]], edge[place[node]]
            place[node] += 1
            if order[there] < 0:
                order[there] = lowest[there] = clock
                walk[clock], came_by[there], path[depth] = there, over, there
                clock, depth = clock + 1, depth + 1
            elif over != came_by[node]:
                lowest[node] = min(lowest[node], order[there])
            continue
        depth -= 1
        if depth:
            parent = path[depth - 1]
            lowest[parent] = min(lowest[parent], lowest[node])
            if lowest[node] == order[node]:
                first[came_by[node]], end[came_by[node]] = order[node], clock
    return walk[:clock], first, end
