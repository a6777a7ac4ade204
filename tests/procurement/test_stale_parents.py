"""What somebody else did a moment before counts, though the page had another picture of it."""

from datetime import timedelta

import pytest

from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused
from qaita.procurement import services
from qaita.procurement.models import Award, Bid, Complaint, Contract, Question

from .make import AFTER, AT, make_organisation, make_procedure

pytestmark = pytest.mark.django_db


def test_a_declined_award_is_neither_contracted_nor_complained_about() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    made.bid("OR-SUP2", "95000000.00")
    award = made.award()
    seen = Award.objects.select_related("bid__tender__buyer", "lot").get(pk=award.pk)
    services.decline_award(award, reason="Will not sign", by=made.head, at=AFTER)
    with pytest.raises(Refused, match="no_award"):
        services.draft_contract(seen, starts_on=day_of(AFTER), by=made.head, at=AFTER)
    with pytest.raises(Refused, match="no_award"):
        services.file_complaint(
            seen, complainant=make_organisation("OR-SUP1"), statement="Wrong",
            by=made.supplier("OR-SUP1"), at=AFTER,
        )  # fmt: skip
    assert not Contract.objects.exists() and not Complaint.objects.exists()


def test_a_cancelled_tender_takes_no_question_and_keeps_its_bids() -> None:
    made = make_procedure()
    bid = made.bid("OR-SUP1", "99000000.00")
    seen, tender = Bid.objects.select_related("tender", "lot").get(pk=bid.pk), made.tender
    services.cancel_tender(made.fresh(), reason="No money", by=made.head, at=AT)
    with pytest.raises(Refused, match="not_open"):
        services.withdraw_bid(seen, by=made.supplier("OR-SUP1"), at=AT + timedelta(days=4))
    with pytest.raises(Refused, match="not_open"):
        services.ask_question(
            tender, text="When?", asker=make_organisation("OR-SUP1"),
            by=made.supplier("OR-SUP1"), at=AT,
        )  # fmt: skip
    assert not Question.objects.exists()
