"""Tracing: whom a closed section or valve cuts off."""

import pytest

from qaita.networks.models import Node
from qaita.networks.queries import consumers_behind, downstream_consumers
from qaita.networks.services import import_network
from tests.networks.make import AT, make_engineer, make_parsed, make_utility, sections_by_name

pytestmark = pytest.mark.django_db


def make_street(kinds):
    """Return a street n0 … n6 with 0, 10, 20, … consumers and these kinds of nodes."""
    parsed = make_parsed(6)
    for node in parsed.nodes:
        node.kind = kinds.get(node.key, "junction")
    utility = make_utility()
    by = make_engineer(utility)
    return import_network(parsed, utility_service=utility, name="Street", by=by, at=AT).network


def names(trace):
    return set(Node.objects.filter(code__in=trace.nodes).values_list("name", flat=True))


def test_a_closed_section_cuts_off_everybody_behind_it():
    network = make_street({"n0": "source"})
    trace = downstream_consumers(sections_by_name(network)["s2"])
    assert names(trace) == {"n3", "n4", "n5", "n6"}
    assert trace.consumers == 30 + 40 + 50 + 60 and len(trace.sections) == 4


def test_valves_around_a_section_widen_what_it_cuts_off():
    network = make_street({"n0": "source", "n1": "valve", "n4": "valve"})
    trace = downstream_consumers(sections_by_name(network)["s2"])
    assert set(Node.objects.filter(code__in=trace.valves).values_list("name", flat=True)) == {
        "n1", "n4",
    }  # fmt: skip
    assert trace.consumers == 10 + 20 + 30 + 40 + 50 + 60


def test_a_second_source_at_the_far_end_saves_the_others():
    network = make_street({"n0": "source", "n6": "source"})
    trace = downstream_consumers(sections_by_name(network)["s2"])
    assert trace.consumers == 0 and len(trace.sections) == 1


def test_closed_nodes_are_named_by_their_codes():
    network = make_street({"n0": "source"})
    code = Node.objects.get(network=network, name="n5").code
    assert downstream_consumers([code]).consumers == 50 + 60


def test_a_network_without_a_source_says_so():
    network = make_street({})
    trace = downstream_consumers(sections_by_name(network)["s2"])
    assert not trace.known_source and len(trace.sections) == 1


def test_every_section_of_a_street_carries_what_is_behind_it():
    network = make_street({"n0": "source"})
    behind = consumers_behind(network)
    sections = sections_by_name(network)
    assert behind[sections["s0"].pk] == 210 and behind[sections["s5"].pk] == 60
