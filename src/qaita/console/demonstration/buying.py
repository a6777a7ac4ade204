"""The tender of a story: announced, asked about, bid for, opened, awarded, signed.

A story may end at any point on the way, so that each of them waits for somebody today.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from qaita.console.demonstration.cast import CHEAP, Side, qualification_of
from qaita.console.demonstration.story import Part, Story, later
from qaita.kernel.clock import day_of
from qaita.kernel.ids import derived_code
from qaita.law.workdays import add_working_days
from qaita.procurement import services as tendering
from qaita.procurement.models import Award, Bid, Contract, Lot, Tender
from qaita.procurement.queries import address_of
from qaita.procurement.services import (
    LotPlan,
    Offered,
    TenderPlan,
    offer_of,
    open_share,
    seal_offer,
)
from qaita.producers.queries import products_fitting

WORKS_CODE = {"heat": "422122.335.000000", "power": "422222.335.000000"}
OPEN_NOW = ("questions", "bidding")
STAYS_OPEN_DAYS = 32  # working days of bidding where bids are taken today
CHOICE, ABROAD = 24, 4  # among how many products bidders choose; every which offers a foreign one
ELSEWHERE = (
    ("Импорттық құбыр немесе кабель / Труба или кабель, импорт", "CN"),
    ("Импорттық желі өнімі / Сетевое изделие, импорт", "TR"),
)
BID_SHARE = {"wins": (86, 92, 6), "loses": (99, 90, 6)}  # of the estimate: lead, others, spread


def buy(story: Story, at: datetime) -> Part:
    """Tell the tender as far as the story goes."""
    at = later(at, 3)
    yield at
    plan = _plan(story, at)
    tender = tendering.draft_tender(story.project, plan, by=story.head.actor, at=at)
    tendering.announce_tender(tender, by=story.head.actor, at=at)
    story.tender, story.lot = tender, Lot.objects.select_related("tender__buyer").get(tender=tender)
    story.tell("announced", at)
    yield from _ask(story, at)
    yield from _bid(story, at)
    if story.ending in OPEN_NOW:
        return at
    at = plan.closes_at + timedelta(hours=1)
    yield at
    award = _open(story, at)
    if award is None:
        return at
    if story.ending == "complaint":
        yield from _complain(story, award, at)
    if story.ending in ("awarded", "complaint"):
        return at
    at = later(at, 5)
    yield at
    _sign(story, award, at)
    return at


def _plan(story: Story, at: datetime) -> TenderPlan:
    project = story.project
    closes_at = later(at, STAYS_OPEN_DAYS if story.ending in OPEN_NOW else 13)
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


def _ask(story: Story, at: datetime) -> Iterator[datetime]:
    asker = _bidders(story)[-1]
    at = later(at, 2)
    yield at
    question = tendering.ask_question(
        story.tender,
        text="Жұмысты түнде жүргізуге бола ма? / Можно ли вести работы ночью?",
        asker=asker.organisation,
        by=asker.actor,
        at=at,
    )
    if story.ending == "questions":
        return
    at = later(at, 1)
    yield at
    answer = "Иә, әкімдікпен келісіп. / Да, по согласованию с акиматом."
    tendering.answer_question(question, text=answer, by=story.head.actor, at=at)


def _bidders(story: Story) -> list[Side]:
    """Return who bids; a supplier that leads comes first, one that is away not at all."""
    lead, *others = story.cast.suppliers
    wanted = 3 + story.seed % 2
    if not story.lead:
        ring, start = story.cast.suppliers, story.seed
        return [ring[(start + step) % len(ring)] for step in range(wanted)]
    found = [others[(story.seed + step) % len(others)] for step in range(wanted)]
    return found if story.lead == "away" else [lead, *found[1:]]


def _share_of(story: Story, number: int) -> Decimal:
    """Return the price of a bid as a share of the estimate."""
    lead, least, spread = BID_SHARE.get(story.lead, (0, 85, 14))
    if number == 0 and lead:
        return Decimal(lead) / 100
    return Decimal(least + (story.seed * 7 + number * 5) % spread) / 100


def _bid(story: Story, at: datetime) -> Iterator[datetime]:
    at = later(at, 2)
    for number, side in enumerate(_bidders(story)):
        at = later(at, 2)
        yield at
        price = (story.lot.estimate_kzt * _share_of(story, number)).quantize(Decimal("0.01"))
        offer = offer_of(price, _offered(story, number, on=day_of(at)))
        envelope = seal_offer(offer, address_of(story.lot, side.organisation.code))
        tendering.submit_bid(
            story.lot,
            supplier=side.organisation,
            sealed=(envelope, qualification_of(story.lot, number)),
            by=side.actor,
            at=at,
            code=derived_code("BD", story.lot.code, number),
        )
    story.tell("bids", at)


def _offered(story: Story, number: int, *, on: date) -> list[Offered]:
    """Return the pipes or cables of a bid: most from the catalogue, some from elsewhere."""
    quantity = story.lot.quantity
    fitting = products_fitting(story.lot.ens_tru, story.project.service, on=on)
    wares = fitting.filter(unit=story.lot.unit).values_list("code", flat=True)[:CHOICE]
    if not wares or (story.seed + number) % ABROAD == 0:
        name, origin = ELSEWHERE[(story.seed + number) % len(ELSEWHERE)]
        return [Offered(quantity, name=name, origin=origin, unit=story.lot.unit)]
    return [Offered(quantity, product=wares[(story.seed * 3 + number) % len(wares)])]


def _fresh(story: Story) -> Tender:
    found = Tender.objects.select_related("buyer", "project").get(pk=story.tender.pk)
    story.tender = found
    return found


def _open(story: Story, at: datetime) -> Award | None:
    """Close, admit, give three shares, open and award, or stop before one of them."""
    tendering.close_due(at=at)
    if story.ending == "admission":
        return None
    chair, tender = story.cast.committee[0], _fresh(story)
    bids = list(Bid.objects.filter(tender=tender, state="received"))
    for bid in bids:
        tendering.admit_bidder(bid, by=chair.actor, at=at)
    tendering.finish_admission(_fresh(story), by=chair.actor, at=at)
    tender = _fresh(story)
    # where shares are awaited, the first member's is the last that is missing
    for side in story.cast.committee[1:3] if story.ending == "shares" else story.cast.committee[:3]:
        key = story.cast.member_keys[side.person.code]
        pads = {bid.code: open_share(bytes(bid.envelope), side.person.code, key) for bid in bids}
        tendering.contribute_share(tender, pads, by=side.actor, at=at)
    if story.ending == "shares":
        return None
    tendering.open_bids(tender, by=chair.actor, at=at)
    _fresh(story)
    return None if story.ending == "opened" else _award(story, at)


def _award(story: Story, at: datetime) -> Award:
    lot = Lot.objects.select_related("tender__buyer").get(tender=story.tender)
    award = tendering.award_lot(lot, explanation=CHEAP, by=story.head.actor, at=at)
    story.tell("awarded", at)
    return award


def _complain(story: Story, award: Award, at: datetime) -> Iterator[datetime]:
    others = [s for s in _bidders(story) if s.organisation.pk != award.bid.supplier_id]
    at = later(at, 1)
    yield at
    tendering.file_complaint(
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
    """Draft the contract, and sign it by as many sides as the story tells."""
    starts_on: date = add_working_days(day_of(at), 5)
    award = Award.objects.select_related("bid__supplier", "bid__tender__buyer", "lot").get(
        pk=award.pk
    )
    contract: Contract = tendering.draft_contract(
        award,
        starts_on=starts_on,
        by=story.head.actor,
        at=at,
        code=derived_code("CN", award.lot.code),
    )
    story.contract = contract
    if story.ending == "drafted":
        return
    tendering.sign_contract(contract, by=_winner(story, award).actor, at=at)
    if story.ending == "half_signed":
        return
    tendering.sign_contract(contract, by=story.head.actor, at=at)
    story.tell("contract", at)
