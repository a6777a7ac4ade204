"""What waits for buyers, bidders, committee members and the control body."""

from collections.abc import Iterator
from functools import partial

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from qaita.kernel.clock import day_of
from qaita.procurement.models import (
    Amendment,
    Award,
    Bid,
    Complaint,
    Contract,
    MemberKey,
    Question,
    Tender,
)
from qaita.procurement.queries import committees_of, contracts_of, tenders_of
from qaita.procurement.states import BUYERS, CONTROL
from qaita.programme.models import Project
from qaita.web.desk.items import QueueItem, first_items
from qaita.web.formats import day_text
from qaita.web.middleware import Request
from qaita.web.templatetags.qaita import named

MOST = 20
MOST_TENDERS = 100


def queue(request: Request) -> list[QueueItem]:
    """Return what procurement asks of this person."""
    items: list[QueueItem] = []
    has = request.actor.has
    if any(has(role) for role in BUYERS):
        items.extend(_of_buyer(request))
    if has("committee_member"):
        items.extend(_of_member(request))
    if has("supplier") or has("utility_head"):
        items.extend(_of_side(request))
    if has("supplier"):
        items.extend(_of_supplier(request))
    if any(has(role) for role in CONTROL):
        items.extend(_of_control())
    return items


def _of_buyer(request: Request) -> Iterator[QueueItem]:
    mine = tenders_of(request.actor)
    codes = {code for role in BUYERS for code in request.actor.organisations(role)}
    waiting = Project.objects.filter(state="confirmed", utility__code__in=codes)
    waiting = waiting.exclude(tenders__state="draft")
    yield from first_items(waiting, MOST, _to_announce, url=reverse("programme:home"))
    asked = Question.objects.filter(tender=OuterRef("pk"), state="asked")
    unwritten = Award.objects.filter(
        lot__tender=OuterRef("pk"), state="standing", contract__isnull=True
    )
    states = ("draft", "open", "closed", "opened", "awarded")
    rows = mine.filter(state__in=states).annotate(
        has_question=Exists(asked), has_award=Exists(unwritten)
    )
    tenders = list(rows[:MOST_TENDERS])
    if any(tender.has_question for tender in tenders):
        yield from _questions(mine)
    for tender in tenders:
        if tender.state in {"draft", "opened"}:
            draft = tender.state == "draft"
            yield _tender_item(_("Announce the tender") if draft else _("Award the lots"), tender)
        if tender.has_award:
            yield _tender_item(_("Write the contract"), tender)


def _questions(mine: QuerySet[Tender]) -> Iterator[QueueItem]:
    rows = Question.objects.filter(tender__in=mine, state="asked").select_related("tender")
    yield from first_items(rows, MOST, _question_item, url=_tenders("open"))


def _of_member(request: Request) -> Iterator[QueueItem]:
    if not MemberKey.objects.filter(person__code=request.actor.code).exists():
        yield QueueItem(
            _("Make your key"), _("Without it you cannot sit on a committee."),
            reverse("procurement:key"), tone="warn", role="committee_member",
        )  # fmt: skip
    closed = committees_of(request.actor).filter(state="closed")
    admits = partial(_tender_item, _("Admit the bidders"))
    yield from first_items(closed, MOST, admits, url=_tenders("closed"))
    waiting = committees_of(request.actor).filter(state="admitted")
    given = {"bids__shares__member__person__code": request.actor.code}
    yield from first_items(waiting.exclude(**given), MOST, _share_item, url=_tenders("admitted"))
    opens = partial(_tender_item, _("Open the prices"))
    mine = waiting.filter(**given).distinct()
    yield from first_items(mine, MOST, opens, url=_tenders("admitted"))


def _of_side(request: Request) -> Iterator[QueueItem]:
    mine = contracts_of(request.actor)
    turns = (("draft", "supplier"), ("half_signed", "utility_head"))
    for state, role in turns:
        codes = request.actor.organisations(role)
        side = {"supplier__code__in": codes} if role == "supplier" else {"buyer__code__in": codes}
        rows = mine.filter(state=state, **side).select_related("award")
        address = f"{reverse('procurement:contracts')}?state={state}"
        yield from first_items(rows, MOST, _contract_item, url=address)


def _of_supplier(request: Request) -> Iterator[QueueItem]:
    """Changes of contracts to answer, and tenders that still take bids."""
    codes = request.actor.organisations("supplier")
    rows = Amendment.objects.filter(state="proposed", contract__supplier__code__in=codes)
    rows = rows.select_related("contract__lot")
    yield from first_items(rows, MOST, _amendment_item, url=reverse("procurement:contracts"))
    taken = Bid.objects.filter(tender=OuterRef("pk"), supplier__code__in=codes)
    open_now = Tender.objects.filter(~Exists(taken), state="open", closes_at__gt=request.at)
    open_now = open_now.order_by("closes_at", "pk")
    yield from first_items(open_now, MOST, _open_item, url=_tenders("open"))


def _of_control() -> Iterator[QueueItem]:
    filed = Complaint.objects.filter(state="filed")
    yield from first_items(filed, MOST, _complaint_item, url=_tenders("awarded"))


def _tenders(state: str) -> str:
    return f"{reverse('procurement:tenders')}?state={state}"


def _to_announce(project: Project) -> QueueItem:
    url = reverse("procurement:new", args=[project.code])
    return QueueItem(_("Announce a tender"), named(project, "title"), url, tone="info")


def _question_item(question: Question) -> QueueItem:
    closes_at = question.tender.closes_at
    url = reverse("procurement:answer", args=[question.code])
    due_on = day_of(closes_at) if closes_at else None
    return QueueItem(_("Answer a question"), question.question[:120], url, due_on, "warn")


def _share_item(tender: Tender) -> QueueItem:
    url = reverse("procurement:shares", args=[tender.code])
    return QueueItem(_("Give your share of the key"), named(tender, "title"), url, tone="warn")


def _amendment_item(amendment: Amendment) -> QueueItem:
    contract = amendment.contract
    url = reverse("procurement:contract", args=[contract.code])
    title = _("Answer a change of the contract")
    return QueueItem(title, named(contract.lot, "title"), url, tone="warn", role="supplier")


def _open_item(tender: Tender) -> QueueItem:
    url = reverse("procurement:tender", args=[tender.code])
    due_on = day_of(tender.closes_at) if tender.closes_at else None
    title = named(tender, "title")
    return QueueItem(_("Bids are taken"), title, url, due_on, role="supplier")


def _complaint_item(complaint: Complaint) -> QueueItem:
    url = reverse("procurement:resolve", args=[complaint.code])
    text = complaint.statement[:120]
    return QueueItem(_("Decide a complaint"), text, url, complaint.due_on, "warn")


def _tender_item(title: str, tender: Tender) -> QueueItem:
    url = reverse("procurement:tender", args=[tender.code])
    return QueueItem(title, named(tender, "title"), url, tone="info")


def _contract_item(contract: Contract) -> QueueItem:
    url = reverse("procurement:contract", args=[contract.code])
    text = _("may be signed after %(day)s") % {
        "day": day_text(contract.award.standstill_until_on, short=True)
    }
    return QueueItem(_("Sign the contract"), f"{named(contract.lot, 'title')}: {text}", url)
