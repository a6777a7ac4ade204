"""Organisations, for administrators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qaita.accounts.queries import may_see_people, organisations_kept_by
from qaita.accounts.services import NewOrganisation, register_organisation
from qaita.kernel.errors import NotYours
from qaita.web.accounts.forms import OrganisationForm
from qaita.web.accounts.words import KINDS
from qaita.web.desk.forms import sent
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.templatetags.qaita import named

ORGANISATIONS = Listing(
    "organisations",
    columns=(
        Column("bin", _("BIN"), lambda row: row.bin, sort="bin"),
        Column("name", _("Name"), named, sort="name_ru"),
        Column("kind", _("Kind"), lambda row: str(KINDS[row.kind]), sort="kind"),
        Column("region", _("Region"), lambda row: named(row.region), sort="region__kato"),
        Column("code", _("Code"), lambda row: row.code, sort="code"),
    ),
    filters=(
        Text("q", _("Search"), ("bin", "name_kk", "name_ru", "name_en", "code")),
        Choice("kind", _("Kind"), tuple(KINDS.items())),
    ),
    order="code",
    empty=_("No organisation is registered yet."),
)


@login_required
def organisations(request: Request) -> HttpResponseBase:
    """List the organisations whose people the person keeps."""
    if not may_see_people(request.actor):
        raise NotYours("organisations")
    rows = organisations_kept_by(request.actor).select_related("region")
    return show_listing(request, ORGANISATIONS, rows, "accounts/organisations.html")


@login_required
def register(request: Request) -> HttpResponse:
    """Register an organisation by its BIN."""
    if not may_see_people(request.actor):
        raise NotYours("organisations")
    form = OrganisationForm(sent(request))
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "accounts/register.html", {"form": form}, status=status)
    row = register_organisation(
        NewOrganisation(**form.cleaned_data), by=request.actor, at=request.at
    )
    messages.success(request, gettext("Registered: %(name)s.") % {"name": named(row)})
    return redirect("accounts:organisations")
