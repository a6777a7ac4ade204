"""The life of one project, told step by step through the services of the rooms.

A story is a generator that yields the instant of its next step. Many stories are told at once in
the order of their instants, so the ledger of the demonstration runs forward in time.
"""

import heapq
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from qaita.console.demonstration.building import build
from qaita.console.demonstration.buying import buy
from qaita.console.demonstration.story import Part, Steps, Story, later
from qaita.funding.services import Terms, commit_funding, estimate_tariff
from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.ids import derived_code
from qaita.programme.services import VERBS, Decision, Draft, draft_project

LENDERS = ("Demo Development Bank", "Demo Housing Fund", "Demo Bank")


def tell_stories(
    stories: Sequence[Story], *, until: datetime, heard: Callable[[int], None] | None = None
) -> None:
    """Tell all stories in the order of their instants; none goes beyond `until`."""
    queue: list[tuple[datetime, int, Steps]] = []
    for number, story in enumerate(stories):
        steps = chapters(story)
        heapq.heappush(queue, (next(steps), number, steps))
    count = 0
    while queue:
        at, number, steps = heapq.heappop(queue)
        if at > until:
            continue
        following = next(steps, None)
        count += 1
        if heard:
            heard(count)
        if following is not None:
            heapq.heappush(queue, (following, number, steps))


def chapters(story: Story) -> Steps:
    """Tell the whole life: application, tender, works."""
    yield story.begins_at
    at = yield from _apply(story)
    if story.goes_to("choosing_contractor"):
        at = yield from buy(story, at)
    if story.goes_to("in_works"):
        yield from build(story, at)


# ------------------------------------------------------------------ application


SIGNATURES = (
    ("submitted", "submit", 2),
    ("technically_checked", "check_technically", 2),
    ("financially_checked", "check_financially", 2),
    ("tariff_agreed", "agree_tariff", 3),
    ("confirmed", "confirm", 2),
)


def _signer(story: Story, action: str) -> Actor:
    if action == "submit":
        return story.head.actor
    if action == "confirm":
        return story.cast.akimat
    role = {"check_technically": "technical_operator", "check_financially": "financial_operator"}
    return story.cast.signer(role.get(action, "regulator"))


def _apply(story: Story) -> Part:
    at = story.begins_at
    year = day_of(at).year if at.month < 10 else day_of(at).year + 1
    code = derived_code("AP", "demo", story.seed, story.utility.code)
    draft = Draft(story.utility, story.sections, year, run_line=story.line, code=code)
    story.project = draft_project(draft, by=story.head.actor, at=at)
    story.tell("application", at)
    for chapter, action, days in SIGNATURES:
        if not story.goes_to(chapter):
            break
        at = later(at, days)
        yield at
        if action == "check_financially":
            _find_money(story, at)
        VERBS[action](story.project, decision=Decision(), by=_signer(story, action), at=at)
        story.tell(chapter, at)
    if story.ending in ("return", "refuse"):
        at = later(at, 2)
        yield at
        _send_back(story, at)
    return at


def _send_back(story: Story, at: datetime) -> None:
    remarks = {
        "return": "Құбыр материалының негіздемесін қосыңыз. / Добавьте обоснование материала труб.",
        "refuse": "Бұл учаске басқа бағдарламада бар. / Участок есть в другой программе.",
    }[story.ending]
    VERBS[story.ending](
        story.project,
        decision=Decision(remarks),
        by=story.cast.signer("technical_operator"),
        at=at,
    )
    story.tell(story.ending, at)


def _find_money(story: Story, at: datetime) -> None:
    """Fill the project's purse: a loan with a subsidised rate and the utility's own money."""
    project, lender = story.project, story.cast.signer("financial_operator")
    own_kzt = (project.cost_kzt * Decimal("0.15")).quantize(Decimal("0.01"))
    name = LENDERS[story.seed % len(LENDERS)]
    loan = Terms("loan", project.cost_kzt - own_kzt, 18.0, 11.0, 15.0, name)
    commit_funding(project, loan, by=lender, at=at)
    commit_funding(project, Terms("own", own_kzt), by=lender, at=at)
    estimate_tariff(project, by=lender, at=at)
    project.refresh_from_db()
    story.tell("money", at)
