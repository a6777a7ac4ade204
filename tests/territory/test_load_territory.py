from datetime import UTC, datetime

import pytest

from qaita.kernel.actor import NOBODY, SYSTEM
from qaita.kernel.errors import Refused
from qaita.territory.models import Region, Settlement
from qaita.territory.names import choose_name
from qaita.territory.queries import katos_at, region_at, settlement_near, settlements_matching
from qaita.territory.services import load_territory

AT = datetime(2026, 1, 5, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_twenty_regions_come_with_names_and_outlines():
    counts = load_territory(by=SYSTEM, at=AT)
    assert counts["regions"] == Region.objects.count() == 20
    assert all(len(region.border.outline[0]) > 6 for region in Region.objects.all())
    karaganda = Region.objects.get(kato="35")
    assert (karaganda.name_kk, karaganda.iso) == ("Қарағанды облысы", "KZ-35")


def test_loading_twice_changes_nothing():
    first = load_territory(by=SYSTEM, at=AT)
    rows = list(Settlement.objects.values_list())
    assert load_territory(by=SYSTEM, at=AT) == first
    assert list(Settlement.objects.values_list()) == rows


def test_nobody_cannot_load_the_territory():
    with pytest.raises(Refused):
        load_territory(by=NOBODY, at=AT)


POINTS = {
    (71.43, 51.13): "71",  # Astana lies in a hole of Akmola
    (76.92, 43.24): "75",
    (69.6, 42.32): "79",
    (76.95, 52.28): "55",
    (73.09, 49.8): "35",
    (80.25, 50.41): "10",
    (51.2, 43.65): "47",
    (67.71, 47.78): "62",
    (78.37, 45.02): "33",
    (30.0, 50.0): None,
}


def test_a_point_tells_its_region():
    load_territory(by=SYSTEM, at=AT)
    found = {point: region_at(*point) for point in POINTS}
    assert {point: region and region.kato for point, region in found.items()} == POINTS
    assert {point: katos_at([point[0]], [point[1]]) for point in POINTS} == {
        point: [kato] for point, kato in POINTS.items()
    }


def test_without_territory_no_region_is_found():
    assert region_at(71.43, 51.13) is None


def test_towns_lie_in_their_regions_with_names_in_three_languages():
    load_territory(by=SYSTEM, at=AT)
    town = Settlement.objects.get(name_en="Oskemen")
    assert (town.name_kk, town.name_ru, town.region.kato) == ("Өскемен", "Усть-Каменогорск", "63")
    assert Settlement.objects.count() > 300
    assert not Settlement.objects.filter(name_kk="").exists()
    assert Settlement.objects.filter(name_en="Tekeli").count() == 1


TYPED = {
    "Қарағанды": "Karaganda",
    "караганда": "Karaganda",
    "Karagandi": "Karaganda",
    "павладар": "Pavlodar",
    "Петропавл": "Petropavl",
    "усть-камен": "Oskemen",
    "ekibastus": "Ekibastuz",
}


def test_a_mistyped_town_is_found():
    load_territory(by=SYSTEM, at=AT)
    assert {typed: settlements_matching(typed)[0].name_en for typed in TYPED} == TYPED


def test_nonsense_finds_no_town():
    load_territory(by=SYSTEM, at=AT)
    assert settlements_matching("xxqqzz") == settlements_matching(" ") == []


def test_the_nearest_town_is_found_and_far_ones_are_not():
    load_territory(by=SYSTEM, at=AT)
    assert settlement_near(76.97, 52.3).name_en == "Pavlodar"
    assert settlement_near(76.97, 40.3) is None


def test_a_name_missing_in_the_gazetteer_is_spelled_and_marked():
    name = choose_name("Zhumysker", ["Zhumysker"])
    assert (name.ru, name.transliterated) == ("Жумыскер", True)
    assert choose_name("Qarazhal", ["Каражал", "Қаражал"]).kk == "Қаражал"
