"""What each section carries: computed from the register, kept, asked for and shown."""

import math
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from qaita.jobs.models import Job
from qaita.kernel.actor import Actor
from qaita.kernel.errors import Refused
from qaita.networks.importing.reading import read_network_file
from qaita.networks.jobs import queue_criticality
from qaita.networks.models import NetworkCriticality, SectionCriticality
from qaita.networks.queries import (
    consequence_of,
    consumers_behind,
    critical_sections_of,
    criticality_of,
    most_critical,
    network_as_csv,
    networks_for,
)
from qaita.networks.services import compute_criticality, import_network, split_section
from tests.networks.make import (
    AT,
    make_engineer,
    make_network,
    make_parsed,
    make_utility,
    sections_by_name,
)
from tests.networks.test_desk import client_of

pytestmark = pytest.mark.django_db
NOBODY = Actor("PN-NOBODY", frozenset())


def make_street(kinds, sections=6, service="water"):
    """Return a street n0 … n6 with 0, 10, 20, … consumers and these kinds of nodes."""
    parsed = make_parsed(sections)
    for node in parsed.nodes:
        node.kind = kinds.get(node.key, "junction")
    utility = make_utility(service)
    by = make_engineer(utility)
    network = import_network(parsed, utility_service=utility, name="Street", by=by, at=AT).network
    return network, by


def off_by_name(network):
    rows = SectionCriticality.objects.filter(section__network=network)
    return dict(rows.values_list("section__name", "consumers_off"))


def test_a_register_without_heads_and_demands_is_answered_by_its_graph_and_says_why():
    network, by = make_street({"n0": "source", "n2": "valve"})
    kept = compute_criticality(network, by=by, at=AT)
    assert (kept.basis, kept.no_pressures, kept.consumers) == ("graph", "no_file", 210)
    behind = {"s0": 210, "s1": 200, "s2": 180, "s3": 150, "s4": 110, "s5": 60}
    assert off_by_name(network) == behind
    row = criticality_of(sections_by_name(network)["s3"])
    assert (row.method, row.lost_m3h, row.bound_m3h) == ("graph", None, None)
    # the valve at n2 lets everything from there on be shut off, not the street before it
    assert row.shut_consumers == 30 + 40 + 50 + 60


def test_without_valves_nobody_knows_what_shutting_takes():
    network, by = make_street({"n0": "source"})
    compute_criticality(network, by=by, at=AT)
    assert set(SectionCriticality.objects.values_list("shut_consumers", flat=True)) == {None}


def test_a_network_without_a_source_gets_no_figures_but_the_reason():
    network, by = make_street({})
    kept = compute_criticality(network, by=by, at=AT)
    assert kept.no_pressures == "source"
    assert not SectionCriticality.objects.exists()


def test_nobody_and_another_utility_compute_nothing():
    network = make_network()
    other = make_engineer(make_utility(number="2"))
    for by in (NOBODY, other):
        with pytest.raises(Refused):
            compute_criticality(network, by=by, at=AT)
        with pytest.raises(Refused):
            queue_criticality(network, by=by, at=AT)
    assert not NetworkCriticality.objects.exists()


def test_computing_again_takes_the_place_of_the_older_figures():
    network, by = make_street({"n0": "source"})
    compute_criticality(network, by=by, at=AT)
    split_section(sections_by_name(network)["s2"], at_share=0.5, by=by, at=AT)
    compute_criticality(network, by=by, at=AT)
    assert NetworkCriticality.objects.count() == 1
    assert SectionCriticality.objects.count() == 7
    assert [row.consumers_off for row in most_critical(networks_for(by))[:2]] == [210, 200]


def test_consequences_come_in_the_order_they_are_asked_for():
    network, by = make_street({"n0": "source"})
    named = sections_by_name(network)
    asked = [named["s3"].pk, named["s0"].pk, 10**9, named["s3"].pk]
    assert all(math.isnan(x) for x in consequence_of(asked).consumers_off)
    compute_criticality(network, by=by, at=AT)
    found = consequence_of(asked)
    assert found.consumers_off[[0, 1, 3]].tolist() == [150, 210, 150]
    assert math.isnan(found.consumers_off[2]) and math.isnan(found.lost_m3h[0])
    assert len(consequence_of([]).consumers_off) == 0


def real_network(name="Net3.inp"):
    wntr = pytest.importorskip("wntr")
    path = Path(wntr.__file__).parent / "library" / "networks" / name
    utility = make_utility()
    by = make_engineer(utility)
    read = read_network_file(path, service="water")
    network = import_network(read, utility_service=utility, name=name, by=by, at=AT).network
    return network, by


def test_a_water_network_with_its_file_is_answered_by_pressures():
    network, by = real_network()
    kept = compute_criticality(network, by=by, at=AT)
    assert (kept.basis, kept.no_pressures, kept.unsettled_count) == ("hydraulics", "", 0)
    rows = list(SectionCriticality.objects.select_related("section"))
    assert len(rows) == network.sections.count()
    assert {row.method for row in rows} >= {"graph", "whole"}
    assert all(0 <= row.lost_m3h <= kept.demand_m3h + 1e-6 for row in rows)
    behind = consumers_behind(network)
    exact = [row for row in rows if row.method == "graph"]
    assert all(row.bound_m3h == 0 for row in exact)
    assert max(row.consumers_off for row in exact) > 1000
    assert all(abs(row.consumers_off - behind[row.section_id]) <= 1 for row in exact)
    # a main with a way around takes nobody by the graph, yet somebody by pressure
    assert any(row.consumers_off > behind[row.section_id] + 100 for row in rows)
    lines = list(network_as_csv(network))
    assert "consumers_off,lost_m3h,criticality_method" in lines[0]


def test_a_file_whose_pump_is_not_understood_falls_back_to_the_graph(tmp_path):
    network, by = real_network()
    source = network.imports.get()
    pump = network.equipment.filter(kind="pump").first()
    pump.raw = '["PU", "HEAD", "no-such-curve"]'
    pump.save(update_fields=["raw"])
    kept = compute_criticality(network, by=by, at=AT)
    assert (kept.basis, kept.no_pressures) == ("graph", "pump_curve")
    assert source.carried


def test_the_desk_computes_lists_and_the_passport_shows_it():
    network, _ = make_street({"n0": "source"})
    client = client_of(network.utility_service)
    with override("en"):
        page = reverse("networks:criticality", args=[network.code])
        assert "Nothing was computed" in client.get(page).content.decode()
        asked = client.post(reverse("networks:compute", args=[network.code]), follow=True)
    assert Job.objects.get().outcome == "done"
    assert "Most critical sections" in asked.content.decode()
    for language in ("kk", "ru", "en"):
        with override(language):
            shown = client.get(reverse("networks:criticality", args=[network.code]))
        assert "210" in shown.content.decode()
    table = client.get(page + "?format=csv")
    assert b"210" in b"".join(table)
    passport = Client().get(f"/en/sections/{sections_by_name(network)['s3'].code}/")
    assert "150 consumers are left without supply" in passport.content.decode()


def test_the_utilitys_page_counts_the_sections_that_carry_many():
    network, by = make_street({"n0": "source"}, sections=16)
    owner = network.utility_service
    page = f"/en/utilities/{owner.organisation.code}/"
    assert critical_sections_of(owner) is None
    compute_criticality(network, by=by, at=AT)
    # behind s0 … s8 lie 1,360 … 1,000 of the 1,360 consumers
    assert critical_sections_of(owner).sections == 9
    assert "9 sections (" in Client().get(page).content.decode()


def test_another_utility_sees_no_list():
    network, _ = make_street({"n0": "source"})
    stranger = client_of(make_utility(number="2"))
    assert stranger.get(reverse("networks:criticality", args=[network.code])).status_code == 404
    assert stranger.post(reverse("networks:compute", args=[network.code])).status_code == 404
