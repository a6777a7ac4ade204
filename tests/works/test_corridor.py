"""The corridor between a laid line and its design."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from qaita.works.corridor import deviation_m, distance_to_line_m, to_plane

EARTH = Geod(ellps="WGS84")
START = (76.95, 52.29)


def walk(start, *legs):
    """Return the line that goes from a place by bearings and metres."""
    points = [start]
    for bearing, metres in legs:
        lon, lat, _ = EARTH.fwd(*points[-1], bearing, metres)
        points.append((lon, lat))
    return np.array(points)


def test_a_line_on_its_design_does_not_depart_from_it():
    line = walk(START, (90, 200), (0, 100))
    assert deviation_m(line, [line]) == pytest.approx(0, abs=1e-6)


def test_a_line_moved_three_metres_aside_departs_by_three_metres():
    design = walk(START, (90, 300))
    aside = walk(EARTH.fwd(*START, 0, 3)[:2], (90, 300))
    assert deviation_m(aside, [design]) == pytest.approx(3, abs=0.02)


def test_a_line_that_stops_short_departs_by_what_is_missing():
    design, short = walk(START, (90, 300)), walk(START, (90, 260))
    assert deviation_m(short, [design]) == pytest.approx(40, abs=0.05)


def test_a_detour_departs_though_its_ends_are_right():
    design = walk(START, (90, 100))
    detour = np.array([design[0], walk(START, (90, 50), (0, 12))[-1], design[-1]])
    assert deviation_m(detour, [design]) == pytest.approx(12, abs=0.05)


def test_the_order_of_the_design_parts_does_not_matter():
    parts = [walk(START, (90, 100)), walk(EARTH.fwd(*START, 90, 100)[:2], (90, 100))]
    line = walk(START, (90, 200))
    assert deviation_m(line, parts) == pytest.approx(deviation_m(line, parts[::-1]))
    assert deviation_m(line, parts) < 0.01


def test_a_point_ten_metres_aside_is_ten_metres_away():
    lon, lat, _ = EARTH.fwd(*walk(START, (90, 50))[-1], 180, 10)
    assert distance_to_line_m(lon, lat, [walk(START, (90, 100))]) == pytest.approx(10, abs=0.02)


@given(bearing=st.floats(0, 360), metres=st.floats(1, 3000), lat=st.floats(40, 56))
def test_the_local_plane_keeps_distances(bearing, metres, lat):
    lon_there, lat_there, _ = EARTH.fwd(70.0, lat, bearing, metres)
    east, north = to_plane(np.array([lon_there, lat_there]), np.array([70.0, lat]))
    assert np.hypot(east, north) == pytest.approx(metres, rel=1e-3)
