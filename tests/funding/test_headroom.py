"""What a utility's tariffs can carry: by whom it serves, the law's growth, and what is taken."""

from datetime import date
from decimal import Decimal

import pytest

from qaita.funding.headroom import served
from qaita.funding.queries import tariff_headroom
from qaita.kernel.clock import day_of
from qaita.networks.models import Network
from qaita.planning.national.scenario import Targets
from qaita.planning.queries import limits_from_law
from tests.planning.make import AT, make_scene, make_street

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)


def make_served(people: int = 34_000) -> str:
    scene = make_scene("water")
    Network.objects.filter(pk=scene.network.pk).update(population=people)
    return scene.utility.code


def test_what_tariffs_carry_follows_from_households_tariff_and_growth():
    utility = make_served()
    found = tariff_headroom(on=ON, first_year=2027)[utility]
    assert not found.is_assumed
    # 10,000 households · 12 m³ · 12 months · 110 ₸ are 60 % of the revenue; 40 % of a growth of
    # 30 % is left to renewal, a tenge a year pays back a loan of 8.559 tenge (8 %, 15 years)
    revenue = 10_000 * 12 * 12 * 110 / 0.6 * 1.06
    assert float(found.by_year_kzt[2027]) == pytest.approx(revenue * 0.12 * 8.5595, rel=1e-4)
    assert float(found.by_year_kzt[2028] / found.by_year_kzt[2027]) == pytest.approx(1.06)


def test_while_tariffs_are_frozen_nothing_is_carried():
    utility = make_served()
    frozen = tariff_headroom(on=date(2025, 11, 1), first_year=2025)[utility]
    assert frozen.by_year_kzt[2025] == 0  # frozen at the end of that year
    assert frozen.by_year_kzt[2026] > 0


def test_consumers_are_counted_where_nobody_told_the_people():
    make_scene("water")
    (one,) = served(3.4)
    assert (one.households, one.is_assumed) == (130, False)


def test_the_scenario_takes_tariffs_and_marks_what_is_assumed():
    utility = make_served(340)
    other = make_scene("heat", make_street(6, lat=52.3)).utility.code
    tariffs = tariff_headroom(on=ON, first_year=2027)
    own = {utility: tariffs[utility]}
    limits = limits_from_law(Targets({}, {}), on=ON, first_year=2027, tariffs=own)
    assert limits.caps_kzt[utility] == own[utility].by_year_kzt
    assert limits.caps_assumed == (other,)
    assert limits.caps_kzt[other][2027] > 0  # a share of the worth of its networks
    before = limits_from_law(Targets({}, {}), on=ON, first_year=2027)
    assert set(before.caps_assumed) == {utility, other}


def test_a_region_is_not_promised_more_than_its_tariffs_carry():
    make_served(340)
    tariffs = tariff_headroom(on=day_of(AT), first_year=2027)
    money = Targets({"water": 4_700.0}, {"water": Decimal(60_000_000_000_000)})
    limits = limits_from_law(money, on=day_of(AT), first_year=2027, tariffs=tariffs)
    carried = sum(sum(room.by_year_kzt.values()) for room in tariffs.values())
    assert 0 < limits.regions_kzt["55"] <= carried * Decimal("0.4") + 1
