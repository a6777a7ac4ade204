"""Small networks for the tests of flow."""

import numpy as np
from hypothesis import strategies as st

from qaita.engine.flow.network import HAZEN_WILLIAMS, PIPE, Network, Service, gentle_flow
from qaita.engine.flow.network import hazen_williams as resistance

SERVICE = Service(least_m=0.0, full_m=20.0)


def net_of(links, *, head, demand, elevation=None, law=HAZEN_WILLIAMS):  # links: (from, to, r)
    """Return a network of open pipes given by (from, to, r); head: {node: m}."""
    nodes = len(demand)
    heads = np.full(nodes, np.nan)
    for node, metres in head.items():
        heads[node] = metres
    ends = np.array([(a, b) for a, b, _ in links], np.int32).reshape(-1, 2)
    count = len(links)
    return Network(
        ends[:, 0].copy(),
        ends[:, 1].copy(),
        np.full(count, PIPE, np.int8),
        np.array([r for _, _, r in links], float),
        np.zeros(count),
        np.zeros((count, 3)),
        np.ones(count, bool),
        np.zeros(nodes) if elevation is None else np.array(elevation, float),
        heads,
        np.array(demand, float),
        law,
    )


@st.composite
def networks(draw, most=9, tight=True):
    """Random connected networks with one or two sources; some cannot be fully supplied."""
    nodes = draw(st.integers(3, most))
    ends = [(draw(st.integers(0, i - 1)), i) for i in range(1, nodes)]
    extra = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    ends += [pair for pair in draw(st.lists(extra, max_size=8)) if pair[0] != pair[1]]
    size = st.sampled_from([0.08, 0.1, 0.15, 0.2, 0.3])
    long = st.integers(20, 900)
    links = []
    for a, b in ends:
        r = resistance(np.float64(draw(long)), np.float64(draw(size)), np.float64(110.0))
        links.append((a, b, float(r)))
    wanted = st.sampled_from([0.0, 0.0005, 0.002, 0.006 if tight else 0.002])
    demand = [draw(wanted) for _ in range(nodes)]
    elevation = [draw(st.integers(0, 15)) for _ in range(nodes)]
    head = {0: 45.0}
    if draw(st.booleans()) and nodes > 4:
        head[nodes - 1] = draw(st.sampled_from([42.0, 45.0, 47.0]))
    return net_of(links, head=head, demand=demand, elevation=elevation)


def junctions(net):
    """Return which nodes are no sources."""
    return np.isnan(net.head_m)


def imbalance(net, state):
    """Return at every junction what flows in, less what flows out and what is supplied."""
    left = -state.supplied_m3s
    np.add.at(left, net.to_node, state.flow_m3s)
    np.subtract.at(left, net.from_node, state.flow_m3s)
    return np.where(junctions(net), left, 0.0)


__all__ = ["SERVICE", "gentle_flow", "imbalance", "junctions", "net_of", "networks"]
