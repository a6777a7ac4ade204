"""What stands against steps of a tender that the services never take too early themselves."""

from datetime import timedelta

import pytest

from qaita.kernel.actor import CLOCK
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused
from qaita.kernel.states import Ask
from qaita.law.tendering import tendering
from qaita.procurement import services
from qaita.procurement.states import CONTRACT, TENDER

from .make import AFTER, AT, CLOSES_AT, make_draft, make_organisation, make_procedure

pytestmark = pytest.mark.django_db


def against(table, action, thing, by, at=AT) -> list[str]:
    return [reason.code for reason in table.why_not(action, Ask(thing, by, at))]


def test_no_tender_follows_a_project_that_is_not_confirmed() -> None:
    made = make_draft()
    made.tender.project.state = "submitted"
    assert against(TENDER, "announce", made.tender, made.head) == ["project_not_confirmed"]


def test_a_tender_closes_at_its_instant_and_with_every_question_answered() -> None:
    made = make_procedure()
    early = CLOSES_AT - timedelta(milliseconds=1)
    assert against(TENDER, "close", made.tender, CLOCK, early) == ["not_closed_yet"]
    assert against(TENDER, "close", made.tender, CLOCK, CLOSES_AT) == []
    services.ask_question(
        made.tender,
        text="Which steel?",
        asker=make_organisation("OR-SUP1"),
        by=made.supplier("OR-SUP1"),
        at=AT + timedelta(days=1),
    )
    assert against(TENDER, "close", made.tender, CLOCK, CLOSES_AT) == ["unanswered_question"]


def test_a_contract_of_an_annulled_award_is_not_signed() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    award = made.award()
    contract = services.draft_contract(award, starts_on=AFTER.date(), by=made.head, at=AFTER)
    type(award).objects.filter(pk=award.pk).update(state="annulled")
    by = made.supplier("OR-SUP1")
    later = AFTER + timedelta(days=60)
    assert against(CONTRACT, "sign_as_supplier", contract, by, later) == ["no_award_stands"]


def test_a_tender_with_a_bid_that_can_win_is_not_ended() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    made.close()
    with pytest.raises(Refused, match="some_admitted"):
        services.end_without_result(made.fresh(), by=made.head, at=AFTER)


def test_admission_needs_every_bid_judged() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "90000000.00")
    made.close()
    with pytest.raises(Refused, match="not_all_judged"):
        services.finish_admission(made.fresh(), by=made.members[0], at=AFTER)


def test_a_closing_nearer_than_the_law_allows_is_refused() -> None:
    days = tendering(on=day_of(AT)).bid_days_min
    made = make_draft(closes_at=AT + timedelta(days=days) - timedelta(seconds=1))
    with pytest.raises(Refused, match="closes_too_soon"):
        services.announce_tender(made.fresh(), by=made.head, at=AT)
