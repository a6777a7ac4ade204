"""Regions: the list of all twenty, and the page of one."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.kernel.clock import day_of
from qaita.programme.models import Project
from qaita.programme.queries import PLANNED, public_projects
from qaita.territory.models import Region
from qaita.territory.queries import get_region
from qaita.web import formats, labels
from qaita.web.columns import money_column, service_column, state_choice, state_column
from qaita.web.links import link
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.portal import figures, news, off_now, region_maps
from qaita.web.templatetags.qaita import named

KNOWN = Q(projects__isnull=False) & ~Q(projects__state="draft")


def _counted(key: str, title: Any) -> Column:
    return Column(key, title, lambda row: getattr(row, key), sort=key, align="num")


REGIONS = Listing(
    "regions",
    columns=(
        Column("name", _("Region"), named, link=lambda row: link("region", row.kato)),
        _counted("utilities", _("Utilities")),
        _counted("known", _("Projects")),
        _counted("running", _("In works")),
        _counted("done", _("Done")),
        Column(
            "cost",
            _("Cost of confirmed projects, ₸"),
            lambda row: row.cost or 0,
            show=lambda row: formats.money_text(row.cost or 0, short=True),
            sort="cost",
            align="num",
        ),
    ),
    filters=(Text("q", _("Name"), ("name_kk", "name_ru", "name_en")),),
    order="kato",
)


def counted_regions() -> QuerySet[Region]:
    """Return the regions with what is counted about each."""
    utilities = Count("organisations", Q(organisations__kind="utility"), distinct=True)
    return Region.objects.annotate(
        utilities=utilities,
        known=Count("projects", KNOWN, distinct=True),
        running=Count("projects", Q(projects__state="in_works"), distinct=True),
        done=Count("projects", Q(projects__state="done"), distinct=True),
    )


def with_cost(rows: QuerySet[Region]) -> QuerySet[Region]:
    """Add the cost of confirmed projects: a question of its own, so that no join doubles it."""
    cost = (
        Project.objects.filter(region=OuterRef("pk"), state__in=PLANNED)
        .order_by()
        .values("region")
        .annotate(total=Sum("cost_kzt"))
        .values("total")
    )
    return rows.annotate(cost=Subquery(cost))


def regions(request: Request) -> HttpResponseBase:
    """Show the map of wear and the list of regions."""
    context = {"maps": region_maps.wear_maps(day_of(request.at))}
    rows = with_cost(counted_regions())
    return show_listing(request, REGIONS, rows, "portal/regions.html", context)


def service_options() -> list[tuple[str, Any]]:
    """Return the services as choices."""
    return list(labels.SERVICES.items())


PROJECTS = Listing(
    "region-projects",
    columns=(
        Column(
            "title",
            _("Project"),
            lambda row: named(row, "title"),
            link=lambda row: link("project", row.code),
        ),
        service_column(_("Service")),
        Column("year", _("Year"), lambda row: row.year, sort="year", align="num"),
        Column(
            "length",
            _("Length, m"),
            lambda row: round(row.length_planned_m),
            show=lambda row: formats.length_text(row.length_planned_m),
            sort="length_planned_m",
            align="num",
        ),
        money_column("cost", _("Cost, ₸"), "cost_kzt"),
        state_column("project", _("State")),
    ),
    filters=(
        Choice("service", _("Service"), service_options),
        state_choice("project", _("State"), without="draft"),
        Text("q", _("Name"), ("title_kk", "title_ru", "title_en", "code")),
    ),
    order="-drafted_at",
    per_page=15,
)


def region(request: Request, kato: str) -> HttpResponseBase:
    """Show one region: wear, plan and fact by service, works, projects, utilities."""
    place = get_region(kato)
    on = day_of(request.at)
    context = {
        "region": place,
        "services": figures.service_figures(kato),
        "wear": region_maps.wear_of_region(kato, on),
        "funnel": figures.funnel_of(on, region=kato),
        "works": news.newest_works(kato),
        "off": off_now.off_now(kato),
        "outages_url": link("outages"),
        "utilities": Organisation.objects.filter(region=place, kind="utility"),
    }
    rows = public_projects().filter(region=place)
    return show_listing(request, PROJECTS, rows, "portal/region.html", context)


urlpatterns: list[URLPattern] = [
    path("regions/", regions, name="regions"),
    path("regions/<str:kato>/", region, name="region"),
]
