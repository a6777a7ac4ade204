"""The limits of a scenario as a file: taken away, changed in a spreadsheet, brought back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing
from qaita.kernel.text import in_language
from qaita.planning.queries import COLUMNS, CountryLimits, limits_in_file, lines_of_limits
from qaita.planning.services import make_country_scenario
from qaita.territory.models import Region
from qaita.web import formats
from qaita.web.desk.forms import DeskForm, sent
from qaita.web.downloads import as_csv, as_xlsx
from qaita.web.middleware import Request
from qaita.web.planning.country import base_limits, require_office

FILES = {"csv": as_csv, "xlsx": as_xlsx}
MOST_SHOWN = 200


@dataclass(frozen=True)
class Head:
    """A column of the file: its heading is a code, so that files of all languages read alike."""

    title: str

    def value(self, row: dict[str, Any]) -> Any:
        """Return the cell of a row."""
        return row[self.title]


class LimitsForm(DeskForm):
    """A file with all limits of a new scenario."""

    told_as = dict.fromkeys(("years", "budgets_kzt", "caps_kzt", "capacities_km"), "file")

    title = forms.CharField(label=_("Name of the scenario"), max_length=160)
    file = forms.FileField(label=_("File with the limits (CSV or XLSX)"))


def _rows(limits: CountryLimits) -> Iterator[dict[str, Any]]:
    language = formats.language()
    regions = {r.kato: in_language(r, "name", language) for r in Region.objects.all()}
    owners = Organisation.objects.filter(code__in=list(limits.caps_kzt))
    utilities = {one.code: in_language(one, "name", language) for one in owners}
    for line in lines_of_limits(limits):
        row = {name: getattr(line, name) for name in COLUMNS}
        row["name"] = utilities.get(line.utility) or regions.get(line.region, "")
        yield row


@login_required
def limits_file(request: Request, begin: str, form: str) -> HttpResponseBase:
    """Answer all limits of a scenario, or of the law, as a file."""
    require_office(request)
    if form not in FILES:
        raise Missing("file", form)
    heads = [Head(name) for name in (*COLUMNS, "name")]
    return FILES[form](f"limits-{begin}", heads, _rows(base_limits(request, begin)))


@login_required
def upload(request: Request) -> HttpResponse:
    """Make a scenario of the limits in a file; every fault is told with its row."""
    require_office(request)
    form = LimitsForm(sent(request), request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        file = form.cleaned_data["file"]
        limits, faults = limits_in_file(file.name, file.read(), this_year=day_of(request.at).year)
        if limits is not None:
            title = form.cleaned_data["title"]
            made = make_country_scenario(limits, title=title, by=request.actor, at=request.at)
            return redirect("planning:country_scenario", made.code)
        context |= {"faults": faults[:MOST_SHOWN], "count": len(faults)}
    status = 422 if form.is_bound else 200
    return render(request, "planning/country_upload.html", context, status=status)
