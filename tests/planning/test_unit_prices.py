"""What renewal of a section costs: every factor of the dated prices is used, and only once."""

from dataclasses import replace

import numpy as np
import pytest

from qaita.kernel.clock import day_of
from qaita.law import unit_prices
from qaita.planning.national.country import Country, read_country
from qaita.planning.national.prices import price_sections
from qaita.planning.national.reading import MATERIALS
from tests.planning.make import AT
from tests.planning.make_country import make_land

pytestmark = pytest.mark.django_db
LAW = unit_prices(on=day_of(AT))


@pytest.fixture
def country() -> Country:
    make_land(3)
    return read_country(on=day_of(AT))


def cost(country: Country, service: str) -> np.ndarray:
    return price_sections(country, {}).replace_kzt[country.is_of(service)]


def moved(country: Country, **values: object) -> Country:
    """The same networks in other places, of another service or region."""
    both = {name: value for name, value in values.items() if name in ("service", "region")}
    return replace(
        country,
        places=[replace(place, **values) for place in country.places],
        clusters=[replace(cluster, **both) for cluster in country.clusters],
    )


def test_the_service_and_the_material_laid_set_the_price_of_a_kilometre(country: Country):
    km = country.length_m[country.is_of("water")] / 1_000
    size = country.size[country.is_of("water")]
    percent = np.where(size <= 200, 70, 100) * LAW.material_percent["pe"] / 1e4
    place = LAW.region_percent.get("55", 100) / 100
    assert cost(country, "water") == pytest.approx(128e6 * km * percent * place)
    alike = replace(country, size=np.full(len(country), np.nan))
    alike = replace(alike, length_m=np.ones(len(country)))
    heat = cost(alike, "heat") / cost(alike, "water")
    assert heat == pytest.approx(810 * 110 / (128 * 90), rel=1e-4)


def test_the_diameter_counts(country: Country):
    wide = replace(country, size=np.full(len(country), 700.0))
    unknown = replace(country, size=np.full(len(country), np.nan))
    assert cost(wide, "water") / cost(unknown, "water") == pytest.approx(2.2)


def test_the_material_counts_where_like_is_laid_for_like(country: Country):
    """A cable is replaced by a cable, which costs more than a line on poles."""
    power = moved(country, service="power")
    place = [MATERIALS.index(name) for name in ("cable", "line_wood")]
    cable, line = (
        cost(replace(power, material=np.full(len(power), one, np.int8)), "power") for one in place
    )
    assert cable / line == pytest.approx(260 / 100)


def test_the_region_and_the_ground_count(country: Country):
    far = moved(country, region="75")
    near = moved(country, region="no such region")
    assert cost(far, "water") / cost(near, "water") == pytest.approx(1.14)
    town, village = (moved(country, population=people) for people in (2_000_000, 900))
    assert cost(town, "water") / cost(village, "water") == pytest.approx(118 / 90)


def test_the_method_counts_where_the_law_has_it(country: Country):
    found = price_sections(country, {})
    water, heat = country.is_of("water"), country.is_of("heat")
    assert found.retrofit_kzt[water] == pytest.approx(0.62 * found.replace_kzt[water])
    assert found.can_retrofit[water].all() and not found.can_retrofit[heat].any()


def test_the_length_counts_in_proportion(country: Country):
    double = replace(country, length_m=2 * country.length_m)
    assert cost(double, "heat") == pytest.approx(2 * cost(country, "heat"))


def test_prices_are_those_of_the_day(country: Country):
    """The same register on another day is priced by the law of that day."""
    other = replace(country, on=day_of(AT).replace(year=2016))
    assert unit_prices(on=other.on).price_per_km == LAW.price_per_km  # the base has not moved
    assert cost(other, "water") == pytest.approx(cost(country, "water"))
