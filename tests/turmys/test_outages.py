"""Outages tell whom they cut off, keep their notice, and end."""

from datetime import timedelta

import pytest

from qaita.kernel.actor import NOBODY
from qaita.kernel.errors import Refused, Wrong
from qaita.ledger.models import Entry
from qaita.turmys.models import Outage
from qaita.turmys.services import (
    Closure,
    Times,
    announce_outage,
    cancel_outage,
    note_overdue_outages_due,
    restore_outage,
    start_outage,
    start_outages_due,
    update_outage,
)
from tests.turmys.make import AT, make_dispatcher, make_fed_network, make_outage, section_at

pytestmark = pytest.mark.django_db


def codes(error) -> set[str]:
    return {reason.code for reason in error.value.reasons}


def test_an_outage_tells_everybody_behind_the_closed_section():
    network = make_fed_network(4)
    outage = make_outage(network, 2)
    assert outage.consumers_off == 30 + 40
    off = set(outage.sections.values_list("code", flat=True))
    assert off == {section_at(network, 2).code, section_at(network, 3).code}
    entry = Entry.objects.get(kind="outage.announce", code=outage.code)
    assert '"consumers_off":70' in entry.leaf
    assert [(n.number, n.kind) for n in outage.notices.all()] == [(1, "alert")]


def test_a_nobody_announces_nothing():
    network = make_fed_network()
    closure = Closure(
        "emergency",
        "failure",
        Times(AT, AT + timedelta(hours=1)),
        section=section_at(network, 1),
    )
    with pytest.raises(Refused) as error:
        announce_outage(closure, by=NOBODY, at=AT)
    assert codes(error) == {"not_your_role"}
    assert not Outage.objects.exists()


def test_a_dispatcher_of_another_utility_is_refused():
    network = make_fed_network()
    other = make_dispatcher(make_other := make_fed_network(3, "heat"))
    assert make_other.pk != network.pk
    outage = make_outage(network)
    # the same organisation runs both services here, so take its grant away
    stranger = type(other)(
        "PN-X", frozenset({type(next(iter(other.grants)))("dispatcher", "OR-ELSE", "55")})
    )
    with pytest.raises(Refused) as error:
        start_outage(outage, by=stranger, at=AT)
    assert codes(error) == {"not_your_role"}


def test_a_planned_outage_keeps_the_notice_of_the_law():
    network = make_fed_network()
    with pytest.raises(Refused) as error:
        make_outage(network, kind="planned", starts_in=timedelta(days=2, hours=23))
    assert codes(error) == {"short_notice"}
    outage = make_outage(network, kind="planned", starts_in=timedelta(days=3))
    assert outage.state == "announced"


def test_nothing_goes_off_before_its_time_and_the_calendar_starts_it():
    network = make_fed_network()
    outage = make_outage(network, kind="planned", starts_in=timedelta(days=4))
    with pytest.raises(Refused) as error:
        start_outage(outage, by=make_dispatcher(network), at=AT + timedelta(days=1))
    assert codes(error) == {"too_early"}
    assert start_outages_due(at=AT + timedelta(days=3)) == []
    started = start_outages_due(at=AT + timedelta(days=4))
    assert [row.code for row in started] == [outage.code]
    assert start_outages_due(at=AT + timedelta(days=5)) == []


def test_an_outage_runs_is_changed_and_ends_with_a_notice_for_each_step():
    network = make_fed_network()
    by = make_dispatcher(network)
    outage = start_outage(make_outage(network), by=by, at=AT)
    later = Times(outage.starts_at, AT + timedelta(hours=9))
    update_outage(outage, times=later, by=by, at=AT + timedelta(hours=2))
    restore_outage(outage, by=by, at=AT + timedelta(hours=8))
    outage.refresh_from_db()
    assert (outage.state, outage.restored_at) == ("restored", AT + timedelta(hours=8))
    kinds = list(outage.notices.values_list("kind", flat=True))
    assert kinds == ["alert", "update", "update", "cancel"]
    with pytest.raises(Refused) as error:
        update_outage(outage, times=later, by=by, at=AT + timedelta(hours=8))
    assert codes(error) == {"outage_over"}


def test_an_announced_outage_can_be_called_off_and_a_running_one_cannot():
    network = make_fed_network()
    by = make_dispatcher(network)
    first = make_outage(network, kind="planned", starts_in=timedelta(days=5))
    assert cancel_outage(first, by=by, at=AT).state == "cancelled"
    second = start_outage(make_outage(network), by=by, at=AT)
    with pytest.raises(Refused) as error:
        cancel_outage(second, by=by, at=AT)
    assert codes(error) == {"wrong_state"}


@pytest.mark.parametrize(("start", "end"), [(2, 1), (-5, -1)])
def test_impossible_times_are_named(start, end):
    network = make_fed_network()
    closure = Closure(
        "emergency",
        "failure",
        Times(AT + timedelta(hours=start), AT + timedelta(hours=end)),
        section=section_at(network, 1),
    )
    with pytest.raises(Wrong) as error:
        announce_outage(closure, by=make_dispatcher(network), at=AT)
    assert set(error.value.fields) == {"expected_at"}


def test_closed_nodes_cut_off_what_lies_behind_them():
    network = make_fed_network(4)
    node = network.nodes.order_by("pk")[2]
    closure = Closure(
        "emergency",
        "repair",
        Times(AT, AT + timedelta(hours=2)),
        network=network,
        nodes=(node.code,),
    )
    outage = announce_outage(closure, by=make_dispatcher(network), at=AT)
    assert outage.consumers_off == 20 + 30 + 40


def test_something_must_be_closed():
    network = make_fed_network()
    closure = Closure("emergency", "repair", Times(AT, AT + timedelta(hours=2)), network=network)
    with pytest.raises(Refused) as error:
        announce_outage(closure, by=make_dispatcher(network), at=AT)
    assert codes(error) == {"no_place"}


def test_a_promise_that_was_not_kept_is_noted_once_and_ends_with_a_new_one(client):
    outage = make_outage(make_fed_network())
    start_outage(outage, by=make_dispatcher(outage.network), at=AT)
    late = outage.expected_at + timedelta(minutes=1)
    assert note_overdue_outages_due(at=outage.expected_at) == []
    assert [row.code for row in note_overdue_outages_due(at=late)] == [outage.code]
    assert note_overdue_outages_due(at=late + timedelta(hours=1)) == []
    assert Entry.objects.filter(kind="outage.overdue", code=outage.code).count() == 1
    for page in ("/en/", "/en/outages/"):
        assert "The promised time has passed" in client.get(page).content.decode()
    times = Times(outage.starts_at, late + timedelta(days=900))
    outage.refresh_from_db()
    update_outage(outage, times=times, by=make_dispatcher(outage.network), at=late)
    outage.refresh_from_db()
    assert outage.overdue_at is None
    for page in ("/en/", "/en/outages/"):
        answer = client.get(page).content.decode()
        assert outage.place_en in answer
        assert "The promised time has passed" not in answer
