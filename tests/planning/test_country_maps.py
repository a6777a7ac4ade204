"""Maps of plans: squares from afar, sections from the street, what two plans do otherwise."""

import gzip
from collections import Counter

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from qaita.accounts.models import Person
from qaita.engine.tiles.keys import home_keys, positions
from qaita.engine.tiles.marks import MarkedPoints, mark_tile
from qaita.kernel.errors import Missing
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    changes_between,
    counts_by_region,
    marked_tile,
    marks_between,
    marks_of_plan,
    packages_of_run,
    points_of_plan,
    sections_in_package,
    spots_of,
)
from qaita.planning.services import adopt_country_run
from qaita.web.maps import sheet
from qaita.web.planning.country_map import Pie, pies_of
from tests.accounts.make import make_person
from tests.planning.make import AT, YEARS
from tests.planning.make_country import Land, make_country_run, make_land, make_limits_of_land
from tests.planning.test_country_desk import signed_in

pytestmark = pytest.mark.django_db
STREET = 15


@pytest.fixture
def land() -> Land:
    return make_land()


def tile_at(run: CountryRun, z: int) -> tuple[int, int, int]:
    one = packages_of_run(run, limit=1).lines[0]
    x, y = positions(one.lon_deg, one.lat_deg)
    return z, int(x) >> (32 - z), int(y) >> (32 - z)


def test_every_section_of_a_chosen_package_has_the_year_as_its_mark(land):
    run = make_country_run(land, make_limits_of_land(60))
    marks = marks_of_plan(run)
    mark = dict(zip(np.char.decode(marks.section).tolist(), marks.mark.tolist(), strict=True))
    wanted: dict[str, int] = {}
    for one in packages_of_run(run, limit=500).lines:
        for member, section, _share in sections_in_package(run, one.code):
            is_left = one.method.endswith(("_first", "_second")[1 - member])
            if one.year and not is_left:
                number = YEARS.index(one.year) + 1
                wanted[section] = min(number, wanted.get(section, number))
    assert mark == wanted and set(wanted.values()) <= set(range(1, len(YEARS) + 1))
    assert len(marks.points.home_key) == run.chosen_count
    assert sum(spot.packages for spot in spots_of(marks)) == run.chosen_count


def test_towns_of_a_plan_are_pies_of_all_its_packages_by_year(land):
    run = make_country_run(land, make_limits_of_land(60))
    pies = pies_of(points_of_plan(run), sheet())
    counted = sum((pie.counts for pie in pies), Counter())
    years = Counter(one.year for one in packages_of_run(run, limit=500).lines if one.year)
    assert counted == years
    assert [pie.size for pie in pies] == sorted((pie.size for pie in pies), reverse=True)
    for pie in pies:
        assert [(year, n) for year, n, _path in pie.sectors()] == sorted(pie.counts.items())


def test_a_pie_of_one_year_is_a_whole_circle():
    ((number, packages, outline),) = Pie(10.0, 20.0, Counter({2027: 4})).sectors()
    assert (number, packages) == (2027, 4)
    assert outline == "M10.0 15.3A4.7 4.7 0 0 1 10.0 24.7A4.7 4.7 0 0 1 10.0 15.3Z"


def test_a_street_whose_one_network_is_renewed_marks_that_network_alone(land):
    run = make_country_run(land, make_limits_of_land(60))
    halves = [
        one
        for one in packages_of_run(run, limit=500).lines
        if one.method.endswith(("_first", "_second"))
    ]
    marks = set(np.char.decode(marks_of_plan(run).section).tolist())
    for one in halves:
        taken = 0 if one.method.endswith("_first") else 1
        parts = sections_in_package(run, one.code)
        assert {section for member, section, _s in parts if member == taken} <= marks


def test_two_plans_differ_on_the_map_as_in_the_list(land):
    rich, poor = (make_country_run(land, make_limits_of_land(n)) for n in (120, 40))
    counts = counts_by_region(marks_between(rich, poor))
    changes = changes_between(rich, poor)
    wanted = {
        1: sum(one.second_year is None for one in changes),
        2: sum(one.first_year is None for one in changes),
        3: sum(one.first_year is not None and one.second_year is not None for one in changes),
    }
    assert counts["55"] == {kind: n for kind, n in wanted.items() if n}
    assert marks_between(rich, rich).bounds is None
    assert gzip.decompress(marked_tile(marks_between(rich, rich), *tile_at(rich, 6))) == b""


def test_a_tile_shows_squares_from_afar_and_sections_from_the_street(land):
    run = make_country_run(land)
    marks = marks_of_plan(run)
    far, near = (gzip.decompress(marked_tile(marks, *tile_at(run, z))) for z in (6, STREET))
    assert b"cells" in far and b"mark" in far and b"sections" in near
    first = packages_of_run(run, limit=1).lines[0].code
    own = [section.encode() for _member, section, _share in sections_in_package(run, first)]
    assert any(section in near for section in own)
    for wrong in ((1, 0, 0), (17, 0, 0), (6, 64, 0)):
        with pytest.raises(Missing):
            marked_tile(marks, *wrong)


def test_a_square_has_the_mark_that_most_of_its_points_have():
    key = home_keys(*positions(np.full(5, 71.4), np.full(5, 51.1)))
    points = MarkedPoints(key, np.array([2, 1, 2, 3, 3]))
    z, x, y = 4, 11, 5
    some, none = (gzip.decompress(mark_tile(z, x, y, points, np.array(s))) for s in ([2, 3], [9]))
    # tags: mark, share of it, how many; of two that are equal the smaller mark counts
    assert bytes([0x12, 6, 0, 2, 1, 50, 2, 4]) in some and none == b""


def test_the_public_sees_the_map_of_an_adopted_plan_only(land):
    run = make_country_run(land)
    page = f"/en/country-plan/{run.code}/map/"
    z, x, y = tile_at(run, STREET)
    tile = f"{page}{z}/{x}/{y}.mvt"
    assert Client().get(page).status_code == 404 and Client().get(tile).status_code == 404
    adopt_country_run(run, by=land.office, at=AT)
    told = Client().get(page).text
    assert f'value="{len(YEARS)}"' in told and "{z}/{x}/{y}.mvt" in told
    answer = Client().get(tile)
    assert answer.status_code == 200 and answer["Cache-Control"].startswith("public")
    assert b"sections" in answer.content
    assert f"/country-plan/{run.code}/map/" in Client().get("/en/country-plan/").text


def test_the_office_compares_two_plans_on_the_map_and_nobody_else_does(land):
    rich, poor = (make_country_run(land, make_limits_of_land(n)) for n in (120, 40))
    office = signed_in(Person.objects.get(code=land.office.code))
    both = [rich.code, poor.code]
    compared = office.get(reverse("planning:country_compare", args=both)).text
    assert "Map of differences" in compared and "only in the first plan" in compared
    page = reverse("planning:country_compare_map", args=both)
    assert page in compared and "only in the second plan" in office.get(page).text
    where = tile_at(rich, STREET)
    tile = reverse("planning:country_compare_tile", args=[*both, *where])
    own = reverse("planning:country_run_tile", args=[rich.code, *where])
    for address in (tile, own):
        answer = office.get(address)
        assert answer.status_code == 200 and answer["Cache-Control"].startswith("private")
    stranger = signed_in(make_person("utility_head", land.water.utility))
    for address in (page, tile, own, reverse("planning:country_run_map", args=[rich.code])):
        assert stranger.get(address).status_code == 403
    assert office.get(reverse("planning:country_run_map", args=[rich.code])).status_code == 200
