"""Tenders on the desk: the buyer announces and answers, suppliers ask."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qaita.accounts.models import Organisation
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing, NotYours
from qaita.kernel.states import Ask
from qaita.ledger.queries import seen_of
from qaita.procurement import services
from qaita.procurement.models import Tender
from qaita.procurement.queries import (
    bids_of,
    bids_without_share,
    get_question,
    member_of,
    shares_given,
    tenders_of,
)
from qaita.procurement.states import (
    BUYERS,
    CONTROL,
    TENDER,
    why_no_bid,
    why_no_complaint,
    why_no_question,
)
from qaita.programme.models import Project
from qaita.web.columns import state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.few import Few, few
from qaita.web.formats import instant_words
from qaita.web.lists import Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.portal.tenders import tender_context
from qaita.web.procurement.desk import ask_form, buys_here, my_supplier, seen_tender, supplier_of
from qaita.web.procurement.forms import TenderForm, WordsForm, first_plan, plan_so_far
from qaita.web.templatetags.qaita import named

WAITING = 50  # projects without a tender, above the list
MINE = Listing(
    "my-tenders",
    columns=(
        Column(
            "title", gettext_lazy("Tender"), lambda row: named(row, "title"),
            link=lambda row: reverse("procurement:tender", args=[row.code]),
        ),
        Column("code", gettext_lazy("Code"), lambda row: row.code, sort="code"),
        Column("buyer", gettext_lazy("Customer"), lambda row: named(row.buyer)),
        Column(
            "closes", gettext_lazy("Bids until"), lambda row: row.closes_at,
            show=lambda row: instant_words(row.closes_at) if row.closes_at else "–",
            sort="closes_at",
        ),
        state_column("tender", gettext_lazy("State"), sort=False),
    ),
    filters=(
        Text("q", gettext_lazy("Search"), ("code", "title_kk", "title_ru", "title_en")),
        state_choice("tender", gettext_lazy("State")),
    ),
    order="-closes_at",
)  # fmt: skip


def my_tenders(request: Request) -> QuerySet[Tender]:
    """Return the person's own tenders, and for suppliers every open one."""
    mine = Q(pk__in=tenders_of(request.actor).values("pk")) if _buys(request) else Q(pk=None)
    mine |= Q(members__person__code=request.actor.code)
    if request.actor.has("supplier"):
        mine |= Q(state="open") | Q(bids__in=bids_of(request.actor))
    if any(request.actor.has(role) for role in CONTROL):
        mine |= ~Q(state="draft")
    return Tender.objects.filter(mine).select_related("buyer").distinct()


def _buys(request: Request) -> bool:
    return any(request.actor.has(role) for role in BUYERS)


@login_required
def tenders(request: Request) -> HttpResponseBase:
    """List the tenders that concern this person."""
    context = {"projects": _waiting_projects(request), "is_member": _is_member(request)}
    context["may_declare"] = any(request.actor.has(role) for role in ("supplier", *CONTROL))
    return show_listing(request, MINE, my_tenders(request), "procurement/tenders.html", context)


def _is_member(request: Request) -> bool:
    return request.actor.has("committee_member")


def _waiting_projects(request: Request) -> Few:
    """Return confirmed projects of the person's utilities that have no tender yet."""
    codes = request.actor.organisations("utility_head") | request.actor.organisations(
        "utility_engineer"
    )
    rows = Project.objects.filter(state="confirmed", utility__code__in=codes)
    return few(rows.exclude(tenders__state="draft"), WAITING)


@login_required
def new(request: Request, project: str) -> HttpResponse:
    """Draft a tender for a confirmed project."""
    found = Project.objects.select_related("utility").filter(code=project).first()
    if found is None:
        raise Missing("project", project)
    buyer: Organisation = found.utility
    if buyer.code not in {row.organisation for row in request.actor.grants}:
        raise NotYours("tender")
    first = first_plan(found, day_of(request.at))
    form = TenderForm(sent(request), buyer=buyer.code, initial=first)
    if not form.is_valid():
        title = _("Tender for project %(code)s") % {"code": found.code}
        return ask_form(
            request, form, title, reverse("procurement:tenders"), lead=named(found, "title")
        )
    tender = services.draft_tender(found, form.plan(), by=request.actor, at=request.at)
    messages.success(request, _("Tender %(code)s is drafted.") % {"code": tender.code})
    return redirect("procurement:tender", tender.code)


@login_required
def edit(request: Request, code: str) -> HttpResponse:
    """Change the draft of a tender with its lots."""
    found = seen_tender(request, code)
    TENDER.check("revise", Ask(found, request.actor, request.at))
    lots = list(found.lots.all())
    first = {**plan_so_far(found, lots), "seen": seen_of(code)}
    form = TenderForm(sent(request), buyer=found.buyer.code, lots=lots, initial=first)
    if not form.is_valid():
        title = _("Change the draft of tender %(code)s") % {"code": code}
        back = reverse("procurement:tender", args=[code])
        return ask_form(request, form, title, back, lead=named(found, "title"))
    seen = form.cleaned_data["seen"]
    services.revise_tender(found, form.plan(), seen=seen, by=request.actor, at=request.at)
    messages.success(request, _("The draft of tender %(code)s is changed.") % {"code": code})
    return redirect("procurement:tender", code)


@login_required
def tender(request: Request, code: str) -> HttpResponse:
    """Show a tender with everything this person may do in it now."""
    return show_tender(request, seen_tender(request, code))


def show_tender(
    request: Request, found: Tender, faulty: dict[str, Any] | None = None
) -> HttpResponse:
    """Show a tender; the form of an admission may carry faults."""
    supplier = supplier_of(request)
    member = member_of(found, request.actor.code)
    context: dict[str, Any] = {
        **tender_context(found),
        "buys": buys_here(request, found),
        "actions": _actions(request, found),
        "supplier": supplier,
        "member": member,
        "controls": any(request.actor.has(role) for role in CONTROL),
        "my_bids": list(bids_of(request.actor).filter(tender=found)),
        "why_no_question": why_no_question(found, at=request.at),
        "bid_doors": _bid_doors(request, found, supplier),
        "shares": shares_given(found) if member or buys_here(request, found) else {},
        "share_given": member is not None and not bids_without_share(found, member).exists(),
        "awards": _awards(request, found, supplier),
        **(faulty or {}),
    }
    status = 422 if faulty else 200
    return render(request, "procurement/tender.html", context, status=status)


def _actions(request: Request, tender: Tender) -> dict[str, list[Any]]:
    """Return each action of the state with the reasons against it; none: a live button."""
    ask = Ask(tender, request.actor, request.at)
    return {action: TENDER.why_not(action, ask) for action in TENDER.actions(tender.state)}


def _bid_doors(request: Request, tender: Tender, supplier: Organisation | None) -> list[Any]:
    if supplier is None:
        return []
    lots = tender.lots.select_related("tender")
    return [(lot, why_no_bid(lot, supplier, at=request.at)) for lot in lots]


def _awards(request: Request, tender: Tender, supplier: Organisation | None) -> list[Any]:
    """Return each lot, its last award, and what stands against a complaint about it."""
    return [
        (lot, award, why_no_complaint(award, supplier, at=request.at) if award and supplier else [])
        for lot in tender.lots.all()
        for award in [
            lot.awards.select_related("bid__supplier", "bid__tender", "contract", "lot")
            .order_by("-id")
            .first()
        ]
    ]


@require_POST
@login_required
def announce(request: Request, code: str) -> HttpResponse:
    """Open the tender for bids."""
    services.announce_tender(seen_tender(request, code), by=request.actor, at=request.at)
    messages.success(request, _("Tender %(code)s is open for bids.") % {"code": code})
    return redirect("procurement:tender", code)


@login_required
def cancel(request: Request, code: str) -> HttpResponse:
    """Call the tender off, with a reason."""
    found = seen_tender(request, code)
    form = WordsForm(sent(request))
    if not form.is_valid():
        title = _("Why is tender %(code)s cancelled?") % {"code": code}
        return ask_form(request, form, title, reverse("procurement:tender", args=[code]))
    reason = form.cleaned_data["text"]
    services.cancel_tender(found, reason=reason, by=request.actor, at=request.at)
    return redirect("procurement:tender", code)


@require_POST
@login_required
def fail(request: Request, code: str) -> HttpResponse:
    """End the tender without a result."""
    services.end_without_result(seen_tender(request, code), by=request.actor, at=request.at)
    return redirect("procurement:tender", code)


@login_required
def ask(request: Request, code: str) -> HttpResponse:
    """Ask the buyer in the open."""
    found = seen_tender(request, code)
    form = WordsForm(sent(request))
    if not form.is_valid():
        return ask_form(
            request, form, _("Question to the customer"),
            reverse("procurement:tender", args=[code]), lead=named(found, "title"),
        )  # fmt: skip
    services.ask_question(
        found, text=form.cleaned_data["text"], asker=my_supplier(request),
        by=request.actor, at=request.at,
    )  # fmt: skip
    messages.success(request, _("The question is asked; everybody will see the answer."))
    return redirect("procurement:tender", code)


@login_required
def answer(request: Request, code: str) -> HttpResponse:
    """Answer a question in the open."""
    question = get_question(code)
    back = reverse("procurement:tender", args=[question.tender.code])
    form = WordsForm(sent(request))
    if not form.is_valid():
        return ask_form(request, form, question.question, back)
    text = form.cleaned_data["text"]
    services.answer_question(question, text=text, by=request.actor, at=request.at)
    return redirect(back)


@require_POST
@login_required
def withdraw_question(request: Request, code: str) -> HttpResponse:
    """Take a question back."""
    question = get_question(code)
    services.withdraw_question(question, by=request.actor, at=request.at)
    return redirect("procurement:tender", question.tender.code)
