"""The rows behind a utility's figures: its sections, and their failures, as lists."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Organisation
from qaita.kernel.clock import day_of, start_of, years_before
from qaita.kernel.errors import Missing
from qaita.networks.models import LIVING, Failure, FailureCause, Material, Section
from qaita.networks.queries.make_up import WINDOW_YEARS
from qaita.web import formats, labels
from qaita.web.columns import service_column, state_column
from qaita.web.links import link
from qaita.web.lists import Choice, Column, Listing, Options, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.portal.utilities import material_name
from qaita.web.templatetags.qaita import named

ESTIMATED = Q(laid_imputed=True) | Q(material_imputed=True)


class Split(Choice):
    """A filter whose every value is a condition of its own."""

    def __init__(self, key: str, title: Any, conditions: dict[str, tuple[Any, Q]]) -> None:
        """Take value → words and condition."""
        options = tuple((value, words) for value, (words, _condition) in conditions.items())
        super().__init__(key, title, options)
        object.__setattr__(self, "conditions", conditions)

    conditions: dict[str, tuple[Any, Q]]

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Keep the rows of this value's condition."""
        return rows.filter(self.conditions[value][1]) if value in self.conditions else rows


def _laid(row: Section) -> str:
    if row.laid_on is None:
        return "–"
    return f"≈ {row.laid_on.year}" if row.laid_imputed else str(row.laid_on.year)


def _material(row: Section) -> str:
    words = material_name(row.material)
    return f"≈ {words}" if row.material_imputed else words


def _condition(row: Section) -> str:
    return "–" if row.condition is None else formats.percent_text(row.condition, 0)


SECTION_COLUMNS = (
    Column("code", _("Section"), lambda row: row.code, sort="code",
           link=lambda row: link("section", row.code)),
    service_column(_("Service"), sort=False),
    Column("network", _("Network"), lambda row: named(row.network)),
    Column("material", _("Material"), lambda row: material_name(row.material), show=_material),
    Column("laid", _("Laid"), lambda row: row.laid_on, show=_laid, sort="laid_on", align="num"),
    Column("life", _("Service life ends"), lambda row: row.past_norm_on,
           show=lambda row: row.past_norm_on.year if row.past_norm_on else "–",
           sort="past_norm_on", align="num"),
    Column("condition", _("Modelled wear"), lambda row: row.condition, show=_condition,
           sort="condition", align="num"),
    Column("length", _("Length, m"), lambda row: round(row.length_m, 1),
           show=lambda row: formats.length_text(row.length_m), sort="length_m", align="num"),
    state_column("section", _("State"), sort=False),
    Column("estimated", _("Year or material"),
           lambda row: str(_("estimated") if row.laid_imputed or row.material_imputed else "")),
)  # fmt: skip


def sections_listing(networks: Callable[[], Options], on: date) -> Listing:
    """Return the list of sections, with those past their norm life on the day to choose."""
    life = {
        "past": (_("past"), Q(past_norm_on__lte=on)),
        "within": (_("not over yet"), Q(past_norm_on__gt=on)),
        "unknown": (_("unknown"), Q(past_norm_on=None)),
    }
    told = {"estimated": (_("estimated"), ESTIMATED), "known": (_("known"), ~ESTIMATED)}
    return Listing(
        "sections",
        columns=SECTION_COLUMNS,
        filters=(
            Choice("service", _("Service"), tuple(labels.SERVICES.items())),
            Choice("network", _("Network"), networks, lookup="network__code"),
            Split("life", _("Service life"), life),
            Split("told", _("Year and material"), told),
            Choice("material", _("Material"), tuple(Material.choices)),
            Text("project", _("Code of a project"), ("projects__code",)),
        ),
        order="-condition",
        empty=_("No section fits these choices."),
    )


FAILURE_COLUMNS = (
    Column("section", _("Section"), lambda row: row.section.code, sort="section__code",
           link=lambda row: link("section", row.section.code)),
    Column("at", _("When"), lambda row: row.at,
           show=lambda row: formats.day_text(row.at, short=True), sort="at"),
    service_column(_("Service"), "section.service", sort=False),
    Column("network", _("Network"), lambda row: named(row.section.network)),
    Column("cause", _("Cause"), lambda row: str(FailureCause(row.cause).label), sort="cause"),
    Column("consumers", _("Consumers off"), lambda row: row.consumers_off,
           sort="consumers_off", align="num"),
    Column("repaired", _("Repaired"), lambda row: row.repaired_at,
           show=lambda row: formats.day_text(row.repaired_at, short=True)
           if row.repaired_at else "–", sort="repaired_at"),
)  # fmt: skip


def failures_listing(networks: Callable[[], Options], on: date) -> Listing:
    """Return the list of failures, with those of the years a rate is counted over to choose."""
    since, until = start_of(years_before(on, WINDOW_YEARS)), start_of(on + timedelta(days=1))
    window = {"5": (_("last five years"), Q(at__gte=since, at__lt=until))}
    return Listing(
        "failures",
        columns=FAILURE_COLUMNS,
        filters=(
            Choice("service", _("Service"), tuple(labels.SERVICES.items()), "section__service"),
            Choice("network", _("Network"), networks, lookup="section__network__code"),
            Split("years", _("When"), window),
            Choice("cause", _("Cause"), tuple(FailureCause.choices)),
            Text("project", _("Code of a project"), ("section__projects__code",)),
        ),
        order="-at",
        empty=_("No failure is known."),
    )


def _utility(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code.upper(), kind="utility").first()
    if found is None:
        raise Missing("utility", code)
    return found


def _networks(owner: Organisation) -> Callable[[], Options]:
    def options() -> Options:
        rows = (row for one in owner.utility_services.all() for row in one.networks.all())
        return [(row.code, named(row)) for row in rows]

    return options


def sections(request: Request, code: str) -> HttpResponseBase:
    """List the living sections of a utility; those of one project even when they are replaced."""
    owner = _utility(code)
    rows = Section.objects.filter(network__utility_service__organisation=owner)
    if not request.GET.get("project"):
        rows = rows.filter(state__in=LIVING)
    rows = rows.select_related("network")
    listing = sections_listing(_networks(owner), day_of(request.at))
    context = {"owner": owner, "title": _("Sections of networks")}
    return show_listing(request, listing, rows, "portal/utility_rows.html", context)


def failures(request: Request, code: str) -> HttpResponseBase:
    """List the failures of a utility's living sections; those of one project of all its own."""
    owner = _utility(code)
    rows = Failure.objects.filter(section__network__utility_service__organisation=owner)
    if not request.GET.get("project"):
        rows = rows.filter(section__state__in=LIVING)
    rows = rows.select_related("section__network")
    listing = failures_listing(_networks(owner), day_of(request.at))
    context = {"owner": owner, "title": _("Failures")}
    return show_listing(request, listing, rows, "portal/utility_rows.html", context)


urlpatterns: list[URLPattern] = [
    path("utilities/<str:code>/sections/", sections, name="utility_sections"),
    path("utilities/<str:code>/failures/", failures, name="utility_failures"),
]
