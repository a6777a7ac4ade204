"""What a dispatcher does: confirm, start, change, restore, take readings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qaita.turmys.services import (
    Times,
    cancel_outage,
    close_incident,
    compute_balances,
    confirm_incident,
    dismiss_incident,
    repair_incident,
    restore_outage,
    start_outage,
    take_readings,
    update_outage,
)
from qaita.web.middleware import Request
from qaita.web.turmys.forms import ConfirmForm, MonthForm, ReadingsForm, TimesForm
from qaita.web.turmys.pages import (
    my_incident,
    my_networks,
    my_outage,
    show_incident,
    show_outage,
)
from qaita.web.turmys.readings import show_readings

INCIDENT_STEPS = {
    "dismiss": dismiss_incident,
    "repair": repair_incident,
    "close": close_incident,
}
OUTAGE_STEPS = {"start": start_outage, "restore": restore_outage, "cancel": cancel_outage}
OUTAGE_TOLD = {
    "start": gettext_lazy("Supply is off: everybody can read of outage %(code)s."),
    "restore": gettext_lazy("Supply is back: everybody can read that outage %(code)s is over."),
    "cancel": gettext_lazy("Outage %(code)s is called off: everybody can read so."),
}


@require_POST
@login_required
def confirm(request: Request, code: str) -> HttpResponse:
    """Confirm an incident: it becomes a failure of its section."""
    found = my_incident(request, code)
    form = ConfirmForm(found.network, request.POST)
    if not form.is_valid():
        return show_incident(request, found, form, 422)
    values = form.cleaned_data
    confirm_incident(
        found, cause=values["cause"], section=values["section"], by=request.actor, at=request.at
    )
    words = _("Incident %(code)s is confirmed; failure %(failure)s is in the register.")
    messages.success(request, words % {"code": found.code, "failure": found.failure_code})
    return redirect("turmys:incident", found.code)


@require_POST
@login_required
def incident_step(request: Request, code: str, step: str) -> HttpResponse:
    """Dismiss, mark mended, or close."""
    found = INCIDENT_STEPS[step](my_incident(request, code), by=request.actor, at=request.at)
    messages.success(request, _("Incident %(code)s has moved on.") % {"code": found.code})
    return redirect("turmys:incident", found.code)


@require_POST
@login_required
def outage_step(request: Request, code: str, step: str) -> HttpResponse:
    """Start, restore or call off."""
    found = OUTAGE_STEPS[step](my_outage(request, code), by=request.actor, at=request.at)
    messages.success(request, OUTAGE_TOLD[step] % {"code": found.code})
    return redirect("turmys:outage", found.code)


@require_POST
@login_required
def update(request: Request, code: str) -> HttpResponse:
    """Tell of new times."""
    found = my_outage(request, code)
    form = TimesForm(request.POST, outage=found)
    if not form.is_valid():
        return show_outage(request, found, form, 422)
    times = Times(
        form.cleaned_data.get("starts_at", found.starts_at), form.cleaned_data["expected_at"]
    )
    update_outage(found, times=times, by=request.actor, at=request.at)
    messages.success(request, _("The public is told about outage %(code)s.") % {"code": found.code})
    return redirect("turmys:outage", found.code)


@require_POST
@login_required
def take(request: Request) -> HttpResponseBase:
    """Take a file of readings."""
    form = ReadingsForm(my_networks(request), request.POST, request.FILES)
    if not form.is_valid():
        return show_readings(request, {"form": form}, 422)
    values = form.cleaned_data
    made = take_readings(
        values["network"],
        values["file"].read(),
        source=values["source"],
        sequence_no=values["sequence_no"],
        by=request.actor,
        at=request.at,
    )
    counts = {"taken": made.taken_count, "aside": made.quarantined_count}
    told = messages.warning if made.quarantined_count else messages.success
    words = _("File %(code)s: readings taken – %(taken)s, rows put aside – %(aside)s.")
    told(request, words % {"code": made.code, **counts})
    return redirect("turmys:batch", made.code)


@require_POST
@login_required
def balance(request: Request) -> HttpResponseBase:
    """Compute a month's balances."""
    form = MonthForm(my_networks(request), request.POST)
    if not form.is_valid():
        return show_readings(request, {"month_form": form}, 422)
    values = form.cleaned_data
    made = compute_balances(values["network"], values["month"], by=request.actor, at=request.at)
    messages.success(request, _("Balances computed: %(count)s.") % {"count": len(made)})
    return redirect("turmys:balances")
