"""Districts and meters at the desk: opened and registered by the network's crew, nobody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qaita.kernel.errors import Wrong
from qaita.ledger.queries import timeline
from qaita.turmys.models import Meter, MeteringDistrict
from qaita.turmys.services import NewMeter, open_district, register_meters
from tests.accounts.make import make_organisation, make_person
from tests.turmys.make import AT, make_dispatcher, make_district, make_fed_network

pytestmark = pytest.mark.django_db
DESK = "/en/desk/turmys/districts/"
KINDS = {"auditor": "audit", "programme_office": "programme_office"}
NAMES = {"name_kk": "Аудан 7", "name_ru": "Район 7", "name_en": ""}


@pytest.fixture
def network():
    return make_fed_network()


def signed_in(role: str, organisation=None) -> Client:
    if role in KINDS:
        organisation = make_organisation(KINDS[role], "Demo Office")
    person = make_person(role, organisation)
    client = Client()
    client.force_login(person)
    return client


def crew(network, role: str = "utility_engineer") -> Client:
    return signed_in(role, network.utility_service.organisation)


@pytest.mark.parametrize("role", ["utility_engineer", "dispatcher"])
def test_the_crew_opens_a_district_and_registers_its_meters(network, role) -> None:
    client = crew(network, role)
    made = client.post(f"{DESK}new/", {"network": network.code, **NAMES}, follow=True)
    district = MeteringDistrict.objects.get()
    assert made.status_code == 200
    assert (district.name_kk, district.name_en) == ("Аудан 7", "Район 7")
    lines = "S-1; supply\n\nC-1\nC-2, consumer, 100000\nE-1\texport"
    page = client.post(f"{DESK}{district.code}/meters/", {"lines": lines}, follow=True)
    assert "Meters registered: 4." in page.content.decode() and "C-2" in page.content.decode()
    rows = Meter.objects.order_by("serial").values_list("serial", "role", "rollover_value")
    assert list(rows) == [
        ("C-1", "consumer", 0), ("C-2", "consumer", 100_000), ("E-1", "export", 0),
        ("S-1", "supply", 0),
    ]  # fmt: skip
    kinds = [moment.kind for moment in timeline(district.code)]
    assert sorted(kinds) == ["district.open", "meters.register"]
    assert "Район 7" in client.get(DESK).content.decode()


def test_a_file_of_meters_is_read(network) -> None:
    district, _meters = make_district(network)
    file = SimpleUploadedFile("meters.csv", "\ufeffA-1;consumer\r\nA-2;supply\r\n".encode())
    crew(network).post(f"{DESK}{district.code}/meters/", {"file": file})
    assert district.meters.filter(serial__startswith="A-").count() == 2


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("", "Write from 1 to"), ("A-1; tap", "cannot be read: 1."),
        ("A-1\n; supply\nB-2; consumer; many", "cannot be read: 2, 3."),
        ("A-1\nA-1", "a serial number of its own"), ("C-0", "registered here already: C-0"),
        ("A" * 41, "cannot be read"), ("A; consumer; 1; more", "cannot be read"),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_taken_come_back_with_what_is_wrong(network, lines, words) -> None:
    district, meters = make_district(network)
    answer = crew(network).post(f"{DESK}{district.code}/meters/", {"lines": lines})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert Meter.objects.count() == len(meters)


def test_a_district_without_a_name_is_refused(network) -> None:
    with pytest.raises(Wrong):
        open_district(network, ("Аудан", " ", "District"), by=make_dispatcher(network), at=AT)
    answer = crew(network).post(f"{DESK}new/", {"network": network.code})
    assert answer.status_code == 422 and not MeteringDistrict.objects.exists()


@pytest.mark.parametrize("role", ["", "auditor", "programme_office"])
def test_nobody_else_sees_or_does_it(network, role) -> None:
    district, meters = make_district(network)
    client = signed_in(role)
    for address in (DESK, f"{DESK}new/", f"{DESK}{district.code}/"):
        assert client.get(address).status_code == 403
    client.post(f"{DESK}new/", {"network": network.code, **NAMES})
    client.post(f"{DESK}{district.code}/meters/", {"lines": "A-1"})
    assert (MeteringDistrict.objects.count(), Meter.objects.count()) == (1, len(meters))


def test_the_crew_of_another_utility_reaches_nothing(network) -> None:
    district, meters = make_district(network)
    client = signed_in("utility_engineer", make_organisation())
    assert client.get(f"{DESK}{district.code}/").status_code == 404
    assert client.post(f"{DESK}{district.code}/meters/", {"lines": "A-1"}).status_code == 404
    answer = client.post(f"{DESK}new/", {"network": network.code, **NAMES})
    assert answer.status_code == 422
    assert (MeteringDistrict.objects.count(), Meter.objects.count()) == (1, len(meters))


def test_registering_twice_is_refused_by_the_room(network) -> None:
    district, _meters = make_district(network)
    with pytest.raises(Wrong, match="registered here already"):
        register_meters(district, [NewMeter("C-1")], by=make_dispatcher(network), at=AT)
