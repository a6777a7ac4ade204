"""Networks with a source, dispatchers, outages and meters for tests."""

from datetime import UTC, datetime, timedelta

from qaita.kernel.actor import Actor, Grant
from qaita.networks.models import Network, Section
from qaita.networks.services import import_network
from qaita.turmys.models import Incident, Meter, MeteringDistrict, Outage
from qaita.turmys.services import (
    Closure,
    NewMeter,
    Noticed,
    Times,
    announce_outage,
    open_district,
    propose_incident,
    register_meters,
)
from tests.networks.make import AT as IMPORTED
from tests.networks.make import make_engineer, make_parsed, make_utility

AT = datetime(2026, 11, 16, 6, tzinfo=UTC)  # a Monday, 11:00 in Kazakhstan


def make_fed_network(sections: int = 4, service: str = "water") -> Network:
    """A street fed from its first node; node i has 10·i consumers."""
    utility = make_utility(service)
    parsed = make_parsed(sections)
    parsed.nodes[0].kind = "source"
    load = import_network(
        parsed, utility_service=utility, name="Street", by=make_engineer(utility), at=IMPORTED
    )
    assert load.network is not None
    return load.network


def make_dispatcher(network: Network, role: str = "dispatcher") -> Actor:
    organisation = network.utility_service.organisation.code
    return Actor("PN-DISPATCH", frozenset({Grant(role, organisation, network.region.kato)}))


def section_at(network: Network, number: int) -> Section:
    """The section number `number` from the source."""
    return network.sections.select_related(
        "network__utility_service__organisation", "network__region"
    ).order_by("pk")[number]


def make_outage(
    network: Network,
    number: int = 2,
    kind: str = "emergency",
    starts_in: timedelta = timedelta(0),
    **facts: object,
) -> Outage:
    closure = Closure(
        kind,
        "failure" if kind == "emergency" else "repair",
        Times(AT + starts_in, AT + starts_in + timedelta(hours=6)),
        section=section_at(network, number),
        **facts,
    )
    return announce_outage(closure, by=make_dispatcher(network), at=AT)


def make_incident(network: Network, number: int = 2) -> Incident:
    noticed = Noticed(section_at(network, number), "crew", AT)
    return propose_incident(noticed, by=make_dispatcher(network), at=AT)


def make_district(network: Network, consumers: int = 2) -> tuple[MeteringDistrict, list[Meter]]:
    """A district with one supply meter and some consumers' meters."""
    by = make_dispatcher(network)
    district = open_district(network, ("Аудан 1", "Район 1", "District 1"), by=by, at=AT)
    meters = [NewMeter("S-1", "supply")]
    meters += [NewMeter(f"C-{i}", rollover_value=100_000) for i in range(consumers)]
    return district, register_meters(district, meters, by=by, at=AT)


def sheet(*rows: str) -> bytes:
    return "\n".join(["meter,register,at,value", *rows]).encode()
