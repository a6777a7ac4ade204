"""Valve segments: against trying every closure, and against WNTR."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qaita.engine.flow.graph import make_graph
from qaita.engine.flow.segments import isolate


@st.composite
def layouts(draw):
    nodes = draw(st.integers(2, 8))
    ends = st.integers(0, nodes - 1)
    edges = draw(st.lists(st.tuples(ends, ends).filter(lambda e: e[0] != e[1]), min_size=1))
    valves = draw(st.sets(st.tuples(st.integers(0, len(edges) - 1), st.booleans())))
    sources = draw(st.lists(ends, min_size=1, max_size=2, unique=True))
    return nodes, edges, sorted(valves), sources


def segments_of(nodes, edges, valves, sources):
    array = np.array(edges, np.int32)
    weight = 2.0 ** np.arange(nodes)
    return isolate(
        make_graph(nodes, array[:, 0], array[:, 1]),
        sources,
        weight,
        valve_edge=np.array([edge for edge, _ in valves], np.int32),
        valve_at_to=np.array([at for _, at in valves], bool),
    )


def walked(nodes, edges, begin, shut):
    """Walk from some things to all that no shut valve divides; things are ("n", i), ("e", k)."""
    seen = set(begin)
    joined = []
    for k, (a, b) in enumerate(edges):
        joined += [(("n", a), ("e", k))] if (k, False) not in shut else []
        joined += [(("n", b), ("e", k))] if (k, True) not in shut else []
    for _ in range(2 * nodes + 2 * len(edges)):
        for x, y in joined:
            if x in seen or y in seen:
                seen |= {x, y}
    return seen


@settings(deadline=None, max_examples=150)
@given(layouts())
def test_a_segment_is_what_its_valves_shut_in_and_takes_what_then_is_dry(case):
    nodes, edges, valves, sources = case
    found = segments_of(*case)
    feeding = [("n", s) for s in sources]
    fed = walked(nodes, edges, feeding, set())
    for k in range(len(edges)):
        inside = walked(nodes, edges, [("e", k)], set(valves))
        segment = found.of_edge[k]
        assert {i for t, i in inside if t == "n"} == set(np.flatnonzero(found.of_node == segment))
        assert {i for t, i in inside if t == "e"} == set(np.flatnonzero(found.of_edge == segment))
        around = {valves[i] for i in found.valves_around(k).tolist()}
        apart = walked(nodes, edges, [("e", k)], around)
        assert apart == inside
        # the segment's own sources give nothing when it is shut
        left = [source for source in feeding if source not in inside]
        wet = walked(nodes, edges, left, around) - inside
        dry = {i for t, i in fed - wet if t == "n"}
        assert found.lost[segment] == sum(2.0**i for i in dry)


def test_without_valves_everything_is_one_segment():
    found = segments_of(3, [(0, 1), (1, 2)], [], [0])
    assert found.of_edge.tolist() == [0, 0]
    assert found.lost.tolist() == [7.0]


def test_segments_are_those_of_wntr():
    wntr = pytest.importorskip("wntr")
    net = wntr.network.WaterNetworkModel("ky4")
    layer = wntr.network.generate_valve_layer(net, "random", 400, seed=1)
    of_node, of_link, _sizes = wntr.metrics.topographic.valve_segments(net.to_graph(), layer)
    nodes = {name: i for i, name in enumerate(net.node_name_list)}
    links = {name: i for i, name in enumerate(net.link_name_list)}
    ends = [(nodes[link.start_node_name], nodes[link.end_node_name]) for _, link in net.links()]
    a, b = np.array(ends, np.int32).T
    edge = np.array([links[name] for name in layer["link"]])
    at_to = np.array([nodes[name] for name in layer["node"]]) != a[edge]
    graph = make_graph(len(nodes), a, b)
    found = isolate(graph, [0], np.ones(len(nodes)), valve_edge=edge, valve_at_to=at_to)
    theirs = np.concatenate(
        [of_node.reindex(net.node_name_list).values, of_link.reindex(net.link_name_list).values]
    )
    ours = np.concatenate([found.of_node, found.of_edge])
    pairs = set(zip(theirs.tolist(), ours.tolist(), strict=True))
    assert len(pairs) == len(set(theirs.tolist())) == len(set(ours.tolist()))
