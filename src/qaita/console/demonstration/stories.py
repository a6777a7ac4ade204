"""The life of one project, told step by step through the services of the rooms.

A story is a generator that yields the instant of its next step. Many stories are told at once in
the order of their instants, so the ledger of the demonstration runs forward in time.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from qaita.console.demonstration.building import build
from qaita.console.demonstration.cast import CHEAP, Side, qualification_of
from qaita.console.demonstration.story import Part, Steps, Story, later
from qaita.funding.services import Terms, commit_funding, estimate_tariff
from qaita.kernel.actor import Actor
from qaita.kernel.clock import day_of
from qaita.kernel.ids import derived_code
from qaita.law.workdays import add_working_days
from qaita.procurement import services as buying
from qaita.procurement.models import Award, Bid, Lot, Tender
from qaita.procurement.queries import address_of
from qaita.procurement.services import LotPlan, TenderPlan, open_share, seal_offer
from qaita.programme.services import VERBS, Decision, Draft, draft_project

WORKS_CODE = {"heat": "422122.335.000000", "power": "422222.335.000000"}
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
        at = yield from _buy(story, at)
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


# ------------------------------------------------------------------ tender


def _plan(story: Story, at: datetime) -> TenderPlan:
    project = story.project
    closes_at = later(at, 13)
    if closes_at < at + timedelta(days=17):
        closes_at = later(at + timedelta(days=17), 1)
    lot = LotPlan(
        project.title_kk,
        project.title_ru,
        project.title_en,
        category="works",
        ens_tru=WORKS_CODE.get(project.service, "422121.335.000000"),
        quantity=Decimal(str(int(project.length_planned_m * 1000) / 1000)),
        unit="m",
        estimate_kzt=project.cost_kzt,
        delivery_kato=project.region.kato + "0000000",
        delivery_days=150,
        code=derived_code("LT", project.code),
    )
    return TenderPlan(
        project.title_kk,
        project.title_ru,
        project.title_en,
        lots=(lot,),
        committee=tuple(side.person for side in story.cast.committee),
        threshold=3,
        closes_at=closes_at,
        code=derived_code("TN", project.code),
    )


def _buy(story: Story, at: datetime) -> Part:
    at = later(at, 3)
    yield at
    plan = _plan(story, at)
    tender = buying.draft_tender(story.project, plan, by=story.head.actor, at=at)
    buying.announce_tender(tender, by=story.head.actor, at=at)
    story.tender, story.lot = tender, Lot.objects.select_related("tender__buyer").get(tender=tender)
    story.tell("announced", at)
    yield from _ask(story, at)
    yield from _bid(story, at)
    if not story.goes_to("ready") and story.seed % 2:
        return at
    at = plan.closes_at + timedelta(hours=1)
    yield at
    award = _open(story, at)
    if story.ending == "complaint":
        yield from _complain(story, award, at)
        return at
    if not story.goes_to("ready"):
        return at
    at = later(at, 5)
    yield at
    _sign(story, award, at)
    return at


def _ask(story: Story, at: datetime) -> Iterator[datetime]:
    asker = story.cast.suppliers[story.seed % len(story.cast.suppliers)]
    at = later(at, 2)
    yield at
    question = buying.ask_question(
        story.tender,
        text="Жұмысты түнде жүргізуге бола ма? / Можно ли вести работы ночью?",
        asker=asker.organisation,
        by=asker.actor,
        at=at,
    )
    at = later(at, 1)
    yield at
    answer = "Иә, әкімдікпен келісіп. / Да, по согласованию с акиматом."
    buying.answer_question(question, text=answer, by=story.head.actor, at=at)


def _bidders(story: Story) -> list[Side]:
    ring, start = story.cast.suppliers, story.seed
    return [ring[(start + step) % len(ring)] for step in range(3 + story.seed % 2)]


def _bid(story: Story, at: datetime) -> Iterator[datetime]:
    for number, side in enumerate(_bidders(story)):
        at = later(at, 2)
        yield at
        share = Decimal(85 + (story.seed * 7 + number * 5) % 14) / 100
        price = (story.lot.estimate_kzt * share).quantize(Decimal("0.01"))
        envelope = seal_offer(
            {"price_kzt": str(price)}, address_of(story.lot, side.organisation.code)
        )
        buying.submit_bid(
            story.lot,
            supplier=side.organisation,
            sealed=(envelope, qualification_of(story.lot, number)),
            by=side.actor,
            at=at,
            code=derived_code("BD", story.lot.code, number),
        )
    story.tell("bids", at)


def _fresh(story: Story) -> Tender:
    found = Tender.objects.select_related("buyer", "project").get(pk=story.tender.pk)
    story.tender = found
    return found


def _open(story: Story, at: datetime) -> Award:
    """Close, admit, give three shares, open and award."""
    buying.close_due(at=at)
    chair, tender = story.cast.committee[0], _fresh(story)
    bids = list(Bid.objects.filter(tender=tender, state="received"))
    for bid in bids:
        buying.admit_bidder(bid, by=chair.actor, at=at)
    buying.finish_admission(_fresh(story), by=chair.actor, at=at)
    tender = _fresh(story)
    for side in story.cast.committee[:3]:
        key = story.cast.member_keys[side.person.code]
        pads = {bid.code: open_share(bytes(bid.envelope), side.person.code, key) for bid in bids}
        buying.contribute_share(tender, pads, by=side.actor, at=at)
    buying.open_bids(tender, by=chair.actor, at=at)
    _fresh(story)
    lot = Lot.objects.select_related("tender__buyer").get(tender=story.tender)
    award = buying.award_lot(lot, explanation=CHEAP, by=story.head.actor, at=at)
    story.tell("awarded", at)
    return award


def _complain(story: Story, award: Award, at: datetime) -> Iterator[datetime]:
    others = [s for s in _bidders(story) if s.organisation.pk != award.bid.supplier_id]
    at = later(at, 1)
    yield at
    buying.file_complaint(
        award,
        complainant=others[0].organisation,
        statement="Жеңімпаздың тәжірибесі расталмаған. / Опыт победителя не подтверждён.",
        by=others[0].actor,
        at=at,
    )
    story.tell("complaint", at)


def _winner(story: Story, award: Award) -> Side:
    return next(
        side for side in story.cast.suppliers if side.organisation.pk == award.bid.supplier_id
    )


def _sign(story: Story, award: Award, at: datetime) -> None:
    starts_on: date = add_working_days(day_of(at), 5)
    award = Award.objects.select_related("bid__supplier", "bid__tender__buyer", "lot").get(
        pk=award.pk
    )
    contract = buying.draft_contract(
        award,
        starts_on=starts_on,
        by=story.head.actor,
        at=at,
        code=derived_code("CN", award.lot.code),
    )
    buying.sign_contract(contract, by=_winner(story, award).actor, at=at)
    buying.sign_contract(contract, by=story.head.actor, at=at)
    story.contract = contract
    story.tell("contract", at)
