"""The diary of a site, whole: every day report."""

from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from qaita.web.lists import Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.works.sites import my_site

REPORTS = Listing(
    "reports",
    columns=(
        Column("on", _("Day"), lambda row: row.on, sort="on"),
        Column("done", _("What was done"), lambda row: row.done),
        Column("hindrance", _("What stood in the way"), lambda row: row.hindrance),
        Column("workers", _("Workers"), lambda row: row.workers, sort="workers", align="num"),
        Column("machines", _("Machines"), lambda row: row.machines, sort="machines", align="num"),
        Column("code", _("Code"), lambda row: row.code),
    ),
    filters=(Text("q", _("Search"), ("done", "hindrance", "code")),),
    order="-on",
)


@login_required
def diary(request: Request, code: str) -> HttpResponseBase:
    """List the day reports of a site."""
    site = my_site(request, code)
    return show_listing(request, REPORTS, site.reports.all(), "works/diary.html", {"site": site})
