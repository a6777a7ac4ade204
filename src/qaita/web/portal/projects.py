"""Projects: the list, and one calm page from reason to result."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Signature
from qaita.funding.queries import household_bill_effect, instruments_of, money_of, payments_of
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing
from qaita.kernel.remembering import asked_once
from qaita.ledger.queries import timeline
from qaita.networks.models import Section
from qaita.networks.queries import sections_of
from qaita.planning.models import Need
from qaita.procurement.queries import contracts_of_project, tenders_of_project
from qaita.programme.models import Clock, Project
from qaita.programme.queries import (
    PLANNED,
    accepted_sections_of,
    get_project,
    late_days,
    public_projects,
    running_clock,
)
from qaita.programme.states import FUNNEL
from qaita.web import formats, labels
from qaita.web.columns import (
    money_column,
    region_choice,
    service_column,
    state_choice,
    state_column,
)
from qaita.web.links import link
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.section_map import drawing, framed
from qaita.web.templatetags.qaita import named

SHOWN_SECTIONS = 60


def _years() -> list[tuple[str, str]]:
    years = public_projects().order_by("year").values_list("year", flat=True).distinct()
    return [(str(year), str(year)) for year in years]


PROJECTS = Listing(
    "projects",
    columns=(
        Column(
            "title",
            _("Project"),
            lambda row: named(row, "title"),
            link=lambda row: reverse("portal:project", args=[row.code]),
        ),
        Column("code", _("Code"), lambda row: row.code, sort="code"),
        service_column(_("Service")),
        Column("region", _("Region"), lambda row: named(row.region), sort="region__kato"),
        Column("utility", _("Utility"), lambda row: named(row.utility)),
        Column("year", _("Year"), lambda row: row.year, sort="year", align="num"),
        Column(
            "length",
            _("Planned length, m"),
            lambda row: round(row.length_planned_m, 1),
            show=lambda row: formats.length_text(row.length_planned_m),
            sort="length_planned_m",
            align="num",
        ),
        money_column("cost", _("Cost, ₸"), "cost_kzt"),
        state_column("project", _("State")),
    ),
    filters=(
        state_choice(
            "project",
            _("State"),
            without="draft",
            groups=(("planned", _("Confirmed and later"), PLANNED),),
        ),
        Choice("service", _("Service"), tuple(labels.SERVICES.items())),
        region_choice(_("Region"), "region__kato"),
        Choice("year", _("Year"), _years),
        Text("q", _("Search"), ("code", "title_kk", "title_ru", "title_en", "utility__name_ru")),
    ),
    order="-cost_kzt",
    empty=_("No utility has submitted an application yet."),
)


def projects(request: Request) -> HttpResponseBase:
    """Show every submitted project."""
    return show_listing(request, PROJECTS, public_projects(), "portal/projects.html")


@dataclass(frozen=True)
class Stage:
    """One step of the funnel on the page of a project."""

    state: str
    on: date | None
    tone: str  # done | now | ahead


@dataclass(frozen=True)
class Term:
    """A legal term with what became of it."""

    clock: Clock
    late: int


def stages_of(project: Project) -> list[Stage]:
    """Return the funnel with the day each step was last reached."""
    reached = {m.facts.get("to"): day_of(m.at) for m in timeline(project.code)}
    reached["draft"] = day_of(project.drafted_at)
    place = FUNNEL.index(project.state) if project.state in FUNNEL else -1
    tones = ["done" if i < place else "now" if i == place else "ahead" for i in range(len(FUNNEL))]
    return [
        Stage(state, reached.get(state) if tone != "ahead" else None, tone)
        for state, tone in zip(FUNNEL, tones, strict=True)
    ]


def needs_of_project(project: Project) -> dict[str, Any]:
    """Return what speaks for these sections now, in figures of their needs."""
    needs = list(Need.objects.filter(section__projects=project).select_related("section"))
    length_m = sum(need.section.length_m for need in needs) or 1.0
    past = sum(need.section.length_m for need in needs if need.past_norm)
    return {
        "found": needs,
        "past_share": past / length_m,
        "failures_counted": sum(need.failures_counted for need in needs),
        "avoided": sum(need.failures_avoided_per_year for need in needs),
        "imputed": sum(1 for need in needs if need.imputed),
        "found_on": max((need.found_on for need in needs), default=None),
    }


@asked_once
def drawing_of(project: Project) -> SafeString | str:
    """Draw the project's sections within their networks."""
    sections = list(project.sections.select_related("network").order_by("code"))
    around: list[Section] = []
    for network in {section.network for section in sections}:
        around += list(sections_of(network).only("geometry"))
    return drawing(sections, around)


def map_of(project: Project) -> SafeString | str:
    """Return the map of the project's sections."""
    return framed(drawing_of(project), title=gettext("The sections of the project"))


@asked_once
def story_of(found: Project, on: date) -> dict[str, Any]:
    """Return what the page tells of a project, in no language yet."""
    sections = list(found.sections.select_related("network").order_by("code"))
    approvals = list(found.approvals.select_related("document"))
    signed = Signature.objects.filter(subject_code__in=[a.document.code for a in approvals])
    signature_of = {row.subject_code: row for row in signed}
    return {
        "project": found,
        "stages": stages_of(found),
        "sections": sections[:SHOWN_SECTIONS],
        "sections_more": max(0, len(sections) - SHOWN_SECTIONS),
        "accepted_m": sum(s.length_m for s in accepted_sections_of(found)),
        "line": found.run_line,
        "needs": needs_of_project(found),
        "money": money_of(found),
        "instruments": instruments_of(found).prefetch_related("tranches"),
        "payments": payments_of(found),
        "estimates": found.estimates.all(),
        "bill": household_bill_effect(found, on),
        "terms": [Term(clock, late_days(clock, on)) for clock in found.clocks.all()],
        "running": running_clock(found),
        "approvals": [(a, signature_of.get(a.document.code)) for a in approvals],
        "moments": timeline(found.code),
        "tenders": tenders_of_project(found),
        "contracts": contracts_of_project(found),
        "on": on,
    }


def _row_addresses(found: Project) -> dict[str, str]:
    """Return where the rows behind the figures of the project's sections are."""
    sections = link("utility_sections", found.utility.code)
    failures = link("utility_failures", found.utility.code)
    return {
        "sections_url": f"{sections}?project={found.code}",
        "failures_url": f"{failures}?project={found.code}",
    }


def project(request: Request, code: str) -> HttpResponse:
    """Show one project whole."""
    found = get_project(code.upper())
    if found.state == "draft":
        raise Missing("project", code)
    story = story_of(found, day_of(request.at))
    context = {
        **story,
        **_row_addresses(found),
        "estimate_url": "#estimates" if len(story["estimates"]) > 1 else "#history",
        "tranches": any(one.tranches.all() for one in story["instruments"]),
        "map": map_of(found),
        "utility_url": link("utility", found.utility.code),
    }
    return render(request, "portal/project.html", context)


def document(request: Request, code: str, document: str) -> HttpResponse:
    """Answer the signed canonical document, byte for byte."""
    found = get_project(code.upper())
    paper = found.documents.filter(code=document.upper()).first()
    if paper is None or found.state == "draft":
        raise Missing("document", document)
    return HttpResponse(paper.body.encode(), content_type="application/json")


urlpatterns = [
    path("projects/", projects, name="projects"),
    path("projects/<str:code>/", project, name="project"),
    path("projects/<str:code>/documents/<str:document>.json", document, name="project_document"),
]
