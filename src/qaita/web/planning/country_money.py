"""What other money would change: an instant bound from the stored prices, then a plan at it.

Dragging shows the bound; letting go asks a worker for prices and a plan close to the old one. What
came out is kept as a scenario with its run only when the person says so.
"""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qaita.jobs.models import Job
from qaita.jobs.queries import get_job
from qaita.jobs.services import cancel_job
from qaita.kernel.errors import Missing
from qaita.kernel.money import from_million
from qaita.planning.jobs import TRIAL, queue_country_run, queue_trial
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    CountryLimits,
    RunWords,
    forecast_bound,
    limit_rows,
    limits_of_json,
    require_files,
)
from qaita.planning.services import make_country_scenario
from qaita.web import formats
from qaita.web.middleware import Request
from qaita.web.planning.country import office_run, require_office
from qaita.web.planning.country_figures import year_rows
from qaita.web.planning.country_forms import MoneyForm, purses_of

TITLE = 160


@login_required
def money(request: Request, code: str) -> HttpResponse:
    """Show the bound at other money; sent, ask a worker for a plan at it."""
    found = office_run(request, code)
    if found.value_kzt is None:
        raise Missing("run", code)
    require_files(found)
    form = _form(request, found)
    context = {"run": found, "form": form, "uses_htmx": True}
    if not form.is_valid():
        return render(request, "planning/country_money.html", context, status=422)
    if request.method == "POST":
        job = queue_trial(found, form.asked(), by=request.actor, at=request.at)
        return (
            _trial(request, job) if request.htmx else redirect("planning:country_trial", job.code)
        )
    name = "_country_forecast.html" if request.htmx else "country_money.html"
    return render(request, f"planning/{name}", {**context, **_forecast(found, form)})


def _form(request: Request, run: CountryRun) -> MoneyForm:
    """Return the form of one purse, every part 100 where nothing was said."""
    limits = limits_of_json(run.scenario.limits)
    told = request.POST if request.method == "POST" else request.GET
    purses = purses_of(limits, RunWords(run, formats.language()))
    return MoneyForm(told, limits=limits, purses=purses)


def _forecast(run: CountryRun, form: MoneyForm) -> dict[str, Any]:
    bound = forecast_bound(run, form.asked())
    before = run.bound_kzt or bound
    return {
        "rows": form.rows(),
        "bound": bound,
        "before": before,
        "more": abs(bound - before),
        "is_less": bound < before,
        "is_more": bound > before,
    }


def office_trial(request: Request, code: str) -> tuple[Job, CountryRun]:
    """Return a trial and the run it is about, for the programme office."""
    require_office(request)
    job = get_job(code)
    if job.kind != TRIAL:
        raise Missing("job", code)
    return job, office_run(request, job.subject)


@login_required
def trial(request: Request, code: str) -> HttpResponse:
    """Show how far a trial is, or what it found."""
    job, _run = office_trial(request, code)
    return _trial(request, job)


def _trial(request: Request, job: Job) -> HttpResponse:
    run = office_run(request, job.subject)
    context = {
        "job": job,
        "run": run,
        "percent": round(100 * job.progress_share),
        "is_under_way": not job.is_over,
        "bound_kzt": _tenge(job.resume.get("bound_mkzt")),
        "limits": limits_of_json(job.resume["limits"]),
        "uses_htmx": True,
        **_found(run, job),
    }
    part, page = "planning/_country_trial.html", "planning/country_trial.html"
    return render(request, part if request.htmx else page, context)


def _tenge(mkzt: float | None) -> Decimal | None:
    return None if mkzt is None else from_million(mkzt)


def _found(run: CountryRun, job: Job) -> dict[str, Any]:
    """Return what a trial found, beside what the run has."""
    if job.outcome != "done":
        return {}
    told, words = job.result, RunWords(run, formats.language())
    value = from_million(told["value_mkzt"])
    asked = limits_of_json(job.resume["limits"])
    return {
        "found": told,
        "value_kzt": value,
        "more_kzt": abs(value - (run.value_kzt or value)),
        "is_less": value < (run.value_kzt or value),
        "other_share": sum(told[name] for name in ("entered", "left", "moved")) / told["packages"],
        "broken": [words.short_of(row) for row in told["broken"]],
        "years": [
            (row.year, row.cost_kzt, asked.budgets_kzt.get(row.year, Decimal(0)), after)
            for row in year_rows(run, limit_rows(run))
            for after in [from_million(told["years"].get(str(row.year), 0.0))]
        ],
    }


@require_POST
@login_required
def stop_trial(request: Request, code: str) -> HttpResponse:
    """Stop a trial: nothing of it is kept."""
    job, found = office_trial(request, code)
    cancel_job(job, by=request.actor, at=request.at)
    messages.success(request, _("Stopped. Nothing was kept."))
    return redirect("planning:country_money", found.code)


@require_POST
@login_required
def keep_trial(request: Request, code: str) -> HttpResponse:
    """Keep the limits of a trial as a scenario, with its plan as a run."""
    job, found = office_trial(request, code)
    limits = limits_of_json(job.resume["limits"])
    title = f"{found.scenario.title} ({_said(limits_of_json(found.scenario.limits), limits)})"
    scenario = make_country_scenario(limits, title=title[:TITLE], by=request.actor, at=request.at)
    queued = queue_country_run(scenario, by=request.actor, at=request.at, begun_from=found)
    return redirect("planning:country_run", queued.subject)


def _said(before: CountryLimits, after: CountryLimits) -> str:
    """Return in short what money is other."""
    parts = [
        f"{year}: {100 * after.budgets_kzt[year] / money:.0f} %"
        for year, money in before.budgets_kzt.items()
        if money and after.budgets_kzt.get(year, money) != money
    ]
    rest = before.caps_kzt != after.caps_kzt or before.regions_kzt != after.regions_kzt
    parts += [_("other money of a utility or region")] if rest else []
    return " · ".join(parts) or _("the same money")
