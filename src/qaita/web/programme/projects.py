"""Applications and projects on the desk."""

from dataclasses import dataclass
from typing import Any

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
from qaita.kernel.errors import Reason
from qaita.kernel.states import Ask
from qaita.ledger.queries import seen_of, timeline
from qaita.networks.models import Section
from qaita.planning.models import Run
from qaita.planning.queries import scenarios_of
from qaita.programme.models import Project
from qaita.programme.queries import lines_to_apply_for, projects_of, running_clock
from qaita.programme.services import (
    VERBS,
    Decision,
    Draft,
    draft_project,
    extend_step,
    revise_estimate,
)
from qaita.programme.states import PROJECT, may_apply
from qaita.web import labels
from qaita.web.columns import money_column, state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.few import part_of
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.portal.projects import map_of, needs_of_project, stages_of
from qaita.web.programme.country_packages import country_shares
from qaita.web.programme.forms import DecisionForm, EstimateForm, ExtensionForm, PackagesForm
from qaita.web.templatetags.qaita import named

RUNS = 10  # plans in force on one part of the page
PROJECTS = Listing(
    "projects",
    columns=(
        Column(
            "title",
            gettext_lazy("Project"),
            lambda row: named(row, "title"),
            link=lambda row: reverse("programme:project", args=[row.code]),
        ),
        Column("code", gettext_lazy("Code"), lambda row: row.code, sort="code"),
        Column("year", gettext_lazy("Year"), lambda row: row.year, sort="year", align="num"),
        money_column("cost", gettext_lazy("Cost, ₸"), "cost_kzt"),
        state_column("project", gettext_lazy("State")),
    ),
    filters=(
        state_choice("project", gettext_lazy("State")),
        Choice("service", gettext_lazy("Service"), tuple(labels.SERVICES.items())),
        Text("q", gettext_lazy("Search"), ("code", "title_kk", "title_ru", "title_en")),
    ),
    order="-drafted_at",
    empty=gettext_lazy("No application yet. Adopt a plan, then apply with its packages."),
)


@dataclass(frozen=True)
class Possible:
    """An action of the page: open, or closed with the reasons."""

    action: str
    reasons: list[Reason]


def adopted_runs(request: Request) -> Any:
    """Return the plans in force of the person's utilities."""
    rows = Run.objects.filter(state="adopted", scenario__in=scenarios_of(request.actor))
    return rows.select_related("scenario__utility")


@login_required
def home(request: Request) -> HttpResponseBase:
    """List the projects of this person."""
    runs = [run for run in adopted_runs(request) if may_apply(request.actor, run.scenario.utility)]
    context = {"runs": part_of(request, runs, RUNS, key="runs"), "shares": country_shares(request)}
    return show_listing(
        request, PROJECTS, projects_of(request.actor), "programme/home.html", context
    )


@login_required
def new(request: Request, run: str) -> HttpResponse:
    """Make an application of packages of the plan in force."""
    found = get_object_or_404(adopted_runs(request), code=run)
    lines = list(lines_to_apply_for(found))
    form = PackagesForm([line.package.code for line in lines], sent(request))
    if not form.is_valid():
        context = {"run": found, "form": form, "rows": zip(lines, form["package"], strict=True)}
        status = 422 if form.is_bound else 200
        return render(request, "programme/new.html", context, status=status)
    wanted = set(form.cleaned_data["package"])
    chosen = [line for line in lines if line.package.code in wanted]
    sections = Section.objects.filter(packages__in=[line.package for line in chosen])
    draft = Draft(
        found.scenario.utility,
        list(sections.select_related("network__utility_service").distinct()),
        # what the plan meant for a year that has passed is applied for now
        max(day_of(request.at).year, *(line.year or 0 for line in chosen)),
        run_line=chosen[0],
    )
    made = draft_project(draft, by=request.actor, at=request.at)
    messages.success(
        request, _("The application is begun. Look it through; the head of the utility signs it.")
    )
    return redirect("programme:project", made.code)


def my_project(request: Request, code: str) -> Project:
    """Return a project this person works with."""
    return get_object_or_404(projects_of(request.actor), code=code)


def possible(request: Request, found: Project) -> list[Possible]:
    """Return what this person's roles may do here, with what stands against it."""
    ask = Ask(found, request.actor, request.at)
    mine = []
    for action in dict.fromkeys(PROJECT.actions(found.state)):
        reasons = PROJECT.why_not(action, ask)
        if not any(reason.code == "not_your_role" for reason in reasons):
            mine.append(Possible(action, reasons))
    return [one for one in mine if one.action in VERBS]


def against(actions: list[Possible]) -> dict[str, list[str]]:
    """Return each sentence that stands in the way with the actions it closes."""
    found: dict[str, list[str]] = {}
    for one in actions:
        for reason in one.reasons:
            found.setdefault(str(reason.text), []).append(one.action)
    return found


@login_required
def project(request: Request, code: str) -> HttpResponse:
    """Show a project to those who work on it."""
    return show_project(request, my_project(request, code))


def show_project(
    request: Request, found: Project, form: DecisionForm | None = None, status: int = 200
) -> HttpResponse:
    """Show a project; the form of the decision may carry faults."""
    sections = list(found.sections.select_related("network").order_by("code"))
    clock, actions = running_clock(found), possible(request, found)
    on = day_of(request.at)
    context = {
        "project": found,
        "stages": stages_of(found),
        "map": map_of(found),
        "sections": sections,
        "needs": needs_of_project(found),
        "possible": actions,
        "against": against(actions),
        "form": form or DecisionForm(initial={"seen": seen_of(found.code)}),
        "estimates": found.estimates.all(),
        "approvals": found.approvals.select_related("document"),
        "moments": timeline(found.code),
        "running": clock,
        "late": clock is not None and clock.due_on < on,
        "may_extend": request.actor.has("programme_office"),
        "may_revise": request.actor.may("utility_engineer", found.scope_for("utility_engineer"))
        or request.actor.may("utility_head", found.scope_for("utility_head")),
    }
    return render(request, "programme/project.html", context, status=status)


@require_POST
@login_required
def decide(request: Request, code: str) -> HttpResponse:
    """Sign, return or refuse."""
    found = my_project(request, code)
    form = DecisionForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_project(request, found, form, 422)
    said = form.cleaned_data
    decision = Decision(said["remarks"], said["cms"], said["seen"])
    VERBS[said["action"]](found, decision=decision, by=request.actor, at=request.at)
    messages.success(request, _("Done, signed and written into the ledger."))
    return redirect("programme:project", found.code)


@login_required
def revise(request: Request, code: str) -> HttpResponse:
    """Add a version of the estimate."""
    found = my_project(request, code)
    form = EstimateForm(sent(request), initial={"cost_kzt": found.cost_kzt})
    if not form.is_valid():
        context = {"form": form, "project": found, "title": _("New version of the estimate")}
        status = 422 if form.is_bound else 200
        return render(request, "programme/form.html", context, status=status)
    made = revise_estimate(found, **form.cleaned_data, by=request.actor, at=request.at)
    if made.alarm:
        messages.warning(request, _("The estimate has grown past the limit: everybody sees this."))
    return redirect("programme:project", found.code)


@login_required
def extend(request: Request, code: str) -> HttpResponse:
    """Give a late step more time, with a public reason."""
    found = my_project(request, code)
    form = ExtensionForm(sent(request))
    if not form.is_valid():
        context = {"form": form, "project": found, "title": _("Extend the term")}
        status = 422 if form.is_bound else 200
        return render(request, "programme/form.html", context, status=status)
    extend_step(found, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    return redirect("programme:project", found.code)
