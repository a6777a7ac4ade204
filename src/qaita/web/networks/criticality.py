"""The most critical sections of a network on the desk, and the button that computes them anew."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from qaita.networks.jobs import queue_criticality
from qaita.networks.models import Method, Network, SectionCriticality
from qaita.networks.queries import criticality_of_network, most_critical, networks_for
from qaita.web.formats import number_text
from qaita.web.lists import Choice, Column, Listing, Text, Words, show_listing
from qaita.web.middleware import Request

COLUMNS = (
    Column(
        "code",
        gettext_lazy("Section"),
        lambda row: row.section.code,
        link=lambda row: reverse("networks:section", args=[row.section.code]),
    ),
    Column("name", gettext_lazy("Name"), lambda row: row.section.name),
    Column(
        "length",
        gettext_lazy("Length, m"),
        lambda row: round(row.section.length_m, 1),
        sort="section__length_m",
        align="num",
    ),
    Column(
        "off",
        gettext_lazy("Consumers off"),
        lambda row: row.consumers_off,
        show=lambda row: _counted(row.consumers_off),
        sort="consumers_off",
        align="num",
    ),
    Column(
        "shut",
        gettext_lazy("Off with the valves shut"),
        lambda row: row.shut_consumers,
        show=lambda row: _counted(row.shut_consumers),
        sort="shut_consumers",
        align="num",
    ),
)


def _counted(count: int | None) -> str | None:
    return None if count is None else number_text(count)


METHOD = Column("method", gettext_lazy("Computed"), lambda row: str(row.get_method_display()))


def _figure(name: str, title: Words, digits: int = 1) -> Column:
    """Return a column of a stored number."""

    def shown(row: SectionCriticality) -> float | None:
        value = getattr(row, name)
        return None if value is None else round(value, digits)

    return Column(name, title, shown, sort=name, align="num")


WATER = (_figure("lost_m3h", gettext_lazy("Not supplied, m³/h"), 2),)
HEAT = (_figure("lost_kw", gettext_lazy("Not supplied, kW")),)
POWER = (
    *HEAT,
    _figure("worst_load_percent", gettext_lazy("Load of the worst line, %"), 0),
    _figure("least_voltage_percent", gettext_lazy("Lowest voltage, %")),
)
LOST = {"water": WATER, "heat": HEAT, "power": POWER}


def listing_of(service: str) -> Listing:
    """Return the list of critical sections with what a service measures."""
    return Listing(
        "criticality",
        columns=(*COLUMNS, *LOST.get(service, ()), METHOD),
        filters=(
            Choice("method", gettext_lazy("Computed"), Method.choices),
            Text("q", gettext_lazy("Search"), ("section__code", "section__name")),
        ),
        order="-consumers_off",
        empty=gettext_lazy("No section is known whose loss leaves anybody without supply."),
    )


def mine(request: Request, code: str) -> Network:
    """Return a network of this person's utilities."""
    return get_object_or_404(networks_for(request.actor), code=code)


@login_required
def criticality(request: Request, code: str) -> HttpResponseBase:
    """Show the sections whose loss takes most, and how that was found."""
    network = mine(request, code)
    own = Network.objects.filter(pk=network.pk)
    context = {
        "network": network,
        "computation": criticality_of_network(network),
        "may_compute": request.actor.may("utility_engineer", network.scope_for("utility_engineer")),
    }
    found = listing_of(network.utility_service.service)
    return show_listing(request, found, most_critical(own), "networks/criticality.html", context)


@require_POST
@login_required
def compute(request: Request, code: str) -> HttpResponse:
    """Ask for the figures anew."""
    job = queue_criticality(mine(request, code), by=request.actor, at=request.at)
    return redirect("networks:job", job.code)
