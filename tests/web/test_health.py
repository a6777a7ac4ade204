"""Health and published pages are answered before the table of addresses is read."""

import pytest
from django.test import Client, override_settings

import qaita


@pytest.mark.django_db
def test_health_tells_the_versions_of_code_schema_and_ledger(client: Client):
    told = client.get("/health").json()
    assert told["status"] == "well" and told["version"] == qaita.__version__
    assert told["schema"]["networks"] and told["ledger_height"] >= 0


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="qaita.no_such_module")
def test_health_needs_no_table_of_addresses(client: Client):
    assert client.get("/health").status_code == 200
