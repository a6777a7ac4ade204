"""A utility applies for what the country's plan in force gives it; changes by hand count."""

import pytest
from django.urls import reverse

from qaita.accounts.models import Person
from qaita.kernel.actor import NOBODY
from qaita.kernel.errors import Refused, Wrong
from qaita.ledger.queries import timeline
from qaita.networks.models import Section
from qaita.planning.models import CountryRun
from qaita.planning.services import adopt_country_run
from qaita.programme.models import Project
from qaita.programme.queries import country_packages_for
from qaita.programme.services import apply_for_packages, swap_packages
from tests.accounts.make import make_person
from tests.planning.make import AT
from tests.planning.make_country import Land, make_country_run, make_land, make_limits_of_land
from tests.planning.test_country_desk import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> Land:
    return make_land()


@pytest.fixture
def run(land) -> CountryRun:
    made = make_country_run(land, make_limits_of_land(120))
    return adopt_country_run(made, by=land.office, at=AT)


def test_each_utility_applies_for_its_own_sections_in_the_year_of_the_plan(land, run):
    service = land.water.network.utility_service
    offered = country_packages_for(run, service)
    assert offered
    one = offered[0]
    made = apply_for_packages(run, service, [one.line.code], by=land.water.engineer, at=AT)
    assert sorted(made.sections.values_list("code", flat=True)) == sorted(one.sections)
    assert made.utility == land.water.utility and made.service == "water"
    assert made.year == one.line.year and made.country_run == run
    assert made.country_packages == [one.line.code]
    facts = timeline(made.code)[0].facts
    assert facts["run"] == run.code and facts["packages"] == [one.line.code]
    # what is applied for is not offered again
    assert one.line.code not in {o.line.code for o in country_packages_for(run, service)}


def test_a_package_taken_out_by_an_official_is_no_longer_offered(land, run):
    service = land.water.network.utility_service
    code = country_packages_for(run, service)[0].line.code
    made = swap_packages(run, {code: 0}, reason="Not now.", seen=None, by=land.office, at=AT)
    assert code not in {one.line.code for one in country_packages_for(made, service)}
    with pytest.raises(Refused) as caught:
        apply_for_packages(run, service, [code], by=land.water.engineer, at=AT)
    assert caught.value.reasons[0].code == "not_in_force"
    with pytest.raises(Wrong):
        apply_for_packages(made, service, [code], by=land.water.engineer, at=AT)


def test_sections_that_are_not_in_service_any_more_are_not_offered(land, run):
    service = land.water.network.utility_service
    one = country_packages_for(run, service)[0]
    Section.objects.filter(code=one.sections[0]).update(state="in_works")
    assert one.line.code not in {o.line.code for o in country_packages_for(run, service)}


def test_nobody_applies_for_another_utility(land, run):
    service = land.water.network.utility_service
    code = country_packages_for(run, service)[0].line.code
    for stranger in (NOBODY, land.heat.engineer, land.office):
        with pytest.raises(Refused):
            apply_for_packages(run, service, [code], by=stranger, at=AT)
    door = reverse("programme:new_from_country", args=[service.code])
    for person in (make_person(), make_person("utility_head", land.heat.utility)):
        assert signed_in(person).get(door).status_code == 403
        assert signed_in(person).post(door, {"package": code}).status_code == 403
    assert not Project.objects.exists()


def test_the_engineer_finds_the_way_from_the_desk_and_the_public_reads_where_it_came_from(
    land, run
):
    service = land.water.network.utility_service
    client = signed_in(Person.objects.get(code=land.water.engineer.code))
    door = reverse("programme:new_from_country", args=[service.code])
    home = client.get(reverse("programme:home")).text
    assert "plan gives you" in home and door in home
    page = client.get(door).text
    code = country_packages_for(run, service)[0].line.code
    assert code in page and "Renewed in" in page
    assert client.post(door, {}).status_code == 422
    assert client.post(door, {"package": "PK-NONE"}).status_code == 422
    answer = client.post(door, {"package": code})
    made = Project.objects.get()
    assert answer["Location"] == reverse("programme:project", args=[made.code])
    Project.objects.filter(pk=made.pk).update(state="submitted")
    told = client.get(f"/en/projects/{made.code}/").text
    assert (
        "packages of the country" in told and f"/country-plan/{run.code}/packages/{code}/" in told
    )
    section = made.sections.first()
    assert run.code in client.get(f"/en/trace/{section.code}/").text
