"""Readings on the desk: files taken, rows put aside, monthly balances of districts."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from qaita.turmys.models import ReadingBatch
from qaita.turmys.queries import balances_in, batches_of, quarantined_rows
from qaita.web.formats import instant_words, month_text, number_text
from qaita.web.labels import METER_UNITS
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.reckoned import Reckoned
from qaita.web.templatetags.qaita import named
from qaita.web.turmys.forms import MonthForm, ReadingsForm
from qaita.web.turmys.pages import my_networks
from qaita.web.turmys.records import networks_of

UNIT_CHOICES = tuple(METER_UNITS.items())


def _volume(name: str, title: Any) -> Column:
    """Return a column of one volume of the balance."""
    field = f"{name}_value"
    return Column(
        name,
        title,
        lambda row: getattr(row, field),
        show=lambda row: number_text(getattr(row, field)),
        sort=field,
        align="num",
    )


BALANCES = (
    Column("district", _("District"), lambda row: named(row.district), sort="district__name_ru"),
    Column("network", _("Network"), lambda row: named(row.district.network)),
    Column(
        "month", _("Month"), lambda row: row.month_on,
        show=lambda row: month_text(row.month_on), sort="month_on",
    ),
    _volume("supply", _("Supplied")),
    _volume("billed", _("Billed")),
    _volume("losses", _("Losses")),
    Column("unit", _("Unit"), lambda row: str(METER_UNITS.get(row.unit, row.unit))),
    Column(
        "silent", _("Silent meters"), lambda row: row.silent_count,
        show=lambda row: format_html(
            "{} / {}", number_text(row.silent_count), number_text(row.meters_count)
        ),
        sort="silent_count", align="num",
    ),
)  # fmt: skip

FILES = (
    Column("code", _("Code"), lambda row: row.code, sort="code",
           link=lambda row: reverse("turmys:batch", args=[row.code])),
    Column("network", _("Network"), lambda row: named(row.network)),
    Column("source", _("Source"), lambda row: row.source, sort="source"),
    Column("number", _("Number of the file"), lambda row: row.sequence_no, sort="sequence_no",
           align="num"),
    Column(
        "taken_at", _("Taken at"), lambda row: row.taken_at,
        show=lambda row: instant_words(row.taken_at, short=True), sort="taken_at",
    ),
    Column("taken", _("Readings taken"), lambda row: row.taken_count,
           show=lambda row: number_text(row.taken_count), sort="taken_count", align="num"),
    Column("aside", _("Rows put aside"), lambda row: row.quarantined_count,
           show=lambda row: number_text(row.quarantined_count), sort="quarantined_count",
           align="num"),
)  # fmt: skip

ASIDE = Listing(
    "aside",
    columns=(
        Column("row", _("Row"), lambda row: row["row"], sort="row", align="num"),
        Column("reason", _("Reason"), lambda row: str(row["text"]), sort="reason"),
        Column(
            "line", _("Text"), lambda row: row["line"],
            show=lambda row: format_html("<code>{}</code>", row["line"]),
        ),
    ),
    filters=(Text("q", _("Search"), ("text", "line")),),
    order="row",
    empty=_("Every row was taken."),
)  # fmt: skip


@login_required
def readings(request: Request) -> HttpResponseBase:
    """Show what came of files of readings; take another, compute a month."""
    return show_readings(request)


def show_readings(request: Request, forms: Any = None, status: int = 200) -> HttpResponseBase:
    """Show files of readings; a form may carry faults."""
    mine = my_networks(request)
    listing = Listing(
        "files",
        columns=FILES,
        filters=(
            Text("q", _("Search"), ("code", "source")),
            Choice("network", _("Network"), networks_of(mine), lookup="network__code"),
        ),
        order="-taken_at",
        empty=_("No file yet."),
    )
    context = {"form": ReadingsForm(mine), "month_form": MonthForm(mine), **(forms or {})}
    answer = show_listing(request, listing, batches_of(mine), "turmys/readings.html", context)
    answer.status_code = status
    return answer


@login_required
def batch(request: Request, code: str) -> HttpResponseBase:
    """Show one file: what was taken, and every row put aside with its reason."""
    rows = ReadingBatch.objects.filter(network__in=my_networks(request))
    found = get_object_or_404(rows.select_related("network"), code=code)
    aside = Reckoned(quarantined_rows(found))
    return show_listing(request, ASIDE, aside, "turmys/batch.html", {"batch": found})


@login_required
def balance_list(request: Request) -> HttpResponseBase:
    """List the monthly balances of the districts of this person's networks."""
    mine = my_networks(request)
    listing = Listing(
        "balances",
        columns=BALANCES,
        filters=(
            Text("q", _("District"), ("district__name_kk", "district__name_ru", "district__code")),
            Choice("network", _("Network"), networks_of(mine), lookup="district__network__code"),
            Choice("unit", _("Unit"), UNIT_CHOICES),
        ),
        order="-month_on",
        empty=_("No balance yet."),
    )
    title = _("Balances of districts")
    return show_listing(request, listing, balances_in(mine), "turmys/list.html", {"title": title})
