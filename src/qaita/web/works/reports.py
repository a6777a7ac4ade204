"""What the contractor and the supervision send from the site."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qaita.kernel.clock import day_of
from qaita.web.desk.forms import sent
from qaita.web.formats import length_text
from qaita.web.middleware import Request
from qaita.web.works.forms import (
    AsBuiltForm,
    CheckForm,
    DayReportForm,
    EvidenceForm,
    MaterialForm,
    MeasureForm,
    MilestoneForm,
    MilestonesForm,
    PermitForm,
)
from qaita.web.works.sites import ask_form, my_site, site_url
from qaita.works.models import AsBuilt, DigPermit, Milestone
from qaita.works.queries import sections_uncovered, sites_for
from qaita.works.services import (
    MOST_LINE_BYTES,
    MOST_PICTURE_BYTES,
    Batch,
    DayWork,
    Pipe,
    Readings,
    Snapshot,
    add_material,
    close_permit,
    judge_milestone,
    measure_line,
    open_permit,
    plan_milestones,
    read_laid_line,
    record_as_built,
    record_check,
    record_evidence_many,
    source_of_name,
    withdraw_as_built,
    write_day_report,
)


@login_required
def report(request: Request, code: str) -> HttpResponse:
    """Write the report of a day."""
    site = my_site(request, code)
    form = DayReportForm(sent(request), initial={"on": day_of(request.at)})
    if not form.is_valid():
        return ask_form(request, form, _("Report of the day"), site_url(code))
    write_day_report(site, DayWork(**form.cleaned_data), by=request.actor, at=request.at)
    messages.success(request, _("The day is written down."))
    return redirect("works:site", code)


@login_required
def evidence(request: Request, code: str) -> HttpResponse:
    """Send pictures."""
    site = my_site(request, code)
    form = EvidenceForm(sent(request), request.FILES or None)
    if not form.is_valid():
        return ask_form(request, form, _("Pictures from the place"), site_url(code), upload=True)
    values: dict[str, Any] = form.cleaned_data
    files = values.pop("pictures")
    rows = record_evidence_many(
        site,
        [Snapshot(one.read(MOST_PICTURE_BYTES + 1), **values) for one in files],
        by=request.actor,
        at=request.at,
    )
    flagged = sum(bool(row.flags) for row in rows)
    if flagged:
        messages.warning(
            request, _("%(n)d pictures are kept but flagged: see why below.") % {"n": flagged}
        )
    else:
        messages.success(request, _("The pictures are kept."))
    return redirect("works:site", code)


@login_required
def line(request: Request, code: str) -> HttpResponse:
    """Send the line as laid."""
    site = my_site(request, code)
    files = request.FILES or None
    first = {"laid_on": day_of(request.at)}
    form = AsBuiltForm(site, sections_uncovered(site), sent(request), files, initial=first)
    if not form.is_valid():
        return ask_form(request, form, _("The line as laid"), site_url(code), upload=True)
    values = form.cleaned_data
    file = values["file"]
    data = file.read(MOST_LINE_BYTES + 1) if file else values["drawn"].encode()
    laid = read_laid_line(data, source=source_of_name(file.name) if file else "drawn")
    pipe = Pipe(
        values["material"], values["laid_on"], values.get("diameter_mm"), values.get("voltage_kv")
    )
    sections = list(values["sections"])
    made = record_as_built(site, sections, laid, pipe, by=request.actor, at=request.at)
    length = {"length": length_text(made.length_m)}
    messages.success(request, _("The line is kept: %(length)s by its geometry.") % length)
    return redirect("works:site", code)


def _my_line(request: Request, code: str) -> AsBuilt:
    rows = AsBuilt.objects.filter(site__in=sites_for(request.actor))
    return get_object_or_404(rows.select_related("site"), code=code)


@login_required
def check(request: Request, code: str) -> HttpResponse:
    """Enter a check of a line."""
    laid = _my_line(request, code)
    form = CheckForm(sent(request), initial={"held_on": day_of(request.at)})
    if not form.is_valid():
        return ask_form(request, form, _("A check of the line"), site_url(laid.site.code))
    made = record_check(laid, Readings(**form.cleaned_data), by=request.actor, at=request.at)
    if made.is_passed:
        messages.success(request, _("The check is passed."))
    else:
        messages.warning(request, _("The check is not passed: its readings break the rule."))
    return redirect("works:site", laid.site.code)


@login_required
def material(request: Request, code: str) -> HttpResponse:
    """Say which batch lies in the line."""
    laid = _my_line(request, code)
    form = MaterialForm(sent(request))
    if not form.is_valid():
        return ask_form(request, form, _("Batch and certificate"), site_url(laid.site.code))
    add_material(laid, Batch(**form.cleaned_data), by=request.actor, at=request.at)
    messages.success(request, _("The batch is written down."))
    return redirect("works:site", laid.site.code)


@require_POST
@login_required
def withdraw(request: Request, code: str) -> HttpResponse:
    """Take a line back."""
    laid = withdraw_as_built(_my_line(request, code), by=request.actor, at=request.at)
    messages.success(request, _("The line is withdrawn. Give a better one."))
    return redirect("works:site", laid.site.code)


@login_required
def measure(request: Request, code: str) -> HttpResponse:
    """Measure more of a line of the bill."""
    site = my_site(request, code)
    form = MeasureForm(site, sent(request), initial={"on": day_of(request.at)})
    if not form.is_valid():
        return ask_form(request, form, _("Measured quantity"), site_url(code))
    values = form.cleaned_data
    measure_line(
        values["line"], values["quantity"], on=values["on"], by=request.actor, at=request.at
    )
    messages.success(request, _("The quantity is written down."))
    return redirect("works:site", code)


@login_required
def permit(request: Request, code: str) -> HttpResponse:
    """Enter a dig permit."""
    site = my_site(request, code)
    form = PermitForm(sent(request))
    if not form.is_valid():
        return ask_form(request, form, _("Permit to open the ground"), site_url(code))
    open_permit(site, **form.cleaned_data, by=request.actor, at=request.at)
    messages.success(request, _("The permit is entered."))
    return redirect("works:site", code)


@require_POST
@login_required
def permit_close(request: Request, code: str) -> HttpResponse:
    """Close a dig permit: the surface is restored."""
    rows = DigPermit.objects.filter(site__in=sites_for(request.actor))
    found = get_object_or_404(rows.select_related("site"), code=code)
    close_permit(found, by=request.actor, at=request.at)
    messages.success(request, _("The permit is closed."))
    return redirect("works:site", found.site.code)


@login_required
def plan(request: Request, code: str) -> HttpResponse:
    """Promise a point of the works."""
    site = my_site(request, code)
    form = MilestonesForm(sent(request))
    if not form.is_valid():
        return ask_form(request, form, _("New milestone"), site_url(code))
    plan_milestones(site, [form.point()], by=request.actor, at=request.at)
    messages.success(request, _("The milestone is promised."))
    return redirect("works:site", code)


@login_required
def milestone(request: Request, code: str) -> HttpResponse:
    """Judge a milestone."""
    rows = Milestone.objects.filter(site__in=sites_for(request.actor))
    found = get_object_or_404(rows.select_related("site"), code=code)
    form = MilestoneForm(found.site, sent(request))
    if not form.is_valid():
        return ask_form(request, form, _("Milestone"), site_url(found.site.code), thing=found)
    values = form.cleaned_data
    judge_milestone(
        found,
        values["verdict"],
        evidence=list(values["evidence"]),
        remarks=values["remarks"],
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("The milestone is judged."))
    return redirect("works:site", found.site.code)
