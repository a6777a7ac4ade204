"""Where the networks of the demonstration lie."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from qaita.console.demonstration.country import SIZES, areas_of
from qaita.console.demonstration.service_areas import SERVICES, services_by_owner
from qaita.kernel.actor import SYSTEM
from qaita.territory.models import Region
from qaita.territory.services import load_territory

AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_every_region_has_every_service_from_thirty_five_utilities():
    load_territory(by=SYSTEM, at=AT)
    areas = areas_of(SIZES["small"])
    served = {(area.town.region.kato, area.service) for area in areas}
    katos = Region.objects.values_list("kato", flat=True)
    assert served == {(kato, service) for kato in katos for service in SERVICES}
    assert len(services_by_owner(areas)) == 35
    assert areas[0].town.name_en == "Pavlodar" and areas[0].service == "heat"


def test_the_large_country_lays_no_network_upon_another():
    load_territory(by=SYSTEM, at=AT)
    areas = areas_of(SIZES["country"])
    places = Counter((area.owner, area.service, area.town.code, area.aside_deg) for area in areas)
    assert max(places.values()) == 1
    assert [area.number for area in areas if area.owner == 0 and area.service == "heat"] == list(
        range(1, SIZES["country"].copies + 1)
    )
