"""The country's scenarios and runs on the desk of the programme office."""

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

from qaita.funding.queries import tariff_headroom
from qaita.jobs.models import Job
from qaita.jobs.services import cancel_job
from qaita.kernel.actor import Scope
from qaita.kernel.clock import day_of
from qaita.kernel.errors import NotYours
from qaita.kernel.states import Ask
from qaita.planning.jobs import COUNTRY, queue_country_run
from qaita.planning.models import CountryRun, CountryScenario
from qaita.planning.queries import (
    CountryLimits,
    RunWords,
    country_runs,
    country_scenarios,
    limits_from_law,
    limits_of_json,
    lost_files,
    plants_of_scenario,
    require_files,
)
from qaita.planning.services import (
    adopt_country_run,
    cancel_country_run,
    make_country_scenario,
    relax_country_scenario,
    shelve_country_scenario,
)
from qaita.planning.states import COUNTRY_RUN, COUNTRY_SCENARIO
from qaita.programme.queries import promised
from qaita.web import formats
from qaita.web.columns import state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.few import few, part_of
from qaita.web.lists import Column, Listing, show_listing
from qaita.web.middleware import Request
from qaita.web.planning.country_figures import country_context, deciding_limits
from qaita.web.planning.country_forms import CountryForm
from qaita.web.planning.country_map import plan_map
from qaita.web.planning.country_packages import package_rows, packages_list
from qaita.web.planning.country_swap_words import shown_swaps

LAW = "law"
TITLE = 160
SCENARIOS, OTHERS = 20, 20  # on one page
UNDER_WAY = ("queued", "running")

RUNS = Listing(
    "runs",
    columns=(
        Column(
            "code",
            gettext_lazy("Run"),
            lambda row: row.code,
            link=lambda row: reverse("planning:country_run", args=[row.code]),
        ),
        Column(
            "scenario",
            gettext_lazy("Scenario"),
            lambda row: row.scenario.title,
            link=lambda row: reverse("planning:country_scenario", args=[row.scenario.code]),
        ),
        state_column("country_run", gettext_lazy("State"), sort=False),
        Column("asked", gettext_lazy("Asked for"), lambda row: row.asked_at, sort="asked_at"),
        Column(
            "value",
            gettext_lazy("Losses avoided, ₸"),
            lambda row: row.value_kzt,
            show=lambda row: (
                "–" if row.value_kzt is None else formats.money_text(row.value_kzt, short=True)
            ),
            sort="value_kzt",
            align="num",
        ),
        Column(
            "gap",
            gettext_lazy("Gap"),
            lambda row: row.best_gap_share,
            show=lambda row: (
                "–" if row.gap_share is None else formats.percent_text(row.best_gap_share)
            ),
            align="num",
        ),
        Column("chosen", gettext_lazy("Packages"), lambda row: row.chosen_count, align="num"),
    ),
    filters=(state_choice("country_run", gettext_lazy("State")),),
    order="-asked_at",
    empty=gettext_lazy("No plan of the country was computed yet: make a scenario first."),
)


def require_office(request: Request) -> None:
    """Raise NotYours for everybody but the programme office."""
    if not request.actor.may("programme_office", Scope()):
        raise NotYours("country_scenario")


def office_scenario(request: Request, code: str) -> CountryScenario:
    """Return a scenario for the programme office."""
    require_office(request)
    return get_object_or_404(country_scenarios(), code=code)


def office_run(request: Request, code: str) -> CountryRun:
    """Return a run for the programme office."""
    require_office(request)
    return get_object_or_404(country_runs(), code=code)


@login_required
def home(request: Request) -> HttpResponseBase:
    """List the scenarios of the country and what came of them."""
    require_office(request)
    context = {"scenarios": part_of(request, country_scenarios(), SCENARIOS, key="scenarios")}
    return show_listing(request, RUNS, country_runs(), "planning/country_home.html", context)


def base_limits(request: Request, begin: str) -> CountryLimits:
    """Return the limits that a new scenario begins from: the law's, or another scenario's."""
    if begin != LAW:
        return limits_of_json(office_scenario(request, begin).limits)
    on = day_of(request.at)
    tariffs = tariff_headroom(on=on, first_year=on.year + 1)
    return limits_from_law(promised(), on=on, first_year=on.year + 1, tariffs=tariffs)


@login_required
def new(request: Request, begin: str) -> HttpResponse:
    """Make a scenario that begins from the law and its targets, or from another scenario."""
    require_office(request)
    form = CountryForm(sent(request), base=base_limits(request, begin))
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"form": form, "begin": begin, "is_law": begin == LAW}
        return render(request, "planning/country_new.html", context, status=status)
    title = form.cleaned_data["title"]
    made = make_country_scenario(form.limits(), title=title, by=request.actor, at=request.at)
    return redirect("planning:country_scenario", made.code)


@login_required
def scenario(request: Request, code: str) -> HttpResponse:
    """Show the limits of a scenario and its runs."""
    found = office_scenario(request, code)
    ask = Ask(found, request.actor, request.at)
    limits = limits_of_json(found.limits)
    context = {
        "scenario": found,
        "limits": limits,
        "floors": [
            (service, [1_000 * row.get(year, 0.0) for year in limits.years])
            for service, row in sorted(limits.floors_km.items())
        ],
        "plants": plants_of_scenario(limits, formats.language()),
        "money": [limits.budgets_kzt.get(year, 0) for year in limits.years],
        "runs": found.runs.all(),
        "reasons": COUNTRY_SCENARIO.why_not("run", ask),
        "may_shelve": COUNTRY_SCENARIO.may("shelve", ask),
    }
    return render(request, "planning/country_scenario.html", context)


@require_POST
@login_required
def shelve(request: Request, code: str) -> HttpResponse:
    """Lay a scenario aside."""
    found = shelve_country_scenario(office_scenario(request, code), by=request.actor, at=request.at)
    messages.success(request, _("Scenario %(title)s is laid aside.") % {"title": found.title})
    return redirect("planning:country")


@require_POST
@login_required
def start(request: Request, code: str) -> HttpResponse:
    """Ask for the plan of a scenario; a worker computes it."""
    job = queue_country_run(office_scenario(request, code), by=request.actor, at=request.at)
    return redirect("planning:country_run", job.subject)


def _job(run: CountryRun) -> Job | None:
    return Job.objects.filter(kind=COUNTRY, subject=run.code).first()


@login_required
def run(request: Request, code: str) -> HttpResponse:
    """Show how far a run is, or what came of it."""
    found = office_run(request, code)
    job = _job(found)
    context: dict[str, Any] = {
        "run": found,
        "scenario": found.scenario,
        "job": job,
        "percent": round(100 * job.progress_share) if job else 0,
        "is_under_way": found.state in UNDER_WAY,
        "uses_htmx": True,
    }
    if found.state in UNDER_WAY and request.htmx:
        return render(request, "planning/_country_progress.html", context)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": request.path})
    return render(request, "planning/country_run.html", {**context, **_outcome(request, found)})


def _outcome(request: Request, run: CountryRun) -> dict[str, Any]:
    """Return what is shown of a run that has its files."""
    if run.value_kzt is None:
        return {}
    if lost := lost_files(run):
        return {"lost": lost}
    told, words = country_context(run), RunWords(run, formats.language())
    ask = Ask(run, request.actor, request.at)
    return {
        **told,
        "map": plan_map(run, told["years"]),
        "limits": deciding_limits(run),
        "broken": words.broken(),
        "ways": words.relaxations(),
        "is_proven": any(row["proven"] for row in run.broken),
        "may_adopt": COUNTRY_RUN.may("adopt", ask),
        "may_override": COUNTRY_RUN.may("override", ask),
        "swaps": shown_swaps(run),
        "followers": run.successors.order_by("pk"),
        "others": few(country_runs().exclude(pk=run.pk).exclude(value_kzt=None), OTHERS),
    }


@login_required
def packages(request: Request, code: str) -> HttpResponseBase:
    """List the packages of a run, in or out, and why."""
    found = require_files(office_run(request, code))
    template = "planning/country_packages.html"
    return show_listing(
        request, packages_list(found), package_rows(found), template, {"run": found}
    )


@require_POST
@login_required
def cancel(request: Request, code: str) -> HttpResponse:
    """Stop a run; nothing of it is kept."""
    found = cancel_country_run(office_run(request, code), by=request.actor, at=request.at)
    job = _job(found)
    if job and job.actor == request.actor.code:
        cancel_job(job, by=request.actor, at=request.at)
    messages.success(request, _("Stopped. Nothing of the run is kept."))
    return redirect("planning:country_scenario", found.scenario.code)


@require_POST
@login_required
def relax(request: Request, code: str, number: int) -> HttpResponse:
    """Make a scenario eased as a run without a plan suggests."""
    found = office_run(request, code)
    told = {"title": found.scenario.title, "n": number + 1}
    title = (_("%(title)s (eased %(n)d)") % told)[:TITLE]
    made = relax_country_scenario(found, number, title=title, by=request.actor, at=request.at)
    messages.success(request, _("The scenario is eased so that a plan exists. Compute it now."))
    return redirect("planning:country_scenario", made.code)


@require_POST
@login_required
def adopt(request: Request, code: str) -> HttpResponse:
    """Make the run the country's plan in force."""
    adopt_country_run(office_run(request, code), by=request.actor, at=request.at)
    messages.success(request, _("This is the country's plan in force now. Anybody can read it."))
    return redirect("planning:country_run", code)
