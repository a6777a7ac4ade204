"""Valve segments: which valves shut off which pipes, and whom each segment cuts off."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaita.engine.compiling import compiled, inner
from qaita.engine.flow.graph import Graph, Ints, make_graph


@dataclass(frozen=True)
class Segments:
    """Parts of a network that only valves divide, numbered 0 … s−1.

    Segment i is shut off by valves[starts[i]:starts[i+1]] (places in the given valves). Shutting
    it takes `own`, the weight of its nodes, and `behind`, what it alone joins to a source; both 0
    where no source reaches anyway.
    """

    of_node: Ints  # (n,)
    of_edge: Ints  # (m,)
    starts: NDArray[np.int64]  # (s + 1,)
    valves: Ints
    own: NDArray[np.float64]  # (s,)
    behind: NDArray[np.float64]  # (s,)

    @property
    def lost(self) -> NDArray[np.float64]:
        """What each segment takes when it is shut."""
        return self.own + self.behind

    def valves_around(self, edge: int) -> Ints:
        """Return the valves to shut so that an edge carries nothing."""
        segment = self.of_edge[edge]
        return self.valves[self.starts[segment] : self.starts[segment + 1]]


def isolate(
    graph: Graph, sources: Any, weight: Any, *, valve_edge: Any, valve_at_to: Any
) -> Segments:
    """Return the segments of a network with valves on ends of edges.

    Valve i stands on edge valve_edge[i], at its to-end where valve_at_to[i], else at its from-end
    (n weights of nodes, e.g. consumers). Nodes and edges are joined where no valve stands between
    (union–find); segments and valves form a graph, in which a depth-first search from the sources
    finds what lies behind every segment (articulation points; Tarjan, Inf. Proc. Letters 2, 1974).
    Walski (J. Am. Water Works Assoc. 85, 1993) is the source of the idea of segments.
    """
    valves = np.ascontiguousarray(valve_edge, np.int32)
    at_to = np.ascontiguousarray(valve_at_to, np.bool_)
    shut_from, shut_to = (np.zeros(len(graph.from_node), np.bool_) for _ in range(2))
    shut_from[valves[~at_to]] = True
    shut_to[valves[at_to]] = True
    label, count = _join(graph.nodes, graph.from_node, graph.to_node, shut_from, shut_to)
    of_node, of_edge = label[: graph.nodes], label[graph.nodes :]
    outside = of_node[np.where(at_to, graph.to_node[valves], graph.from_node[valves])]
    inside = of_edge[valves]
    apart = np.flatnonzero(inside != outside)  # a valve within one segment shuts nothing
    around = make_graph(count, inside[apart], outside[apart])
    own = np.bincount(of_node, np.asarray(weight, np.float64), count)
    begin = np.unique(of_node[np.asarray(sources, np.int64)])
    own, behind = _behind(count, inside, outside, begin, own)
    ring = apart[around.edge].astype(np.int32)
    return Segments(of_node, of_edge, around.starts, ring, own, behind)


def _behind(count: int, inside: Any, outside: Any, begin: Any, own: Any) -> tuple[Any, Any]:
    root = np.full(len(begin), count, np.int32)
    tied = make_graph(count + 1, np.concatenate([inside, root]), np.concatenate([outside, begin]))
    behind, seen = _articulate(tied.starts, tied.other, count, np.append(own, 0.0))
    return np.where(seen[:count], own, 0.0), behind[:count]


@inner
def _root(parent: Any, x: int) -> int:
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


@compiled()
def _join(nodes: int, a: Any, b: Any, shut_a: Any, shut_b: Any) -> Any:
    parent = np.arange(nodes + len(a)).astype(np.int32)
    for k in range(len(a)):
        for node, shut in ((a[k], shut_a[k]), (b[k], shut_b[k])):
            if not shut:
                x, y = _root(parent, node), _root(parent, nodes + k)
                parent[max(x, y)] = min(x, y)
    label = np.empty(len(parent), np.int32)
    count = 0
    for i in range(len(parent)):
        root = _root(parent, i)
        if root == i:
            label[i] = count
            count += 1
        else:
            label[i] = label[root]
    return label, count


@compiled()
def _articulate(starts: Any, other: Any, root: int, weight: Any) -> Any:
    """Return the weight behind each point of a graph, and which points the root reaches."""
    points = len(starts) - 1
    order = np.full(points, -1, np.int32)
    lowest, parent = np.zeros(points, np.int32), np.full(points, -1, np.int32)
    below, behind = weight.copy(), np.zeros(points)
    place, path = starts[:-1].copy(), np.empty(points, np.int32)
    order[root], path[0], depth, clock = 0, root, 1, 1
    while depth:
        here = path[depth - 1]
        if place[here] < starts[here + 1]:
            there = other[place[here]]
            place[here] += 1
            if order[there] < 0:
                order[there] = lowest[there] = clock
                parent[there], path[depth] = here, there
                clock, depth = clock + 1, depth + 1
            else:
                lowest[here] = min(lowest[here], order[there])
            continue
        depth -= 1
        up = parent[here]
        if up >= 0:
            lowest[up] = min(lowest[up], lowest[here])
            below[up] += below[here]
            if lowest[here] >= order[up]:
                behind[up] += below[here]
    return behind, order >= 0
