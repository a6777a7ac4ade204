"""A plan run in the open: limits, plan, bound, and the reason of every package."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _

from qaita.kernel.text import in_language
from qaita.planning.models import Line, Run
from qaita.planning.queries import clashes_of, get_run, lines_of
from qaita.web import formats
from qaita.web.columns import money_column
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.planning.tables import limit_rows
from qaita.web.state_words import STATES

OPTIONS = (("replace", _("in the plan")), ("nothing", _("left out")))


def _reason(line: Line) -> str:
    return in_language(line, "reason", formats.language())


LINES = Listing(
    "lines",
    columns=(
        Column("rank", _("Rank"), lambda row: row.rank, sort="rank", align="num"),
        Column("package", _("Package"), lambda row: row.package.code),
        Column("year", _("Year"), lambda row: row.year or "–", sort="year", align="num"),
        Column(
            "length",
            _("Length, m"),
            lambda row: round(row.package.length_m, 1),
            show=lambda row: formats.length_text(row.package.length_m),
            sort="package__length_m",
            align="num",
        ),
        money_column("cost", _("Cost, ₸"), "cost_kzt"),
        money_column("benefit", _("Benefit, ₸"), "benefit_kzt"),
        Column("reason", _("Why"), _reason),
    ),
    filters=(
        Choice("option", _("Decision"), OPTIONS),
        Text("q", _("Package"), ("package__code",)),
    ),
    order="rank",
)


def run_context(run: Run) -> dict[str, Any]:
    """Return what both the public page and the desk show of a run."""
    return {
        "run": run,
        "scenario": run.scenario,
        "limits": limit_rows(run),
        "clashes": clashes_of(run, formats.language()),
        "state_words": STATES["run"],
        "projects": run.lines.filter(projects__isnull=False)
        .values_list("projects__code", flat=True)
        .distinct(),
    }


def run(request: Request, code: str) -> HttpResponseBase:
    """Show one run."""
    found = get_run(code.upper())
    return show_listing(request, LINES, lines_of(found), "portal/run.html", run_context(found))


def run_file(request: Request, code: str, part: str) -> HttpResponse:
    """Answer the canonical inputs or result, byte for byte: anybody can compute it again."""
    found = get_run(code.upper())
    text = found.inputs if part == "inputs" else found.result
    return HttpResponse(text.encode(), content_type="application/json")


urlpatterns = [
    path("plans/<str:code>/", run, name="run"),
    path("plans/<str:code>/inputs.json", run_file, {"part": "inputs"}, name="run_inputs"),
    path("plans/<str:code>/result.json", run_file, {"part": "result"}, name="run_result"),
]
