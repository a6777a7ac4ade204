"""A producer without an entry asks for one at the desk; nobody else asks for it."""

import pytest
from django.test import Client

from qaita.producers.models import Producer
from tests.accounts.make import make_organisation, make_person
from tests.networks.make import make_network

pytestmark = pytest.mark.django_db
ADDRESS = "/en/desk/producers/apply/"


def client_of(role: str, kind: str) -> Client:
    client = Client()
    person = make_person(role, make_organisation(kind))
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_producer_applies_once_and_others_do_not():
    kato = make_network().utility_service.region.kato
    words = {"register_no": "KTP-1", "production_address": "Plant street 1", "region": kato}
    assert client_of("supplier", "supplier").post(ADDRESS, words).status_code == 403
    producer = client_of("producer", "producer")
    assert "Apply to the register" in producer.get("/en/desk/producers/").content.decode()
    wrong = producer.post(ADDRESS, {**words, "region": ""})
    assert wrong.status_code == 422 and "Plant street 1" in wrong.content.decode()
    answer = producer.post(ADDRESS, words)
    entry = Producer.objects.get()
    assert (answer.status_code, entry.state) == (302, "applied")
    assert producer.get(answer["Location"]).status_code == 200
    assert producer.post(ADDRESS, words).status_code == 403
