"""What other money would change: an instant bound from the stored prices, then a plan at it."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qaita.kernel.errors import Missing
from qaita.planning.jobs import queue_country_run
from qaita.planning.models import CountryRun
from qaita.planning.queries import forecast_bound, limits_of_json
from qaita.planning.services import make_country_scenario
from qaita.web.middleware import Request
from qaita.web.planning.country import office_run
from qaita.web.planning.country_forms import MoneyForm

TITLE = 160


@login_required
def money(request: Request, code: str) -> HttpResponse:
    """Show the bound at other money; sent, make a scenario of it and compute its plan."""
    found = office_run(request, code)
    if found.value_kzt is None:
        raise Missing("run", code)
    limits = limits_of_json(found.scenario.limits)
    asked = request.POST if request.method == "POST" else request.GET
    names = [f"percent_{year}" for year in limits.years]
    form = MoneyForm({name: asked.get(name, "100") for name in names}, limits=limits)
    context = {"run": found, "form": form, "uses_htmx": True}
    if not form.is_valid():
        return render(request, "planning/country_money.html", context, status=422)
    if request.method == "POST":
        return _plan(request, found, form)
    name = "_country_forecast.html" if request.htmx else "country_money.html"
    return render(request, f"planning/{name}", {**context, **_forecast(found, form)})


def _forecast(run: CountryRun, form: MoneyForm) -> dict[str, object]:
    budgets = form.budgets()
    bound = forecast_bound(run, budgets)
    before = run.bound_kzt or bound
    return {
        "rows": [
            (year, percent, form.limits.budgets_kzt.get(year, 0), budgets[year])
            for year, percent in form.percents().items()
        ],
        "bound": bound,
        "before": before,
        "more": abs(bound - before),
        "is_less": bound < before,
        "is_more": bound > before,
    }


def _plan(request: Request, run: CountryRun, form: MoneyForm) -> HttpResponse:
    percents = form.percents()
    parts = " · ".join(f"{year}: {value:g} %" for year, value in percents.items() if value != 100)
    said = parts or _("the same money")
    title = f"{run.scenario.title} ({said})"[:TITLE]
    limits = replace(form.limits, budgets_kzt=form.budgets())
    scenario = make_country_scenario(limits, title=title, by=request.actor, at=request.at)
    job = queue_country_run(scenario, by=request.actor, at=request.at)
    return redirect("planning:country_run", job.subject)
