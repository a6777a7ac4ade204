"""The ledger for people: what it is, its entries, one entry with its proof."""

import json
import re

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from qaita.kernel.ids import read_code
from qaita.ledger.models import Entry
from qaita.ledger.queries import (
    facts_of,
    get_entry,
    log_folder,
    proof_of,
    published_checkpoint,
    root_at,
    timeline,
)
from qaita.ledger.services import publish_log
from qaita.web.formats import instant_words
from qaita.web.ledger.actions import ACTIONS, action_label
from qaita.web.ledger.facts import Fact, actor_words, fact_name, shown_facts
from qaita.web.lists import Choice, Column, Listing, Options, show_listing

INDEX = re.compile(r"[0-9]{1,15}")


def _kinds() -> Options:
    """Return what can have happened, by its words."""
    return sorted(((kind, str(words)) for kind, words in ACTIONS.items()), key=lambda one: one[1])


ENTRIES = Listing(
    "ledger",
    columns=(
        Column(
            "entry",
            _("Entry"),
            lambda row: row.index,
            link=lambda row: reverse("portal:entry", args=[row.index]),
            sort="index",
            align="nowrap",
        ),
        Column(
            "at",
            _("When"),
            lambda row: row.at,
            show=lambda row: instant_words(row.at, short=True),
        ),
        Column("kind", _("What"), lambda row: str(action_label(row.kind))),
        Column(
            "code",
            _("Thing"),
            lambda row: row.code,
            link=lambda row: f"{reverse('portal:ledger')}?q={row.code}" if "-" in row.code else "",
        ),
    ),
    filters=(Choice("kind", _("What"), _kinds),),
    order="-index",
    empty=_("Nothing is written yet."),
)


def ledger(request: HttpRequest) -> HttpResponseBase:
    """Show the checkpoint, how to verify it, and the newest entries or the life of one thing."""
    publish_log()
    wanted = request.GET.get("q", "").strip()
    if INDEX.fullmatch(wanted):
        return redirect("portal:entry", index=int(wanted))
    code = read_code(wanted) or ""
    checkpoint = published_checkpoint()
    context = {
        "wanted": wanted,
        "life": [(moment, action_label(moment.kind)) for moment in timeline(code)] if code else [],
        "checkpoint": checkpoint,
        "root": checkpoint.root.hex(),
        "key": (log_folder() / "key").read_text().strip(),
    }
    entries = Entry.objects.filter(index__isnull=False).defer("leaf", "salt", "leaf_hash")
    return show_listing(request, ENTRIES, entries, "ledger/ledger.html", context)


def entry(request: HttpRequest, index: int) -> HttpResponse:
    """Show one entry, its facts and the proof that it is in the log."""
    row = get_entry(index)
    sealed = json.loads(row.leaf).get("sealed", {})
    context = {
        "row": row,
        "label": action_label(row.kind),
        "actor": actor_words(row.actor),
        "facts": shown_facts(row.kind, facts_of(row)),
        "sealed": [Fact(name, fact_name(name), value) for name, value in sealed.items()],
        "proof": proof_of(index),
        "height": index + 1,
        "root_here": root_at(index + 1),
        "life": [(moment, action_label(moment.kind)) for moment in timeline(row.code)],
    }
    return render(request, "ledger/entry.html", context)


urlpatterns = [
    path("ledger-book/", ledger, name="ledger"),
    path("ledger-book/<int:index>/", entry, name="entry"),
]
