"""The country's plan in the open: what, where, when, why, and how far from the best plan it is."""

import json
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

import qaita
from qaita.kernel.errors import Missing
from qaita.kernel.money import from_million
from qaita.ledger.queries import timeline
from qaita.networks.models import Section
from qaita.planning.models import CountryRun
from qaita.planning.queries import (
    adopted_country_run,
    country_runs,
    folder_of,
    get_country_run,
    marked_tile,
    marks_of_plan,
    package_in_run,
    run_facts,
    sections_in_package,
)
from qaita.web.few import few
from qaita.web.lists import show_listing
from qaita.web.middleware import Request
from qaita.web.planning.country_figures import (
    country_context,
    deciding_limits,
    service_rows,
    years_of,
)
from qaita.web.planning.country_map import features, plan_map
from qaita.web.planning.country_packages import METHODS, PUBLIC, package_rows, packages_list
from qaita.web.planning.country_swap_words import shown_swaps
from qaita.web.planning.country_zoom import year_marks, zoom_context
from qaita.web.section_map import drawing, framed
from qaita.web.tiles import tile_answer

CHECKER = Path(qaita.__file__).parent / "console" / "check_plan.py"
PIECE = 1 << 18
OTHERS = 10  # plans named beside this one
MOST_AROUND = 4_000
POINTS = 500  # that are sent at a time


def public_run(code: str) -> CountryRun:
    """Return a run that was adopted once."""
    found = get_country_run(code.upper())
    if found.state not in PUBLIC:
        raise Missing("run", code)
    return found


def newest(request: Request) -> HttpResponse:
    """Show the plan in force, or say that there is none yet."""
    found = adopted_country_run()
    if found is None:
        return render(request, "portal/country_plan_none.html")
    return _page(request, found)


def one(request: Request, code: str) -> HttpResponse:
    """Show one plan, in force or superseded."""
    return _page(request, public_run(code))


def _page(request: Request, run: CountryRun) -> HttpResponse:
    context = {
        **country_context(run),
        "facts": run_facts(run),
        "files": plan_files(run),
        "has_checker": CHECKER.is_file(),
        "entries": [
            {"at": one.at, "kind": one.kind, "height": one.index + 1}
            for one in timeline(run.code)
            if one.index is not None
        ],
        "limits": deciding_limits(run),
        "swaps": shown_swaps(run),
        "followers": run.successors.filter(state__in=PUBLIC).order_by("pk"),
        "others": few(country_runs().filter(state__in=PUBLIC).exclude(pk=run.pk), OTHERS),
    }
    context["map"] = plan_map(run, context["years"])
    return render(request, "portal/country_plan.html", context)


def plan_files(run: CountryRun) -> list[tuple[str, int]]:
    """Return the files of a run with their sizes in bytes."""
    return [(one.name, one.stat().st_size) for one in sorted(folder_of(run).iterdir())]


def packages(request: Request, code: str) -> HttpResponseBase:
    """List every package, in or out, and why."""
    found = public_run(code)
    template = "portal/country_packages.html"
    return show_listing(
        request, packages_list(found), package_rows(found), template, {"run": found}
    )


def package(request: Request, code: str, package: str) -> HttpResponse:
    """Show one package: its decision, its reason, its sections."""
    found = public_run(code)
    line = package_in_run(found, package.upper())
    parts = sections_in_package(found, line.code)
    context = {
        "run": found,
        "drawing": _drawing(line.networks, [section for _m, section, _share in parts]),
        "row": package_rows(found).row(line),
        "line": line,
        "method": METHODS.get(line.method, line.method),
        "cost_kzt": from_million(line.cost_mkzt),
        "benefit_kzt": from_million(line.benefit_mkzt),
        "yes_no": f"{_('yes')},{_('no')}",
        "parts": [(line.clusters[member], section, share) for member, section, share in parts],
        "lengths": [
            (one["service"], 1_000 * km)
            for one, km in zip(line.clusters, line.length_km, strict=True)
        ],
    }
    return render(request, "portal/country_package.html", context)


def _drawing(networks: tuple[str, ...], codes: list[str]) -> Any:
    """Draw the sections of a package within their networks."""
    chosen = Section.objects.filter(code__in=codes)
    around = Section.objects.filter(network__code__in=networks)[:MOST_AROUND]
    return framed(drawing(chosen, around), title=_("Where the package lies"))


def zoom(request: Request, code: str) -> HttpResponse:
    """Show the sections of a plan by year of renewal, on a map that can be walked."""
    found = public_run(code)
    tiles = reverse("portal:country_run_tile", args=[found.code, 0, 0, 0])
    context = {"run": found, **zoom_context(marks_of_plan(found), year_marks(found), tiles)}
    context["services"] = service_rows(found)
    context["years"] = years_of(found)
    return render(request, "portal/country_zoom.html", context)


def tile(request: Request, code: str, z: int, x: int, y: int) -> HttpResponse:
    """Answer one tile of a plan."""
    return tile_answer(request, marked_tile(marks_of_plan(public_run(code)), z, x, y))


def file(request: Request, code: str, name: str) -> HttpResponseBase:
    """Answer one file of a run, byte for byte."""
    found = public_run(code)
    if name not in {known for known, _size in plan_files(found)}:
        raise Http404
    return FileResponse((folder_of(found) / name).open("rb"), as_attachment=True, filename=name)


def points(request: Request, code: str) -> HttpResponseBase:
    """Answer the chosen packages as GeoJSON, piece by piece."""
    found = public_run(code)

    def pieces() -> Iterator[str]:
        yield '{"type": "FeatureCollection", "features": ['
        every, before = features(found), ""
        while some := list(islice(every, POINTS)):
            yield before + json.dumps(some, ensure_ascii=False)[1:-1]
            before = ","
        yield "]}"

    return StreamingHttpResponse(pieces(), content_type="application/geo+json")


class _Pipe:
    """A file that is handed on while it is written."""

    def __init__(self) -> None:
        self.waiting: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.waiting.append(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        piece = b"".join(self.waiting)
        self.waiting.clear()
        return piece


def _zipped(run: CountryRun) -> Iterator[bytes]:
    """Yield a ZIP of the run's folder and of the checker, however large the files are."""
    pipe: Any = _Pipe()
    paths = [(one, f"{run.code}/{one.name}") for one in sorted(folder_of(run).iterdir())]
    paths += [(CHECKER, CHECKER.name)] if CHECKER.is_file() else []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, allowZip64=True) as whole:
        for source, name in paths:
            entry = zipfile.ZipInfo(name)
            with source.open("rb") as read, whole.open(entry, "w", force_zip64=True) as part:
                while piece := read.read(PIECE):
                    part.write(piece)
                    yield pipe.taken()
    yield pipe.taken()


def archive(request: Request, code: str) -> HttpResponseBase:
    """Answer all files of a run at once."""
    found = public_run(code)
    answer = StreamingHttpResponse(_zipped(found), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.code}.zip"'
    return answer


def checker(request: Request) -> HttpResponseBase:
    """Answer the program that checks a plan; it shares no code with the solver."""
    if not CHECKER.is_file():
        raise Http404(_("The checker is not here."))
    return HttpResponse(CHECKER.read_bytes(), content_type="text/x-python; charset=utf-8")


urlpatterns: list[URLPattern] = [
    path("country-plan/", newest, name="country_plan"),
    path("country-plan/check_plan.py", checker, name="country_plan_checker"),
    path("country-plan/<str:code>/", one, name="country_run"),
    path("country-plan/<str:code>/all.zip", archive, name="country_run_zip"),
    path("country-plan/<str:code>/map/", zoom, name="country_run_map"),
    path("country-plan/<str:code>/map/<int:z>/<int:x>/<int:y>.mvt", tile, name="country_run_tile"),
    path("country-plan/<str:code>/plan.geojson", points, name="country_run_points"),
    path("country-plan/<str:code>/files/<str:name>", file, name="country_run_file"),
    path("country-plan/<str:code>/packages/", packages, name="country_packages"),
    path("country-plan/<str:code>/packages/<str:package>/", package, name="country_package"),
]
