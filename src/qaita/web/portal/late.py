"""Late steps in the open: whose answer is overdue, for how long, on which project."""

from datetime import date

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from qaita.accounts.roles import ROLES
from qaita.kernel.clock import day_of
from qaita.programme.queries import late_days, overdue_clocks
from qaita.web.columns import region_choice, service_column
from qaita.web.formats import day_text, number_text
from qaita.web.labels import SERVICES, role_of
from qaita.web.links import link
from qaita.web.lists import Choice, Column, Listing, Options, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.templatetags.qaita import named


def _roles(on: date) -> Options:
    """Return the roles that are late, each with its words."""
    late_ones = set(overdue_clocks(on).order_by().values_list("role", flat=True).distinct())
    return [(role, role_of(role)) for role in ROLES if role in late_ones]


def late_listing(on: date) -> Listing:
    """Return the list of the steps that are late on the day."""
    return Listing(
        "late",
        columns=(
            Column(
                "project", _("Project"), lambda row: named(row.project, "title"),
                link=lambda row: link("project", row.project.code), sort="project__title_ru",
            ),
            Column("code", _("Code"), lambda row: row.project.code, sort="project__code"),
            Column("utility", _("Utility"), lambda row: named(row.project.utility)),
            Column("region", _("Region"), lambda row: named(row.project.region),
                   sort="project__region__kato"),
            service_column(_("Service"), "project.service"),
            Column("role", _("Waits for"), lambda row: str(role_of(row.role)), sort="role"),
            Column(
                "due", _("Due on"), lambda row: row.due_on,
                show=lambda row: day_text(row.due_on, short=True), sort="due_on",
            ),
            Column(
                "days", _("Days late"), lambda row: late_days(row, on),
                show=lambda row: number_text(late_days(row, on)), align="num",
            ),
        ),
        filters=(
            Text("q", _("Search"), (
                "project__code", "project__title_kk", "project__title_ru", "project__title_en",
                "project__utility__name_kk", "project__utility__name_ru",
            )),
            Choice("role", _("Waits for"), lambda: _roles(on)),
            Choice("service", _("Service"), tuple(SERVICES.items()), lookup="project__service"),
            region_choice(_("Region"), "project__region__kato"),
        ),
        order="due_on",
        empty=_("No step is late."),
    )  # fmt: skip


def late(request: Request) -> HttpResponseBase:
    """List every step whose legal term has passed without an answer."""
    on = day_of(request.at)
    return show_listing(request, late_listing(on), overdue_clocks(on), "portal/late.html", {})


urlpatterns: list[URLPattern] = [path("programme/late/", late, name="late")]
