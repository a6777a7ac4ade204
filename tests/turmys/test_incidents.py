"""An incident belongs to a section before it is a failure."""

import pytest

from qaita.kernel.errors import Refused
from qaita.ledger.queries import timeline
from qaita.networks.models import Failure
from qaita.turmys.models import Incident
from qaita.turmys.services import confirm_incident
from tests.turmys.make import AT, make_dispatcher, make_fed_network, make_incident, section_at

pytestmark = pytest.mark.django_db


def test_an_incident_without_a_section_is_confirmed_only_when_one_is_named():
    network = make_fed_network()
    by = make_dispatcher(network)
    incident = make_incident(network)
    Incident.objects.filter(pk=incident.pk).update(section=None)
    incident.refresh_from_db()
    with pytest.raises(Refused) as caught:
        confirm_incident(incident, by=by, at=AT)
    assert [reason.code for reason in caught.value.reasons] == ["no_section"]
    assert not Failure.objects.exists()
    confirm_incident(incident, section=section_at(network, 1), by=by, at=AT)
    assert Failure.objects.get().code == incident.failure_code
    assert [moment.action for moment in timeline(incident.code)] == ["propose", "confirm"]
