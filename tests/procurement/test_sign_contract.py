"""Standstill, complaints, contracts and their amendments."""

from datetime import timedelta
from decimal import Decimal

import pytest

from qaita.kernel.actor import Actor, Grant
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.law.tendering import tendering
from qaita.law.workdays import add_working_days
from qaita.procurement import services

from .make import AFTER, AT, CHEAP, OFFICE, make_organisation, make_procedure
from .test_run_tender import signing_day

pytestmark = pytest.mark.django_db


def test_nobody_signs_in_the_standstill_or_under_a_complaint() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    made.bid("OR-SUP2", "95000000.00")
    award = made.award()
    contract = services.draft_contract(award, starts_on=day_of(AFTER), by=made.head, at=AFTER)
    with pytest.raises(Refused, match="standstill"):
        services.sign_contract(contract, by=made.supplier("OR-SUP2"), at=AFTER)
    complaint = services.file_complaint(
        award, complainant=make_organisation("OR-SUP1"), statement="Wrong years",
        by=made.supplier("OR-SUP1"), at=AFTER + timedelta(days=1),
    )  # fmt: skip
    late = signing_day(award)
    with pytest.raises(Refused, match="complaint_open"):
        services.sign_contract(contract, by=made.supplier("OR-SUP2"), at=late)
    services.resolve_complaint(complaint, upheld=False, decision="In order", by=OFFICE, at=late)
    made.sign(contract, late)
    assert contract.state == "signed"


def test_an_upheld_complaint_annuls_the_award_and_the_next_bid_wins() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    made.bid("OR-SUP2", "95000000.00")
    award = made.award()
    contract = services.draft_contract(award, starts_on=day_of(AFTER), by=made.head, at=AFTER)
    complaint = services.file_complaint(
        award, complainant=make_organisation("OR-SUP1"), statement="False papers",
        by=made.supplier("OR-SUP1"), at=AFTER,
    )  # fmt: skip
    with pytest.raises(Refused, match="complaint_filed"):
        services.file_complaint(
            award, complainant=make_organisation("OR-SUP1"), statement="Once more",
            by=made.supplier("OR-SUP1"), at=AFTER,
        )  # fmt: skip
    seated = Actor("PN-SEATED", frozenset({Grant("programme_office", "OR-OFFICE")}))
    services.resolve_complaint(complaint, upheld=True, decision="True", by=seated, at=AFTER)
    for thing in (award, contract):
        thing.refresh_from_db()
    assert (award.state, contract.state) == ("annulled", "terminated")
    second = services.award_lot(made.lot, explanation=CHEAP, by=made.head, at=AFTER)
    assert second.bid.supplier.code == "OR-SUP1"


def test_a_winner_who_will_not_sign_makes_way_for_the_next() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    made.bid("OR-SUP2", "95000000.00")
    award = made.award()
    winner = made.supplier("OR-SUP2")
    services.decline_award(award, reason="No people left", by=winner, at=AFTER)
    made.tender.refresh_from_db()
    assert (award.state, made.tender.state) == ("declined", "opened")
    second = services.award_lot(made.lot, explanation=CHEAP, by=made.head, at=AFTER)
    assert second.bid.supplier.code == "OR-SUP1"


def test_a_complaint_after_the_days_of_the_law_or_by_a_stranger_is_refused() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    award = made.award()
    days = tendering(on=day_of(AT)).complaint_working_days
    last = add_working_days(day_of(AFTER), days)
    late = AFTER + timedelta(days=(last - day_of(AFTER)).days + 1)
    for code, at, reason in (
        ("OR-SUP1", late, "complaint_late"), ("OR-SUP9", AFTER, "not_a_bidder"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=reason):
            services.file_complaint(
                award, complainant=make_organisation(code), statement="No",
                by=made.supplier(code), at=at,
            )  # fmt: skip


def test_changes_of_a_contract_need_a_legal_ground_and_stay_under_the_cap() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "100000000.00")
    award = made.award()
    contract = services.draft_contract(award, starts_on=day_of(AFTER), by=made.head, at=AFTER)
    at = signing_day(award)
    made.sign(contract, at)
    law = tendering(on=day_of(AT))
    ground, cap = law.amendment_grounds[0], contract.sum_kzt * law.amendment_cap_percent / 100

    def propose(change, ground=ground):
        return services.propose_amendment(
            contract, ground=ground, reason="More pipe", change=(change, None),
            by=made.head, at=at,
        )  # fmt: skip

    with pytest.raises(Refused, match="unknown_ground"):
        propose(Decimal(1), "a_friend_asked")
    with pytest.raises(Refused, match="over_cap"):
        propose(cap + Decimal("0.01"))
    with pytest.raises(Wrong):
        propose(Decimal(0))  # changes nothing
    first, second = propose(cap - 1), propose(Decimal(2))
    services.agree_amendment(first, by=made.supplier("OR-SUP1"), at=at)
    with pytest.raises(Refused, match="over_cap"):
        services.agree_amendment(second, by=made.supplier("OR-SUP1"), at=at)
    contract.refresh_from_db()
    assert contract.sum_kzt == contract.original_sum_kzt + cap - 1
