"""Needs, scenarios and runs on the desk."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qaita.kernel.clock import day_of
from qaita.kernel.states import Ask
from qaita.kernel.text import in_language
from qaita.networks.models import Network
from qaita.planning.models import Run, Scenario
from qaita.planning.queries import lines_of, package_sum, package_sums, packages_for, scenarios_of
from qaita.planning.services import (
    adopt_run,
    form_packages,
    make_scenario,
    run_plan,
    shelve_scenario,
)
from qaita.planning.states import RUN, SCENARIO
from qaita.programme.states import may_apply
from qaita.web import formats, labels
from qaita.web.columns import state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.few import part_of
from qaita.web.lists import Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.planning.forms import ScenarioForm, services_of
from qaita.web.planning.tables import scenario_rows
from qaita.web.portal.plans import LINES, run_context

SERVICES = 30  # on one part of the page
SCENARIOS = Listing(
    "scenarios",
    columns=(
        Column(
            "title",
            gettext_lazy("Scenario"),
            lambda row: row.title,
            link=lambda row: reverse("planning:scenario", args=[row.code]),
        ),
        Column(
            "utility",
            gettext_lazy("Utility"),
            lambda row: in_language(row.utility, "name", formats.language()),
        ),
        Column("service", gettext_lazy("Service"), lambda row: labels.service_of(row.service)),
        state_column("scenario", gettext_lazy("State"), sort=False),
        Column("made", gettext_lazy("Made"), lambda row: day_of(row.made_at), sort="made_at"),
    ),
    filters=(
        state_choice("scenario", gettext_lazy("State")),
        Text("q", gettext_lazy("Search"), ("title", "code")),
    ),
    order="-made_at",
    empty=gettext_lazy("No scenario yet. Form packages first, then enter money and kilometres."),
)


@login_required
def home(request: Request) -> HttpResponseBase:
    """List the scenarios, and what the networks need."""
    own = part_of(request, services_of(request.actor), SERVICES, key="services")
    context = {"services": own, "sums": package_sums(list(own))}
    scenarios = scenarios_of(request.actor)
    return show_listing(request, SCENARIOS, scenarios, "planning/home.html", context)


@require_POST
@login_required
def form(request: Request, code: str) -> HttpResponse:
    """Form the packages of all networks of a utility's service anew."""
    own = get_object_or_404(services_of(request.actor), code=code)
    count = 0
    for network in Network.objects.filter(utility_service=own):
        count += len(form_packages(network, by=request.actor, at=request.at))
    messages.success(request, _("%(n)d packages of works are formed.") % {"n": count})
    return redirect("planning:home")


@login_required
def new(request: Request) -> HttpResponse:
    """Make a scenario."""
    year = day_of(request.at).year
    asked = ScenarioForm(sent(request), by=request.actor, first_year=year)
    if not asked.is_valid():
        status = 422 if asked.is_bound else 200
        return render(request, "planning/new.html", {"form": asked}, status=status)
    own = asked.cleaned_data["own"]
    made = make_scenario(
        own.organisation,
        asked.limits(),
        service=own.service,
        title=asked.cleaned_data["title"],
        by=request.actor,
        at=request.at,
    )
    return redirect("planning:scenario", made.code)


def my_scenario(request: Request, code: str) -> Scenario:
    """Return a scenario this person works with."""
    return get_object_or_404(scenarios_of(request.actor), code=code)


def my_run(request: Request, code: str) -> Run:
    """Return a run this person works with."""
    rows = Run.objects.filter(scenario__in=scenarios_of(request.actor))
    return get_object_or_404(rows.select_related("scenario__utility"), code=code)


@login_required
def scenario(request: Request, code: str) -> HttpResponse:
    """Show a scenario with its runs."""
    found = my_scenario(request, code)
    context = {
        "scenario": found,
        "limits": scenario_rows(found),
        "runs": found.runs.all(),
        "packages": package_sum(packages_for(found.utility, found.service)),
        "reasons": SCENARIO.why_not("run", Ask(found, request.actor, request.at)),
        "may_shelve": SCENARIO.may("shelve", Ask(found, request.actor, request.at)),
    }
    return render(request, "planning/scenario.html", context)


@require_POST
@login_required
def shelve(request: Request, code: str) -> HttpResponse:
    """Lay a scenario aside."""
    found = shelve_scenario(my_scenario(request, code), by=request.actor, at=request.at)
    messages.success(request, _("Scenario %(title)s is laid aside.") % {"title": found.title})
    return redirect("planning:home")


@require_POST
@login_required
def start(request: Request, code: str) -> HttpResponse:
    """Compute the plan of a scenario."""
    made = run_plan(my_scenario(request, code), by=request.actor, at=request.at)
    return redirect("planning:run", made.code)


@login_required
def run(request: Request, code: str) -> HttpResponseBase:
    """Show a run: the plan or the limits that clash."""
    found = my_run(request, code)
    context = {
        **run_context(found),
        "may_adopt": RUN.row("adopt", found.state) is not None,
        "may_apply": found.state == "adopted" and may_apply(request.actor, found.scenario.utility),
        "reasons": RUN.why_not("adopt", Ask(found, request.actor, request.at)),
    }
    return show_listing(request, LINES, lines_of(found), "planning/run.html", context)


@require_POST
@login_required
def adopt(request: Request, code: str) -> HttpResponse:
    """Make the run the plan in force."""
    adopt_run(my_run(request, code), by=request.actor, at=request.at)
    messages.success(request, _("This is the plan in force now. Applications can be made of it."))
    return redirect("planning:run", code)
