"""What holds of packages whatever the needs: on two real networks of water side by side."""

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qaita.engine.packing.gathering import Streets
from tests.engine.test_packing_real import LEAST, MOST, NETS, packages_of, pieces, water

real = cache(water)


def side_by_side(one: Streets, other: Streets) -> Streets:
    """Two networks in one register: they share no node."""
    nodes = 1 + int(max(one.from_node.max(), one.to_node.max()))
    both = {
        name: np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("bearing", "length_m", "need", "wanted")
    }
    return Streets(
        np.concatenate([one.from_node, other.from_node + nodes]),
        np.concatenate([one.to_node, other.to_node + nodes]),
        **both,
    )


asked = given(
    names=st.tuples(st.sampled_from(NETS), st.sampled_from(NETS)),
    seed=st.integers(0, 2**32 - 1),
    spread=st.sampled_from([0.0, 0.3, 1.5]),
    hole=st.sampled_from([0.0, 0.2, 0.6, 0.97]),
)


def drawn(names: tuple[str, str], seed: int, spread: float, hole: float) -> tuple[Streets, int]:
    """Return two networks with needs, and how many sections the first one has."""
    first, second = (with_needs(real(n), seed + i, spread, hole) for i, n in enumerate(names))
    return side_by_side(first, second), len(first.length_m)


def with_needs(streets: Streets, seed: int, spread: float, hole: float) -> Streets:
    chance = np.random.default_rng(seed)
    count = len(streets.length_m)
    return Streets(
        streets.from_node,
        streets.to_node,
        streets.bearing,
        streets.length_m,
        spread * chance.normal(0, 1, count),
        chance.random(count) >= hole,
    )


@settings(max_examples=20, deadline=None)
@asked
def test_each_wanted_section_is_in_one_package_of_one_connected_network(names, seed, spread, hole):
    streets, border = drawn(names, seed, spread, hole)
    packages = packages_of(streets)
    every = np.concatenate([np.zeros(0, np.int64), *packages])
    assert sorted(every.tolist()) == np.flatnonzero(streets.wanted).tolist()
    for one in packages:
        assert len({bool(section < border) for section in one}) <= 1
        assert streets.length_m[one].sum() <= MOST + 1e-6 or len(one) == 1
        ends = list(zip(streets.from_node[one], streets.to_node[one], strict=True))
        assert len(one) == 0 or len(pieces(one, ends)) == 1


@settings(max_examples=20, deadline=None)
@asked
def test_where_needs_are_alike_only_what_has_no_room_beside_it_is_short(names, seed, spread, hole):
    """Below the least length: a whole component, or every neighbour would make it too long."""
    streets, _border = drawn(names, seed, 0.0 * spread, hole)
    packages = [one for one in packages_of(streets) if len(one)]
    total = np.array([streets.length_m[one].sum() for one in packages])
    at_node: dict[int, set[int]] = {}
    own: list[set[int]] = []
    for n, one in enumerate(packages):
        own.append({int(k) for i in one for k in (streets.from_node[i], streets.to_node[i])})
        for node in own[-1]:
            at_node.setdefault(node, set()).add(n)
    for n in np.flatnonzero(total < LEAST).tolist():
        near = set().union(*(at_node[node] for node in own[n])) - {n}
        assert all(total[n] + total[k] > MOST for k in near)


@settings(max_examples=10, deadline=None)
@asked
def test_a_second_network_changes_nothing_of_the_first(names, seed, spread, hole):
    both, border = drawn(names, seed, spread, hole)
    alone = with_needs(real(names[0]), seed, spread, hole)
    mine = [one.tolist() for one in packages_of(both) if len(one) and one[0] < border]
    assert mine == [one.tolist() for one in packages_of(alone) if len(one)]
