"""What the law asks of bids: their number, their security, prices that are no dumping."""

import pytest

from qaita.kernel.errors import Refused, Wrong
from qaita.ledger.queries import timeline
from qaita.procurement import services
from qaita.procurement.models import Bid
from qaita.procurement.queries import get_lot

from .make import AFTER, AT, CHEAP, NOBODY, make_lot_plan, make_procedure, only_bid

pytestmark = pytest.mark.django_db


def begun(made) -> str:
    """Announce for a project that is really choosing a contractor; return its state."""
    made.tender.project.refresh_from_db()
    return str(made.tender.project.state)


def test_a_tender_with_fewer_bids_than_the_law_asks_ends_at_the_closing() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    assert begun(made) == "choosing_contractor"
    assert made.close(rival=False).state == "failed"
    assert only_bid().price_kzt is None and begun(made) == "confirmed"
    facts = timeline(made.tender.code)[-1].facts
    assert (facts["reason"], facts["bids"]) == ("too few bids", 1)


def test_a_lot_with_too_few_bids_stays_sealed_beside_one_that_stands() -> None:
    made = make_procedure(lots=(make_lot_plan(), make_lot_plan()))
    lone = made.tender.lots.get(number=2)
    made.bid("OR-SUP1", "99000000.00")
    made.bid("OR-SUP2", "98000000.00")
    first, made.lot = made.lot, get_lot(lone.code)
    alone = made.bid("OR-SUP3", "97000000.00")
    made.lot = first
    made.open()
    alone.refresh_from_db()
    assert (alone.state, alone.price_kzt) == ("admitted", None)
    with pytest.raises(Refused, match="too_few_bids"):
        services.award_lot(get_lot(lone.code), by=made.head, at=AFTER)
    services.award_lot(made.lot, explanation=CHEAP, by=made.head, at=AFTER)
    assert made.fresh().state == "awarded"  # nothing else can be awarded


def test_a_tender_with_nobody_admitted_is_ended_and_the_project_waits_again() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    made.close()
    for bid in Bid.objects.all():
        services.reject_bidder(bid, reason="no licence", by=made.members[0], at=AFTER)
    with pytest.raises(Refused, match="none_admitted"):
        services.finish_admission(made.fresh(), by=made.members[0], at=AFTER)
    with pytest.raises(Refused, match="not_your_role"):
        services.end_without_result(made.fresh(), by=NOBODY, at=AFTER)
    services.end_without_result(made.fresh(), by=made.head, at=AFTER)
    assert (made.fresh().state, begun(made)) == ("failed", "confirmed")


def test_a_tender_with_a_bid_that_can_win_is_not_ended() -> None:
    made = make_procedure()
    made.bid("OR-SUP1", "99000000.00")
    made.close()
    with pytest.raises(Refused, match="some_admitted"):
        services.end_without_result(made.fresh(), by=made.head, at=AFTER)


def test_a_cancelled_tender_lets_the_project_choose_again() -> None:
    made = make_procedure()
    assert begun(made) == "choosing_contractor"
    services.cancel_tender(made.tender, reason="The design changed", by=made.head, at=AT)
    assert begun(made) == "confirmed"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"security_kzt": "3599999.99"}, "security_kzt"),
        ({"security_kzt": "much"}, "security_kzt"),
        ({"security_no": " "}, "security_no"),
    ],
)
def test_a_bid_without_the_security_of_the_law_is_not_taken(given, field) -> None:
    made = make_procedure()
    with pytest.raises(Wrong, match=field):
        made.bid("OR-SUP1", "99000000.00", **given)
    assert not Bid.objects.exists()


@pytest.mark.parametrize(("price", "dumps"), [("102000000.00", True), ("102000000.01", False)])
def test_a_dumping_price_is_awarded_only_with_a_public_reason(price: str, dumps: bool) -> None:
    made = make_procedure()
    made.bid("OR-SUP1", price)
    made.open()
    if dumps:
        with pytest.raises(Refused, match="dumping"):
            services.award_lot(made.lot, explanation=" ", by=made.head, at=AFTER)
    award = services.award_lot(made.lot, explanation=CHEAP, by=made.head, at=AFTER)
    facts = timeline(award.code)[-1].facts
    assert facts.get("dumping_explained", "") == (CHEAP if dumps else "")
