"""The ledger for people: what it is, its newest entries, one entry with its proof."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from qaita.kernel.ids import read_code
from qaita.ledger.queries import (
    entries_after,
    facts_of,
    get_entry,
    height,
    log_folder,
    proof_of,
    published_checkpoint,
    timeline,
)
from qaita.ledger.services import publish_log
from qaita.web.ledger.actions import action_label

NEWEST = 50


def ledger(request: HttpRequest) -> HttpResponse:
    """Show the checkpoint, how to verify it, and the newest entries or the life of one thing."""
    publish_log()
    wanted = request.GET.get("q", "").strip()
    if wanted.isdigit():
        return redirect("portal:entry", index=int(wanted))
    code = read_code(wanted) or ""
    checkpoint = published_checkpoint()
    rows = entries_after(height() - NEWEST - 1, NEWEST)
    context = {
        "wanted": wanted,
        "life": [(moment, action_label(moment.kind)) for moment in timeline(code)] if code else [],
        "checkpoint": checkpoint,
        "root": checkpoint.root.hex(),
        "key": (log_folder() / "key").read_text().strip(),
        "rows": [(row, action_label(row.kind)) for row in reversed(rows)],
    }
    return render(request, "ledger/ledger.html", context)


def entry(request: HttpRequest, index: int) -> HttpResponse:
    """Show one entry, its facts and the proof that it is in the log."""
    row = get_entry(index)
    context = {
        "row": row,
        "label": action_label(row.kind),
        "facts": facts_of(row),
        "sealed": json.loads(row.leaf).get("sealed", {}),
        "proof": proof_of(index),
        "life": [(moment, action_label(moment.kind)) for moment in timeline(row.code)],
    }
    return render(request, "ledger/entry.html", context)


urlpatterns = [
    path("ledger-book/", ledger, name="ledger"),
    path("ledger-book/<int:index>/", entry, name="entry"),
]
