"""A network is stored whole or not at all, with one entry."""

from dataclasses import replace

import pytest

from qaita.kernel.actor import NOBODY, Actor, Grant
from qaita.kernel.errors import Refused
from qaita.ledger.models import Entry
from qaita.ledger.queries import timeline
from qaita.networks.errors import FaultyNetwork
from qaita.networks.geometry import geodesic_length_m
from qaita.networks.models import Import, Network, Node, Section
from qaita.networks.queries import (
    Spot,
    changed_blocks,
    changed_sections,
    nearest_lines,
    nearest_section,
    sections_of,
)
from qaita.networks.services import import_network
from tests.networks.make import AT, make_engineer, make_parsed, make_utility
from tests.together import at_once

pytestmark = pytest.mark.django_db


def test_a_network_is_stored_with_one_entry_that_tells_its_digests():
    utility = make_utility()
    before = Entry.objects.count()
    load = import_network(
        make_parsed(4), utility_service=utility, name="Street", by=make_engineer(utility), at=AT
    )
    assert load.state == "loaded"
    assert sections_of(load.network).count() == 4
    assert Entry.objects.count() == before + 1
    (moment,) = timeline(load.code)
    assert moment.kind == "import.load"
    assert moment.facts["counts"]["sections"] == 4
    assert moment.facts["file_sha256"] == "ab" * 32
    assert changed_blocks(load, moment.facts) == []


def test_a_length_that_is_not_given_is_the_geodesic_one():
    parsed = make_parsed(1)
    utility = make_utility()
    load = import_network(
        parsed, utility_service=utility, name="Street", by=make_engineer(utility), at=AT
    )
    section = load.network.sections.get()
    assert section.length_m == pytest.approx(geodesic_length_m(parsed.sections[0].coords))


def test_a_row_changed_behind_the_application_is_found():
    utility = make_utility()
    load = import_network(
        make_parsed(4), utility_service=utility, name="Street", by=make_engineer(utility), at=AT
    )
    facts = timeline(load.code)[0].facts
    assert list(changed_sections()) == []
    Section.objects.filter(name="s2").update(length_m=1)
    assert changed_blocks(load, facts) == [0]
    assert list(changed_sections()) == [
        (load.code, "one of its sections 1 to 1000 differs from history")
    ]


def test_a_nobody_and_another_utility_are_refused():
    utility, other = make_utility(), make_utility(number="2")
    strangers = [NOBODY, make_engineer(other), Actor("x", frozenset({Grant("supplier")}))]
    for stranger in strangers:
        with pytest.raises(Refused):
            import_network(
                make_parsed(), utility_service=utility, name="Street", by=stranger, at=AT
            )
    assert not Network.objects.exists()


def test_faults_are_all_told_and_nothing_is_stored():
    utility = make_utility()
    parsed = make_parsed(4)
    parsed.sections[1] = replace(parsed.sections[1], from_key="nowhere", diameter_mm=-3)
    parsed.sections[2] = replace(parsed.sections[2], key="s0", length_m=float("nan"))
    parsed.nodes[0] = replace(parsed.nodes[0], lat_deg=900)
    with pytest.raises(FaultyNetwork) as caught:
        import_network(
            parsed, utility_service=utility, name="Street", by=make_engineer(utility), at=AT
        )
    rules = {fault.rule for fault in caught.value.faults}
    assert rules == {"unknown_node", "bad_diameter", "same_key", "no_length", "off_earth"}
    assert not Import.objects.exists()
    assert not Network.objects.exists()
    assert not Node.objects.exists()


def test_the_same_file_is_not_loaded_twice():
    utility = make_utility()
    by = make_engineer(utility)
    import_network(make_parsed(), utility_service=utility, name="Street", by=by, at=AT)
    with pytest.raises(Refused) as caught:
        import_network(make_parsed(), utility_service=utility, name="Again", by=by, at=AT)
    assert [reason.code for reason in caught.value.reasons] == ["same_file"]


@pytest.mark.django_db(transaction=True)
def test_the_same_file_loaded_by_two_at_once_is_stored_once():
    utility = make_utility()
    by = make_engineer(utility)
    met = at_once(
        *(
            lambda n=name: import_network(
                make_parsed(), utility_service=utility, name=n, by=by, at=AT
            )
            for name in ("One", "Other")
        )
    )
    assert [type(refusal) for refusal in met if refusal] == [Refused]
    assert Network.objects.count() == Import.objects.count() == 1


def test_every_section_without_a_length_is_named():
    utility = make_utility()
    parsed = make_parsed(4)
    for number in (1, 3):
        point = parsed.sections[number].coords[0]
        parsed.sections[number].coords = [point, point]
    with pytest.raises(FaultyNetwork) as caught:
        import_network(parsed, utility_service=utility, name="S", by=make_engineer(utility), at=AT)
    (fault,) = caught.value.faults
    assert (fault.rule, fault.rows) == ("no_length", (2, 4))
    assert not Import.objects.exists()


def test_the_nearest_section_is_found_with_its_distance():
    utility = make_utility()
    load = import_network(
        make_parsed(4), utility_service=utility, name="Street", by=make_engineer(utility), at=AT
    )
    found = nearest_section(76.95 + 0.0014 * 2.5, 52.281, service="water")
    assert found is not None
    section, distance_m = found
    assert section.name == "s2"
    assert distance_m == pytest.approx(111.2, abs=1)
    assert nearest_section(76.95, 52.281, service="heat") is None
    assert nearest_section(70.0, 50.0) is None
    assert load.network.sections.count() == 4


def test_many_points_are_answered_together_as_each_would_be_alone():
    utility = make_utility()
    import_network(
        make_parsed(6), utility_service=utility, name="Street", by=make_engineer(utility), at=AT
    )
    spots = [Spot(76.95 + 0.0014 * (n % 7 + 0.5), 52.2801, "water") for n in range(90)]
    spots[10] = Spot(70.0, 50.0, "water")
    spots[20] = Spot(spots[0].lon_deg, spots[0].lat_deg, "heat")
    spots[30] = Spot(spots[1].lon_deg, spots[1].lat_deg)
    found = nearest_lines(spots)
    for spot, near in zip(spots, found, strict=True):
        alone = nearest_section(spot.lon_deg, spot.lat_deg, service=spot.service)
        if alone is None or near is None:
            assert alone is near is None
            continue
        section, distance_m = alone
        assert (near.section_id, near.code, near.distance_m) == (
            section.pk,
            section.code,
            pytest.approx(distance_m),
        )
        assert near.organisation_id == utility.organisation_id
    assert [n for n, near in enumerate(found) if near is None] == [10, 20]
    assert len({near.code for near in found if near}) == 6
    assert nearest_lines([]) == []
