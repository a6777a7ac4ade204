"""Sections on the desk: what an engineer records and changes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qaita.kernel.clock import day_of
from qaita.networks.models import LIVING, EquipmentUnit, Material, Section, ServiceKind
from qaita.networks.queries import (
    equipment_at,
    failures_of,
    inspections_of,
    lineage_of,
    sections_for,
)
from qaita.networks.services import (
    install_equipment,
    merge_sections,
    record_failures,
    record_inspection,
    retire_sections,
    split_section,
)
from qaita.networks.services.records import FailureFacts, InspectionFacts
from qaita.programme.queries import projects_about
from qaita.web.columns import state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.few import few
from qaita.web.links import link
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.networks.forms import (
    EquipmentForm,
    FailureForm,
    InspectionForm,
    MergeForm,
    RetireForm,
    SplitForm,
)
from qaita.web.section_wear import map_address, wear_of

SHOWN = 20  # the newest failures and inspections on the section's own page
LIST = Listing(
    "sections",
    columns=(
        Column(
            "code",
            gettext_lazy("Section"),
            lambda row: row.code,
            link=lambda row: reverse("networks:section", args=[row.code]),
            sort="code",
        ),
        Column("name", gettext_lazy("Name"), lambda row: row.name, sort="name"),
        Column("network", gettext_lazy("Network"), lambda row: row.network.code),
        Column(
            "material", gettext_lazy("Material"), lambda row: str(row.get_material_display() or "–")
        ),
        Column(
            "length",
            gettext_lazy("Length, m"),
            lambda row: round(row.length_m, 1),
            sort="length_m",
            align="num",
        ),
        Column(
            "laid",
            gettext_lazy("Laid"),
            lambda row: str(row.laid_on.year) if row.laid_on else "",
            sort="laid_on",
        ),
        state_column("section", gettext_lazy("State"), sort=False),
    ),
    filters=(
        Choice("service", gettext_lazy("Service"), ServiceKind.choices),
        Choice("material", gettext_lazy("Material"), Material.choices),
        state_choice("section", gettext_lazy("State")),
        Text("q", gettext_lazy("Search"), ("code", "name", "network__code")),
    ),
    order="pk",
    empty=gettext_lazy("No section yet. Import a network first."),
)


@login_required
def sections(request: Request) -> HttpResponseBase:
    """List the sections of this person's utilities."""
    return show_listing(request, LIST, sections_for(request.actor), "networks/sections.html", {})


def mine(request: Request, code: str) -> Section:
    """Return a section of this person's utilities."""
    return get_object_or_404(sections_for(request.actor), code=code)


@login_required
def section(request: Request, code: str) -> HttpResponse:
    """Show one section and what may be recorded of it."""
    found = mine(request, code)
    scope = found.scope_for("utility_engineer")
    context = {
        "section": found,
        "failures": few(failures_of(found), SHOWN),
        "inspections": few(inspections_of(found), SHOWN),
        "family": lineage_of(found),
        "equipment": equipment_at(found),
        "may_change": request.actor.may("utility_engineer", scope),
        "is_living": found.state in LIVING,
        "projects": projects_about(found),
        "trace_url": link("trace", found.code),
        "map_url": map_address(found),
    }
    worn = wear_of(found, on=day_of(request.at))
    return render(request, "networks/section.html", context | worn)


def ask(request: Request, form: Form, title: str, found: Section | None) -> HttpResponse:
    """Show a form, with its faults when it has some."""
    back = reverse("networks:section", args=[found.code]) if found else reverse("networks:sections")
    shown: dict[str, Any] = {"form": form, "title": title, "back": back, "section": found}
    return render(request, "networks/form.html", shown, status=422 if form.is_bound else 200)


@login_required
def failure(request: Request, code: str) -> HttpResponse:
    """Record a failure."""
    found = mine(request, code)
    form = FailureForm(sent(request))
    if not form.is_valid():
        return ask(request, form, _("Record a failure"), found)
    facts = FailureFacts(found, **form.cleaned_data)
    record_failures([facts], by=request.actor, at=request.at)
    messages.success(request, _("The failure is recorded."))
    return redirect("networks:section", code)


@login_required
def inspection(request: Request, code: str) -> HttpResponse:
    """Record an inspection."""
    found = mine(request, code)
    form = InspectionForm(sent(request))
    if not form.is_valid():
        return ask(request, form, _("Record an inspection"), found)
    values = dict(form.cleaned_data)
    condition = values.pop("condition_percent") / 100
    facts = InspectionFacts(found, condition=condition, **values)
    record_inspection(facts, by=request.actor, at=request.at)
    messages.success(request, _("The inspection is recorded."))
    return redirect("networks:section", code)


@login_required
def equipment(request: Request, code: str) -> HttpResponse:
    """Enter a unit of equipment at an end of the section."""
    found = mine(request, code)
    form = EquipmentForm(found, sent(request))
    if not form.is_valid():
        return ask(request, form, _("Enter equipment"), found)
    unit = EquipmentUnit(network=found.network, **form.columns())
    install_equipment(unit, by=request.actor, at=request.at)
    messages.success(request, _("The equipment is entered."))
    return redirect("networks:section", code)


@login_required
def retire(request: Request, code: str) -> HttpResponse:
    """Take a section out of use, with no other in its place."""
    found = mine(request, code)
    form = RetireForm(sent(request))
    if not form.is_valid():
        return ask(request, form, _("Take the section out of use"), found)
    retire_sections([found], by=request.actor, at=request.at)
    messages.success(request, _("Section %(code)s is out of use.") % {"code": found.code})
    return redirect("networks:section", code)


@login_required
def split(request: Request, code: str) -> HttpResponse:
    """Cut a section in two."""
    found = mine(request, code)
    form = SplitForm(found.length_m, sent(request))
    if not form.is_valid():
        return ask(request, form, _("Cut the section in two"), found)
    share = form.cleaned_data["at_m"] / found.length_m
    first, second = split_section(found, at_share=share, by=request.actor, at=request.at)
    told = {"first": first.code, "second": second.code}
    messages.success(request, _("Two sections came of it: %(first)s and %(second)s.") % told)
    return redirect("networks:section", first.code)


@login_required
def merge(request: Request) -> HttpResponse:
    """Join sections that follow one another."""
    first = {"codes": request.GET.get("codes", "")[:2_000]}
    form = MergeForm(sections_for(request.actor), sent(request), initial=first)
    if not form.is_valid():
        return ask(request, form, _("Join sections"), None)
    chosen = form.cleaned_data["codes"]
    made = merge_sections(chosen, by=request.actor, at=request.at)
    messages.success(request, _("Section %(code)s came of it.") % {"code": made.code})
    return redirect("networks:section", made.code)
