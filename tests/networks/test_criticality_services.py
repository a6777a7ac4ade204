"""What each section of heat and electricity carries: by pressures and load flow, or by the way."""

import math

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from qaita.networks.criticality.wiring import KW_A_CONSUMER
from qaita.networks.models import Section, SectionCriticality
from qaita.networks.queries import criticality_of
from qaita.networks.services import compute_criticality
from tests.networks.make import AT, make_engineer, make_parsed, make_utility, sections_by_name
from tests.networks.test_criticality import import_network, off_by_name
from tests.networks.test_desk import client_of

pytestmark = pytest.mark.django_db


def make_line(service, *, kinds, consumers, number="1", **columns):
    """Return a street n0 … n6 whose sections have the given columns."""
    parsed = make_parsed(6)
    for node, count in zip(parsed.nodes, consumers, strict=True):
        node.kind, node.consumers = kinds.get(node.key, "junction"), count
    for section in parsed.sections:
        section.diameter_mm = section.voltage_kv = None
        for name, value in columns.items():
            setattr(section, name, value)
    utility = make_utility(service, number=number)
    by = make_engineer(utility)
    network = import_network(parsed, utility_service=utility, name="Street", by=by, at=AT).network
    return network, by


FEEDER = {"voltage_kv": 10.0, "material": "cable", "length_m": 1500.0}
PEOPLE = (0, 300, 300, 300, 300, 300, 300)


def test_a_feeder_is_answered_by_load_flow_and_its_branches_by_the_graph():
    network, by = make_line("power", kinds={"n0": "substation"}, consumers=PEOPLE, **FEEDER)
    kept = compute_criticality(network, by=by, at=AT)
    assert (kept.basis, kept.no_pressures) == ("load_flow", "")
    assert kept.demand_kw == pytest.approx(1800 * KW_A_CONSUMER)
    assert off_by_name(network)["s0"] == 1800
    row = criticality_of(sections_by_name(network)["s3"])
    assert (row.method, row.lost_m3h) == ("graph", None)
    assert row.lost_kw == pytest.approx(900 * KW_A_CONSUMER)
    assert row.worst_load_percent is None


def test_the_passport_and_the_desk_say_what_is_not_served():
    network, by = make_line("power", kinds={"n0": "substation"}, consumers=PEOPLE, **FEEDER)
    compute_criticality(network, by=by, at=AT)
    code = sections_by_name(network)["s3"].code
    words = {"en": "1,080.0 of 2,160.0 kW", "ru": "кВт", "kk": "кВт"}
    for language, said in words.items():
        page = Client().get(f"/{language}/sections/{code}/").content.decode()
        assert said in page, language
        with override(language):
            path = reverse("networks:criticality", args=[network.code])
            desk = client_of(network.utility_service).get(path).content.decode()
        assert "1080" in desk.replace(",", "").replace("\N{NO-BREAK SPACE}", "")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"voltage_kv": None}, "sizes"),
        ({"voltage_kv": 0.4}, "weak"),  # 1,800 flats hang on no line of 0.4 kV
    ],
)
def test_a_grid_of_which_too_little_is_known_is_answered_by_its_graph(change, reason):
    columns = {**FEEDER, **change}
    network, by = make_line("power", kinds={"n0": "substation"}, consumers=PEOPLE, **columns)
    kept = compute_criticality(network, by=by, at=AT)
    assert (kept.basis, kept.no_pressures) == ("graph", reason)
    assert off_by_name(network)["s0"] == 1800
    assert set(SectionCriticality.objects.values_list("lost_kw", flat=True)) == {None}


def test_levels_meet_only_at_substations():
    for number, kind, basis in (("1", "junction", "graph"), ("2", "substation", "load_flow")):
        kinds, few = {"n0": "source", "n3": kind}, (0, 5, 5, 5, 5, 5, 5)
        network, by = make_line("power", kinds=kinds, consumers=few, number=number, **FEEDER)
        low = [s.pk for name, s in sections_by_name(network).items() if name in {"s3", "s4", "s5"}]
        Section.objects.filter(pk__in=low).update(voltage_kv=0.4, length_m=60.0)
        kept = compute_criticality(network, by=by, at=AT)
        assert kept.basis == basis


PAIRS = {"diameter_mm": 200.0, "material": "steel", "pipe_count": 2, "length_m": 200.0}
FLATS = (0, 60, 60, 60, 60, 60, 60)


def test_pairs_of_heating_pipes_are_answered_by_pressures():
    network, by = make_line("heat", kinds={"n0": "plant"}, consumers=FLATS, **PAIRS)
    kept = compute_criticality(network, by=by, at=AT)
    assert (kept.basis, kept.no_pressures) == ("hydraulics", "")
    assert off_by_name(network) == {f"s{i}": 360 - 60 * i for i in range(6)}
    row = criticality_of(sections_by_name(network)["s2"])
    assert row.lost_kw == pytest.approx(240 * 4.8)
    assert math.isclose(kept.demand_kw, 360 * 4.8)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"pipe_count": 1}, "pairs"),
        ({"diameter_mm": None}, "sizes"),
        ({"diameter_mm": 40.0}, "weak"),
    ],
)
def test_heat_of_which_too_little_is_known_is_answered_by_its_graph(change, reason):
    network, by = make_line("heat", kinds={"n0": "plant"}, consumers=FLATS, **{**PAIRS, **change})
    kept = compute_criticality(network, by=by, at=AT)
    assert (kept.basis, kept.no_pressures) == ("graph", reason)
    assert off_by_name(network)["s0"] == 360


def test_sewers_are_answered_by_their_graph_and_say_so():
    network, by = make_line("wastewater", kinds={"n0": "plant"}, consumers=FLATS)
    assert compute_criticality(network, by=by, at=AT).no_pressures == "service"
