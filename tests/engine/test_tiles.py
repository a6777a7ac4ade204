"""Tiles: what a foreign reader decodes is what was drawn."""

import gzip
from itertools import pairwise

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qaita.engine.tiles import keys
from qaita.engine.tiles.lines import Lines, line_tile, merged_lines
from qaita.engine.tiles.packed import read_packed
from qaita.engine.tiles.squares import Points, square_tile

ASTANA = (71.43, 51.13)


def decode(gz):
    return mapbox_vector_tile.decode(gzip.decompress(gz), default_options={"y_coord_down": True})


def tile_at(z, lon=ASTANA[0], lat=ASTANA[1]):
    x, y = keys.positions(lon, lat)
    return z, int(x) >> (32 - z), int(y) >> (32 - z)


def in_tile(tile, points):
    """Return positions of points given in units of the tile (4096 across)."""
    z, x, y = tile
    unit = 1 << (32 - z - 12)
    return [((x << (32 - z)) + px * unit, (y << (32 - z)) + py * unit) for px, py in points]


def make_lines(*polylines, kind=1, wear=40, state=0):
    flat = [point for line in polylines for point in line]
    starts = np.cumsum([0, *[len(line) for line in polylines]])
    n = len(polylines)
    return Lines(
        np.array([p[0] for p in flat], np.int64),
        np.array([p[1] for p in flat], np.int64),
        starts.astype(np.int64),
        np.full(n, kind),
        np.full(n, wear),
        np.full(n, state),
        [f"SC-{i:09d}0" for i in range(n)],
    )


@given(st.floats(-179, 179), st.floats(-84, 84))
def test_degrees_come_back_from_positions(lon, lat):
    back = keys.degrees(*keys.positions(lon, lat))
    assert np.allclose(back, (lon, lat), atol=1e-6)


@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_a_morton_number_gives_its_cell_back(x, y):
    assert tuple(int(v) for v in keys.unmorton(keys.morton(x, y))) == (x, y)


@given(
    st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1),
    st.integers(0, 2**26), st.integers(0, 2**26), st.integers(0, 16),
)  # fmt: skip
def test_a_line_is_found_by_every_tile_its_box_touches(west, north, width, height, z):
    east, south = min(west + width, 2**32 - 1), min(north + height, 2**32 - 1)
    key = int(keys.covering_keys(west, north, east, south))
    for x, y in ((west, north), (east, south), (west, south), (east, north)):
        low, high, above = keys.covering_range(z, x >> (32 - z), y >> (32 - z))
        assert low <= key <= high or key in above


def test_the_home_range_holds_the_points_of_the_tile_and_no_other():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 2**32, (2, 5_000))
    tile_x, tile_y = int(x[0]) >> 30, int(y[0]) >> 30
    low, high = keys.home_range(2, tile_x, tile_y)
    home = keys.home_keys(x, y)
    inside = (x >> 30 == tile_x) & (y >> 30 == tile_y)
    assert ((home >= low) & (home <= high) == inside).all()


def test_a_polyline_keeps_its_points_and_what_is_known_of_it():
    tile = tile_at(14)
    line = in_tile(tile, [(100, 200), (400, 800), (900, 850), (905, 2000)])
    lines = make_lines(line, kind=2, wear=63, state=1)
    [feature] = decode(line_tile(*tile, lines).gz)["sections"]["features"]
    assert feature["geometry"]["coordinates"] == [[100, 200], [400, 800], [900, 850], [905, 2000]]
    assert feature["properties"] == {"class": 2, "wear": 63, "state": 1, "code": "SC-0000000000"}


def test_a_line_over_a_seam_meets_itself_on_the_seam():
    z, x, y = tile_at(14)
    line = make_lines(in_tile((z, x, y), [(4000, 100), (4200, 300)]))
    west = decode(line_tile(z, x, y, line).gz)["sections"]["features"][0]["geometry"]
    east = decode(line_tile(z, x + 1, y, line).gz)["sections"]["features"][0]["geometry"]
    # both go 64 units past the seam, along the same straight line
    assert west["coordinates"] == [[4000, 100], [4160, 260]]
    assert east["coordinates"] == [[-64, 132], [104, 300]]


def test_a_line_that_leaves_and_comes_back_has_two_parts():
    tile = tile_at(14)
    line = make_lines(in_tile(tile, [(4000, 100), (5000, 100), (5000, 900), (4000, 900)]))
    [feature] = decode(line_tile(*tile, line).gz)["sections"]["features"]
    assert feature["geometry"] == {
        "type": "MultiLineString",
        "coordinates": [[[4000, 100], [4160, 100]], [[4160, 900], [4000, 900]]],
    }


def test_a_line_through_the_tile_with_both_ends_outside_is_drawn():
    tile = tile_at(16)
    line = make_lines(in_tile(tile, [(-90_000, 1000), (90_000, 1000)]))
    [feature] = decode(line_tile(*tile, line).gz)["sections"]["features"]
    assert feature["geometry"]["coordinates"] == [[-64, 1000], [4160, 1000]]


def test_an_empty_tile_is_an_empty_message():
    tile = line_tile(*tile_at(13), make_lines())
    assert gzip.decompress(tile.gz) == b"" and tile.lines == 0


@pytest.mark.parametrize("count", [3_000, 40_000])
def test_a_crowded_tile_stays_under_the_cap_and_loses_no_class(count):
    rng = np.random.default_rng(3)
    tile = tile_at(13)
    begin = rng.integers(0, 4000, (count, 2))
    ends = begin + rng.integers(-90, 90, (count, 2))
    lines = make_lines(
        *[in_tile(tile, pair) for pair in zip(begin.tolist(), ends.tolist(), strict=True)]
    )
    wear = rng.integers(0, 100, count)
    lines = Lines(**{**lines.__dict__, "wear_percent": wear, "kind": rng.integers(0, 4, count)})
    made = line_tile(*tile, lines)
    assert len(made.gz) <= 150_000
    seen = {f["properties"]["class"] for f in decode(made.gz)["sections"]["features"]}
    assert seen == {0, 1, 2, 3}
    assert made.merged == (count > 6_000)


def test_merged_lines_lie_where_the_lines_lay():
    tile = tile_at(13)
    drawn = [[(10, 10), (50, 60)], [(3000, 3000), (3100, 2900), (3200, 3000)]]
    lines = make_lines(*[in_tile(tile, line) for line in drawn])
    made = line_tile(*tile, lines, cap_bytes=10)
    [feature, _] = decode(line_tile(*tile, lines).gz)["sections"]["features"]
    assert made.merged and feature["geometry"]["coordinates"] == [[10, 10], [50, 60]]
    raw = mapbox_vector_tile.decode(
        merged_lines(*tile, lines, 0), default_options={"y_coord_down": True}
    )
    [merged] = raw["sections"]["features"]
    assert merged["geometry"]["coordinates"] == [[list(p) for p in line] for line in drawn]
    assert merged["properties"] == {"class": 1, "wear": 45, "state": 0}


def test_squares_carry_the_mean_by_length():
    tile = tile_at(10)
    x, y = keys.positions(np.array([71.43, 71.43, 71.60]), np.array([51.13, 51.13, 51.20]))
    order = np.argsort(keys.home_keys(x, y))
    points = Points(
        keys.home_keys(x, y)[order],
        np.array([0.2, 0.8, 0.5])[order],
        np.array([0.0, 1.0, 0.0])[order],
        np.array([300.0, 100.0, 50.0])[order],
    )
    low, high = keys.home_range(*tile)
    inside = (points.home_key >= low) & (points.home_key <= high)
    points = Points(*[v[inside] for v in points.__dict__.values()])
    found = [f["properties"] for f in decode(square_tile(*tile, points))["cells"]["features"]]
    assert {"wear": 35, "past": 25, "km": 68} in found


def test_squares_are_outer_rings_inside_their_tile():
    tile = tile_at(9)
    low, _ = keys.home_range(*tile)
    points = Points(np.array([low]), np.ones(1), np.ones(1), np.full(1, 5_000.0))
    [square] = decode(square_tile(*tile, points))["cells"]["features"]
    ring = square["geometry"]["coordinates"][0]
    assert square["geometry"]["type"] == "Polygon" and len(ring) == 5
    assert min(min(p) for p in ring) > 0 and max(max(p) for p in ring) < 64
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    assert area > 0  # the specification's outer ring, with y down


def test_packed_lines_are_read_in_one_go():
    def pack(numbers):
        out, last = bytearray(), (0, 0)
        for lon, lat in numbers:
            for value, before in ((lon, last[0]), (lat, last[1])):
                rest = (value - before) * 2 if value >= before else (before - value) * 2 - 1
                while rest > 127:
                    out.append(rest & 127 | 128)
                    rest >>= 7
                out.append(rest)
            last = (lon, lat)
        return bytes(out)

    lines = [[(714_300_000, 511_300_000), (714_299_000, 511_400_123)], [(-5, 7), (0, 0), (9, -9)]]
    lon, lat, starts = read_packed([pack(line) for line in lines])
    assert starts.tolist() == [0, 2, 5]
    assert list(zip(lon.tolist(), lat.tolist(), strict=True)) == [p for line in lines for p in line]
