"""Outages: what is off now, what is planned, whom each cuts off, until when."""

from datetime import datetime

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qaita.ledger.queries import timeline
from qaita.turmys.models import Outage, OutageKind, OutageReason
from qaita.turmys.queries import get_outage, open_outages, outages
from qaita.web.columns import region_choice, service_column, state_choice, state_column
from qaita.web.few import few
from qaita.web.formats import instant_words, number_text
from qaita.web.labels import SERVICES
from qaita.web.ledger.actions import action_label
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.templatetags.qaita import named

NOW = 6
SECTIONS_SHOWN = 40


def _url(row: Outage) -> str:
    return reverse("portal:outage", args=[row.code])


def _until(row: Outage) -> SafeString | str:
    """Write until when; a promise that was not kept says so."""
    told = instant_words(row.restored_at or row.expected_at, short=True)
    if row.state != "running" or row.overdue_at is None:
        return told
    return format_html('{} <span class="q-badge tone-warn">{}</span>', told, _("passed"))


OUTAGES = Listing(
    "outages",
    columns=(
        Column("place", _("Place"), lambda row: named(row, "place"), link=_url),
        service_column(_("Service"), sort=False),
        state_column("outage", _("State"), sort=False),
        Column("kind", _("Kind"), lambda row: str(OutageKind(row.kind).label)),
        Column(
            "starts", _("From"), lambda row: row.starts_at,
            show=lambda row: instant_words(row.starts_at, short=True), sort="starts_at",
        ),
        Column(
            "expected", _("Until"), lambda row: row.restored_at or row.expected_at,
            show=_until,
            sort="expected_at",
        ),
        Column(
            "consumers", _("Consumers off"), lambda row: row.consumers_off,
            show=lambda row: number_text(row.consumers_off), sort="consumers_off", align="num",
        ),
        Column("region", _("Region"), lambda row: named(row.network.region)),
        Column("code", _("Code"), lambda row: row.code, in_files_only=True),
        Column(
            "overdue", _("The promised time has passed"), lambda row: row.overdue_at,
            in_files_only=True,
        ),
    ),
    filters=(
        Text("q", _("Search"), ("code", "place_kk", "place_ru", "place_en")),
        state_choice("outage", _("State")),
        Choice("service", _("Service"), tuple(SERVICES.items())),
        region_choice(_("Region"), "region_kato"),
    ),
    order="-starts_at",
    empty=_("No outage is known here."),
)  # fmt: skip


def is_late(found: Outage, at: datetime) -> bool:
    """Tell whether supply is still off although the promised time has passed."""
    return found.state == "running" and found.expected_at < at


def outages_page(request: Request) -> HttpResponseBase:
    """Show what is off now, what is planned, and all outages as a list."""
    now_off = open_outages().filter(state="running")
    planned = open_outages().filter(state="announced")
    context = {
        "running": few(now_off, NOW),
        "planned": few(planned, NOW),
        "consumers_off": sum(now_off.values_list("consumers_off", flat=True)),
    }
    return show_listing(request, OUTAGES, outages(), "portal/outages.html", context)


def outage(request: Request, code: str) -> HttpResponse:
    """Show one outage: whom, where, why, until when, and what was told."""
    found = get_outage(code)
    off = found.sections.order_by("-length_m", "code")
    context = {
        "outage": found,
        "reason": OutageReason(found.reason).label,
        "kind": OutageKind(found.kind).label,
        "late": is_late(found, request.at),
        "sections": off[:SECTIONS_SHOWN],
        "sections_count": off.count(),
        "notices": found.notices.all(),
        "life": [(moment, action_label(moment.kind)) for moment in timeline(found.code)],
    }
    return render(request, "portal/outage.html", context)


urlpatterns: list[URLPattern] = [
    path("outages/", outages_page, name="outages"),
    path("outages/<str:code>/", outage, name="outage"),
]
