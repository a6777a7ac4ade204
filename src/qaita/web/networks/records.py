"""What was recorded of one section, whole: its failures and its inspections."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from qaita.networks.models import FailureCause, FailureSource
from qaita.networks.queries import failures_of, inspections_of
from qaita.web.formats import number_text
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.networks.sections import mine

FAILURES = Listing(
    "failures",
    columns=(
        Column("code", _("Code"), lambda row: row.code, sort="code"),
        Column("at", _("When"), lambda row: row.at, sort="at"),
        Column("cause", _("Cause"), lambda row: str(row.get_cause_display()), sort="cause"),
        Column(
            "consumers_off",
            _("Consumers off"),
            lambda row: row.consumers_off,
            show=lambda row: number_text(row.consumers_off),
            sort="consumers_off",
            align="num",
        ),
        Column("repaired", _("Repaired"), lambda row: row.repaired_at, sort="repaired_at"),
        Column("source", _("Source"), lambda row: str(row.get_source_display())),
        Column("section", _("Section"), lambda row: row.section.code),
    ),
    filters=(
        Choice("cause", _("Cause"), FailureCause.choices),
        Choice("source", _("Source"), FailureSource.choices),
    ),
    order="-at",
    empty=_("None recorded."),
)
INSPECTIONS = Listing(
    "inspections",
    columns=(
        Column("code", _("Code"), lambda row: row.code, sort="code"),
        Column("on", _("Day"), lambda row: row.on, sort="on"),
        Column(
            "condition",
            _("Wear seen, %"),
            lambda row: round(row.condition * 100, 1),
            sort="condition",
            align="num",
        ),
        Column("method", _("Method"), lambda row: row.method),
        Column("remarks", _("Remarks"), lambda row: row.remarks),
        Column("section", _("Section"), lambda row: row.section.code),
    ),
    filters=(Text("q", _("Search"), ("method", "remarks")),),
    order="-on",
    empty=_("None recorded."),
)


@login_required
def failures(request: Request, code: str) -> HttpResponseBase:
    """List the failures of one section."""
    found = mine(request, code)
    return _listed(
        request, FAILURES, failures_of(found), {"section": found, "title": _("Failures")}
    )


@login_required
def inspections(request: Request, code: str) -> HttpResponseBase:
    """List the inspections of one section."""
    found = mine(request, code)
    words = {"section": found, "title": _("Inspections")}
    return _listed(request, INSPECTIONS, inspections_of(found), words)


def _listed(
    request: Request, listing: Listing, rows: QuerySet[Any], words: dict[str, Any]
) -> HttpResponseBase:
    return show_listing(
        request, listing, rows.select_related("section"), "networks/records.html", words
    )
