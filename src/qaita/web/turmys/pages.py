"""The dispatcher's desk: incidents, outages with whom they cut off, readings and balances."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from qaita.appeals.queries import appeals_of_incidents
from qaita.kernel.errors import NotYours
from qaita.kernel.states import Ask
from qaita.ledger.queries import timeline
from qaita.turmys.models import Incident, Outage
from qaita.turmys.queries import (
    OPEN_INCIDENTS,
    Reach,
    incidents,
    networks_for,
    outages,
    overdue_outages,
    reach_of_nodes,
    reach_of_section,
)
from qaita.turmys.services import Closure, Times, announce_outage
from qaita.turmys.states import INCIDENT, OUTAGE
from qaita.web.desk.forms import sent
from qaita.web.few import part_of
from qaita.web.ledger.actions import action_label
from qaita.web.middleware import Request
from qaita.web.portal.outages import is_late
from qaita.web.turmys.forms import ConfirmForm, OutageForm, TimesForm

SHOWN = 30


def my_networks(request: Request) -> Any:
    """Return the networks this person dispatches, or say that there are none."""
    found = networks_for(request.actor)
    if not request.actor.has("dispatcher"):
        raise NotYours("turmys")
    return found


@login_required
def board(request: Request) -> HttpResponse:
    """Show incidents and outages of this person's networks."""
    mine = my_networks(request)
    rows = incidents().filter(network__in=mine)
    off = outages().filter(network__in=mine)
    context = {
        "proposed": rows.filter(state="proposed"),
        "confirmed": rows.filter(state__in=OPEN_INCIDENTS).exclude(state="proposed"),
        "running": off.filter(state="running"),
        "announced": off.filter(state="announced").order_by("starts_at"),
        "late": set(overdue_outages(request.at).values_list("pk", flat=True)),
    }
    return render(request, "turmys/board.html", context)


def my_incident(request: Request, code: str) -> Incident:
    """Return the incident when it lies in this person's networks."""
    return get_object_or_404(incidents().filter(network__in=my_networks(request)), code=code)


def my_outage(request: Request, code: str) -> Outage:
    """Return the outage when it lies in this person's networks."""
    return get_object_or_404(outages().filter(network__in=my_networks(request)), code=code)


@login_required
def incident(request: Request, code: str) -> HttpResponse:
    """Show one incident: who told, where, whom it would cut off."""
    return show_incident(request, my_incident(request, code))


def show_incident(
    request: Request, found: Incident, form: Form | None = None, status: int = 200
) -> HttpResponse:
    """Show the incident; its form may carry faults."""
    ask = Ask(found, request.actor, request.at)
    first = {"section": found.section.code if found.section else "", "cause": found.cause}
    context = {
        "incident": found,
        "reach": reach_of_section(found.section) if found.section else None,
        "appeals": part_of(request, appeals_of_incidents([found.pk]), SHOWN, key="appeals"),
        "actions": INCIDENT.open_actions(ask),
        "form": form or ConfirmForm(found.network, initial=first),
        "outages": found.outages.all(),
        "life": [(moment, action_label(moment.kind)) for moment in timeline(found.code)],
    }
    return render(request, "turmys/incident.html", context, status=status)


@login_required
def outage(request: Request, code: str) -> HttpResponse:
    """Show one outage with what may be done now."""
    return show_outage(request, my_outage(request, code))


def show_outage(
    request: Request, found: Outage, form: Form | None = None, status: int = 200
) -> HttpResponse:
    """Show the outage; its form may carry faults."""
    ask = Ask(found, request.actor, request.at)
    first = {"starts_at": found.starts_at, "expected_at": found.expected_at}
    reasons = OUTAGE.why_not("start", ask) if found.state == "announced" else []
    context = {
        "outage": found,
        "late": is_late(found, request.at),
        "actions": OUTAGE.open_actions(ask),
        "start_reasons": reasons,
        "form": form or TimesForm(initial=first, outage=found),
        "notices": found.notices.all(),
        "life": [(moment, action_label(moment.kind)) for moment in timeline(found.code)],
    }
    return render(request, "turmys/outage.html", context, status=status)


@login_required
def announce(request: Request) -> HttpResponse:
    """Preview whom a closure cuts off; announce it when the dispatcher says so."""
    first = {"starts_at": request.at, "kind": "emergency", "reason": "failure"}
    first |= {key: request.GET[key][:400] for key in ("place", "incident") if key in request.GET}
    form = OutageForm(my_networks(request), sent(request), initial=first)
    if not (request.POST and form.is_valid()):
        status = 422 if request.POST else 200
        return render(request, "turmys/announce.html", {"form": form}, status=status)
    if "preview" in request.POST:
        return render(request, "turmys/announce.html", {"form": form, "reach": _reach(form)})
    made = announce_outage(_closure(request, form), by=request.actor, at=request.at)
    words = _("Outage %(code)s is announced: %(count)s consumers.")
    messages.success(request, words % {"code": made.code, "count": made.consumers_off})
    return redirect("turmys:outage", made.code)


def _reach(form: OutageForm) -> Reach | None:
    if form.section is not None:
        return reach_of_section(form.section)
    return reach_of_nodes(form.network, form.nodes) if form.network else None


def _closure(request: Request, form: OutageForm) -> Closure:
    values = form.cleaned_data
    code = values["incident"]
    return Closure(
        values["kind"],
        values["reason"],
        Times(values["starts_at"], values["expected_at"]),
        section=form.section,
        network=form.network,
        nodes=form.nodes,
        places=(values["place_kk"], values["place_ru"], values["place_en"]),
        incident=my_incident(request, code) if code else None,
    )
