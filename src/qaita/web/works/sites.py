"""The site on the desk: what was done, what is wanting, what waits for whom."""

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
from django.views.decorators.http import require_POST

from qaita.kernel.clock import day_of
from qaita.kernel.states import Ask
from qaita.web.columns import state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.few import few
from qaita.web.lists import Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.procurement.words import UNITS
from qaita.web.works.forms import OpenSite
from qaita.works.models import LineKind, Site
from qaita.works.queries import (
    checks_missing,
    contracts_without_site,
    differences_of,
    gallery_of,
    lateness_of,
    progress_of,
    reasons_against_line,
    sections_uncovered,
    sites_for,
    stages_missing,
)
from qaita.works.services import SitePlan, open_site, start_site
from qaita.works.states import SITE

PLANNERS = {"supplier", "utility_engineer"}


SHOWN = 10  # the newest day reports on the page of the site
SITES = Listing(
    "sites",
    columns=(
        Column(
            "code",
            gettext_lazy("Site"),
            lambda site: site.code,
            link=lambda site: reverse("works:site", args=[site.code]),
            sort="code",
        ),
        Column("project", gettext_lazy("Project"), lambda site: site.project.code),
        Column("contract", gettext_lazy("Contract"), lambda site: site.contract.code),
        state_column("site", gettext_lazy("State"), sort=False),
        Column(
            "due", gettext_lazy("Must end by"), lambda site: site.ends_on, sort="contract__ends_on"
        ),
    ),
    filters=(
        state_choice("site", gettext_lazy("State")),
        Text("q", gettext_lazy("Search"), ("code", "project__code", "contract__code")),
    ),
    order="contract__ends_on",
    empty=gettext_lazy("No site of yours yet. A site opens when its contract is signed."),
)


@login_required
def sites(request: Request) -> HttpResponseBase:
    """List the sites of this person's side, and the contracts that wait for a site."""
    context = {"waiting": contracts_without_site(request.actor)}
    return show_listing(request, SITES, sites_for(request.actor), "works/sites.html", context)


@login_required
def site(request: Request, code: str) -> HttpResponse:
    """Show one site whole."""
    found = my_site(request, code)
    progress = progress_of(found)
    lines = found.as_built.exclude(state="withdrawn").select_related("site", "section", "act")
    context = {
        "site": found,
        "roles": roles_here(request, found),
        "may_start": SITE.may("start", Ask(found, request.actor, request.at)),
        "progress": progress,
        "measurable": any(row.line.kind != LineKind.LENGTH for row in progress),
        "late": lateness_of(found, on=day_of(request.at)),
        "uncovered": sections_uncovered(found),
        "stages_missing": stages_missing(found),
        "gallery": gallery_of(found),
        "lines": [
            (line, differences_of(line), checks_missing(line), reasons_against_line(line))
            for line in lines.prefetch_related("replaces", "checks", "materials")
        ],
        "reports": few(found.reports.all(), SHOWN),
        "acts": found.acts.all(),
        "permits": found.permits.all(),
        "may_plan": bool(roles_here(request, found) & PLANNERS) and found.state != "completed",
        "milestones": found.milestones.all(),
    }
    return render(request, "works/site.html", context)


def my_site(request: Request, code: str) -> Site:
    """Return the site when the person stands on one of its sides."""
    return get_object_or_404(sites_for(request.actor), code=code)


def roles_here(request: Request, found: Site) -> set[str]:
    """Return the roles the person holds on this site."""
    return {role for role in request.actor.roles if request.actor.may(role, found.scope_for(role))}


def ask_form(request: Request, form: Form, title: str, back: str, **context: Any) -> HttpResponse:
    """Show a form, with its faults when it has some."""
    status = 422 if form.is_bound else 200
    shown = {"form": form, "title": title, "back": back, **context}
    return render(request, "works/form.html", shown, status=status)


def site_url(code: str) -> str:
    """Return the address of a site."""
    return reverse("works:site", args=[code])


@login_required
def open_new(request: Request, contract: str) -> HttpResponse:
    """Open the site of a signed contract."""
    found = get_object_or_404(contracts_without_site(request.actor), code=contract)
    form = OpenSite(sent(request), request.FILES or None)
    if not form.is_valid():
        shown = {"form": form, "contract": found, "units": UNITS}
        return render(request, "works/open.html", shown, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    plan = SitePlan(given["supervision"], given["bill"], (), given["design_material"])
    made = open_site(found, plan, by=request.actor, at=request.at)
    messages.success(request, _("Site %(code)s is open.") % {"code": made.code})
    return redirect("works:site", made.code)


@require_POST
@login_required
def start(request: Request, code: str) -> HttpResponse:
    """Begin the works."""
    found = start_site(my_site(request, code), by=request.actor, at=request.at)
    messages.success(request, _("The works on site %(code)s have begun.") % {"code": found.code})
    return redirect("works:site", found.code)
