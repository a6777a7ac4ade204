"""Tiles over rows: what the map gets, and what it must not get."""

import gzip
from datetime import timedelta

import mapbox_vector_tile
import pytest

from qaita.engine.tiles.keys import positions
from qaita.networks.queries.tiles import columns_of, forget_columns, lines_from_rows
from qaita.networks.services import import_network
from tests.networks.make import AT, make_engineer, make_parsed, make_utility

pytestmark = pytest.mark.django_db
STREET = (76.95, 52.28)


@pytest.fixture(autouse=True)
def fresh():
    forget_columns()
    yield
    forget_columns()


def make_street(sections=40, **kinds):
    parsed = make_parsed(sections)
    for node in parsed.nodes:
        node.kind = kinds.get(node.key, node.kind)
    utility = make_utility()
    by = make_engineer(utility)
    return import_network(parsed, utility_service=utility, name="S", by=by, at=AT).network


def address(z, layer="water", dx=0, lon=STREET[0]):
    x, y = positions(lon, STREET[1])
    return f"/tiles/{layer}/{z}/{(int(x) >> (32 - z)) + dx}/{int(y) >> (32 - z)}.mvt"


def decoded(response):
    return mapbox_vector_tile.decode(
        gzip.decompress(response.content), default_options={"y_coord_down": True}
    )


def get(client, url, **headers):
    return client.get(url, headers={"accept-encoding": "gzip", **headers})


def test_a_tile_at_z13_has_the_sections_with_their_codes(client):
    network = make_street()
    found = decoded(get(client, address(13)))["sections"]["features"]
    codes = set(network.sections.values_list("code", flat=True))
    assert found and {f["properties"]["code"] for f in found} <= codes
    assert found[0]["properties"]["class"] == 1 and found[0]["properties"]["wear"] > 90


def test_every_section_is_in_some_tile_and_none_is_lost_at_a_seam(client):
    network = make_street()
    seen = set()
    for dx in range(-1, 3):
        layers = decoded(get(client, address(14, dx=dx)))
        seen |= {f["properties"]["code"] for f in layers.get("sections", {}).get("features", [])}
    assert seen == set(network.sections.values_list("code", flat=True))


def test_a_tile_tells_of_no_line_that_does_not_reach_it(client):
    network = make_street()
    place, seen, told = positions(*STREET), set(), 0
    for dx in range(12):
        found = decoded(get(client, address(16, dx=dx))).get("sections", {}).get("features", [])
        seen |= {f["properties"]["code"] for f in found}
        tile = lines_from_rows("water", 16, (int(place[0]) >> 16) + dx, int(place[1]) >> 16)
        told += tile.lines - len(found)
    assert seen == set(network.sections.values_list("code", flat=True))
    assert told == 0


def test_low_zooms_have_squares_of_wear(client):
    make_street()
    square = decoded(get(client, address(7)))["cells"]["features"][0]
    assert square["geometry"]["type"] == "Polygon"
    assert square["properties"]["past"] == 100 and square["properties"]["wear"] > 90


def test_squares_know_what_passes_its_norm_overnight():
    network = make_street(2)
    network.sections.update(past_norm_on=AT.date() + timedelta(days=1))
    today = columns_of("water", at=AT)
    assert today.points.past_norm.sum() == 0
    assert columns_of("water", at=AT + timedelta(days=1)).points.past_norm.sum() == 2


def test_a_service_without_networks_here_has_an_empty_tile(client):
    make_street()
    assert decoded(get(client, address(13, layer="heat"))) == {}


def test_a_reader_who_has_the_tile_is_told_so_and_one_without_gzip_is_served(client):
    make_street()
    first = get(client, address(13))
    again = get(client, address(13), **{"if-none-match": first["ETag"]})
    assert again.status_code == 304 and again["ETag"] == first["ETag"]
    plain = client.get(address(13))
    assert "Content-Encoding" not in plain and plain.content == gzip.decompress(first.content)


OUTSIDE = ["water/6/1/1", "water/17/1/1", "water/13/9999/1", "roads/13/1/1"]


@pytest.mark.parametrize("place", OUTSIDE)
def test_there_is_no_tile_outside(client, place):
    assert client.get(f"/tiles/{place}.mvt").status_code == 404


def test_lines_stop_before_a_sensitive_place(client):
    make_street(4, n0="source")
    tile = decoded(get(client, address(16, lon=STREET[0] + 0.002)))
    ends = positions([STREET[0], STREET[0] + 0.002], [STREET[1]] * 2)[0]
    west = (int(ends[1]) >> 16) << 16
    source = (int(ends[0]) - west) >> 4
    lines = [f["geometry"]["coordinates"] for f in tile["sections"]["features"]]
    east = [point[0] for line in lines for point in line]
    # the first section (95 m, about 1040 units) leads to the source: it is not drawn at all
    assert min(east) - source > 1000
