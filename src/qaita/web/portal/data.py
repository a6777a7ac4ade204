"""Open data: every file with its size and checksum, how to cite it and how to check it."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.functional import Promise

from qaita.disclosure.bulk.files import LARGE_EVERY_S, bulk_files
from qaita.web.middleware import Request

# made when asked for, published or not
ALWAYS = ("ocds/package.json", "ocds/releases.jsonl", "oc4ids/package.json")


@dataclass(frozen=True)
class Row:
    """One file of the list; `told` is what the index says of it, empty when nothing is there."""

    name: str
    title: str | Promise
    told: dict[str, Any]
    is_large: bool

    @property
    def told_at(self) -> datetime | None:
        """The instant until which the file tells everything."""
        at = self.told.get("ledger_time")
        return datetime.fromisoformat(at) if at else None

    @property
    def kilobytes(self) -> float:
        """The size in thousands of bytes."""
        return float(self.told.get("bytes", 0)) / 1000


def data(request: Request) -> HttpResponse:
    """Show the files; on a site that is not published, those that are made when asked for."""
    folder = request.META.get("qaita.folder") or Path(settings.SITE_DIR) / "current"
    index = _index(folder)
    told = {one["name"]: one for one in index.get("files", [])}
    files = [
        Row(file.name, file.title, told.get(file.name, {}), file.joined is not None)
        for file in bulk_files()
        if file.name in told or file.name in ALWAYS
    ]
    context = {
        "files": files,
        "large": [row.name for row in files if row.is_large],
        "minutes": LARGE_EVERY_S // 60,
        "index": index,
        "address": settings.PUBLIC_ADDRESS,
    }
    return render(request, "portal/data.html", context)


def _index(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / "data" / "index.json").read_text())
    except (OSError, ValueError):
        return {}
    return found


urlpatterns: list[URLPattern] = [path("data-sets/", data, name="data")]
