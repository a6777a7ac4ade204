"""Appeals of citizens: one calm form, and the follow-up. No session: the key opens one's own."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from qaita.accounts.services import count_passage
from qaita.appeals.models import Appeal
from qaita.appeals.queries import answers_of, appeal_with_key, appeals_near, get_appeal
from qaita.appeals.services import (
    NewAppeal,
    close_appeal,
    file_appeal,
    rate_appeal,
    reopen_appeal,
)
from qaita.appeals.states import APPEAL
from qaita.kernel.actor import PUBLIC
from qaita.kernel.clock import day_of
from qaita.kernel.errors import NotYours
from qaita.kernel.states import Ask
from qaita.law.appeals import appeals as appeals_law
from qaita.law.workdays import working_days_between
from qaita.ledger.queries import timeline
from qaita.turmys.queries import outages_at, outages_in
from qaita.web.appeals.forms import AppealForm, KeyForm, RateForm, ReopenForm
from qaita.web.desk.forms import DeskForm, sent
from qaita.web.ledger.actions import action_label
from qaita.web.middleware import Request

FORMS: dict[str, type[DeskForm]] = {"reopen": ReopenForm, "rate": RateForm, "close": DeskForm}
STEPS: dict[str, Any] = {"reopen": reopen_appeal, "rate": rate_appeal, "close": close_appeal}


# no cookie is read here, so a forged request can do no more than the form itself
@csrf_exempt
@never_cache
@sensitive_post_parameters()
def appeal_new(request: Request) -> HttpResponse:
    """Ask what happened and where; smell of gas is stopped before anything else."""
    form = AppealForm(sent(request), initial=_begun(request))
    gas = form.is_bound and form.smells_of_gas and not request.POST.get("is_safe")
    if gas or not form.is_valid():
        shown = {"form": form, "law": appeals_law(on=day_of(request.at)), "gas": gas}
        status = 409 if gas else 422 if form.is_bound else 200
        return render(request, "portal/appeal_new.html", shown, status=status)
    count_passage("appeal", request.address, at=request.at)
    filed = file_appeal(NewAppeal(**form.facts("web")), by=PUBLIC, at=request.at)
    context = {"appeal": filed.appeal, "key": filed.key, "known": _known(filed.appeal)}
    return render(request, "portal/appeal_filed.html", context, status=201)


def _begun(request: Request) -> dict[str, str]:
    """Return what links to the form have filled in already."""
    names = ("subject", "town", "lon_deg", "lat_deg")
    return {name: request.GET[name][:80] for name in names if request.GET.get(name)}


def _known(appeal: Appeal) -> list[Any]:
    """Return the outages of this service that are known at the place already."""
    if appeal.section:
        found = list(outages_at(appeal.section))
        if found:
            return found
    if appeal.settlement is None:
        return []
    return list(outages_in(appeal.settlement).filter(service=appeal.service)[:3])


def public_context(found: Appeal, request: Request) -> dict[str, Any]:
    """Return what anybody may see of an appeal."""
    today = day_of(request.at)
    law = appeals_law(on=found.law_on)
    return {
        "appeal": found,
        "waiting": found.state in ("received", "forwarded", "accepted", "extended", "reopened"),
        "days_left": working_days_between(today, found.due_on),
        "days_late": -working_days_between(today, found.due_on),
        "near_count": appeals_near(found, law=law).count(),
        "known": _known(found),
        "life": [(moment, action_label(moment.kind)) for moment in timeline(found.code)],
        "key_form": KeyForm(),
    }


@csrf_exempt
@never_cache
@sensitive_post_parameters()
def appeal(request: Request, code: str) -> HttpResponse:
    """Show the public part; with the key also one's own words and the answers."""
    found = get_appeal(code)
    if request.method != "POST":
        return render(request, "portal/appeal.html", public_context(found, request))
    key = request.POST.get("key", "")
    count_passage("follow", request.address, at=request.at)
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _asked_again(request, found, form, 422)
    try:
        found = appeal_with_key(code, key)
    except NotYours:
        form.add_error("key", _("This key does not open this appeal. Check its letters."))
        return _asked_again(request, found, form, 403)
    return render(request, "portal/appeal.html", _own_context(found, key, request))


def _asked_again(request: Request, found: Appeal, form: KeyForm, status: int) -> HttpResponse:
    """Ask for the key once more, with the one that was typed."""
    context = {**public_context(found, request), "key_form": form}
    return render(request, "portal/appeal.html", context, status=status)


def _own_context(found: Appeal, key: str, request: Request) -> dict[str, Any]:
    ask = Ask(found, PUBLIC, request.at)
    return {
        **public_context(found, request),
        "key": key,
        "contact": found.contact,
        "answers": answers_of(found),
        "may_reopen": APPEAL.may("reopen", ask),
        "may_close": APPEAL.may("close", ask),
        "may_rate": found.state in ("answered", "closed", "closed_unfixed") and not found.rating,
        "reopen_form": ReopenForm(),
        "rate_form": RateForm(),
    }


@csrf_exempt
@never_cache
@require_POST
@sensitive_post_parameters()
def appeal_follow(request: Request, code: str, step: str) -> HttpResponse:
    """Reopen, rate or close with the key, and show the appeal again."""
    key = request.POST.get("key", "")
    count_passage("follow", request.address, at=request.at)
    found = appeal_with_key(code, key)
    form = FORMS[step](request.POST)
    if not form.is_valid():
        context = {**_own_context(found, key, request), f"{step}_form": form}
        return render(request, "portal/appeal.html", context, status=422)
    STEPS[step](code, key, **form.cleaned_data, by=PUBLIC, at=request.at)
    found = appeal_with_key(code, key)
    return render(
        request, "portal/appeal.html", {**_own_context(found, key, request), "done": step}
    )


urlpatterns: list[URLPattern] = [
    path("appeals/new/", appeal_new, name="appeal_new"),
    path("appeals/<str:code>/", appeal, name="appeal"),
    path("appeals/<str:code>/reopen/", appeal_follow, {"step": "reopen"}, name="appeal_reopen"),
    path("appeals/<str:code>/rate/", appeal_follow, {"step": "rate"}, name="appeal_rate"),
    path("appeals/<str:code>/close/", appeal_follow, {"step": "close"}, name="appeal_close"),
]
