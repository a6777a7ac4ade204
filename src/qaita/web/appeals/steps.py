"""What an operator does with an appeal; each is one step and one ledger entry."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from qaita.appeals.jobs import tell_person
from qaita.appeals.services import (
    accept_appeal,
    answer_appeal,
    close_unfixed,
    extend_appeal,
    forward_appeal,
    word_appeal,
)
from qaita.web.appeals.forms import AnswerForm, ForwardForm, ReasonForm, WordForm
from qaita.web.appeals.pages import my_appeal, show_appeal
from qaita.web.middleware import Request


@require_POST
@login_required
def accept(request: Request, code: str) -> HttpResponse:
    """Take it into work."""
    found = accept_appeal(my_appeal(request, code), by=request.actor, at=request.at)
    messages.success(request, _("Appeal %(code)s is in work.") % {"code": found.code})
    return redirect("appeals:appeal", found.code)


@require_POST
@login_required
@sensitive_post_parameters()
def answer(request: Request, code: str) -> HttpResponse:
    """Answer the person."""
    found, form = my_appeal(request, code), AnswerForm(request.POST)
    if not form.is_valid():
        return show_appeal(request, found, {"answer_form": form}, 422)
    values = form.cleaned_data
    answer_appeal(
        found, text=values["text"], outcome=values["outcome"], by=request.actor, at=request.at
    )
    tell_person(found, "answer", by=request.actor, at=request.at)
    messages.success(request, _("The answer to appeal %(code)s is given.") % {"code": found.code})
    return redirect("appeals:appeal", found.code)


@require_POST
@login_required
def forward(request: Request, code: str) -> HttpResponse:
    """Pass it to whom it concerns."""
    found = my_appeal(request, code)
    form = ForwardForm(request.POST, kato=found.region.kato)
    if not form.is_valid():
        return show_appeal(request, found, {"forward_form": form}, 422)
    target = form.cleaned_data["organisation"]
    forward_appeal(found, organisation=target, by=request.actor, at=request.at)
    tell_person(found, "forward", by=request.actor, at=request.at)
    messages.success(request, _("Appeal %(code)s is forwarded.") % {"code": found.code})
    return redirect("appeals:home")


@require_POST
@login_required
def extend(request: Request, code: str) -> HttpResponse:
    """Lengthen the term."""
    found, form = my_appeal(request, code), ReasonForm(request.POST, prefix="extend")
    if not form.is_valid():
        return show_appeal(request, found, {"extend_form": form}, 422)
    extend_appeal(found, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    tell_person(found, "extend", by=request.actor, at=request.at)
    messages.success(request, _("The term of appeal %(code)s is longer.") % {"code": found.code})
    return redirect("appeals:appeal", found.code)


@require_POST
@login_required
def unfixed(request: Request, code: str) -> HttpResponse:
    """Close without having mended it."""
    found, form = my_appeal(request, code), ReasonForm(request.POST, prefix="unfixed")
    if not form.is_valid():
        return show_appeal(request, found, {"unfixed_form": form}, 422)
    close_unfixed(found, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    tell_person(found, "unfixed", by=request.actor, at=request.at)
    messages.warning(request, _("Appeal %(code)s is closed unfixed.") % {"code": found.code})
    return redirect("appeals:appeal", found.code)


@require_POST
@login_required
def word(request: Request, code: str) -> HttpResponse:
    """Write what everybody may read."""
    found, form = my_appeal(request, code), WordForm(request.POST)
    if not form.is_valid():
        return show_appeal(request, found, {"word_form": form}, 422)
    word_appeal(found, statement=form.cleaned_data["statement"], by=request.actor, at=request.at)
    messages.success(request, _("The public wording is saved."))
    return redirect("appeals:appeal", found.code)
