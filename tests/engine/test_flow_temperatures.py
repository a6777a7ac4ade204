"""Temperatures downstream: closed forms, mixing, and the balance of heat."""

import math

import numpy as np
from hypothesis import given, settings

from qaita.engine.flow.solving import solve
from qaita.engine.flow.temperatures import (
    WATER_J_KG_K,
    WATER_KG_M3,
    heat_delivered_w,
    temperatures,
)
from tests.engine.flow_nets import SERVICE, net_of, networks

GROUND = 5.0


def swept(net, loss, source=90.0):
    state = solve(net, SERVICE)
    fed = np.full(net.nodes, source)
    return state, temperatures(net, state.flow_m3s, fed, np.asarray(loss, float), GROUND)


def test_along_one_pipe_warmth_falls_by_the_exponential():
    net = net_of([(0, 1, 10.0)], head={0: 60.0}, demand=[0, 0.01])
    _, found = swept(net, [2000.0])
    rate = 2000.0 / (WATER_J_KG_K * WATER_KG_M3 * 0.01)
    assert math.isclose(found[1], GROUND + 85 * math.exp(-rate), rel_tol=1e-9)


def test_waters_mix_by_their_flows():
    links = [(0, 2, 10.0), (1, 2, 10.0), (2, 3, 10.0)]
    net = net_of(links, head={0: 60.0, 1: 60.0}, demand=[0, 0, 0, 0.02])
    state = solve(net, SERVICE)
    fed = np.array([90.0, 70.0, 0.0, 0.0])
    found = temperatures(net, state.flow_m3s, fed, np.zeros(3), GROUND)
    assert math.isclose(found[3], 80.0, abs_tol=1e-6)


def test_a_pipe_laid_the_other_way_round_carries_the_same_warmth():
    one = net_of([(0, 1, 10.0), (1, 2, 10.0)], head={0: 60.0}, demand=[0, 0.01, 0.01])
    two = net_of([(0, 1, 10.0), (2, 1, 10.0)], head={0: 60.0}, demand=[0, 0.01, 0.01])
    assert np.allclose(swept(one, [900, 900])[1], swept(two, [900, 900])[1])


def test_where_nothing_flows_in_no_temperature_is_known():
    net = net_of([(0, 1, 10.0), (1, 2, 10.0)], head={0: 60.0}, demand=[0, 0.01, 0.0])
    assert np.isnan(swept(net, [0, 0])[1][2])


@settings(deadline=None, max_examples=50)
@given(networks(tight=False))
def test_heat_fed_in_is_heat_lost_and_heat_taken(net):
    loss = np.full(net.links, 40.0)
    state, found = swept(net, loss)
    warm = np.where(np.isnan(found), GROUND, found)
    size = np.abs(state.flow_m3s)
    up = np.where(state.flow_m3s >= 0, net.from_node, net.to_node)
    down = np.where(state.flow_m3s >= 0, net.to_node, net.from_node)
    moving = size > 1e-9
    at_source = ~np.isnan(net.head_m)
    rate = np.exp(-loss / (WATER_J_KG_K * WATER_KG_M3 * np.maximum(size, 1e-9)))
    arriving = GROUND + (warm[up] - GROUND) * rate
    capacity = WATER_J_KG_K * WATER_KG_M3
    fed = (capacity * size * (warm[up] - GROUND))[moving & at_source[up]].sum()
    back = (capacity * size * (arriving - GROUND))[moving & at_source[down]].sum()
    lost = (capacity * size * (warm[up] - arriving))[moving].sum()
    taken = heat_delivered_w(net, state.supplied_m3s, warm, GROUND).sum()
    # pipes that all but stand still carry what rounding leaves
    assert math.isclose(fed, back + lost + taken, rel_tol=1e-3, abs_tol=50.0)


def test_nobody_takes_heat_from_water_colder_than_the_return():
    net = net_of([(0, 1, 10.0)], head={0: 60.0}, demand=[0, 0.01])
    assert heat_delivered_w(net, np.array([0, 0.01]), np.array([40.0, 40.0]), 50.0).sum() == 0
