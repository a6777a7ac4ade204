"""Wear over HTTP."""

import pytest

from tests.networks.make import make_network

pytestmark = pytest.mark.django_db


def test_wear_is_given_by_utility_and_by_region(client):
    network = make_network()
    [row] = client.get("/api/v1/wear/utilities?service=water&on=2026-03-02").json()
    assert row["utility"] == network.utility_service.organisation.code
    assert row["share_past_norm"] == 1 and row["zone"] == "red" and row["sections"] == 4
    [region] = client.get("/api/v1/wear/regions?region_kato=55").json()
    assert region["region_kato"] == "55" and region["length_m"] == pytest.approx(row["length_m"])
    assert client.get("/api/v1/wear/regions?service=heat").json() == []


def test_the_forecast_takes_metres_by_year(client):
    network = make_network()
    address = f"/api/v1/wear/utilities/{network.utility_service.code}/forecast"
    idle, busy = client.get(address).json(), client.get(f"{address}?renewed_m=200").json()
    assert idle["years"][-1]["year"] == 2029
    assert busy["years"][1]["share_past_norm"] < idle["years"][1]["share_past_norm"]
    assert idle["quality"]["answered"]["year"] == 1


def test_bad_questions_are_told_so(client):
    assert client.get("/api/v1/wear/utilities?service=roads").status_code == 422
    assert client.get("/api/v1/wear/utilities/US-NONE/forecast").status_code == 404
    assert client.get("/api/v1/wear/utilities?region_kato=5").status_code == 422


def test_the_public_line_of_a_section_stops_before_a_source(client):
    network = make_network(4)
    section = network.sections.get(name="s0")
    node = section.from_node
    whole = client.get(f"/api/v1/sections/{section.code}").json()["line"]
    node.kind = "source"
    node.save(update_fields=["kind"])
    shown = client.get(f"/api/v1/sections/{section.code}").json()["line"]
    assert len(whole) == 2 and shown == []  # 95 m: nothing of it is left
