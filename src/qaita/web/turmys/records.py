"""Lists of the dispatcher's desk: every incident and every outage of one's networks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.networks.models import FailureCause, Network
from qaita.turmys.models import Incident, IncidentSource
from qaita.turmys.queries import incidents, outages
from qaita.web.columns import service_column, state_choice, state_column
from qaita.web.formats import instant_words
from qaita.web.labels import SERVICES, network_name
from qaita.web.lists import Choice, Column, Listing, Options, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.portal.outages import OUTAGES
from qaita.web.templatetags.qaita import named
from qaita.web.turmys.pages import my_networks


def _to(page: str) -> Callable[[Any], str]:
    return lambda row: reverse(f"turmys:{page}", args=[row.code])


def networks_of(rows: QuerySet[Network]) -> Callable[[], Options]:
    """Return the networks as a filter offers them."""
    related = rows.select_related("utility_service")
    return lambda: [(row.code, network_name(row)) for row in related]


INCIDENTS = (
    Column("code", _("Code"), lambda row: row.code, link=_to("incident"), sort="code"),
    state_column("incident", _("State")),
    service_column(_("Service"), sort=False),
    Column("network", _("Network"), lambda row: named(row.network)),
    Column("section", _("Section"), lambda row: row.section.code if row.section else None),
    Column("source", _("Who noticed"), lambda row: str(IncidentSource(row.source).label)),
    Column("cause", _("Cause"), lambda row: str(FailureCause(row.cause).label), sort="cause"),
    Column(
        "noticed", _("Noticed"), lambda row: row.noticed_at,
        show=lambda row: instant_words(row.noticed_at, short=True), sort="noticed_at",
    ),
    Column("appeals", _("Appeals"), lambda row: row.appeals_count, sort="appeals_count",
           align="num"),
    Column("consumers", _("Consumers off"), lambda row: row.consumers_off, sort="consumers_off",
           align="num"),
)  # fmt: skip


@login_required
def incident_list(request: Request) -> HttpResponseBase:
    """List every incident of this person's networks."""
    mine = my_networks(request)
    listing = Listing(
        "incidents",
        columns=INCIDENTS,
        filters=(
            Text("q", _("Search"), ("code", "section__code", "failure_code")),
            state_choice("incident", _("State")),
            Choice("service", _("Service"), tuple(SERVICES.items())),
            Choice("network", _("Network"), networks_of(mine), lookup="network__code"),
        ),
        order="-noticed_at",
        empty=_("No incident is known."),
    )
    rows: QuerySet[Incident] = incidents().filter(network__in=mine)
    return show_listing(request, listing, rows, "turmys/list.html", {"title": _("All incidents")})


@login_required
def outage_list(request: Request) -> HttpResponseBase:
    """List every outage of this person's networks, those that are over too."""
    mine = my_networks(request)
    place, *others = OUTAGES.columns
    kept = tuple(one for one in OUTAGES.filters if one.key != "region")
    listing = replace(
        OUTAGES,
        columns=(replace(place, link=_to("outage")), *others),
        filters=(*kept, Choice("network", _("Network"), networks_of(mine), "network__code")),
    )
    rows = outages().filter(network__in=mine)
    return show_listing(request, listing, rows, "turmys/list.html", {"title": _("All outages")})
