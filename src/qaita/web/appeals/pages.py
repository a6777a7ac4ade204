"""The call centre's desk: take a call, see what is off there, answer in time."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from qaita.appeals.jobs import KIND
from qaita.appeals.models import Appeal, Category
from qaita.appeals.queries import (
    WAITING,
    answers_of,
    appeals_for,
    appeals_near,
    contact_of,
    overdue_appeals,
    tally,
)
from qaita.appeals.services import NewAppeal, file_appeal
from qaita.appeals.states import APPEAL
from qaita.jobs.models import Job
from qaita.kernel.clock import day_of
from qaita.kernel.errors import NotYours
from qaita.kernel.states import Ask
from qaita.law.appeals import appeals as appeals_law
from qaita.ledger.queries import timeline
from qaita.networks.queries import nearest_section
from qaita.turmys.models import Outage
from qaita.turmys.queries import outages_at, outages_in
from qaita.web.appeals.forms import (
    AnswerForm,
    CallForm,
    ForwardForm,
    Place,
    ReasonForm,
    WordForm,
)
from qaita.web.appeals.templates import TEMPLATES, filled
from qaita.web.columns import state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.few import few, part_of
from qaita.web.labels import SERVICES, service_of
from qaita.web.ledger.actions import action_label
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.templatetags.qaita import named

SHOWN = 10  # of those that are late, and of those at the same place
DESK = ("call_operator", "dispatcher")


APPEALS = Listing(
    "appeals",
    columns=(
        Column(
            "code", gettext_lazy("Appeal"), lambda row: row.code,
            link=lambda row: reverse("appeals:appeal", args=[row.code]), sort="code",
        ),
        Column("service", gettext_lazy("Service"), lambda row: str(service_of(row.service))),
        Column("category", gettext_lazy("About"), lambda row: row.get_category_display()),
        Column("place", gettext_lazy("Place"), lambda row: named(row.settlement or row.region)),
        state_column("appeal", gettext_lazy("State"), sort=False),
        Column("received", gettext_lazy("Came in"), lambda row: row.received_at,
               sort="received_at"),
        Column("due", gettext_lazy("Answer due by"), lambda row: row.due_on, sort="due_on"),
    ),
    filters=(
        Text("q", gettext_lazy("Search"), (
            "code", "settlement__name_ru", "settlement__name_kk", "incident__code",
        )),
        state_choice(
            "appeal", gettext_lazy("State"),
            groups=(("waiting", gettext_lazy("Waiting"), tuple(WAITING)),),
        ),
        Choice("service", gettext_lazy("Service"), tuple(SERVICES.items())),
        Choice("category", gettext_lazy("About"), tuple(Category.choices)),
    ),
    order="due_on",
    empty=gettext_lazy("No appeal for you."),
)  # fmt: skip


def _require_desk(request: Request) -> None:
    if not any(request.actor.has(role) for role in DESK):
        raise NotYours("appeals")


@login_required
def appeals(request: Request) -> HttpResponseBase:
    """Show the queue with its clocks, and how appeals stand."""
    _require_desk(request)
    rows = appeals_for(request.actor)
    today = day_of(request.at)
    context = {
        "tally": tally(rows, today),
        "overdue": few(overdue_appeals(rows, today), SHOWN),
        "may_file": request.actor.has("call_operator"),
    }
    return show_listing(request, APPEALS, rows, "appeals/appeals.html", context)


@login_required
@sensitive_post_parameters()
def phone(request: Request) -> HttpResponse:
    """Take a call: the place first, at once what is off there, then the appeal."""
    if not request.actor.has("call_operator"):
        raise NotYours("appeals")
    asked = request.GET if request.GET.get("town") or request.GET.get("lat_deg") else None
    place = Place(asked, auto_id="place_%s")
    known = known_outages(place) if place.is_bound and place.is_valid() else []
    form = CallForm(sent(request), initial=request.GET.dict())
    context = {"place": place, "known": known, "form": form, "checked": place.is_bound}
    if not (request.POST and form.is_valid()):
        status = 422 if request.POST else 200
        return render(request, "appeals/phone.html", context, status=status)
    filed = file_appeal(NewAppeal(**form.facts("phone")), by=request.actor, at=request.at)
    words = _("Appeal %(code)s is registered. Key for the caller: %(key)s")
    messages.success(request, words % {"code": filed.appeal.code, "key": filed.key})
    return redirect("appeals:appeal", filed.appeal.code)


def known_outages(place: Place) -> list[Outage]:
    """Return what is off or planned at a point, or in the settlement."""
    lon, lat = place.cleaned_data.get("lon_deg"), place.cleaned_data.get("lat_deg")
    found: dict[int, Outage] = {}
    if lon is not None and lat is not None:
        for service in SERVICES:
            nearest = nearest_section(lon, lat, service=service)
            if nearest:
                found |= {row.pk: row for row in outages_at(nearest[0])}
    if place.settlement is not None:
        found |= {row.pk: row for row in outages_in(place.settlement)}
    return list(found.values())


WAYS = {
    "mail": gettext_lazy("The person was told by e-mail."),
    "sms": gettext_lazy("The person was told by text message."),
    "": gettext_lazy("The person left no e-mail and no telephone: nobody could be told."),
}
WAITING_TO_TELL = gettext_lazy("The message to the person is on its way.")
NOT_TOLD = gettext_lazy("The message to the person was not delivered. Please telephone.")


def told_of(found: Appeal) -> tuple[Any, str]:
    """Return whether the person was told the last news, and the tone of it."""
    job = Job.objects.filter(subject=found.code, kind__startswith=KIND).first()
    if job is None:
        return "", ""
    if job.outcome == "done":
        way = str(job.result.get("way", ""))
        return WAYS[way], "good" if way else "muted"
    return (NOT_TOLD, "bad") if job.outcome == "failed" else (WAITING_TO_TELL, "info")


def my_appeal(request: Request, code: str) -> Appeal:
    """Return the appeal when the person answers it."""
    return get_object_or_404(appeals_for(request.actor), code=code)


@login_required
def appeal(request: Request, code: str) -> HttpResponse:
    """Show one appeal whole: the person's words, the clock, what may be done."""
    return show_appeal(request, my_appeal(request, code))


def show_appeal(
    request: Request, found: Appeal, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Show the appeal with its forms, one of which may carry faults."""
    law = appeals_law(on=found.law_on)
    contact = contact_of(found, request.actor)
    known = list(outages_at(found.section)) if found.section else []
    chosen = request.GET.get("template", "")
    outcome, words = filled(chosen, found, contact.language, known)
    ask = Ask(found, request.actor, request.at)
    context: dict[str, Any] = {
        "appeal": found,
        "contact": contact,
        "answers": answers_of(found),
        "told": told_of(found),
        "near": part_of(request, appeals_near(found, law=law), SHOWN, key="near"),
        "known": known,
        "late": found.state in WAITING and found.due_on < day_of(request.at),
        "actions": APPEAL.open_actions(ask),
        "closed_ways": [
            (action, APPEAL.why_not(action, ask))
            for action in APPEAL.actions(found.state)
            if action in ("forward", "extend") and not APPEAL.may(action, ask)
        ],
        "templates": TEMPLATES,
        "answer_form": AnswerForm(initial={"text": words, "outcome": outcome or "fixed"}),
        "word_form": WordForm(initial={"statement": found.statement}),
        "forward_form": ForwardForm(kato=found.region.kato),
        "extend_form": ReasonForm(prefix="extend"),
        "unfixed_form": ReasonForm(prefix="unfixed"),
        "life": [(moment, action_label(moment.kind)) for moment in timeline(found.code)],
    }
    return render(request, "appeals/appeal.html", context | (forms or {}), status=status)
