"""Every link closed in turn: against solving the network without the link."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings

from qaita.engine.flow import closures, nested
from qaita.engine.flow.closures import n_minus_1
from qaita.engine.flow.network import GRAPH, REGION
from qaita.engine.flow.network import hazen_williams as resistance
from qaita.engine.flow.solving import solve
from qaita.engine.flow.states import n_minus_1_in_states
from tests.engine.flow_nets import SERVICE, junctions, net_of, networks


def without(net, link):
    is_open = net.is_open.copy()
    is_open[link] = False
    state = solve(dataclasses.replace(net, is_open=is_open), SERVICE)
    return np.where(junctions(net), net.demand_m3s - state.supplied_m3s, 0.0)


@settings(deadline=None, max_examples=60)
@given(networks())
def test_a_closure_takes_what_the_network_without_the_link_lacks(net):
    found = n_minus_1(net, SERVICE)
    assert found.converged.all()
    for i, link in enumerate(found.link.tolist()):
        short = without(net, link)
        part = slice(found.starts[i], found.starts[i + 1])
        lost = np.zeros(net.nodes)
        lost[found.node[part]] = found.lost_m3s[part]
        assert np.allclose(lost, short, atol=2e-5 * (net.demand_m3s.sum() + 1e-3))
        assert found.total_m3s[i] == pytest.approx(lost.sum())


@settings(deadline=None, max_examples=30)
@given(networks(tight=False))
def test_one_thread_and_two_say_the_same_to_the_last_bit(net):
    one, two = n_minus_1(net, SERVICE, threads=1), n_minus_1(net, SERVICE, threads=2)
    assert (one.total_m3s == two.total_m3s).all()
    assert (one.lost_m3s == two.lost_m3s).all()


def test_every_closure_balances_whatever_runs_dry():
    """A network in which closing the trunk leaves half the nodes about dry."""
    for seed in range(6):
        net = town(7, np.random.default_rng(seed))
        net = dataclasses.replace(net, demand_m3s=net.demand_m3s * 12)
        found = n_minus_1(net, SERVICE)
        rest = without(net, []).sum()  # where no source reaches, too
        short = np.array([without(net, link).sum() - rest for link in found.link.tolist()])
        assert found.converged.all()
        assert np.abs(found.added_m3s - short).max() <= 1e-5 * net.demand_m3s.sum()


def test_a_branch_takes_exactly_what_lies_behind_it():
    links = [(0, 1, 100.0), (1, 2, 100.0), (1, 3, 100.0), (3, 4, 100.0)]
    net = net_of(links, head={0: 60.0}, demand=[0, 0.001, 0.002, 0.003, 0.004])
    found = n_minus_1(net, SERVICE)
    assert found.total_m3s.tolist() == pytest.approx([0.010, 0.002, 0.007, 0.004])
    assert (found.method == GRAPH).all()
    assert (found.bound_m3s == 0).all()


def test_a_link_that_carries_nothing_or_is_closed_takes_nothing():
    links = [(0, 1, 100.0), (0, 2, 100.0), (1, 2, 100.0), (1, 2, 50.0)]
    net = net_of(links, head={0: 60.0}, demand=[0, 0.002, 0.002])
    net.is_open[3] = False
    found = n_minus_1(net, SERVICE, np.array([2, 3], np.int32))
    assert found.added_m3s.tolist() == pytest.approx([0, 0], abs=1e-9)


def test_what_was_short_before_is_told_apart():
    links = [(0, 1, 1e5), (0, 2, 100.0), (2, 3, 100.0)]
    net = net_of(links, head={0: 40.0}, demand=[0, 0.05, 0.001, 0.001])
    found = n_minus_1(net, SERVICE)
    before = without(net, [])
    assert before.sum() > 0.01
    assert found.added_m3s[2] == pytest.approx(0.001, abs=1e-8)
    assert found.total_m3s[2] == pytest.approx(before.sum() + 0.001, abs=1e-8)


def test_many_closures_share_batches():
    rng = np.random.default_rng(3)
    side = 12
    at = np.arange(side * side).reshape(side, side)
    ends = [*zip(at[:, :-1].ravel(), at[:, 1:].ravel(), strict=True)]
    ends += [*zip(at[:-1].ravel(), at[1:].ravel(), strict=True)]
    links = [(int(a), int(b), float(rng.uniform(50, 2000))) for a, b in ends]
    demand = rng.uniform(0, 0.002, side * side)
    demand[0] = 0
    net = net_of(links, head={0: 60.0}, demand=demand)
    found = n_minus_1(net, SERVICE)
    assert found.converged.all()
    for i in rng.choice(len(links), 12, replace=False).tolist():
        assert found.total_m3s[i] == pytest.approx(without(net, i).sum(), abs=1e-6)


def town(side, rng):
    """Return a town of streets with one source in a corner and one in the middle."""
    at = np.arange(side * side).reshape(side, side)
    ends = [*zip(at[:, :-1].ravel(), at[:, 1:].ravel(), strict=True)]
    ends += [*zip(at[:-1].ravel(), at[1:].ravel(), strict=True)]
    kept = rng.random(len(ends)) < 0.8
    wide = rng.choice([0.1, 0.15, 0.2, 0.4], len(ends), p=[0.4, 0.3, 0.2, 0.1])
    r = resistance(rng.uniform(40, 160, len(ends)), wide, np.full(len(ends), 110.0))
    links = [(int(a), int(b), float(x)) for (a, b), x, k in zip(ends, r, kept, strict=True) if k]
    links += [(side * side, 0, 0.05), (side * side + 1, int(at[side // 2, side // 2]), 0.05)]
    demand = np.where(rng.random(side * side) < 0.6, rng.uniform(0, 4e-4, side * side), 0.0)
    head = {side * side: 70.0, side * side + 1: 72.0}
    return net_of(links, head=head, demand=[*demand.tolist(), 0, 0])


def test_one_region_with_more_closures_than_a_part_holds(monkeypatch):
    net = town(24, np.random.default_rng(7))
    monkeypatch.setattr(closures, "SMALL", 0)
    monkeypatch.setattr(nested, "START", 10**6)  # the first region is the whole network
    monkeypatch.setattr(nested, "PART", 16)
    found = n_minus_1(net, SERVICE)
    monkeypatch.setattr(closures, "SMALL", 10**9)
    whole = n_minus_1(net, SERVICE)
    assert found.converged.all()
    assert np.allclose(found.total_m3s, whole.total_m3s, atol=1e-6)


def test_regions_say_what_the_whole_network_says(monkeypatch):
    net = town(40, np.random.default_rng(5))
    monkeypatch.setattr(closures, "SMALL", 0)
    quick = n_minus_1(net, SERVICE)
    again = n_minus_1(net, SERVICE, threads=1)
    monkeypatch.setattr(closures, "SMALL", 10**9)
    whole = n_minus_1(net, SERVICE)
    assert (quick.method == REGION).sum() > 1000
    assert quick.converged.all()
    assert whole.converged.all()
    assert np.abs(quick.total_m3s - whole.total_m3s).max() <= 1e-5 * net.demand_m3s.sum()
    assert (np.abs(quick.total_m3s - whole.total_m3s) <= quick.bound_m3s + 1e-9).all()
    assert whole.total_m3s.max() > 0.01 * net.demand_m3s.sum()
    assert (quick.total_m3s == again.total_m3s).all()
    sums = np.add.reduceat(np.append(quick.lost_m3s, 0), quick.starts[:-1])
    assert np.allclose(np.where(np.diff(quick.starts) > 0, sums, 0), quick.total_m3s)


def test_states_of_demand_are_weighed_by_their_time_and_the_worst_is_named():
    ring = [(0, 1, 3000.0), (1, 2, 3000.0), (2, 0, 3000.0), (2, 3, 100.0)]
    net = net_of(ring, head={0: 35.0}, demand=[0, 0.01, 0.02, 0.005])
    demands = np.array([[0, 0.01, 0.02, 0.005], [0, 0.02, 0.05, 0.01], [0, 0, 0, 0.001]])
    found = n_minus_1_in_states(net, SERVICE, demands, share=np.array([3.0, 1.0, 0.0]))
    for state, demand in enumerate(demands):
        alone = n_minus_1(dataclasses.replace(net, demand_m3s=demand), SERVICE)
        assert found.added_m3s[state].tolist() == alone.added_m3s.tolist()
    assert found.worst_state[:3].tolist() == [1, 1, 1]
    assert found.mean_m3s == pytest.approx(0.75 * found.added_m3s[0] + 0.25 * found.added_m3s[1])
    with pytest.raises(ValueError, match="share of time"):
        n_minus_1_in_states(net, SERVICE, demands, share=np.array([1.0]))


def test_a_link_that_does_not_exist_is_refused():
    net = net_of([(0, 1, 10.0)], head={0: 40.0}, demand=[0, 0.01])
    with pytest.raises(ValueError, match="does not exist"):
        n_minus_1(net, SERVICE, np.array([5], np.int32))


def test_a_network_without_demand_loses_nothing():
    net = net_of([(0, 1, 10.0), (0, 1, 20.0)], head={0: 40.0}, demand=[0, 0.0])
    assert n_minus_1(net, SERVICE).total_m3s.tolist() == [0, 0]
