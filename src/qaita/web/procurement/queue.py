"""What waits for buyers, bidders, committee members and the control body."""

from collections.abc import Iterator

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
from qaita.web.desk.items import QueueItem
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
    for project in waiting.exclude(tenders__state="draft")[:MOST]:
        yield QueueItem(
            _("Announce a tender"), named(project, "title"),
            reverse("procurement:new", args=[project.code]), tone="info",
        )  # fmt: skip
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
    for question in rows[:MOST]:
        closes_at = question.tender.closes_at
        yield QueueItem(
            _("Answer a question"), question.question[:120],
            reverse("procurement:answer", args=[question.code]),
            due_on=day_of(closes_at) if closes_at else None, tone="warn",
        )  # fmt: skip


def _of_member(request: Request) -> Iterator[QueueItem]:
    if not MemberKey.objects.filter(person__code=request.actor.code).exists():
        yield QueueItem(
            _("Make your key"), _("Without it you cannot sit on a committee."),
            reverse("procurement:key"), tone="warn", role="committee_member",
        )  # fmt: skip
    for tender in committees_of(request.actor).filter(state="closed")[:MOST]:
        yield _tender_item(_("Admit the bidders"), tender)
    waiting = committees_of(request.actor).filter(state="admitted")
    for tender in waiting.exclude(bids__shares__member__person__code=request.actor.code)[:MOST]:
        yield QueueItem(
            _("Give your share of the key"), named(tender, "title"),
            reverse("procurement:shares", args=[tender.code]), tone="warn",
        )  # fmt: skip
    for tender in waiting.filter(bids__shares__member__person__code=request.actor.code).distinct()[
        :MOST
    ]:
        yield _tender_item(_("Open the prices"), tender)


def _of_side(request: Request) -> Iterator[QueueItem]:
    mine = contracts_of(request.actor)
    turns = (("draft", "supplier"), ("half_signed", "utility_head"))
    for state, role in turns:
        codes = request.actor.organisations(role)
        side = {"supplier__code__in": codes} if role == "supplier" else {"buyer__code__in": codes}
        for contract in mine.filter(state=state, **side).select_related("award")[:MOST]:
            yield _contract_item(contract)


def _of_supplier(request: Request) -> Iterator[QueueItem]:
    """Changes of contracts to answer, and tenders that still take bids."""
    codes = request.actor.organisations("supplier")
    rows = Amendment.objects.filter(state="proposed", contract__supplier__code__in=codes)
    for amendment in rows.select_related("contract__lot")[:MOST]:
        yield QueueItem(
            _("Answer a change of the contract"), named(amendment.contract.lot, "title"),
            reverse("procurement:contract", args=[amendment.contract.code]), tone="warn",
            role="supplier",
        )  # fmt: skip
    taken = Bid.objects.filter(tender=OuterRef("pk"), supplier__code__in=codes)
    open_now = Tender.objects.filter(~Exists(taken), state="open", closes_at__gt=request.at)
    for tender in open_now.order_by("closes_at", "pk")[:MOST]:
        yield QueueItem(
            _("Bids are taken"), named(tender, "title"),
            reverse("procurement:tender", args=[tender.code]),
            due_on=day_of(tender.closes_at) if tender.closes_at else None, role="supplier",
        )  # fmt: skip


def _of_control() -> Iterator[QueueItem]:
    for complaint in Complaint.objects.filter(state="filed")[:MOST]:
        yield QueueItem(
            _("Decide a complaint"), complaint.statement[:120],
            reverse("procurement:resolve", args=[complaint.code]), due_on=complaint.due_on,
            tone="warn",
        )  # fmt: skip


def _tender_item(title: str, tender: Tender) -> QueueItem:
    url = reverse("procurement:tender", args=[tender.code])
    return QueueItem(title, named(tender, "title"), url, tone="info")


def _contract_item(contract: Contract) -> QueueItem:
    url = reverse("procurement:contract", args=[contract.code])
    text = _("may be signed after %(day)s") % {
        "day": day_text(contract.award.standstill_until_on, short=True)
    }
    return QueueItem(_("Sign the contract"), f"{named(contract.lot, 'title')}: {text}", url)
