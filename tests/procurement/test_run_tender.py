"""A tender from its announcement to the signed contract, and everything that stops it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from qaita.kernel.actor import CLOCK, Actor, Grant
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing, NotYours, Refused, Wrong
from qaita.law.tendering import tendering
from qaita.ledger.models import Entry
from qaita.ledger.queries import timeline
from qaita.procurement import services
from qaita.procurement.models import Bid, Debarment
from qaita.procurement.queries import bid_statistics, receipt_of
from qaita.procurement.states import (
    why_no_bid,
)  # fmt: skip

from .make import (
    AFTER,
    AT,
    CLOSES_AT,
    OFFICE,
    make_draft,
    make_lot_plan,
    make_organisation,
    make_procedure,
    make_project,
    only_bid,
)

pytestmark = pytest.mark.django_db


def signing_day(award):
    return AFTER + timedelta(days=(award.standstill_until_on - day_of(AFTER)).days + 1)


def test_a_tender_runs_from_announcement_to_the_signed_contract() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    made.bid("OR-SUP2", "95000000.00")
    award = made.award()
    assert award.bid.supplier.code == "OR-SUP2"
    contract = services.draft_contract(award, starts_on=day_of(AFTER), by=made.head, at=AFTER)
    made.sign(contract, signing_day(award))
    contract.refresh_from_db()
    made.fresh()
    assert (contract.state, contract.sum_kzt) == ("signed", Decimal("95000000.00"))
    assert made.tender.state == "concluded"
    assert made.tender.project.state == "ready"
    told = [moment.action for moment in timeline(made.tender.code)]
    assert told == ["draft", "announce", "close", "admit", *["share"] * 3, "open", "award",
                    "conclude"]  # fmt: skip


def test_the_announcement_writes_the_committees_keys_into_the_ledger() -> None:
    made = make_procedure()
    facts = timeline(made.tender.code)[1].facts
    assert set(facts["committee"]) == set(made.keys)
    assert facts["committee_digest"] == made.tender.committee_digest


def test_the_log_does_not_say_who_bids_before_the_closing() -> None:
    made = make_procedure()
    bid = made.bid("OR-SUP1", "99000000.00")
    leaf = Entry.objects.get(code=bid.code).leaf
    assert "OR-SUP1" not in leaf
    assert bid.envelope_sha256 in leaf
    assert receipt_of(bid).envelope_sha256 == bid.envelope_sha256


@pytest.mark.parametrize(
    ("lot", "reason"),
    [
        ({"quantity": Decimal("4000.001")}, "over_approval"),
        ({"estimate_kzt": Decimal("500000000.01")}, "over_approval"),
    ],
)
def test_a_lot_beyond_the_approval_is_not_announced(lot, reason) -> None:
    made = make_draft(lot=lot)
    with pytest.raises(Refused, match=reason):
        services.announce_tender(made.fresh(), by=made.head, at=AT)


def test_two_tenders_together_cannot_pass_the_approval() -> None:
    project = make_project()
    make_procedure(project=project, lot={"quantity": Decimal(3000)})
    project.refresh_from_db()
    second = make_draft(project=project, lot={"quantity": Decimal(1001)})
    with pytest.raises(Refused, match="over_approval"):
        services.announce_tender(second.fresh(), by=second.head, at=AT)


def test_a_tender_without_lots_or_for_a_draft_project_is_refused() -> None:
    made = make_draft(lots=(make_lot_plan(),))
    made.tender.lots.all().delete()
    with pytest.raises(Refused, match="no_lots"):
        services.announce_tender(made.tender, by=made.head, at=AT)


def test_a_committee_smaller_than_the_law_asks_is_refused() -> None:
    made = make_draft(members=1, threshold=1)
    with pytest.raises(Refused, match="no_committee"):
        services.announce_tender(made.fresh(), by=made.head, at=AT)


def test_a_bid_at_the_closing_instant_is_late_and_one_before_is_not() -> None:
    made = make_procedure()
    with pytest.raises(Refused, match="late"):
        made.bid("OR-SUP1", "99000000.00", at=CLOSES_AT)
    made.bid("OR-SUP1", "99000000.00", at=CLOSES_AT - timedelta(milliseconds=1))


def test_a_second_bid_for_the_lot_is_refused_until_the_first_is_withdrawn() -> None:
    made = make_procedure()
    bid = made.bid("OR-SUP1", "99000000.00")
    with pytest.raises(Refused, match="double_bid"):
        made.bid("OR-SUP1", "98000000.00")
    services.withdraw_bid(bid, by=made.supplier("OR-SUP1"), at=AT + timedelta(days=4))
    made.bid("OR-SUP1", "98000000.00", at=AT + timedelta(days=4))
    assert bid_statistics(made.lot).received == 1


def test_an_affiliate_of_a_bidder_is_refused() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    services.declare_affiliation(
        make_organisation("OR-SUP1"), make_organisation("OR-SUP2"),
        ground="one owner", by=OFFICE, at=AT,
    )  # fmt: skip
    with pytest.raises(Refused, match="affiliate"):
        made.bid("OR-SUP2", "98000000.00")


def test_a_debarred_supplier_is_refused_for_the_months_of_the_law() -> None:
    won = make_procedure()
    won.bid("OR-SUP1", "99000000.00")
    award = won.award()
    made = make_procedure(project=make_project("AP-NEXT"))
    supplier, other = make_organisation("OR-SUP1"), make_organisation("OR-SUP2")
    ground = ("declined_award", award.code)
    far, near = (
        Actor("PN-AUDIT", frozenset({Grant("auditor", region=kato)}))
        for kato in ("10", award.lot.tender.project.region.kato)
    )
    for by, who, error in ((far, supplier, NotYours), (near, other, Missing)):
        with pytest.raises(error):
            services.debar_supplier(who, ground=ground, reason="walked away", by=by, at=AT)
    services.debar_supplier(supplier, ground=ground, reason="walked away", by=near, at=AT)
    with pytest.raises(Refused, match="debarred"):
        made.bid("OR-SUP1", "99000000.00")
    entry = Debarment.objects.get()
    months = tendering(on=day_of(AT)).debarment_months
    assert (entry.until_on.year - entry.since_on.year) * 12 == months
    with pytest.raises(NotYours):
        services.debar_supplier(
            supplier, ground=ground, reason="x", by=made.supplier("OR-SUP2"), at=AT
        )


def test_the_buyer_cannot_bid_and_nobody_bids_for_another() -> None:
    made = make_procedure()
    reasons = why_no_bid(made.lot, made.tender.buyer, at=AT + timedelta(days=1))
    assert [reason.code for reason in reasons] == ["buyer_bids"]
    with pytest.raises(NotYours):
        services.submit_bid(
            made.lot, supplier=make_organisation("OR-SUP1"),
            sealed=(made.seal("OR-SUP1", "1.00"), {}), by=made.supplier("OR-SUP2"), at=AT,
        )  # fmt: skip


def test_an_unanswered_question_holds_the_closing_up() -> None:
    made = make_procedure()
    question = services.ask_question(
        made.tender, text="Which steel?", asker=make_organisation("OR-SUP1"),
        by=made.supplier("OR-SUP1"), at=AT + timedelta(days=1),
    )  # fmt: skip
    made.bid("OR-SUP2", "99000000.00")
    assert made.close().state == "open"
    services.answer_question(question, text="ST20", by=made.head, at=AFTER)
    assert made.close().state == "closed"
    assert services.close_due(at=AFTER) == []


def test_a_question_too_near_the_closing_is_refused() -> None:
    made = make_procedure()
    with pytest.raises(Refused, match="questions_over"):
        services.ask_question(
            made.tender, text="?", asker=make_organisation("OR-SUP1"),
            by=made.supplier("OR-SUP1"), at=CLOSES_AT - timedelta(hours=1),
        )  # fmt: skip


def test_a_tender_without_bids_ends_without_a_result() -> None:
    made = make_procedure()
    assert made.tender.project.state == "choosing_contractor"
    assert made.close().state == "failed"
    assert made.tender.project.state == "confirmed"


def test_shares_before_admission_and_prices_before_k_shares_are_refused() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    pads = {bid.code: {} for bid in Bid.objects.all()}
    for prepare in (lambda: None, made.close):
        prepare()
        with pytest.raises(Refused, match="not_admitted_yet"):
            services.contribute_share(made.tender, pads, by=made.members[0], at=AFTER)
    made.admit_all()
    made.contribute(2)
    with pytest.raises(Refused, match="too_few_shares"):
        services.open_bids(made.tender, by=made.members[0], at=AFTER)
    with pytest.raises(Refused, match="share_given"):
        made.contribute(1)
    made.contribute_third = made.pads(made.members[2].code)
    stranger = Actor("PN-STRANGER", made.members[0].grants)
    with pytest.raises(Refused, match="not_on_committee"):
        services.contribute_share(made.tender, made.contribute_third, by=stranger, at=AFTER)
    with pytest.raises(Refused, match="false_share"):  # a colleague's share is not mine
        services.contribute_share(made.tender, made.contribute_third, by=made.members[3], at=AFTER)


def test_a_rejected_bidders_price_stays_sealed() -> None:
    made = make_procedure()
    rejected = made.bid("OR-SUP1", "90000000.00")
    made.bid("OR-SUP2", "99000000.00")
    made.close()
    rejected.refresh_from_db()
    services.reject_bidder(rejected, reason="no licence", by=made.members[0], at=AFTER)
    made.admit_all()
    made.contribute(3)
    services.open_bids(made.tender, by=made.members[0], at=AFTER)
    rejected.refresh_from_db()
    assert (rejected.state, rejected.price_kzt) == ("rejected", None)


@pytest.mark.parametrize("price", ["120000000.01", "0", "-5", "1e400", "NaN", "ten", "1.001"])
def test_a_price_that_is_none_or_above_the_estimate_is_invalid(price: str) -> None:
    made = make_procedure()
    made.bid("OR-SUP1", price)
    made.bid("OR-SUP2", price)
    made.open()
    assert {bid.state for bid in Bid.objects.all()} == {"invalid"}
    with pytest.raises(Refused, match="no_valid_bid"):
        services.award_lot(made.lot, by=made.head, at=AFTER)
    assert services.end_without_result(made.fresh(), by=made.head, at=AFTER).state == "failed"


def test_a_preference_of_the_law_decides_and_the_page_can_say_who_would_win_without() -> None:
    made = make_procedure()
    law = tendering(on=day_of(AT))
    made.bid("OR-CHEAP", "100000000.00")
    made.bid("OR-SKILLED", "101000000.00", years_main=3)
    award = made.award()
    assert award.bid.supplier.code == "OR-SKILLED"
    assert award.without_preferences.supplier.code == "OR-CHEAP"
    assert award.sum_kzt == Decimal("101000000.00")
    percent = law.discount_main_percent_a_year * 3
    bid = Bid.objects.get(supplier__code="OR-SKILLED")
    assert bid.conditional_kzt == Decimal("101000000.00") * (100 - percent) / 100
    assert bid.preferences == [{"kind": "years_main", "percent": str(percent), "evidence": "3"}]


def test_preferences_stop_at_the_laws_cap() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "100000000.00", years_main=60, years_sub=60)
    made.open()
    cap = tendering(on=day_of(AT)).discount_cap_percent
    assert sum(Decimal(p["percent"]) for p in only_bid().preferences) == cap


def test_equal_prices_go_to_the_earlier_bid() -> None:
    made = make_procedure()
    made.bid("OR-LATER", "100000000.00", at=AT + timedelta(days=2))
    made.bid("OR-EARLIER", "100000000.00", at=AT + timedelta(days=1))
    assert made.award().bid.supplier.code == "OR-EARLIER"


def test_a_cancelled_tender_says_why_and_keeps_bids_sealed() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    with pytest.raises(Refused, match="decision_needed"):
        services.cancel_tender(made.tender, reason=" ", by=made.head, at=AT)
    services.cancel_tender(made.tender, reason="The design changed", by=made.head, at=AT)
    assert made.fresh().state == "cancelled"
    assert Bid.objects.get().price_kzt is None


def test_a_false_qualification_or_plan_is_wrong_field_by_field() -> None:
    made = make_procedure()
    with pytest.raises(Wrong, match="years_main"):
        made.bid("OR-SUP1", "99000000.00", years_main=-1)
    with pytest.raises(Wrong, match="lots"):
        make_draft(project=made.tender.project, lot={"quantity": Decimal(0)})


def test_a_member_gives_only_its_own_key() -> None:
    made = make_draft()
    with pytest.raises(NotYours):
        services.give_member_key(
            made.tender.members.first().person, b"x" * 32, by=made.members[1], at=AT
        )
    with pytest.raises(Wrong):
        services.give_member_key(
            made.tender.members.first().person, bytes(32), by=made.members[0], at=AT
        )


def test_the_clock_alone_closes() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    made.close()
    assert timeline(made.tender.code)[-1].actor == CLOCK.code
    assert replace(CLOCK, code="x").has("clock")
