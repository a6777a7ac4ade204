"""Utilities by zone, and the page of one: both wears, forecast, quality, networks, projects."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, FloatField, QuerySet, Value, When
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qaita.accounts.models import Organisation
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Missing
from qaita.kernel.remembering import asked_once
from qaita.law.reading import Source, read_topic
from qaita.networks.models import Material, Network, UtilityService
from qaita.networks.queries import (
    Critical,
    critical_sections_of,
    data_quality,
    failure_rate,
    lengths_by_decade,
    lengths_by_material,
    wear_by_network,
    wear_by_utility_service,
    wear_forecasts,
)
from qaita.networks.queries.make_up import Decade, FailureRate
from qaita.networks.queries.wear import DataQuality, WearFigures, YearWear
from qaita.programme.models import Project
from qaita.programme.queries import public_projects
from qaita.web import charts, formats, labels
from qaita.web.charts import Series
from qaita.web.columns import region_choice, service_column
from qaita.web.links import link
from qaita.web.lists import Choice, Column, Listing, Options, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.portal.forecasts import forecast_chart, planned_metres
from qaita.web.portal.foretelling import Foretelling, foretelling_of
from qaita.web.templatetags.qaita import named

QUESTIONS = {
    "year": gettext_lazy("Year of laying"),
    "material": gettext_lazy("Material"),
    "size": gettext_lazy("Diameter or voltage"),
    "inspection": gettext_lazy("Inspection in the last ten years"),
}
ZONES = ("red", "amber", "green")


# ------------------------------------------------------------------ the list


def zone_badge(zone: str) -> SafeString | str:
    """Return a zone as a badge."""
    label = labels.ZONES.get(zone)
    return (
        format_html('<span class="q-badge tone-{}">{}</span>', label.tone, label.title)
        if label
        else "–"
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else formats.percent_text(share)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _share_column(key: str, title: Any) -> Column:
    return Column(
        key,
        title,
        value=lambda row: _rounded(getattr(row, key)),
        show=lambda row: _percent(getattr(row, key)),
        sort=key,
        align="num",
    )


def service_options() -> Options:
    """Return the services as choices."""
    return list(labels.SERVICES.items())


def zone_options() -> Options:
    """Return the zones as choices."""
    return [(zone, labels.ZONES[zone].title) for zone in ZONES]


UTILITIES = Listing(
    "utilities",
    columns=(
        Column(
            "utility",
            gettext_lazy("Utility"),
            value=lambda row: named(row.organisation),
            link=lambda row: link("utility", row.organisation.code),
            sort="organisation__name_ru",
        ),
        service_column(gettext_lazy("Service")),
        Column(
            "region", gettext_lazy("Region"), lambda row: named(row.region), sort="region__kato"
        ),
        Column(
            "zone",
            gettext_lazy("Zone"),
            value=lambda row: str(labels.ZONES[row.zone].title) if row.zone in labels.ZONES else "",
            show=lambda row: zone_badge(row.zone),
            sort="zone",
        ),
        _share_column("share_past_norm", gettext_lazy("Past service life")),
        _share_column("modelled_condition", gettext_lazy("Modelled wear")),
        Column(
            "length_m",
            gettext_lazy("Length, m"),
            value=lambda row: round(row.length_m or 0),
            show=lambda row: formats.length_text(row.length_m) if row.length_m else "–",
            sort="length_m",
            align="num",
        ),
        _share_column("imputed_share", gettext_lazy("Estimated")),
    ),
    filters=(
        Choice("zone", gettext_lazy("Zone"), zone_options),
        Choice("service", gettext_lazy("Service"), service_options),
        region_choice(gettext_lazy("Region"), "region__kato"),
        Text(
            "q",
            gettext_lazy("Name"),
            ("organisation__name_kk", "organisation__name_ru", "organisation__name_en"),
        ),
    ),
    order="-share_past_norm",
    empty=gettext_lazy("No utility fits these choices."),
)


def with_wear(wear: dict[int, WearFigures]) -> QuerySet[UtilityService]:
    """Return the utilities' services with their wear as columns that can be sorted."""
    rows = UtilityService.objects.select_related("organisation", "region")

    def column(field: str, kind: Any, default: Any) -> Any:
        whens = [
            When(pk=key, then=Value(value, output_field=kind))
            for key, figures in wear.items()
            if (value := getattr(figures, field)) is not None
        ]
        last = Value(default, output_field=kind)
        return Case(*whens, default=last, output_field=kind) if whens else last

    number = FloatField()
    return rows.annotate(
        zone=column("zone", CharField(), ""),
        share_past_norm=column("share_past_norm", number, None),
        modelled_condition=column("modelled_condition", number, None),
        length_m=column("length_m", number, None),
        imputed_share=column("imputed_share", number, None),
    )


@dataclass(frozen=True)
class ServiceZones:
    """How many utilities of one service stand in each zone."""

    service: str
    zones: list[tuple[str, int, str]]
    unknown: int


def zone_counts(wear: dict[int, WearFigures]) -> list[ServiceZones]:
    """Count the utilities in each zone, service by service."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for figures in wear.values():
        counts[figures.service][figures.zone] += 1
    page = link("utilities")
    return [
        ServiceZones(
            service,
            [(zone, found.get(zone, 0), f"{page}?service={service}&zone={zone}") for zone in ZONES],
            found.get("", 0),
        )
        for service in labels.SERVICES
        if (found := counts.get(service))
    ]


@dataclass(frozen=True)
class Threshold:
    """Where zones begin for a service, since when, and by whose word."""

    service: str
    red_percent: float
    amber_percent: float
    since: date | None
    source: Source | None
    assumed: bool


def thresholds(on: date, services: Sequence[str]) -> list[Threshold]:
    """Return the thresholds in force on the day with their sources."""
    law = read_topic("zones")
    red, amber = law["red_percent"].at(on), law["amber_percent"].at(on)
    if red is None or amber is None:
        return []
    return [
        Threshold(name, red.value[name], amber.value[name], red.since, red.source, red.assumed)
        for name in services
    ]


def utilities(request: Request) -> HttpResponseBase:
    """Show the utilities, the worst first, with their zones."""
    on = day_of(request.at)
    wear = wear_by_utility_service(on)
    counted = zone_counts(wear)
    context = {"counted": counted, "thresholds": thresholds(on, [row.service for row in counted])}
    return show_listing(request, UTILITIES, with_wear(wear), "portal/utilities.html", context)


# ------------------------------------------------------------------ one utility


@dataclass(frozen=True)
class NetworkRow:
    """One network of the utility with its wear."""

    network: Network
    wear: WearFigures | None


@dataclass(frozen=True)
class ServicePart:
    """Everything the page shows of one service of the utility."""

    utility_service: UtilityService
    service: str
    wear: WearFigures | None
    threshold: Threshold | None
    networks: list[NetworkRow]
    projects: list[Project]
    quality: DataQuality
    failures: FailureRate
    forecast: Any
    decades: Any
    materials: Any
    failures_chart: Any
    foretelling: Foretelling | None
    critical: Critical | None

    @property
    def answered(self) -> list[tuple[Any, float]]:
        """The questions of the data-quality score with their answered shares."""
        return [(QUESTIONS[name], share) for name, share in self.quality.answered.items()]


def decade_chart(rows: Sequence[Decade]) -> Any:
    """Draw the length by decade of laying, the estimated part beside the known."""
    if not rows:
        return ""
    names = [_("unknown") if row.start is None else str(row.start) for row in rows]
    known = [(row.length_m - row.imputed_m) / 1000 for row in rows]
    guessed = [row.imputed_m / 1000 for row in rows]
    series = [Series(_("Known year"), known, "s0")]
    if any(guessed):
        series.append(Series(_("Estimated year"), guessed, "s3"))
    return charts.bars(names, series, title=_("Length by decade of laying"), unit=_("km"))


def material_chart(rows: Sequence[tuple[str, float]]) -> Any:
    """Draw the length by material as one bar."""
    parts = [
        (material_name(name), round(metres / 1000, 2), f"s{place % 6}")
        for place, (name, metres) in enumerate(rows)
    ]
    return charts.share_bar(parts, title=_("Length by material, km")) if parts else ""


def material_name(material: str) -> str:
    """Return the words of a material."""
    return str(Material(material).label) if material in Material.values else _("unknown")


def failure_chart(found: FailureRate) -> Any:
    """Draw failures by year."""
    if not found.by_year:
        return ""
    years = list(range(min(found.by_year), max(found.by_year) + 1))
    series = [Series(_("Failures"), [found.by_year.get(year, 0) for year in years], "s4")]
    return charts.bars(years, series, title=_("Failures by year"))


@dataclass(frozen=True)
class ServiceFacts:
    """What is known of one service of the utility, in no language yet."""

    networks: list[NetworkRow]
    projects: list[Project]
    quality: DataQuality
    failures: FailureRate
    idle: list[YearWear]
    planned: list[YearWear]
    decades: list[Decade]
    materials: list[tuple[str, float]]


@asked_once
def facts_of(owner: UtilityService, on: date) -> ServiceFacts:
    """Ask everything about one service of a utility."""
    networks = list(owner.networks.select_related("settlement"))
    figures = wear_by_network(networks, on)
    rows = public_projects().filter(utility=owner.organisation, service=owner.service)
    projects = list(rows.filter(region=owner.region).order_by("year", "code"))
    metres = planned_metres(projects, on)
    idle, planned = wear_forecasts(owner, [(), metres], on=on)
    return ServiceFacts(
        networks=[NetworkRow(row, figures.get(row.pk)) for row in networks],
        projects=projects,
        quality=data_quality(owner, on=on),
        failures=failure_rate(owner, on=on),
        idle=idle,
        planned=planned if metres else [],
        decades=lengths_by_decade(owner),
        materials=lengths_by_material(owner),
    )


def _part(owner: UtilityService, wear: WearFigures | None, on: date) -> ServicePart:
    facts = facts_of(owner, on)
    return ServicePart(
        utility_service=owner,
        service=owner.service,
        wear=wear,
        threshold=next(iter(thresholds(on, [owner.service])), None),
        networks=facts.networks,
        projects=facts.projects,
        quality=facts.quality,
        failures=facts.failures,
        forecast=forecast_chart(facts.idle, facts.planned),
        decades=decade_chart(facts.decades),
        materials=material_chart(facts.materials),
        failures_chart=failure_chart(facts.failures),
        foretelling=foretelling_of(owner),
        critical=critical_sections_of(owner),
    )


def utility(request: Request, code: str) -> HttpResponse:
    """Show one utility, service by service."""
    place = Organisation.objects.filter(code=code.upper(), kind="utility")
    organisation = place.select_related("region").first()
    if organisation is None:
        raise Missing("utility", code)
    on = day_of(request.at)
    rows = UtilityService.objects.filter(organisation=organisation)
    owned = list(rows.select_related("region", "organisation").order_by("service", "code"))
    wear = wear_by_utility_service(on, owned)
    parts = [_part(row, wear.get(row.pk), on) for row in owned]
    context = {"organisation": organisation, "parts": parts, "on": on}
    return render(request, "portal/utility.html", context)


urlpatterns: list[URLPattern] = [
    path("utilities/", utilities, name="utilities"),
    path("utilities/<str:code>/", utility, name="utility"),
]
