"""A burst of appeals proposes an incident; a dispatcher makes it a failure of the section."""

from datetime import timedelta

import pytest

from qaita.appeals.models import Appeal
from qaita.appeals.services import propose_bursts_due
from qaita.kernel.errors import Refused
from qaita.ledger.replaying import replay
from qaita.networks.models import Failure
from qaita.turmys.services import (
    close_incident,
    confirm_incident,
    dismiss_incident,
    repair_incident,
    restore_outage,
    start_outage,
)
from tests.appeals.make import make_appeal
from tests.turmys.make import (
    AT,
    make_dispatcher,
    make_fed_network,
    make_incident,
    make_outage,
    section_at,
)

pytestmark = pytest.mark.django_db


def burst(network, count: int = 5, minutes: int = 10, **facts):
    for number in range(count):
        make_appeal(network, AT + timedelta(minutes=minutes * number / count), **facts)
    return AT + timedelta(minutes=minutes)


def test_five_appeals_in_minutes_become_an_incident_then_a_failure():
    network = make_fed_network()
    at = burst(network)
    (incident,) = propose_bursts_due(at=at)
    assert (incident.state, incident.source, incident.appeals_count) == ("proposed", "call", 5)
    assert incident.section == section_at(network, 2)
    assert propose_bursts_due(at=at) == []
    assert not Failure.objects.exists()
    confirm_incident(incident, cause="corrosion", by=make_dispatcher(network), at=at)
    failure = Failure.objects.get()
    assert (failure.section, failure.source) == (incident.section, "call")
    assert (failure.cause, failure.consumers_off) == ("corrosion", 70)
    assert incident.failure_code == failure.code
    assert replay() == []


def test_four_appeals_or_a_slow_trickle_propose_nothing():
    network = make_fed_network()
    assert propose_bursts_due(at=burst(network, 4)) == []
    assert propose_bursts_due(at=burst(network, 8, minutes=400)) == []


def test_appeals_about_bills_propose_nothing():
    network = make_fed_network()
    assert propose_bursts_due(at=burst(network, 9, category="meter")) == []


def test_later_appeals_join_the_open_incident():
    network = make_fed_network()
    at = burst(network)
    (incident,) = propose_bursts_due(at=at)
    make_appeal(network, at)
    assert propose_bursts_due(at=at + timedelta(minutes=1)) == []
    incident.refresh_from_db()
    assert incident.appeals_count == 6
    assert Appeal.objects.filter(incident=incident).count() == 6


def test_a_dismissed_incident_makes_no_failure():
    network = make_fed_network()
    incident = dismiss_incident(make_incident(network), by=make_dispatcher(network), at=AT)
    assert incident.state == "dismissed" and not Failure.objects.exists()


def test_an_incident_is_mended_only_when_supply_is_back():
    network = make_fed_network()
    by = make_dispatcher(network)
    incident = confirm_incident(make_incident(network), by=by, at=AT)
    outage = start_outage(make_outage(network, incident=incident), by=by, at=AT)
    with pytest.raises(Refused) as error:
        repair_incident(incident, by=by, at=AT + timedelta(hours=1))
    assert error.value.reasons[0].code == "still_off"
    end = AT + timedelta(hours=2)
    restore_outage(outage, by=by, at=end)
    assert repair_incident(incident, by=by, at=end).state == "repaired"
    assert Failure.objects.get().repaired_at == end
    assert close_incident(incident, by=by, at=end).state == "closed"
