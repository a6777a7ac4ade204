"""Heat: the network of differences against supply and return solved apart by another method."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root

from qaita.engine.flow.heating import Design, Heat, NoHead, heat_network, heat_outages
from qaita.engine.flow.network import darcy_weisbach
from qaita.engine.flow.solving import solve
from qaita.engine.flow.temperatures import WATER_J_KG_K, WATER_KG_M3

DESIGN = Design()
W_PER_M3S = WATER_KG_M3 * WATER_J_KG_K * DESIGN.fall_k


def heat_of(pipes, *, load, plants=(0,)):
    """Return pairs of pipes (from, to, length, diameter) with loads in kW."""
    rows = np.array(pipes, float).reshape(-1, 4)
    return Heat(
        rows[:, 0].astype(np.int32), rows[:, 1].astype(np.int32), rows[:, 2].copy(),
        rows[:, 3].copy(), np.array(load, float) * 1e3, np.isin(np.arange(len(load)), plants),
    )  # fmt: skip


@st.composite
def heats(draw, most=7):
    """Random networks of pairs with rings."""
    nodes = draw(st.integers(3, most))
    ends = [(draw(st.integers(0, i - 1)), i) for i in range(1, nodes)]
    extra = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    ends += [pair for pair in draw(st.lists(extra, max_size=4)) if pair[0] != pair[1]]
    size, long = st.sampled_from([0.08, 0.1, 0.15]), st.integers(40, 400)
    pipes = [(a, b, draw(long), draw(size)) for a, b in ends]
    load = [0.0] + [draw(st.sampled_from([0.0, 150.0, 300.0, 450.0])) for _ in range(nodes - 1)]
    return heat_of(pipes, load=load)


def pipe_flow(fall, heat):
    """Return the flows of pipes by Colebrook's equation, which is explicit in the flow."""
    r, rough, per_flow = darcy_weisbach(heat.length_m, heat.diameter_m, 0.0005, viscosity=3.7e-7)
    size = np.maximum(np.abs(fall), 1e-12)
    swift = per_flow * np.sqrt(size / r)  # Re·√f
    wild = np.sqrt(size / r) * np.maximum(-2 * np.log10(rough / 3.7 + 2.51 / swift), 0.1)
    calm = size * per_flow / (64 * r)
    return np.sign(fall) * np.minimum(wild, calm)


def fed_without(heat, closed):
    """Return which nodes a plant reaches, and which pairs are open between them."""
    open_ = np.arange(len(heat.from_node)) != closed
    seen = heat.is_plant.copy()
    for _ in seen:
        for a, b in zip(heat.from_node[open_], heat.to_node[open_], strict=True):
            seen[a] = seen[b] = seen[a] | seen[b]
    return seen, open_ & seen[heat.from_node]


def taken_apart(heat, head, closed):
    """Return each consumer's flow with supply and return as two networks of their own.

    Unknown are heads of the supply and of the return; the return of the plant is held at 20 m.
    """
    seen, open_ = fed_without(heat, closed)
    free, count = np.flatnonzero(seen & ~heat.is_plant), len(heat.load_w)

    def state(x):
        up, down = np.full(count, head + 20.0), np.full(count, 20.0)
        up[free], down[free] = x[: len(free)], x[len(free) :]
        served = np.sqrt(np.clip((up - down) / DESIGN.needed_m, 0.0, 1.0))
        drawn = np.where(seen & ~heat.is_plant, heat.load_w / W_PER_M3S * served, 0.0)
        left = []
        for level, out in ((up, drawn), (down, -drawn)):
            q = np.where(open_, pipe_flow(level[heat.from_node] - level[heat.to_node], heat), 0.0)
            into = np.bincount(heat.to_node, q, count) - np.bincount(heat.from_node, q, count)
            left.append((into - out)[free])
        return drawn, np.concatenate(left) * 1e3

    begin = np.r_[np.linspace(head + 19, head + 10, len(free)), np.linspace(21, 30, len(free))]
    found = root(lambda x: state(x)[1], begin, method="hybr", options={"maxfev": 2000})
    drawn, left = state(found.x)
    return None if np.abs(left).max(initial=0.0) > 1e-4 else drawn


@settings(deadline=None, max_examples=25)
@given(heats(), st.data())
def test_pairs_say_what_supply_and_return_say_apart(heat, data):
    try:
        net, _ = heat_network(heat, DESIGN)
    except NoHead:
        return
    closed = data.draw(st.integers(0, net.links - 1))
    losses, watts = heat_outages(heat, DESIGN, np.array([closed], np.int32))
    head = float(np.nanmax(net.head_m))
    theirs = taken_apart(heat, head, closed)
    if theirs is None:  # their method found no state
        return
    short = heat.load_w.sum() - theirs.sum() * W_PER_M3S
    assert losses.converged.all()
    assert watts[0] == pytest.approx(short, abs=0.01 * heat.load_w.sum() + 1.0)


def test_everybody_is_served_with_all_pairs_open_and_the_pumps_keep_a_reserve():
    heat = heat_of([(0, 1, 400, 0.15), (1, 2, 300, 0.1)], load=[0, 800, 500])
    net, svc = heat_network(heat, DESIGN)
    state = solve(net, svc)
    assert np.allclose(state.supplied_m3s, net.demand_m3s)
    lost = net.head_m[0] - state.head_m[2]
    assert state.head_m[2] == pytest.approx(DESIGN.needed_m + 0.1 * lost / 1.0, rel=1e-6)


def test_a_pair_without_a_way_around_takes_all_heat_behind_it():
    heat = heat_of([(0, 1, 400, 0.15), (1, 2, 300, 0.1), (1, 3, 90, 0.1)], load=[0, 100, 200, 300])
    _, watts = heat_outages(heat, DESIGN)
    assert watts.tolist() == pytest.approx([600e3, 200e3, 300e3])


def test_a_ring_takes_less_heat_than_a_branch_and_a_wider_one_less_still():
    ring = [(0, 1, 500, 0.15), (1, 2, 500, 0.1), (2, 0, 500, 0.15)]
    heat = heat_of(ring, load=[0, 900, 900])
    _, narrow = heat_outages(heat, DESIGN)
    wide = dataclasses.replace(heat, diameter_m=np.array([0.15, 0.2, 0.15]))
    _, less = heat_outages(wide, DESIGN)
    assert 0 < less[0] < narrow[0] < 900e3
    assert narrow[0] == pytest.approx(narrow[2])  # the ring is alike both ways


def test_pipes_too_narrow_for_their_loads_are_refused():
    with pytest.raises(NoHead):
        heat_outages(heat_of([(0, 1, 900, 0.05)], load=[0, 5000]), DESIGN)


def test_what_only_joins_two_nodes_loses_next_to_nothing():
    heat = heat_of([(0, 1, 0, 0), (1, 2, 300, 0.1)], load=[0, 0, 300])
    net, svc = heat_network(heat, DESIGN)
    assert solve(net, svc).head_m[1] == pytest.approx(net.head_m[0], abs=1e-3)
