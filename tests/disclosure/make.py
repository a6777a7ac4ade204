"""A ground whose purchase is told in the ledger, as the verbs of procurement tell it."""

from datetime import timedelta

from qaita.kernel.actor import SYSTEM
from qaita.ledger.services import record
from qaita.works.models import Act
from tests.works.make import SIGNED, Ground, make_accepted, make_ground


def make_told() -> Ground:
    """Make a ground and tell its tender from the announcement to the signature."""
    ground = make_ground()
    contract = ground.contract
    tender, award, bid = contract.tender, contract.award, contract.award.bid
    story = [
        ("tender.announce", tender.code, 45, "open"),
        ("bid.submit", bid.code, 25, "received"),
        ("tender.close", tender.code, 20, "closed"),
        ("bid.admit", bid.code, 16, "admitted"),
        ("tender.admit", tender.code, 16, "admitted"),
        ("bid.open", bid.code, 15, "opened"),
        ("tender.open", tender.code, 15, "opened"),
        ("award.make", award.code, 10, "standing"),
        ("tender.award", tender.code, 10, "awarded"),
        ("contract.draft", contract.code, 1, "draft"),
        ("contract.sign_as_supplier", contract.code, 0, "half_signed"),
        ("contract.sign_as_buyer", contract.code, 0, "signed"),
        ("award.sign", award.code, 0, "signed"),
        ("tender.conclude", tender.code, 0, "concluded"),
    ]
    for kind, code, days, state in story:
        at = SIGNED - timedelta(days=days)
        record(kind, code, by=SYSTEM, at=at, facts={"to": state})
    return ground


def make_told_and_accepted() -> tuple[Ground, Act]:
    """Take the told ground to an accepted and paid act."""
    ground = make_told()
    return ground, make_accepted(ground)
