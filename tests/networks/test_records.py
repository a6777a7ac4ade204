"""Failures: who writes them down, of which network, and what cannot be."""

from datetime import UTC, datetime, timedelta

import pytest

from qaita.kernel.actor import NOBODY
from qaita.kernel.errors import Refused, Stale, Wrong
from qaita.ledger.queries import timeline
from qaita.networks.models import Failure, Section
from qaita.networks.queries import failure_rate
from qaita.networks.services import record_failure, record_failures, record_repair
from qaita.networks.services.records import FailureFacts
from tests.networks.make import AT, make_engineer, make_network, make_utility

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)


def break_down(section: Section, by, at: datetime = AT) -> Failure:
    return record_failure(section, cause="corrosion", consumers_off=3, source="crew", by=by, at=at)


def test_a_dispatcher_writes_down_failures_of_the_own_utility_alone():
    section = make_network().sections.first()
    own = make_engineer(section.network.utility_service, "dispatcher")
    neighbour = make_engineer(make_utility(number="2"), "dispatcher")
    for by in (neighbour, NOBODY):
        with pytest.raises(Refused):
            break_down(section, by)
    assert not Failure.objects.exists()
    failure = break_down(section, own)
    with pytest.raises(Refused):
        record_repair(failure.code, by=neighbour, at=AT + AN_HOUR)
    record_repair(failure.code, by=own, at=AT + AN_HOUR)
    assert [moment.kind for moment in timeline(failure.code)] == [
        "failure.record",
        "failure.repair",
    ]


def test_a_repair_is_written_down_once():
    section = make_network().sections.first()
    by = make_engineer(section.network.utility_service)
    failure = break_down(section, by)
    record_repair(failure.code, by=by, at=AT + AN_HOUR)
    with pytest.raises(Stale):
        record_repair(failure.code, by=by, at=AT + 2 * AN_HOUR)
    assert Failure.objects.get().repaired_at == AT + AN_HOUR


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"cause": "witchcraft"}, "cause"),
        ({"consumers_off": -1}, "consumers_off"),
        ({"repaired_at": AT - 2 * AN_HOUR}, "repaired_at"),
    ],
)
def test_what_no_failure_can_be_is_named_by_its_field(values, field):
    section = make_network().sections.first()
    by = make_engineer(section.network.utility_service)
    with pytest.raises(Wrong) as wrong:
        record_failures([FailureFacts(section, AT - AN_HOUR, **values)], by=by, at=AT)
    assert list(wrong.value.fields) == [field]
    assert not Failure.objects.exists()


def test_failures_are_counted_by_kazakhstans_years_and_up_to_the_day_asked_for():
    section = make_network().sections.first()
    by = make_engineer(section.network.utility_service)
    new_year = datetime(2025, 12, 31, 19, 30, tzinfo=UTC)  # half past midnight there
    break_down(section, by, new_year)
    rate = failure_rate(section.network, on=new_year.date() + timedelta(days=1))
    assert rate.by_year == {2026: 1}
    assert failure_rate(section.network, on=new_year.date()).failures == 0
