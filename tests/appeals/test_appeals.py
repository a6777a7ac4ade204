"""An appeal finds its place, keeps its legal clock, and comes to an honest end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from qaita.accounts.models import Organisation
from qaita.appeals.models import Appeal, Contact
from qaita.appeals.queries import appeals_for, contact_of, overdue_appeals, tally
from qaita.appeals.services import (
    accept_appeal,
    answer_appeal,
    close_appeal,
    close_appeals_due,
    close_unfixed,
    extend_appeal,
    forget_contacts_due,
    forward_appeal,
    rate_appeal,
    reopen_appeal,
    word_appeal,
)
from qaita.appeals.states import APPEAL
from qaita.kernel.actor import NOBODY, PUBLIC, Grant
from qaita.kernel.errors import NotYours, Refused, Wrong
from qaita.kernel.states import Ask
from qaita.ledger.models import Entry
from tests.accounts.make import make_organisation
from tests.appeals.make import MARKS, NAME, make_appeal, make_operator
from tests.turmys.make import AT, make_fed_network, section_at

pytestmark = pytest.mark.django_db


def codes(error) -> set[str]:
    return {reason.code for reason in error.value.reasons}


def answered(network, at=AT, **facts):
    filed = make_appeal(network, at, **facts)
    by = make_operator(network)
    accept_appeal(filed.appeal, by=by, at=at + timedelta(hours=1))
    answer_appeal(filed.appeal, text="Mended.", outcome="fixed", by=by, at=at + timedelta(hours=5))
    return filed


def test_an_appeal_finds_section_settlement_and_who_answers():
    network = make_fed_network()
    appeal = make_appeal(network).appeal
    assert appeal.section == section_at(network, 2)
    assert appeal.settlement.name_en == "Pavlodar"
    assert appeal.organisation == network.utility_service.organisation
    assert (appeal.lon_deg, appeal.lat_deg) == (76.954, 52.28)


def test_the_clock_counts_working_days_over_holidays():
    network = make_fed_network()
    # Thursday 10 December 2026; the 16th is Independence Day, New Year's 1 and 2 January
    appeal = make_appeal(network, datetime(2026, 12, 10, 6, tzinfo=UTC)).appeal
    assert appeal.accept_by_on == date(2026, 12, 15)
    assert appeal.due_on == date(2027, 1, 5)


def test_nothing_personal_enters_the_ledger():
    network = make_fed_network()
    filed = make_appeal(network)
    leaves = " ".join(Entry.objects.values_list("leaf", flat=True))
    assert filed.appeal.code in leaves
    assert not [mark for mark in (*MARKS, filed.key) if mark in leaves]
    assert NAME not in repr(filed) and filed.key not in repr(filed)


def test_a_nobody_files_nothing_and_answers_nothing():
    network = make_fed_network()
    filed = make_appeal(network)
    for verb in (accept_appeal,):
        with pytest.raises(Refused) as error:
            verb(filed.appeal, by=NOBODY, at=AT)
        assert codes(error) == {"not_your_role"}
    with pytest.raises(NotYours):
        contact_of(filed.appeal, NOBODY)
    with pytest.raises(NotYours):
        contact_of(filed.appeal, PUBLIC)


def test_a_utility_sees_and_answers_its_own_appeals_only():
    network = make_fed_network()
    appeal = make_appeal(network).appeal
    stranger = make_operator(network, make_organisation("utility", "Demo Other").code)
    centre = make_operator(network, make_organisation("operations", "Demo Centre").code)
    assert list(appeals_for(stranger)) == []
    assert list(appeals_for(centre)) == [appeal]
    with pytest.raises(Refused) as error:
        accept_appeal(appeal, by=stranger, at=AT)
    assert codes(error) == {"not_your_appeal"}
    assert accept_appeal(appeal, by=centre, at=AT).state == "accepted"


def test_the_smell_of_gas_stops_until_104_was_called():
    network = make_fed_network(service="gas")
    with pytest.raises(Refused) as error:
        make_appeal(network, category="gas_smell")
    assert codes(error) == {"call_104"}
    assert not Appeal.objects.exists() and not Contact.objects.exists()
    assert make_appeal(network, category="gas_smell", is_safe=True).appeal.state == "received"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"statement": "  "}, "statement"),
        ({"statement": "x" * 5_000}, "statement"),
        ({"phone": "12"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"category": "flooding"}, "category"),
        ({"settlement": None, "lon_deg": None}, "place"),
        ({"settlement": None, "lon_deg": 0.0, "lat_deg": 0.0}, "place"),
    ],
)
def test_wrong_values_are_named(facts, field):
    network = make_fed_network()
    with pytest.raises(Wrong) as error:
        make_appeal(network, **facts)
    assert set(error.value.fields) == {field}


def test_forwarding_is_possible_within_the_legal_term_and_starts_a_new_clock():
    network = make_fed_network()
    by, other = make_operator(network), make_organisation("utility", "Demo Heat")
    first, second = make_appeal(network).appeal, make_appeal(network).appeal
    forward_appeal(first, organisation=other, by=by, at=AT + timedelta(days=3))
    assert (first.state, first.organisation) == ("forwarded", other)
    assert first.due_on == date(2026, 12, 10)
    with pytest.raises(Refused) as error:
        forward_appeal(second, organisation=other, by=by, at=AT + timedelta(days=4))
    assert codes(error) == {"forward_term_over"}
    with pytest.raises(Refused) as error:
        forward_appeal(second, organisation=second.organisation, by=by, at=AT)
    assert codes(error) == {"same_organisation"}


def test_the_term_is_extended_once_and_in_time():
    network = make_fed_network()
    by = make_operator(network)
    appeal = accept_appeal(make_appeal(network).appeal, by=by, at=AT)
    late = accept_appeal(make_appeal(network).appeal, by=by, at=AT)
    extend_appeal(appeal, reason="A survey is needed", by=by, at=AT)
    assert (appeal.state, appeal.due_on) == ("extended", date(2027, 1, 16))
    appeal.state = "accepted"  # as after a reopening
    reasons = APPEAL.why_not("extend", Ask(appeal, by, AT))
    assert [reason.code for reason in reasons] == ["extended_already"]
    with pytest.raises(Refused) as error:
        extend_appeal(late, reason="Later", by=by, at=AT + timedelta(days=40))
    assert codes(error) == {"term_over"}


def test_the_person_reopens_with_the_key_and_only_so_often():
    network = make_fed_network()
    filed = answered(network)
    code, day = filed.appeal.code, timedelta(days=1)
    with pytest.raises(NotYours):
        reopen_appeal(code, "AAAA-BBBB-CCCC-DDDD", reason="No", by=PUBLIC, at=AT + day)
    appeal = reopen_appeal(code, filed.key.lower(), reason="Off again", by=PUBLIC, at=AT + day)
    assert (appeal.state, appeal.reopens_count, appeal.outcome) == ("reopened", 1, "")
    Appeal.objects.filter(pk=appeal.pk).update(reopens_count=3)
    appeal.refresh_from_db()
    by = make_operator(network)
    close_unfixed(appeal, reason="Planned for 2027", by=by, at=AT + 2 * day)
    with pytest.raises(Refused) as error:
        reopen_appeal(code, filed.key, reason="Again", by=PUBLIC, at=AT + 3 * day)
    assert codes(error) == {"too_many_reopens"}


def test_reopening_ends_and_the_calendar_closes():
    network = make_fed_network()
    filed = answered(network)
    assert close_appeals_due(at=AT + timedelta(days=29)) == []
    with pytest.raises(Refused) as error:
        reopen_appeal(filed.appeal.code, filed.key, reason="x", by=PUBLIC, at=AT + timedelta(31))
    assert codes(error) == {"too_late_to_reopen"}
    closed = close_appeals_due(at=AT + timedelta(days=31))
    assert [row.state for row in closed] == ["closed"]
    assert close_appeals_due(at=AT + timedelta(days=32)) == []


def test_the_person_marks_the_answer_and_closes():
    network = make_fed_network()
    filed = answered(network)
    code, at = filed.appeal.code, AT + timedelta(days=1)
    with pytest.raises(Wrong):
        rate_appeal(code, filed.key, rating=6, by=PUBLIC, at=at)
    assert rate_appeal(code, filed.key, rating=5, by=PUBLIC, at=at).rating == 5
    assert close_appeal(code, filed.key, by=PUBLIC, at=at).state == "closed"
    fresh = make_appeal(network)
    with pytest.raises(Refused) as error:
        rate_appeal(fresh.appeal.code, fresh.key, rating=5, by=PUBLIC, at=at)
    assert {reason.code for reason in error.value.reasons} == {"not_answered"}


def test_closed_unfixed_is_counted_apart_and_late_ones_are_seen():
    network = make_fed_network()
    by = make_operator(network)
    appeal = accept_appeal(make_appeal(network).appeal, by=by, at=AT)
    make_appeal(network)
    close_unfixed(appeal, reason="The line must be renewed first", by=by, at=AT)
    counted = tally(Appeal.objects.all(), date(2026, 12, 31))
    assert (counted.closed_unfixed, counted.waiting, counted.overdue) == (1, 1, 1)
    assert overdue_appeals(Appeal.objects.all(), date(2026, 11, 19)).count() == 0
    assert overdue_appeals(Appeal.objects.all(), date(2026, 11, 20)).count() == 1


@pytest.mark.parametrize(
    "text", ["Call 8 701 555 01 99", "write to a@b.kz", "Markedova has no water"]
)
def test_the_public_wording_lets_nothing_personal_through(text):
    network = make_fed_network()
    appeal = make_appeal(network).appeal
    with pytest.raises(Wrong):
        word_appeal(appeal, statement=text, by=make_operator(network), at=AT)
    appeal.refresh_from_db()
    assert appeal.statement == ""


def test_contacts_are_forgotten_when_their_time_is_over():
    network = make_fed_network()
    filed = answered(network)
    close_appeal(filed.appeal.code, filed.key, by=PUBLIC, at=AT + timedelta(days=1))
    assert forget_contacts_due(at=AT + timedelta(days=1000)) == 0
    assert forget_contacts_due(at=AT + timedelta(days=1200)) == 1
    contact = Contact.objects.get()
    assert (contact.name, contact.phone, contact.statement) == ("", "", "")
    assert forget_contacts_due(at=AT + timedelta(days=1201)) == 0


def test_an_operator_of_another_region_is_refused():
    network = make_fed_network()
    appeal = make_appeal(network).appeal
    far = make_operator(network, region="71")
    assert Grant("call_operator", network.utility_service.organisation.code, "71") in far.grants
    with pytest.raises(Refused):
        accept_appeal(appeal, by=far, at=AT)
    assert Organisation.objects.filter(kind="utility").exists()
