"""What the works changed: failures before and after, service by service and project by project."""

from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from qaita.effects.queries import (
    VERDICTS,
    ProjectEffect,
    effects_by_project,
    effects_by_service,
)
from qaita.kernel.clock import day_of
from qaita.law import effects as effects_law
from qaita.web.columns import region_choice, service_column
from qaita.web.formats import number_text
from qaita.web.labels import SERVICES
from qaita.web.links import link
from qaita.web.lists import Choice, Column, Listing, Options, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.reckoned import Reckoned
from qaita.web.templatetags.qaita import named


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)


def _shown(rate: float | None) -> str:
    return "–" if rate is None else number_text(rate, 2)


def _verdict(row: ProjectEffect) -> SafeString:
    return format_html('<span class="q-badge tone-{}">{}</span>', row.tone, row.words)


def _verdicts() -> Options:
    return [(key, words) for key, (words, _tone) in VERDICTS.items()]


EFFECTS = Listing(
    "effects",
    columns=(
        Column(
            "project", _("Project"), lambda row: named(row.project, "title"),
            link=lambda row: link("project", row.project.code), sort="project__title_ru",
        ),
        Column("code", _("Code"), lambda row: row.project.code, sort="project__code"),
        Column("region", _("Region"), lambda row: named(row.project.region),
               sort="project__region__kato"),
        service_column(_("Service"), "project.service"),
        Column(
            "before", _("Before"), lambda row: _rounded(row.effect.before_per_km_year),
            show=lambda row: _shown(row.effect.before_per_km_year),
            sort="effect__before_per_km_year", align="num",
        ),
        Column(
            "after", _("After"), lambda row: _rounded(row.effect.after_per_km_year),
            show=lambda row: _shown(row.effect.after_per_km_year),
            sort="effect__after_per_km_year", align="num",
        ),
        Column(
            "days", _("Days since"), lambda row: row.effect.days_after,
            show=lambda row: number_text(row.effect.days_after),
            sort="effect__days_after", align="num",
        ),
        Column("verdict", _("What is known"), lambda row: str(row.words), show=_verdict,
               sort="effect__verdict"),
    ),
    filters=(
        Text("q", _("Search"), (
            "project__code", "project__title_kk", "project__title_ru", "project__title_en",
        )),
        Choice("service", _("Service"), tuple(SERVICES.items()), lookup="project__service"),
        region_choice(_("Region"), "project__region__kato"),
        Choice("verdict", _("What is known"), _verdicts, lookup="effect__verdict"),
    ),
    order="-effect__days_after",
    empty=_("Nothing has been accepted yet, so there is no effect to speak of."),
)  # fmt: skip


def effects(request: Request) -> HttpResponseBase:
    """Show the effects of all accepted works, with the rule that says when it is too early."""
    today = day_of(request.at)
    context = {
        "services": effects_by_service(today),
        "rule": effects_law(on=today),
        "today": today,
    }
    rows = Reckoned(effects_by_project(today))
    return show_listing(request, EFFECTS, rows, "portal/effects.html", context)


urlpatterns = [path("effects/", effects, name="effects")]
