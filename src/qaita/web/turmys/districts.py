"""Metering districts on the desk: opened by the network's crew, with their meters."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qaita.kernel.errors import NotYours
from qaita.networks.models import Network
from qaita.turmys.models import Meter, MeteringDistrict, MeterRole
from qaita.turmys.queries import networks_for
from qaita.turmys.services import open_district, register_meters
from qaita.web.desk.forms import sent
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.templatetags.qaita import named
from qaita.web.turmys.forms import DistrictForm, MetersForm
from qaita.web.turmys.records import networks_of

KEEPERS = ("utility_engineer", "dispatcher")  # who opens districts and registers meters


def kept_networks(request: Request) -> QuerySet[Network]:
    """Return the networks whose districts this person keeps, or say that there are none."""
    if not any(request.actor.has(role) for role in KEEPERS):
        raise NotYours("district")
    mine = [networks_for(request.actor, role).values("pk") for role in KEEPERS]
    rows = Network.objects.select_related("utility_service__organisation", "region")
    return rows.filter(Q(pk__in=mine[0]) | Q(pk__in=mine[1]))


DISTRICTS = (
    Column("name", gettext_lazy("District"), lambda row: named(row), sort="name_ru",
           link=lambda row: reverse("turmys:district", args=[row.code])),
    Column("code", gettext_lazy("Code"), lambda row: row.code, sort="code"),
    Column("network", gettext_lazy("Network"), lambda row: named(row.network)),
    Column("supply", gettext_lazy("Meters of supply"), lambda row: row.supply_count,
           sort="supply_count", align="num"),
    Column("meters", gettext_lazy("All meters"), lambda row: row.meters_count,
           sort="meters_count", align="num"),
)  # fmt: skip
METERS = Listing(
    "meters",
    columns=(
        Column("serial", gettext_lazy("Serial number"), lambda row: row.serial, sort="serial"),
        Column("code", gettext_lazy("Code"), lambda row: row.code, sort="code"),
        Column("role", gettext_lazy("What it measures"),
               lambda row: str(MeterRole(row.role).label), sort="role"),
        Column("register", gettext_lazy("Number of the register"), lambda row: row.register_no,
               align="num"),
        Column("rollover", gettext_lazy("Dial turns at"), lambda row: row.rollover_value or None,
               align="num"),
    ),
    filters=(
        Text("q", gettext_lazy("Search"), ("serial", "code")),
        Choice("role", gettext_lazy("What it measures"), MeterRole.choices),
    ),
    order="serial",
    empty=gettext_lazy("No meter is registered yet."),
)  # fmt: skip


@login_required
def districts(request: Request) -> HttpResponseBase:
    """List the districts of this person's networks."""
    mine = kept_networks(request)
    listing = Listing(
        "districts",
        columns=DISTRICTS,
        filters=(
            Text("q", gettext_lazy("Search"), ("code", "name_kk", "name_ru", "name_en")),
            Choice("network", gettext_lazy("Network"), networks_of(mine), lookup="network__code"),
        ),
        order="name_ru",
        empty=gettext_lazy("No district is open yet."),
    )
    supply = Count("meters", filter=Q(meters__role=MeterRole.SUPPLY))
    rows = MeteringDistrict.objects.filter(network__in=mine).select_related("network")
    counted = rows.annotate(meters_count=Count("meters"), supply_count=supply)
    return show_listing(request, listing, counted, "turmys/districts.html", {})


@login_required
def new_district(request: Request) -> HttpResponse:
    """Open a district of a network."""
    form = DistrictForm(kept_networks(request), sent(request))
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "turmys/district_new.html", {"form": form}, status=status)
    made = open_district(
        form.cleaned_data["network"], form.names(), by=request.actor, at=request.at
    )
    messages.success(request, _("District %(code)s is open.") % {"code": made.code})
    return redirect("turmys:district", made.code)


def my_district(request: Request, code: str) -> MeteringDistrict:
    """Return the district when this person keeps it."""
    rows = MeteringDistrict.objects.filter(network__in=kept_networks(request))
    related = rows.select_related("network__utility_service__organisation", "network__region")
    return get_object_or_404(related, code=code)


@login_required
def district(request: Request, code: str) -> HttpResponseBase:
    """Show a district with its meters; register more."""
    return show_district(request, my_district(request, code))


def show_district(
    request: Request, found: MeteringDistrict, form: Any = None, status: int = 200
) -> HttpResponseBase:
    """Show the district; its form may carry faults."""
    context = {"district": found, "form": form or MetersForm()}
    rows: QuerySet[Meter] = found.meters.all()
    answer = show_listing(request, METERS, rows, "turmys/district.html", context)
    answer.status_code = status
    return answer


@login_required
def meters(request: Request, code: str) -> HttpResponseBase:
    """Register meters of a district."""
    found = my_district(request, code)
    form = MetersForm(sent(request), request.FILES or None)
    if not form.is_valid():
        return show_district(request, found, form, 422 if form.is_bound else 200)
    made = register_meters(found, form.meters(), by=request.actor, at=request.at)
    messages.success(request, _("Meters registered: %(count)s.") % {"count": len(made)})
    return redirect("turmys:district", found.code)
