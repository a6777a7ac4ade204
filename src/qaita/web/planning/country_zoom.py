"""Maps of a plan, and of what two plans do differently, down to single sections."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Missing
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    Marks,
    marked_tile,
    marks_between,
    marks_of_plan,
    require_files,
)
from qaita.web.links import link
from qaita.web.middleware import Request
from qaita.web.planning.country import office_run
from qaita.web.planning.country_figures import years_of
from qaita.web.planning.country_map import TONES
from qaita.web.tiles import tile_answer

COUNTRY = (46.2, 40.4, 87.6, 55.7)
NEAR_DEG = 0.002  # room around what is drawn
# the marks of two plans' differences, as `marks_between` numbers them
DIFFERENCES = (
    ("s5", _("only in the first plan")),
    ("s1", _("only in the second plan")),
    ("s2", _("in both, in another year or way")),
)


@dataclass(frozen=True)
class Mark:
    """One kind of what is drawn: its number in the tiles, its tone, its words."""

    number: int
    tone: str
    words: Any


def year_marks(run: CountryRun) -> list[Mark]:
    """Return the marks of a plan: one for each year."""
    years = years_of(run)
    return [Mark(n + 1, TONES[n % len(TONES)], year) for n, year in enumerate(years)]


def difference_marks() -> list[Mark]:
    """Return the marks of what two plans do differently."""
    return [Mark(n + 1, tone, words) for n, (tone, words) in enumerate(DIFFERENCES)]


def zoom_context(marks: Marks, legend: Sequence[Mark], tiles: str) -> dict[str, Any]:
    """Return what the map's script and its legend need; `tiles` ends in 0/0/0.mvt."""
    west, south, east, north = marks.bounds or COUNTRY
    box = [west - NEAR_DEG, south - NEAR_DEG, east + NEAR_DEG, north + NEAR_DEG]
    return {
        "legend": legend,
        "tiles": tiles.replace("0/0/0.mvt", "{z}/{x}/{y}.mvt"),
        "bounds": json.dumps([round(edge, 5) for edge in box]),
        "section_url": link("section", "CODE"),
    }


def with_files(run: CountryRun) -> CountryRun:
    """Return a run that has a plan, or raise Missing."""
    if run.value_kzt is None or not run.result_digest:
        raise Missing("run", run.code)
    return run


@login_required
def plan_map(request: Request, code: str) -> HttpResponse:
    """Show the sections of a run by year of renewal."""
    run = require_files(with_files(office_run(request, code)))
    tiles = reverse("planning:country_run_tile", args=[run.code, 0, 0, 0])
    context = {"run": run, **zoom_context(marks_of_plan(run), year_marks(run), tiles)}
    return render(request, "planning/country_zoom.html", context)


@login_required
def plan_tile(request: Request, code: str, z: int, x: int, y: int) -> HttpResponse:
    """Answer a tile of a run for the programme office."""
    run = with_files(office_run(request, code))
    return tile_answer(request, marked_tile(marks_of_plan(run), z, x, y), kept="private")


def _both(request: Request, code: str, other: str) -> tuple[CountryRun, CountryRun]:
    return with_files(office_run(request, code)), with_files(office_run(request, other))


@login_required
def compare_map(request: Request, code: str, other: str) -> HttpResponse:
    """Show the sections that two runs treat differently."""
    first, second = _both(request, code, other)
    tiles = reverse("planning:country_compare_tile", args=[first.code, second.code, 0, 0, 0])
    shown = zoom_context(marks_between(first, second), difference_marks(), tiles)
    context = {"first": first, "second": second, **shown}
    return render(request, "planning/country_zoom.html", context)


@login_required
def compare_tile(request: Request, code: str, other: str, z: int, x: int, y: int) -> HttpResponse:
    """Answer a tile of what two runs treat differently."""
    marks = marks_between(*_both(request, code, other))
    return tile_answer(request, marked_tile(marks, z, x, y), kept="private")
