"""What a dispatcher meets at the desk: the words after each step, and nothing asked in vain."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from qaita.accounts.models import Membership, Person
from qaita.kernel.clock import now
from qaita.networks.models import Network
from qaita.turmys.models import ReadingBatch
from qaita.turmys.services import announce_outages
from qaita.turmys.services.outages import Closure, Times
from tests.turmys.make import make_dispatcher, make_fed_network, section_at

pytestmark = pytest.mark.django_db
DESK = "/en/desk/turmys/"


def dispatcher_of(network: Network) -> Client:
    person = Person.objects.create(username="dispatcher", language="en")
    utility = network.utility_service
    Membership.objects.create(
        person=person, organisation=utility.organisation, role="dispatcher", region=utility.region
    )
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_each_step_of_an_outage_says_what_happened_and_asks_for_no_start_that_has_been():
    network = make_fed_network()
    client, at = dispatcher_of(network), now()
    times = Times(at - timedelta(minutes=5), at + timedelta(hours=3))
    closure = Closure("emergency", "failure", times, section=section_at(network, 2))
    (outage,) = announce_outages([closure], by=make_dispatcher(network), at=at)
    door = f"{DESK}outages/{outage.code}/"
    assert 'name="starts_at"' in client.get(door).content.decode()
    page = client.post(f"{door}start/", follow=True).content.decode()
    assert "Supply is off: everybody can read" in page
    assert 'name="starts_at"' not in page
    later = (at + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M")
    page = client.post(f"{door}update/", {"expected_at": later}, follow=True)
    assert page.status_code == 200
    outage.refresh_from_db()
    assert outage.expected_at > at + timedelta(hours=20)
    page = client.post(f"{door}restore/", follow=True).content.decode()
    assert "is over" in page
    assert "Supply came back" in page
    assert "Expected back" not in page


def test_a_file_of_bad_rows_says_how_many_were_put_aside():
    network = make_fed_network()
    client = dispatcher_of(network)
    rows = "meter,register,at,value\nNOPE,1,2026-11-01T00:00:00Z,5\none,two\n"
    sent = {
        "network": network.code,
        "file": SimpleUploadedFile("readings.csv", rows.encode()),
        "source": "csv",
        "sequence_no": "1",
    }
    page = client.post(f"{DESK}readings/take/", sent, follow=True).content.decode()
    batch = ReadingBatch.objects.get()
    assert (batch.taken_count, batch.quarantined_count) == (0, 2)
    assert f"File {batch.code}: readings taken – 0, rows put aside – 2." in page
    assert "The row does not have four cells." in page


def test_a_form_with_nothing_in_it_is_answered_by_the_page_in_its_own_words():
    client = dispatcher_of(make_fed_network())
    page = client.get(f"{DESK}readings/").content.decode()
    assert page.count("novalidate") == 2
    assert page.count('id="id_network"') == page.count('id="month_network"') == 1
    for door in ("readings/take/", "readings/balance/"):
        answer = client.post(f"{DESK}{door}", {})
        assert answer.status_code == 422
        assert "This field is required." in answer.content.decode()
