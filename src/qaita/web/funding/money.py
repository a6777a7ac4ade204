"""Money and tariff of projects on the desk."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qaita.funding.models import Instrument, Tranche
from qaita.funding.queries import (
    household_bill_effect,
    instruments_of,
    money_of,
    payments_of,
)
from qaita.funding.services import (
    ESTIMATORS,
    Terms,
    commit_funding,
    estimate_tariff,
    plan_tranche,
    receive_tranche,
    withdraw_funding,
)
from qaita.funding.states import LENDERS
from qaita.kernel.clock import day_of
from qaita.kernel.text import in_language
from qaita.law import funding as funding_law
from qaita.programme.queries import projects_of
from qaita.web import formats
from qaita.web.columns import money_column, state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.funding.forms import InstrumentForm, TrancheForm
from qaita.web.lists import Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.programme.projects import my_project

PROJECTS = Listing(
    "money",
    columns=(
        Column(
            "title",
            gettext_lazy("Project"),
            lambda row: in_language(row, "title", formats.language()),
            link=lambda row: reverse("funding:project", args=[row.code]),
        ),
        money_column("cost", gettext_lazy("Cost, ₸"), "cost_kzt"),
        money_column("promised", gettext_lazy("Promised, ₸"), "committed_kzt"),
        state_column("project", gettext_lazy("State"), sort=False),
    ),
    filters=(
        state_choice("project", gettext_lazy("State")),
        Text("q", gettext_lazy("Search"), ("code", "title_kk", "title_ru", "title_en")),
    ),
    order="-cost_kzt",
)


@login_required
def home(request: Request) -> HttpResponseBase:
    """List the projects with cost and promised money."""
    return show_listing(request, PROJECTS, projects_of(request.actor), "funding/home.html")


@login_required
def project(request: Request, code: str) -> HttpResponse:
    """Show and give the money of one project."""
    found = my_project(request, code)
    may_lend = any(request.actor.may(role, found.scope_for(role)) for role in LENDERS)
    form = InstrumentForm(sent(request), initial=first_terms(request, code))
    if form.is_bound and form.is_valid():
        commit_funding(found, Terms(**form.cleaned_data), by=request.actor, at=request.at)
        messages.success(request, _("The money is promised and written into the ledger."))
        return redirect("funding:project", found.code)
    context = {
        "project": found,
        "form": form,
        "money": money_of(found),
        "instruments": instruments_of(found).prefetch_related("tranches"),
        "payments": payments_of(found),
        "bill": household_bill_effect(found, day_of(request.at)),
        "may_lend": may_lend,
        "may_estimate": any(request.actor.may(role, found.scope_for(role)) for role in ESTIMATORS),
    }
    return render(request, "funding/project.html", context, status=422 if form.is_bound else 200)


def first_terms(request: Request, code: str) -> dict[str, object]:
    """Return the terms a loan has by the law of the day, for the money still missing."""
    law = funding_law(on=day_of(request.at))
    missing = money_of(my_project(request, code)).missing_kzt
    return {
        "amount_kzt": missing,
        "rate_percent": float(law.loan_rate_percent),
        "subsidy_points": float(law.loan_rate_percent - law.subsidised_rate_percent),
        "term_years": law.loan_years,
    }


def _mine(request: Request) -> list[int]:
    return list(projects_of(request.actor).values_list("pk", flat=True))


@login_required
def tranche(request: Request, code: str) -> HttpResponse:
    """Plan a tranche of an instrument."""
    found = get_object_or_404(Instrument, code=code, project__in=_mine(request))
    form = TrancheForm(sent(request))
    if not form.is_valid():
        context = {"form": form, "project": found.project, "title": _("Plan a tranche")}
        return render(request, "funding/form.html", context, status=422 if form.is_bound else 200)
    plan_tranche(found, **form.cleaned_data, by=request.actor, at=request.at)
    return redirect("funding:project", found.project.code)


@require_POST
@login_required
def receive(request: Request, code: str) -> HttpResponse:
    """Note that a tranche has come."""
    found = get_object_or_404(Tranche, code=code, instrument__project__in=_mine(request))
    receive_tranche(found, by=request.actor, at=request.at)
    return redirect("funding:project", found.instrument.project.code)


@require_POST
@login_required
def withdraw(request: Request, code: str) -> HttpResponse:
    """Take a promise back."""
    found = get_object_or_404(Instrument, code=code, project__in=_mine(request))
    withdraw_funding(found, by=request.actor, at=request.at)
    return redirect("funding:project", found.project.code)


@require_POST
@login_required
def estimate(request: Request, code: str) -> HttpResponse:
    """Compute the effect on a household's bill."""
    found = my_project(request, code)
    estimate_tariff(found, by=request.actor, at=request.at)
    messages.success(request, _("The effect on a household's bill is computed."))
    return redirect("funding:project", found.code)
