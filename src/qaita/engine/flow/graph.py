"""A network as a graph in rows of numbers: what every question to it starts from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaita.engine.compiling import compiled

Ints = NDArray[np.int32]
Starts = NDArray[np.int64]


@dataclass(frozen=True)
class Graph:
    """Nodes 0…n−1 and edges 0…m−1 between them, passable both ways.

    The neighbours of node i are `other[starts[i]:starts[i+1]]`, over the edges `edge[…]`.
    """

    from_node: Ints
    to_node: Ints
    starts: Starts
    other: Ints
    edge: Ints

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.starts) - 1


def make_graph(nodes: int, from_node: Any, to_node: Any) -> Graph:
    """Return the graph of edges given by their ends (numbers of nodes)."""
    ends_a = np.ascontiguousarray(from_node, np.int32)
    ends_b = np.ascontiguousarray(to_node, np.int32)
    if len(ends_a) != len(ends_b):
        raise ValueError("every edge has two ends")
    both = np.concatenate([ends_a, ends_b])
    if len(both) and (both.min() < 0 or both.max() >= nodes):
        raise ValueError("an edge ends at a node that does not exist")
    starts = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(both, minlength=nodes), out=starts[1:])
    other, edge = np.empty(len(both), np.int32), np.empty(len(both), np.int32)
    _fill(ends_a, ends_b, starts[:-1].copy(), other, edge)
    return Graph(ends_a, ends_b, starts, other, edge)


@compiled()
def _fill(ends_a: Any, ends_b: Any, place: Any, other: Any, edge: Any) -> None:
    for i in range(len(ends_a)):
        for here, there in ((ends_a[i], ends_b[i]), (ends_b[i], ends_a[i])):
            other[place[here]] = there
            edge[place[here]] = i
            place[here] += 1
