"""Packages along streets: every wanted section once, connected, not too long, always the same."""

from itertools import pairwise

import numpy as np
import pytest

from qaita.engine.packing.corridors import run_together
from qaita.engine.packing.cutting import CALLOUT, cut_runs
from qaita.engine.packing.gathering import Gathered, Streets, gather_sections
from qaita.engine.packing.streets import continuations, ends_by_node

LEAST, MOST = 200.0, 500.0


def town(seed: int, side: int = 7, hole: float = 0.25) -> tuple[Streets, np.ndarray]:
    """A grid of streets, jittered, of which some sections are not wanted; and the nodes' places."""
    chance = np.random.default_rng(seed)
    place = np.array([(x, y) for x in range(side) for y in range(side)], dtype=float)
    place = 110 * (place + chance.uniform(-0.12, 0.12, place.shape))
    number = np.arange(side * side).reshape(side, side)
    pairs = [*zip(number[:-1].ravel(), number[1:].ravel(), strict=True)]
    pairs += [*zip(number[:, :-1].ravel(), number[:, 1:].ravel(), strict=True)]
    begin, end = np.array(pairs).T
    step = place[end] - place[begin]
    angle = np.arctan2(step[:, 1], step[:, 0])
    streets = Streets(
        begin.astype(np.int64),
        end.astype(np.int64),
        np.stack([angle, angle + np.pi], 1),
        np.hypot(*step.T),
        np.log(chance.lognormal(0, 1.0, len(begin))),
        chance.random(len(begin)) > hole,
    )
    return streets, place


def gathered(streets: Streets) -> Gathered:
    return gather_sections(streets, least_m=LEAST, most_m=MOST)


def groups(found: Gathered, name: np.ndarray) -> set[frozenset[int]]:
    parts = np.split(found.section, found.start[1:-1])
    return {frozenset(name[part].tolist()) for part in parts}


@pytest.mark.parametrize("seed", range(8))
def test_every_wanted_section_is_in_exactly_one_package(seed: int):
    streets, _place = town(seed)
    found = gathered(streets)
    assert sorted(found.section.tolist()) == np.flatnonzero(streets.wanted).tolist()
    assert found.start[0] == 0 and (np.diff(found.start) > 0).all()


@pytest.mark.parametrize("seed", range(8))
def test_a_package_is_connected_and_not_too_long(seed: int):
    streets, _place = town(seed)
    found = gathered(streets)
    for part in np.split(found.section, found.start[1:-1]):
        length = streets.length_m[part].sum()
        assert length <= MOST or len(part) == 1
        reached, left = {int(streets.from_node[part[0]])}, set(part.tolist())
        while near := {i for i in left if {streets.from_node[i], streets.to_node[i]} & reached}:
            reached |= {int(n) for i in near for n in (streets.from_node[i], streets.to_node[i])}
            left -= near
        assert not left


def test_the_same_sections_give_the_same_packages_whatever_their_nodes_are_called():
    streets, _place = town(3)
    chance = np.random.default_rng(1)
    called = chance.permutation(200)
    other = Streets(
        called[streets.from_node],
        called[streets.to_node],
        streets.bearing,
        streets.length_m,
        streets.need,
        streets.wanted,
    )
    name = np.arange(len(streets.wanted))
    assert groups(gathered(streets), name) == groups(gathered(other), name)


def test_a_crossing_is_passed_straight_on():
    """Two streets cross at node 0: west–east and south–north; no package turns the corner."""
    node = np.array([1, 2, 3, 4])
    toward = np.array([np.pi, 0.0, -np.pi / 2, np.pi / 2])  # west, east, south, north
    start, ends = ends_by_node(np.zeros(4, np.int64), node)
    bearing = np.stack([toward, toward + np.pi], 1).ravel()
    goes_on = continuations(start, ends, bearing)
    assert goes_on[[0, 2, 4, 6]].tolist() == [2, 0, 6, 4]


def test_a_package_long_enough_does_not_turn_a_corner_and_a_short_one_does():
    toward = np.array([np.pi, 0.0, -np.pi / 2])
    bearing = np.stack([toward, toward + np.pi], 1)
    begin, end = np.zeros(3, np.int64), np.array([1, 2, 3])
    for length, expected in ((250.0, {(0, 1), (2,)}), (60.0, {(0, 1, 2)})):
        streets = Streets(
            begin, end, bearing, np.full(3, length), np.zeros(3), np.ones(3, dtype=bool)
        )
        found = gathered(streets)
        parts = np.split(found.section, found.start[1:-1])
        assert {tuple(sorted(part.tolist())) for part in parts} == expected


def test_the_cut_is_the_cheapest_of_all_cuts():
    chance = np.random.default_rng(5)
    for _ in range(20):
        length, need = chance.uniform(40, 260, 9), chance.normal(0, 1.2, 9)
        package = cut_runs(np.arange(9), np.array([0, 9]), length, need, (LEAST, MOST))
        best = min(_cost(cut, length, need) for cut in range(2**8))
        cuts = sum(1 << i for i in range(8) if package[i] != package[i + 1])
        assert _cost(cuts, length, need) == pytest.approx(best)


def _cost(cuts: int, length: np.ndarray, need: np.ndarray) -> float:
    edges = [0, *(i + 1 for i in range(8) if cuts >> i & 1), 9]
    total = 0.0
    for a, b in pairwise(edges):
        whole = length[a:b].sum()
        if whole > MOST and b - a > 1:
            return np.inf
        mean = (length[a:b] * need[a:b]).sum() / whole
        total += CALLOUT + max(LEAST - whole, 0) / LEAST
        total += (length[a:b] * (need[a:b] - mean) ** 2).sum() / LEAST
    return total


def lines_of(*lines: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lines in metres east and north of (71°, 51°), as the packing reads them."""
    points = np.array([point for line in lines for point in line])
    lon = 71 + points[:, 0] / (111_320 * np.cos(np.radians(51)))
    lat = 51 + points[:, 1] / 111_320
    starts = np.cumsum([0, *(len(line) for line in lines)])
    return (*(np.round(axis * 1e7).astype(np.int32) for axis in (lon, lat)), starts)


def test_two_networks_in_one_street_are_dug_once():
    lines = lines_of(
        [(0, 0), (400, 0)],
        [(60, 8), (300, 8)],
        [(0, 40), (400, 40)],
        [(200, -300), (200, 300)],
    )
    each = np.arange(4)
    found = run_together(lines, (each, each), np.array([0, 1, 1, 2]), bounds=(15, 0.6), most=3)
    assert found.member.tolist() == [[0, 1, -1]]
    assert found.beside_m[0, 1, 0] == pytest.approx(240, abs=15)
    assert found.beside_m[0, 0, 1] == pytest.approx(240, abs=30)


def test_networks_of_one_service_are_never_paired():
    lines = lines_of([(0, 0), (400, 0)], [(0, 5), (400, 5)])
    each = np.arange(2)
    found = run_together(lines, (each, each), np.zeros(2, np.int64), bounds=(15, 0.6), most=3)
    assert not len(found.member)


def test_three_networks_of_a_street_are_one_group_and_a_fourth_waits_for_room():
    street = [[(0, y), (400, y)] for y in (0, 6, 12, 18)]
    lines, each = lines_of(*street), np.arange(4)
    kind = np.arange(4)
    three = run_together(lines, (each, each), kind, bounds=(15, 0.6), most=3)
    assert (three.member >= 0).sum() in (3, 4) and (three.member >= 0).sum(1).max() == 3
    four = run_together(lines, (each, each), kind, bounds=(15, 0.6), most=4)
    assert four.member.tolist() == [[0, 1, 2, 3]]
    assert four.beside_m[0, 0, 3] == 0.0  # 18 m apart: in one group through those between
    assert four.beside_m[0, 0, 1] == pytest.approx(400, abs=15)
    assert (np.diagonal(four.beside_m[0]) == 0).all()


def test_a_second_network_of_a_service_stays_out_of_the_group():
    lines = lines_of([(0, 0), (400, 0)], [(0, 5), (400, 5)], [(0, 9), (400, 9)])
    each = np.arange(3)
    found = run_together(lines, (each, each), np.array([0, 1, 1]), bounds=(15, 0.6), most=3)
    assert (found.member >= 0).sum() == 2


def test_nothing_runs_together_in_an_empty_country():
    none = np.zeros(0, np.int64)
    lines = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(1, np.int64))
    assert not len(run_together(lines, (none, none), none, bounds=(15, 0.6), most=3).member)
