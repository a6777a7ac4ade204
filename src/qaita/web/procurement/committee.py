"""The committee's desk: keys, admission, shares, the opening. Private keys stay with members."""

import json
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qaita.accounts.models import Person
from qaita.kernel.errors import Missing, NotYours
from qaita.kernel.states import Ask
from qaita.procurement import services
from qaita.procurement.models import CommitteeMember, MemberKey, Tender
from qaita.procurement.queries import bids_without_share, get_bid, member_of
from qaita.procurement.states import enough_shares
from qaita.web.desk.forms import sent
from qaita.web.middleware import Request
from qaita.web.procurement.bids import allow_sealing
from qaita.web.procurement.committee_forms import MemberKeyForm, SharesForm
from qaita.web.procurement.desk import seen_tender
from qaita.web.procurement.forms import JudgeForm
from qaita.web.procurement.tenders import show_tender


@login_required
def key(request: Request) -> HttpResponse:
    """Make or replace one's own key; only the public half comes here."""
    person = Person.objects.get(code=request.actor.code)
    if not request.actor.has("committee_member"):
        raise NotYours("member_key")
    form = MemberKeyForm(sent(request), auto_id="%s")
    if form.is_valid():
        public = form.cleaned_data["public_key"]
        services.give_member_key(person, public, by=request.actor, at=request.at)
        messages.success(request, _("The public key is kept. Tenders announced later use it."))
        return redirect("procurement:key")
    known = MemberKey.objects.filter(person=person).first()
    context = {"known": known, "person": person, "form": form}
    status = 422 if form.is_bound else 200
    return allow_sealing(render(request, "procurement/key.html", context, status=status))


@require_POST
@login_required
def judge(request: Request, code: str) -> HttpResponse:
    """Admit a bidder, or not."""
    bid = get_bid(code)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return show_tender(request, bid.tender, {"judged": bid.code, "form": form})
    admits = form.cleaned_data["verdict"] == "admit"
    verb = services.admit_bidder if admits else services.reject_bidder
    verb(bid, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    return redirect("procurement:tender", bid.tender.code)


@require_POST
@login_required
def admission(request: Request, code: str) -> HttpResponse:
    """Sign off the protocol of admission."""
    services.finish_admission(seen_tender(request, code), by=request.actor, at=request.at)
    messages.success(request, _("Admission is finished. Members may give their shares now."))
    return redirect("procurement:tender", code)


@login_required
def shares(request: Request, code: str) -> HttpResponse:
    """Give one's share of the keys for every admitted bid."""
    tender = seen_tender(request, code)
    member = member_of(tender, request.actor.code)
    if member is None:
        raise NotYours("tender")
    form = SharesForm(sent(request), request.FILES or None, auto_id="%s")
    if form.is_valid():
        services.contribute_share(tender, form.given, by=request.actor, at=request.at)
        messages.success(request, _after_share(Ask(tender, request.actor, request.at)))
        return redirect("procurement:tender", code)
    context = {
        "tender": tender,
        "member": member,
        "form": form,
        "bids": json.dumps(_waiting(tender, member)),
        "has_demonstration_key": tender.is_demonstration and _made_up_key(request).is_file(),
    }
    status = 422 if form.is_bound else 200
    return allow_sealing(render(request, "procurement/shares.html", context, status=status))


@login_required
def demonstration_key(request: Request) -> HttpResponse:
    """Hand a member played in the demonstration the key file made for it, and only to that one.

    Nobody else's key ever comes to the server: real members make theirs in their browser.
    """
    file = _made_up_key(request)
    if not file.is_file():
        raise Missing("member_key", request.actor.code)
    answer = HttpResponse(file.read_bytes(), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return answer


def _made_up_key(request: Request) -> Path:
    return Path(settings.DATA_DIR) / "demo" / f"committee-{request.actor.code}.json"


@login_required
def envelopes(request: Request, code: str) -> HttpResponse:
    """Hand the admitted envelopes to a member who works with the command line."""
    tender = seen_tender(request, code)
    member = member_of(tender, request.actor.code)
    if member is None:
        raise NotYours("tender")
    answer = JsonResponse({"tender": code, "bids": _waiting(tender, member)})
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}-envelopes.json"'
    return answer


@require_POST
@login_required
def open_prices(request: Request, code: str) -> HttpResponse:
    """Open the prices with the shares given."""
    services.open_bids(seen_tender(request, code), by=request.actor, at=request.at)
    messages.success(request, _("The prices are open for everybody."))
    return redirect("procurement:tender", code)


def _after_share(ask: Ask[Tender]) -> str:
    """Tell the member what comes next."""
    if enough_shares(ask):
        return _("Your share is taken. Prices open when enough members gave.")
    return _("Your share is taken, and enough members gave theirs: open the prices now.")


def _waiting(tender: Tender, member: CommitteeMember) -> list[dict[str, str]]:
    rows = bids_without_share(tender, member)
    return [{"code": bid.code, "envelope": bytes(bid.envelope).decode()} for bid in rows]
