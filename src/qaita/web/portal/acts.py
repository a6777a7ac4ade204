"""Acts of acceptance in the open: every kilometre done is a row here, and can be checked."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from qaita.accounts.queries import signatures_of
from qaita.kernel.errors import Missing
from qaita.kernel.ids import read_code
from qaita.ledger.queries import timeline
from qaita.web.columns import (
    money_column,
    region_choice,
    service_column,
    state_choice,
    state_column,
)
from qaita.web.formats import day_text, length_text
from qaita.web.labels import SERVICES
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.templatetags.qaita import named
from qaita.works.models import Act
from qaita.works.queries import differences_of, get_act, public_acts, rules_of


def _url(row: Act) -> str:
    return reverse("portal:act", args=[row.code])


ACTS = Listing(
    "acts",
    columns=(
        Column("code", _("Act"), lambda row: row.code, link=_url, sort="code"),
        Column("project", _("Project"), lambda row: named(row.site.project, "title")),
        service_column(_("Service"), "site.service", sort=False),
        Column("supplier", _("Contractor"), lambda row: named(row.site.supplier)),
        Column(
            "length", _("Length"), lambda row: round(row.length_m, 1),
            show=lambda row: length_text(row.length_m), sort="length_m", align="num",
        ),
        money_column("sum", _("Sum"), "amount_kzt"),
        Column(
            "accepted", _("Accepted on"), lambda row: row.accepted_at,
            show=lambda row: day_text(row.accepted_at, short=True) if row.accepted_at else None,
            sort="accepted_at",
        ),
        state_column("act", _("State"), sort=False),
    ),
    filters=(
        Text("q", _("Search"), (
            "code", "site__project__code", "site__contract__code", "site__project__title_kk",
            "site__project__title_ru", "site__project__title_en", "site__supplier__name_ru",
        )),
        state_choice("act", _("State")),
        Choice("service", _("Service"), tuple(SERVICES.items()), lookup="site__service"),
        region_choice(_("Region"), "site__region_kato"),
    ),
    order="-accepted_at",
    empty=_("Nothing has been accepted yet."),
)  # fmt: skip


def acts(request: Request) -> HttpResponseBase:
    """List the acts."""
    return show_listing(request, ACTS, public_acts(), "portal/acts.html", {})


def act(request: Request, code: str) -> HttpResponse:
    """Show an act whole: lines against the design, what was measured, who signed."""
    known = read_code(code)
    if known is None:
        raise Missing("act", code)
    found = get_act(known)
    lines = found.as_built.select_related("site", "section").prefetch_related("replaces", "checks")
    context = {
        "act": found,
        "site": found.site,
        "quorum": rules_of(found.site).quorum,
        "lines": [(line, differences_of(line)) for line in lines],
        "measured": found.measurements.select_related("line"),
        "signatures": signatures_of(found.code),
        "timeline": timeline(found.code),
    }
    return render(request, "portal/act.html", context)


urlpatterns = [path("acts/", acts, name="acts"), path("acts/<str:code>/", act, name="act")]
