"""A network at rest: closed forms, the laws of flow on every link and node, other formulas."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qaita.engine.flow.lanes import WIDTH, load, store
from qaita.engine.flow.network import (
    CHECK,
    DARCY_WEISBACH,
    POWER_PUMP,
    PRV,
    PUMP,
    QUADRATIC,
    Service,
    darcy_weisbach,
    hazen_williams,
    manning,
    minor_loss,
)
from qaita.engine.flow.powers import power
from qaita.engine.flow.solving import solve
from tests.engine.flow_nets import SERVICE, imbalance, junctions, net_of, networks

from numba import njit  # isort: skip


@njit
def powers_of(values, exponent, out):
    for i in range(len(values)):
        store(out, i, power(load(values, i), load(exponent, i)))


def test_eight_powers_at_once_equal_powers_one_by_one():
    rng = np.random.default_rng(1)
    values = 10.0 ** rng.uniform(-12, 5, (500, WIDTH))
    exponent = rng.uniform(-2, 2, (500, WIDTH))
    out = np.empty_like(values)
    powers_of(values, exponent, out)
    assert np.allclose(out, values**exponent, rtol=2e-12, atol=0)


def test_one_pipe_loses_what_the_formula_says():
    r = float(hazen_williams(np.float64(1000.0), np.float64(0.2), np.float64(100.0)))
    net = net_of([(0, 1, r)], head={0: 60.0}, demand=[0, 0.03])
    state = solve(net, SERVICE)
    # 10.667·L / (C^1.852·d^4.871)·q^1.852
    loss = 10.667 * 1000 / (100**1.852 * 0.2**4.871) * 0.03**1.852
    assert state.converged
    assert math.isclose(60 - state.head_m[1], loss, rel_tol=5e-4)
    assert math.isclose(state.flow_m3s[0], 0.03, rel_tol=1e-12)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 0.4])
def test_too_little_pressure_supplies_what_the_law_says(exponent):
    net = net_of([(0, 1, 1e-3)], head={0: 15.0}, demand=[0, 0.01], elevation=[0, 5])
    state = solve(net, Service(2.0, 20.0, exponent))
    share = ((state.head_m[1] - 5 - 2) / 18) ** exponent
    assert math.isclose(state.supplied_m3s[1], 0.01 * share, rel_tol=1e-7)


def test_pressure_below_the_least_supplies_nothing():
    net = net_of([(0, 1, 1e-3)], head={0: 4.0}, demand=[0, 0.01], elevation=[0, 5])
    assert solve(net, SERVICE).supplied_m3s[1] == 0


def test_what_no_source_reaches_has_no_head_and_no_water():
    net = net_of([(0, 1, 10.0), (2, 3, 10.0)], head={0: 40.0}, demand=[0, 0.01, 0.01, 0.01])
    state = solve(net, SERVICE)
    assert np.isnan(state.head_m[2:]).all()
    assert state.supplied_m3s.tolist() == pytest.approx([0, 0.01, 0, 0])


def colebrook(re, rough):
    """Solve Colebrook and White's equation by bisection on 1/√f."""
    low, high = 2.0, 14.0
    for _ in range(80):
        x = (low + high) / 2
        below = x < -2 * math.log10(rough / 3.7 + 2.51 * x / re)
        low, high = (x, high) if below else (low, x)
    return 1 / low**2


@pytest.mark.parametrize(("flow", "within"), [(0.00002, 1e-6), (0.03, 0.02), (0.3, 0.02)])
def test_darcy_weisbach_keeps_to_poiseuille_and_near_colebrook(flow, within):
    size = (np.float64(500.0), np.float64(0.3), np.float64(0.0002))
    r, rough, per_flow = (float(x) for x in darcy_weisbach(*size))
    net = net_of([(0, 1, r)], head={0: 90.0}, demand=[0, flow], law=DARCY_WEISBACH)
    net.param[0] = (rough, per_flow, 0.0)
    re = flow * per_flow
    f = 64 / re if re < 2000 else colebrook(re, rough)
    lost = 90 - solve(net, SERVICE).head_m[1]
    assert math.isclose(lost, f * r * flow**2, rel_tol=within)


def test_manning_and_minor_losses_grow_with_the_square():
    r = float(manning(np.float64(100.0), np.float64(0.3), np.float64(0.012)))
    net = net_of([(0, 1, r)], head={0: 50.0}, demand=[0, 0.1], law=QUADRATIC)
    net.minor[0] = minor_loss(np.float64(2.5), np.float64(0.3))
    speed = 0.1 / (math.pi * 0.3**2 / 4)
    wanted = 10.294 * 0.012**2 * 100 * 0.3**-5.333 * 0.01 + 2.5 * speed**2 / (2 * 9.80665)
    assert math.isclose(50 - solve(net, SERVICE).head_m[1], wanted, rel_tol=5e-3)


def special(kind, param, *, head, demand, links=None):
    net = net_of(links or [(0, 1, 1.0), (1, 2, 5.0)], head=head, demand=demand)
    net.kind[0], net.param[0] = kind, param
    return solve(net, SERVICE)


def test_a_pump_lifts_by_its_curve():
    state = special(PUMP, (50.0, 5000.0, 2.0), head={0: 10.0}, demand=[0, 0, 0.05])
    assert math.isclose(state.head_m[1], 10 + 50 - 5000 * 0.05**2, rel_tol=1e-9)


def test_a_pump_of_constant_power_lifts_less_the_more_it_moves():
    state = special(POWER_PUMP, (2.0, 0.0, 0.0), head={0: 10.0}, demand=[0, 0, 0.05])
    assert math.isclose(state.head_m[1], 10 + 2 / 0.05, rel_tol=1e-7)


def test_a_regulator_holds_the_pressure_behind_it():
    state = special(PRV, (35.0, 0.0, 0.0), head={0: 80.0}, demand=[0, 0, 0.02])
    assert math.isclose(state.head_m[1], 35.0, abs_tol=1e-3)


def test_a_regulator_opens_when_there_is_little_to_hold():
    state = special(PRV, (35.0, 0.0, 0.0), head={0: 25.0}, demand=[0, 0, 0.002])
    assert math.isclose(state.head_m[1], 25.0, abs_tol=1e-3)


def test_a_check_valve_lets_nothing_back():
    net = net_of([(1, 0, 10.0), (1, 2, 10.0)], head={0: 30.0, 2: 60.0}, demand=[0, 0.01, 0])
    net.kind[0] = CHECK
    back = dataclasses.replace(net, from_node=net.to_node, to_node=net.from_node)
    assert solve(net, SERVICE).flow_m3s[0] > 0.05
    assert abs(solve(back, SERVICE).flow_m3s[0]) < 1e-7


@settings(deadline=None, max_examples=60)
@given(networks())
def test_water_is_neither_made_nor_lost_and_every_pipe_keeps_its_law(net):
    state = solve(net, SERVICE)
    assert state.converged
    total = net.demand_m3s.sum() + 1e-3
    assert np.abs(imbalance(net, state)).max() <= 1e-9 * total
    assert (state.supplied_m3s >= 0).all()
    assert (state.supplied_m3s <= net.demand_m3s).all()
    fall = state.head_m[net.from_node] - state.head_m[net.to_node]
    size = np.abs(state.flow_m3s)
    assert np.allclose(fall, net.r * size**0.852 * state.flow_m3s, rtol=1e-5, atol=1e-4)


@settings(deadline=None, max_examples=30)
@given(networks(), st.randoms(use_true_random=False))
def test_the_order_of_nodes_and_links_does_not_matter(net, random):
    nodes, links = list(range(net.nodes)), list(range(net.links))
    random.shuffle(nodes)
    random.shuffle(links)
    new = np.argsort(nodes).astype(np.int32)
    other = dataclasses.replace(
        net,
        from_node=new[net.from_node[links]],
        to_node=new[net.to_node[links]],
        r=net.r[links],
        elevation_m=net.elevation_m[nodes],
        head_m=net.head_m[nodes],
        demand_m3s=net.demand_m3s[nodes],
    )
    one, two = solve(net, SERVICE), solve(other, SERVICE)
    assert np.allclose(one.head_m[nodes], two.head_m, atol=1e-4)
    assert np.allclose(one.supplied_m3s[nodes], two.supplied_m3s, atol=1e-7)


@settings(deadline=None, max_examples=40)
@given(networks(), st.data())
def test_less_demand_or_a_higher_source_lowers_nobodys_supply(net, data):
    before = solve(net, SERVICE)
    node = data.draw(st.sampled_from(np.flatnonzero(junctions(net)).tolist()))
    less = net.demand_m3s.copy()
    less[node] = 0
    after = solve(dataclasses.replace(net, demand_m3s=less), SERVICE)
    others = np.arange(net.nodes) != node
    assert (after.supplied_m3s[others] >= before.supplied_m3s[others] - 1e-7).all()
    higher = solve(dataclasses.replace(net, head_m=net.head_m + 3), SERVICE)
    assert (higher.supplied_m3s >= before.supplied_m3s - 1e-7).all()


@settings(deadline=None, max_examples=30)
@given(networks(), st.data())
def test_a_pipe_cut_in_two_carries_the_same(net, data):
    k = data.draw(st.integers(0, net.links - 1))
    links = list(zip(net.from_node.tolist(), net.to_node.tolist(), net.r.tolist(), strict=True))
    a, b, r = links[k]
    middle = net.nodes
    cut = [*links[:k], (a, middle, r * 0.3), *links[k + 1 :], (middle, b, r * 0.7)]
    head = {i: h for i, h in enumerate(net.head_m.tolist()) if not math.isnan(h)}
    other = net_of(
        cut,
        head=head,
        demand=[*net.demand_m3s.tolist(), 0.0],
        elevation=[*net.elevation_m.tolist(), 0.0],
    )
    one, two = solve(net, SERVICE), solve(other, SERVICE)
    assert np.allclose(one.supplied_m3s, two.supplied_m3s[:-1], atol=1e-7)
    assert np.allclose(one.head_m, two.head_m[:-1], atol=1e-3)


@settings(deadline=None, max_examples=30)
@given(networks(), st.data())
def test_two_pipes_side_by_side_equal_one_as_wide_as_both(net, data):
    k = data.draw(st.integers(0, net.links - 1))
    links = list(zip(net.from_node.tolist(), net.to_node.tolist(), net.r.tolist(), strict=True))
    a, b, r = links[k]
    half = r * 2**1.852
    head = {i: h for i, h in enumerate(net.head_m.tolist()) if not math.isnan(h)}
    two_pipes = [*links[:k], (a, b, half), *links[k + 1 :], (b, a, half)]
    said = {"head": head, "demand": net.demand_m3s.tolist(), "elevation": net.elevation_m.tolist()}
    one, two = solve(net, SERVICE), solve(net_of(two_pipes, **said), SERVICE)
    assert np.allclose(one.head_m, two.head_m, atol=1e-3)
    assert math.isclose(two.flow_m3s[k], -two.flow_m3s[-1], abs_tol=1e-7)


@pytest.mark.parametrize(
    ("what", "value"),
    [("demand_m3s", -1.0), ("r", np.nan), ("head_m", np.nan), ("r", 0.0), ("kind", 9)],
)
def test_what_no_network_has_is_refused(what, value):
    net = net_of([(0, 1, 10.0)], head={0: 40.0}, demand=[0, 0.01])
    column = getattr(net, what).copy()
    column[0] = value
    with pytest.raises(ValueError, match=r"."):
        solve(dataclasses.replace(net, **{what: column}), SERVICE)
