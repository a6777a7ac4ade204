"""Whom a closure cuts off: reach from the sources with edges and nodes closed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaita.engine.compiling import compiled
from qaita.engine.flow.graph import Graph

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class CutOff:
    """Nodes and edges that a closure leaves without supply, and the consumers at the nodes."""

    nodes: Bools
    edges: Bools
    consumers: int


@dataclass(frozen=True)
class Isolation:
    """Valves (nodes) to close around an edge, and the nodes and edges inside them."""

    valves: Bools
    nodes: Bools
    edges: Bools


def reachable(
    graph: Graph,
    sources: Any,
    *,
    closed_edges: Bools | None = None,
    closed_nodes: Bools | None = None,
) -> Bools:
    """Return which nodes a source reaches without passing a closed edge or node.

    Breadth-first over the graph: each edge is looked at twice, so a million edges take some tens
    of milliseconds. A closed node is itself not reached.
    """
    edges = np.zeros(len(graph.from_node), bool) if closed_edges is None else closed_edges
    nodes = np.zeros(graph.nodes, bool) if closed_nodes is None else closed_nodes
    begin = np.ascontiguousarray(sources, np.int32)
    return np.asarray(_walk(graph.starts, graph.other, graph.edge, begin, edges, nodes))


def cut_off(
    graph: Graph, sources: Any, consumers: Any, *, closed_edges: Bools, closed_nodes: Bools
) -> CutOff:
    """Return what is supplied now and would not be with the edges and nodes closed.

    `consumers` counts those at each node. Parts of the graph that have no source even with
    everything open are nobody's loss: they are left out. An edge loses supply when it is closed
    itself, or when a source reaches neither of its ends. Only the way is asked for, not pressure.
    """
    before = reachable(graph, sources)
    after = reachable(graph, sources, closed_edges=closed_edges, closed_nodes=closed_nodes)
    lost = before & ~after
    dry = ~(after[graph.from_node] | after[graph.to_node])
    was = before[graph.from_node] | before[graph.to_node]
    edges = was & (dry | closed_edges)
    return CutOff(lost, edges, int(np.asarray(consumers)[lost].sum()))


def isolation(graph: Graph, edge: int, valves: Bools) -> Isolation:
    """Return the valves to close so that an edge has no water, and what they shut in.

    From both ends outwards until a node with a valve stands on every way. What is shut in is
    not all that loses supply: give the valves to `cut_off` as closed nodes for that.
    """
    begin = np.array([graph.from_node[edge], graph.to_node[edge]], np.int32)
    inside = reachable(graph, begin[~valves[begin]], closed_nodes=valves)
    edges = inside[graph.from_node] | inside[graph.to_node]
    edges[edge] = True
    around = np.zeros(graph.nodes, bool)
    around[graph.from_node[edges]] = True
    around[graph.to_node[edges]] = True
    return Isolation(around & valves, inside, edges)


@compiled()
def _walk(starts: Any, other: Any, edge: Any, begin: Any, shut_edge: Any, shut_node: Any) -> Any:
    seen = np.zeros(len(starts) - 1, np.bool_)
    queue = np.empty(len(seen), np.int32)
    tail = 0
    for node in begin:
        if not seen[node] and not shut_node[node]:
            seen[node] = True
            queue[tail] = node
            tail += 1
    head = 0
    while head < tail:
        node = queue[head]
        head += 1
        for i in range(starts[node], starts[node + 1]):
            there = other[i]
            if not seen[there] and not shut_node[there] and not shut_edge[edge[i]]:
                seen[there] = True
                queue[tail] = there
                tail += 1
    return seen
