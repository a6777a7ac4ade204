"""Packages on real networks of water: the examples of EPANET and WNTR."""

from pathlib import Path

import numpy as np
import pytest

from qaita.engine.packing.gathering import Streets, gather_sections
from qaita.engine.packing.streets import continuations, ends_by_node

wntr = pytest.importorskip("wntr")
LEAST, MOST = 200.0, 500.0
NETS = ("ky4", "ky10", "Net3", "Net6")


def streets_of(ends: np.ndarray, place: np.ndarray, length: np.ndarray, seed: int = 1) -> Streets:
    """Straight sections between places; needs by chance, and a quarter of them not wanted."""
    chance = np.random.default_rng(seed)
    step = place[ends[:, 1]] - place[ends[:, 0]]
    angle = np.arctan2(step[:, 1], step[:, 0])
    return Streets(
        ends[:, 0].astype(np.int64),
        ends[:, 1].astype(np.int64),
        np.stack([angle, angle + np.pi], 1),
        length,
        chance.normal(0, 0.6, len(ends)),
        chance.random(len(ends)) > 0.25,
    )


def water(name: str) -> Streets:
    folder = Path(wntr.__file__).parent / "library" / "networks"
    model = wntr.network.WaterNetworkModel(str(folder / f"{name}.inp"))
    number = {node: n for n, node in enumerate(model.node_name_list)}
    place = np.array([model.get_node(node).coordinates for node in model.node_name_list])
    pipes = [model.get_link(pipe) for pipe in model.pipe_name_list]
    ends = np.array([(number[p.start_node_name], number[p.end_node_name]) for p in pipes])
    return streets_of(ends, place, np.array([p.length for p in pipes]))


@pytest.fixture(scope="module", params=NETS)
def streets(request) -> Streets:
    return water(request.param)


def packages_of(streets: Streets) -> list[np.ndarray]:
    found = gather_sections(streets, least_m=LEAST, most_m=MOST)
    return np.split(found.section, found.start[1:-1])


def test_each_wanted_section_is_in_one_package_and_no_length_is_lost(streets: Streets):
    packages = packages_of(streets)
    assert sorted(np.concatenate(packages).tolist()) == np.flatnonzero(streets.wanted).tolist()
    whole = sum(streets.length_m[one].sum() for one in packages)
    assert whole == pytest.approx(streets.length_m[streets.wanted].sum())


def test_packages_hang_together_and_are_not_too_long(streets: Streets):
    for one in packages_of(streets):
        assert streets.length_m[one].sum() <= MOST or len(one) == 1
        ends = zip(streets.from_node[one], streets.to_node[one], strict=True)
        assert len(pieces(one, list(ends))) == 1


def pieces(sections: np.ndarray, keys: list[tuple[int, int]]) -> list[list[int]]:
    """Group sections that share a key with one another."""
    groups: list[tuple[set[int], list[int]]] = []
    for section, own in zip(sections.tolist(), keys, strict=True):
        joined = (set(own), [section])
        for other in [one for one in groups if one[0] & joined[0]]:
            groups.remove(other)
            joined = (joined[0] | other[0], joined[1] + other[1])
        groups.append(joined)
    return [group for _keys, group in groups]


def test_only_what_is_too_short_turns_a_corner(streets: Streets):
    """Of the straight pieces of a package at most one is long enough to be a work of its own."""
    start, ends = ends_by_node(streets.from_node, streets.to_node)
    goes_on = continuations(start, ends, np.ascontiguousarray(streets.bearing).ravel())
    needless = 0
    packages = packages_of(streets)
    for one in packages:
        # two ends that go on into one another are one joint
        joints = [tuple(max(e, goes_on[e]) for e in (2 * i, 2 * i + 1)) for i in one.tolist()]
        long = [p for p in pieces(one, joints) if streets.length_m[p].sum() >= LEAST]
        needless += len(long) > 1
    assert needless <= 0.01 * len(packages)


def test_neighbours_of_need_unlike_are_not_joined(streets: Streets):
    """What is joined differs by no more than four times; a cut piece may hold a little more."""
    wide = 0
    packages = packages_of(streets)
    for one in packages:
        wide += np.ptp(streets.need[one]) > 2.5 * np.log(4.0)
    assert wide <= 0.02 * len(packages)


def test_short_packages_are_those_that_no_neighbour_could_take(streets: Streets):
    """A package below the least length has no neighbour alike with which it would fit."""
    packages = packages_of(streets)
    owner = np.full(len(streets.wanted), -1)
    for n, one in enumerate(packages):
        owner[one] = n
    total = np.array([streets.length_m[one].sum() for one in packages])
    mean = np.array(
        [np.average(streets.need[one], weights=streets.length_m[one]) for one in packages]
    )
    at_node: dict[int, set[int]] = {}
    for i in np.flatnonzero(streets.wanted).tolist():
        for node in (int(streets.from_node[i]), int(streets.to_node[i])):
            at_node.setdefault(node, set()).add(int(owner[i]))
    left = 0
    for n, one in enumerate(packages):
        if total[n] >= LEAST:
            continue
        nodes = {int(k) for i in one for k in (streets.from_node[i], streets.to_node[i])}
        near = set().union(*(at_node[node] for node in nodes)) - {n}
        left += any(
            total[n] + total[k] <= MOST and abs(mean[n] - mean[k]) <= np.log(4.0) for k in near
        )
    assert left <= 0.02 * len(packages)
