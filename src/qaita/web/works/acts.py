"""Acts on the desk: draft, send, read, sign, send back."""

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qaita.kernel.states import Ask
from qaita.web.desk.forms import sent
from qaita.web.middleware import Request
from qaita.web.works.forms import RefusalForm, SignForm
from qaita.web.works.sites import ask_form, my_site, roles_here
from qaita.works.models import Act
from qaita.works.queries import (
    differences_of,
    reasons_against_line,
    rules_of,
    sides_missing,
    sides_signed,
    sites_for,
)
from qaita.works.services import draft_act, refuse_act, send_act, sign_act
from qaita.works.states import ACT

MOST_CMS_BYTES = 65_536


def _my_act(request: Request, code: str) -> Act:
    rows = Act.objects.filter(site__in=sites_for(request.actor))
    return get_object_or_404(
        rows.select_related("site__supplier", "site__utility", "site__supervision"), code=code
    )


@require_POST
@login_required
def draft(request: Request, code: str) -> HttpResponse:
    """Draft the act over everything that no other act holds."""
    act = draft_act(my_site(request, code), by=request.actor, at=request.at)
    messages.success(request, _("Act %(code)s is drafted.") % {"code": act.code})
    return redirect("works:act", act.code)


@login_required
def act(request: Request, code: str) -> HttpResponse:
    """Show an act: what is accepted, for how much, who has signed."""
    found = _my_act(request, code)
    ask = Ask(found, request.actor, request.at)
    lines = found.as_built.select_related("site", "section").prefetch_related("replaces", "checks")
    missing = sides_missing(found)
    context = {
        "act": found,
        "signed": sides_signed(found),
        "missing": missing,
        "quorum": rules_of(found.site).quorum,
        "mine": [role for role in missing if role in roles_here(request, found.site)],
        "lines": [(line, differences_of(line), reasons_against_line(line)) for line in lines],
        "measured": found.measurements.select_related("line"),
        "may_send": ACT.may("send", ask),
        "why_not_send": ACT.why_not("send", ask) if found.state == "drafted" else [],
        "may_refuse": ACT.may("refuse", ask),
        "document": json.dumps(json.loads(found.document), indent=2, ensure_ascii=False),
    }
    return render(request, "works/act.html", context)


@require_POST
@login_required
def send(request: Request, code: str) -> HttpResponse:
    """Send the act to be signed."""
    send_act(_my_act(request, code), by=request.actor, at=request.at)
    messages.success(request, _("The act waits for its signatures."))
    return redirect("works:act", code)


@require_POST
@login_required
def sign(request: Request, code: str) -> HttpResponse:
    """Sign for one side."""
    form = SignForm(request.POST, request.FILES)
    if not form.is_valid():
        return ask_form(request, form, _("Signature"), reverse("works:act", args=[code]))
    file = form.cleaned_data["cms"]
    found = sign_act(
        _my_act(request, code),
        form.cleaned_data["role"],
        cms=file.read(MOST_CMS_BYTES) if file else None,
        by=request.actor,
        at=request.at,
    )
    accepted = _("All have signed: the act is in force and the register has the new section.")
    messages.success(request, accepted if found.state == "accepted" else _("You have signed."))
    return redirect("works:act", code)


@login_required
def refuse(request: Request, code: str) -> HttpResponse:
    """Send the act back with remarks."""
    found = _my_act(request, code)
    form = RefusalForm(sent(request))
    if not form.is_valid():
        return ask_form(request, form, _("Send the act back"), reverse("works:act", args=[code]))
    refuse_act(found, **form.cleaned_data, by=request.actor, at=request.at)
    messages.success(request, _("The act is sent back."))
    return redirect("works:site", found.site.code)
