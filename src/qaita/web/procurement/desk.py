"""What every desk page of procurement shares: who the person is here, and the form page."""

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render

from qaita.accounts.models import Organisation
from qaita.kernel.actor import ANYONE
from qaita.kernel.errors import NotYours
from qaita.procurement.models import Tender
from qaita.procurement.queries import get_tender, member_of, tenders_of
from qaita.web.middleware import Request


def my_supplier(request: Request) -> Organisation:
    """Return the organisation this person bids for, or refuse."""
    found = supplier_of(request)
    if found is None:
        raise NotYours("bid")
    return found


def supplier_of(request: Request) -> Organisation | None:
    """Return the organisation this person bids for."""
    codes = request.actor.organisations("supplier") - {ANYONE}
    return Organisation.objects.filter(code__in=codes).order_by("code").first()


def buys_here(request: Request, tender: Tender) -> bool:
    """Tell whether the person acts for the buyer of this tender."""
    roles = ("utility_head", "utility_engineer")
    return any(request.actor.may(role, tender.scope_for(role)) for role in roles)


def seen_tender(request: Request, code: str) -> Tender:
    """Return a tender this person may look at: drafts are the buyer's and the committee's."""
    tender = get_tender(code)
    if tender.state == "draft" and not (
        tenders_of(request.actor).filter(pk=tender.pk).exists()
        or member_of(tender, request.actor.code)
    ):
        raise NotYours("tender")
    return tender


def ask_form(request: Request, form: Form, title: str, back: str, **context: Any) -> HttpResponse:
    """Show a form, with its faults when it has some."""
    shown = {"form": form, "title": title, "back": back, **context}
    return render(request, "procurement/form.html", shown, status=422 if form.is_bound else 200)
