"""How many projects stand where today, so that every sign-in finds its work waiting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from qaita.accounts.models import Organisation
from qaita.console.demonstration.cast import Cast
from qaita.console.demonstration.planned import Offer
from qaita.console.demonstration.story import Story, later

KEPT_AT_HOME = 2  # so that the engineer of the printed sign-in finds packages to apply for


@dataclass(frozen=True)
class Stand:
    """Where some projects stand: the chapter they reached, and at what point of it.

    `at_home` are projects of the utility of the printed sign-ins; `lead` says what the supplier
    of the printed sign-ins does in their tenders: wins, loses, or has not bid yet (away).
    """

    chapter: str
    count: int
    ending: str = ""
    lead: str = ""
    at_home: bool = False

    def told(self, one_of: int) -> int:
        """Return how many are told when one of so many is; what stands alone is always told."""
        return self.count if self.count == 1 else self.count // one_of


FUNNEL = (
    Stand("in_works", 1, "act", lead="wins", at_home=True),
    Stand("in_works", 1, "digging", lead="wins", at_home=True),
    Stand("choosing_contractor", 1, "questions", lead="away", at_home=True),
    Stand("choosing_contractor", 1, "bidding", lead="away", at_home=True),
    Stand("choosing_contractor", 1, "admission", at_home=True),
    Stand("choosing_contractor", 1, "shares", at_home=True),
    Stand("choosing_contractor", 1, "opened", at_home=True),
    Stand("choosing_contractor", 1, "awarded", lead="loses", at_home=True),
    Stand("choosing_contractor", 1, "complaint"),
    Stand("choosing_contractor", 1, "drafted", lead="wins", at_home=True),
    Stand("choosing_contractor", 1, "half_signed", at_home=True),
    Stand("ready", 1, lead="wins", at_home=True),
    Stand("tariff_agreed", 1, at_home=True),
    Stand("confirmed", 1, at_home=True),
    Stand("done", 12),
    Stand("in_works", 6),
    Stand("ready", 4),
    Stand("choosing_contractor", 2, "bidding", lead="away"),
    Stand("confirmed", 4),
    Stand("tariff_agreed", 4),
    Stand("financially_checked", 6),
    Stand("technically_checked", 6),
    Stand("submitted", 5),
    Stand("submitted", 1, "return"),
    Stand("submitted", 1, "return", at_home=True),
    Stand("submitted", 1, "refuse"),
    Stand("draft", 1, at_home=True),
    Stand("draft", 2),
)
# working days from the first line to the chapter, so that it is reached just by today
DAYS_BEFORE = {
    "done": (140, 300),
    "in_works": (66, 74),
    "ready": (52, 58),
    "confirmed": (12, 16),
    "tariff_agreed": (10, 11),
    "financially_checked": (7, 8),
    "technically_checked": (5, 6),
    "submitted": (3, 5),
    "return": (5, 7),
    "refuse": (5, 7),
    "draft": (1, 4),
    "questions": (17, 18),
    "bidding": (23, 25),
    "admission": (29, 31),
    "shares": (29, 31),
    "opened": (29, 31),
    "awarded": (28, 29),
    "complaint": (29, 30),
    "drafted": (34, 36),
    "half_signed": (34, 36),
    "act": (60, 62),
}


def stories_of(
    cast: Cast, offers: Sequence[list[Offer]], *, one_of: int, seed: int, at: datetime
) -> Iterator[Story]:
    """Give each project of the funnel its packages, its first day and its end."""
    number = 0
    for stand in FUNNEL:
        for _ in range(stand.told(one_of)):
            sections, line = _take_offer(offers, number, at_home=stand.at_home)
            number += 1
            low, high = DAYS_BEFORE.get(stand.ending) or DAYS_BEFORE[stand.chapter]
            days = low + (number * 37) % max(high - low, 1)
            owner: Organisation = sections[0].network.utility_service.organisation
            yield Story(
                cast,
                owner,
                sections,
                stand.chapter,
                _days_ago(at, days),
                seed + number,
                line=line,
                ending=stand.ending,
                lead=stand.lead,
                cuts_off=stand.chapter in ("in_works", "done") and number % 4 == 0,
            )


def _take_offer(offers: Sequence[list[Offer]], number: int, *, at_home: bool) -> Offer:
    """Take the best offer left at home, of the utility whose turn it is, or of the next one."""
    if at_home and len(offers[0]) > KEPT_AT_HOME:
        return offers[0].pop(0)
    for step in range(len(offers)):
        turn = (number + step) % len(offers)
        if len(offers[turn]) > (0 if turn else KEPT_AT_HOME):
            return offers[turn].pop(0)
    raise IndexError("the plans hold too few projects for the funnel")


def _days_ago(at: datetime, working_days: int) -> datetime:
    """Return the last morning that lies so many working days before."""
    start = at - timedelta(days=working_days)
    while later(start, working_days) > at:
        start -= timedelta(days=1)
    return later(start, 0)
