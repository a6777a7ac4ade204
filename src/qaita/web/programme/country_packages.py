"""A utility applies for packages that the country's plan in force gives it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from qaita.kernel.errors import Missing, NotYours
from qaita.kernel.money import from_million
from qaita.networks.models import UtilityService
from qaita.planning.models import CountryRun
from qaita.planning.queries import PLANNING_ROLES, RunWords, adopted_country_run
from qaita.programme.queries import Offered, country_packages_for
from qaita.programme.services import apply_for_packages
from qaita.programme.states import may_apply
from qaita.web import formats
from qaita.web.desk.forms import sent
from qaita.web.middleware import Request
from qaita.web.planning.country_packages import METHODS
from qaita.web.programme.forms import PackagesForm


@dataclass(frozen=True)
class Share:
    """What the country's plan gives a service of a utility in a region."""

    service: UtilityService
    packages: int


def country_shares(request: Request) -> list[Share]:
    """Return what the country's plan in force gives the person's utilities, by service."""
    run = adopted_country_run()
    codes = {code for role in PLANNING_ROLES for code in request.actor.organisations(role)}
    if run is None or not codes:
        return []
    counts: Counter[tuple[str, str, str]] = Counter()
    for cell in run.cells:
        counts[cell["utility"], cell["service"], cell["region"]] += cell["packages"]
    mine = UtilityService.objects.filter(organisation__code__in=codes).order_by("code")
    shares = [
        Share(one, counts[one.organisation.code, one.service, one.region.kato])
        for one in mine.select_related("organisation", "region")
    ]
    return [one for one in shares if one.packages]


@login_required
def new(request: Request, code: str) -> HttpResponse:
    """Make an application of packages of the country's plan in force."""
    rows = UtilityService.objects.select_related("organisation", "region")
    service, run = get_object_or_404(rows, code=code), adopted_country_run()
    if not may_apply(request.actor, service.organisation):
        raise NotYours("project")
    if run is None:
        raise Missing("run", "")
    offered = country_packages_for(run, service)
    form = PackagesForm([one.line.code for one in offered], sent(request))
    if not form.is_valid():
        context = {"run": run, "form": form, "service": service, "rows": _rows(run, offered, form)}
        status = 422 if form.is_bound else 200
        return render(request, "programme/new_from_country.html", context, status=status)
    wanted = form.cleaned_data["package"]
    made = apply_for_packages(run, service, wanted, by=request.actor, at=request.at)
    messages.success(
        request, _("The application is begun. Look it through; the head of the utility signs it.")
    )
    return redirect("programme:project", made.code)


def _rows(run: CountryRun, offered: list[Offered], form: PackagesForm) -> list[dict[str, Any]]:
    words = RunWords(run, formats.language())
    return [
        {
            "line": one.line,
            "box": box,
            "sections": len(one.sections),
            "method": METHODS.get(one.line.method, one.line.method),
            "cost_kzt": from_million(one.line.cost_mkzt),
            "why": words.why(one.line),
        }
        for one, box in zip(offered, form["package"], strict=True)
    ]
