"""Networks and their files on the desk: hand in, look, set the columns right, load."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qaita.networks.importing.columns import TABLES as TEMPLATE
from qaita.networks.importing.options import ReadOptions
from qaita.networks.jobs import queue_loading, queue_reading, queue_rereading
from qaita.networks.models import Import, UtilityService
from qaita.networks.queries import (
    import_faults,
    import_remarks,
    imports_for,
    networks_for,
    place_for_drawings,
    utility_services_for,
)
from qaita.networks.services import (
    drop_upload,
    options_of,
)
from qaita.web.columns import state_choice, state_column
from qaita.web.desk.forms import sent
from qaita.web.few import part_of
from qaita.web.lists import Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.networks.forms import LoadForm, MappingForm, UploadForm
from qaita.web.networks.progress import running_jobs

LANGUAGES = ("kk", "ru", "en")
DRAWN = "drawing placed at "  # how the reader writes down a place it was told
TABLES = {
    "sections": gettext_lazy("Sections"),
    "nodes": gettext_lazy("Nodes"),
    "equipment": gettext_lazy("Equipment"),
    "failures": gettext_lazy("Failures"),
    "inspections": gettext_lazy("Inspections"),
    "file": gettext_lazy("File"),
}
NETWORKS = 50  # on one part of the page
LIST = Listing(
    "imports",
    columns=(
        Column(
            "code",
            gettext_lazy("Import"),
            lambda row: row.code,
            link=lambda row: reverse("networks:import", args=[row.code]),
        ),
        Column("file", gettext_lazy("File"), lambda row: row.file_name, sort="file_name"),
        Column("read", gettext_lazy("Read"), lambda row: row.read_at, sort="read_at"),
        Column(
            "sections",
            gettext_lazy("Sections"),
            lambda row: row.counts.get("sections", 0),
            align="num",
        ),
        Column("faults", gettext_lazy("Faults"), lambda row: len(row.faults), align="num"),
        state_column("import", gettext_lazy("State"), sort=False),
    ),
    filters=(
        state_choice("import", gettext_lazy("State")),
        Text("q", gettext_lazy("Search"), ("code", "file_name")),
    ),
    order="-read_at",
    empty=gettext_lazy("No file was handed in yet."),
)


@login_required
def home(request: Request) -> HttpResponseBase:
    """List the networks and the imports of this person's utilities."""
    context = {
        "networks": part_of(request, networks_for(request.actor), NETWORKS, key="networks"),
        "may_upload": utility_services_for(request.actor).exists(),
        "languages": LANGUAGES,
        "running": running_jobs(request),
    }
    return show_listing(request, LIST, imports_for(request.actor), "networks/imports.html", context)


@login_required
def upload(request: Request) -> HttpResponse:
    """Take a file and read it."""
    own = utility_services_for(request.actor)
    form = UploadForm(own, sent(request), request.FILES or None)
    if not form.is_valid():
        context = {"form": form, "languages": LANGUAGES}
        status = 422 if form.is_bound else 200
        return render(request, "networks/upload.html", context, status=status)
    path = keep(form.cleaned_data["file"])
    owner = form.cleaned_data["utility_service"]
    job = queue_reading(
        path,
        utility_service=owner,
        options=placed(form.options(), owner),
        by=request.actor,
        at=request.at,
    )
    return redirect("networks:job", job.code)


def keep(file: "UploadedFile[bytes]") -> Path:
    """Write a file down under its hash, in its own name."""
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    place = folder() / digest.hexdigest()
    place.mkdir(parents=True, exist_ok=True)
    path = place / Path(file.name or "file").name[-150:]
    with path.open("wb") as target:
        for piece in file.chunks():
            target.write(piece)
    return path


def folder() -> Path:
    """Return the folder of kept network files."""
    return Path(settings.MEDIA_ROOT) / "networks"


def path_of(found: Import) -> Path:
    """Return where the file of an import is kept."""
    return folder() / found.file_sha256 / found.file_name


def mine(request: Request, code: str) -> Import:
    """Return an import of this person's utilities."""
    return get_object_or_404(imports_for(request.actor), code=code)


def placed(options: ReadOptions, owner: UtilityService) -> ReadOptions:
    """Return the options with a place for a drawing that has none."""
    return options if options.at else replace(options, at=place_for_drawings(owner))


def shown_faults(found: Import) -> list[dict[str, Any]]:
    """Return the faults with their tables and columns named as people do."""
    return [
        {
            **row,
            "table_words": TABLES.get(row["table"], row["table"]),
            "column": column_words(row["table"], row["column"]),
        }
        for row in import_faults(found)
    ]


def column_words(table: str, column: str) -> str:
    """Return the heading of the template for one of our columns; the file's own as it is."""
    known = TEMPLATE.get(table)
    for one in known.columns if known else ():
        if one.name == column:
            return {"kk": one.kk, "ru": one.ru}.get(get_language() or "en", one.en)
    return column


def crs_words(found: Import) -> str:
    """Return the coordinate system, or where a drawing without one was put."""
    place = found.crs.removeprefix(DRAWN)
    if place == found.crs:
        return found.crs
    return _("a drawing, placed at %(place)s") % {"place": place}


def mapping_form(request: Request, found: Import, data: Any = None) -> MappingForm:
    """Return the form of columns, filled with how the file was read last."""
    asked = options_of(found)
    columns = found.mapping.get("columns", {})
    initial = {
        "crs": asked.crs,
        "lon_deg": asked.at[0] if asked.at else None,
        "lat_deg": asked.at[1] if asked.at else None,
        "encoding": asked.encoding,
        "litres": asked.litres_per_consumer_day,
        **{f"map_{name}": heading for name, heading in columns.items()},
    }
    headings = found.mapping.get("headings", [])
    return MappingForm(headings, get_language() or "kk", data, initial=initial)


@login_required
def one(request: Request, code: str) -> HttpResponse:
    """Show what a file holds, how its columns were understood, and its faults."""
    found = mine(request, code)
    stem = Path(found.file_name).stem
    names = {"name_kk": stem, "name_ru": stem, "name_en": stem}
    context = {
        "import": found,
        "faults": shown_faults(found),
        "remarks": import_remarks(found),
        "form": mapping_form(request, found),
        "load_form": LoadForm(initial=names),
        "is_open": found.state == "read",
        "crs": crs_words(found),
        "back": reverse("networks:home"),
    }
    return render(request, "networks/import.html", context)


@require_POST
@login_required
def reread(request: Request, code: str) -> HttpResponse:
    """Read the file again by the columns the engineer set."""
    found = mine(request, code)
    form = mapping_form(request, found, request.POST)
    if form.is_valid():
        options = placed(form.options(mapping=form.mapping()), found.utility_service)
        where = path_of(found)
        job = queue_rereading(found, path=where, options=options, by=request.actor, at=request.at)
        return redirect("networks:job", job.code)
    context = {"import": found, "faults": shown_faults(found), "form": form, "is_open": True}
    return render(request, "networks/import.html", context, status=422)


@require_POST
@login_required
def load(request: Request, code: str) -> HttpResponse:
    """Store the network."""
    found = mine(request, code)
    form = LoadForm(request.POST)
    if not form.is_valid():
        context = {"import": found, "form": mapping_form(request, found), "load_form": form}
        return render(request, "networks/import.html", {**context, "is_open": True}, status=422)
    kk, ru, en = (form.cleaned_data[f"name_{language}"] for language in LANGUAGES)
    where = path_of(found)
    job = queue_loading(found, path=where, name=(kk, ru, en), by=request.actor, at=request.at)
    return redirect("networks:job", job.code)


@require_POST
@login_required
def drop(request: Request, code: str) -> HttpResponse:
    """Put the file aside."""
    drop_upload(mine(request, code), by=request.actor, at=request.at)
    messages.success(request, _("The file was put aside. Nothing of it is in the register."))
    return redirect("networks:home")
