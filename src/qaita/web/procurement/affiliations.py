"""Organisations that belong together: declared by suppliers, or written down by the control."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qaita.accounts.models import Organisation
from qaita.kernel.errors import NotYours
from qaita.procurement.queries import affiliations_seen_by
from qaita.procurement.services import declare_affiliation
from qaita.procurement.states import CONTROL
from qaita.web.desk.forms import DeskForm, sent
from qaita.web.formats import day_text
from qaita.web.lists import Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.procurement.desk import supplier_of
from qaita.web.templatetags.qaita import named

DECLARED = Listing(
    "affiliations",
    columns=(
        Column("first", gettext_lazy("Organisation"), lambda row: named(row.first),
               sort="first__name_ru"),
        Column("first_bin", gettext_lazy("BIN"), lambda row: row.first.bin),
        Column("second", gettext_lazy("Affiliated with"), lambda row: named(row.second),
               sort="second__name_ru"),
        Column("second_bin", gettext_lazy("BIN of the affiliated organisation"),
               lambda row: row.second.bin),
        Column("ground", gettext_lazy("Ground"), lambda row: row.ground),
        Column(
            "since", gettext_lazy("From"), lambda row: row.since_on,
            show=lambda row: day_text(row.since_on, short=True), sort="since_on",
        ),
    ),
    filters=(
        Text("q", gettext_lazy("Search"), (
            "first__name_kk", "first__name_ru", "first__bin", "second__name_kk",
            "second__name_ru", "second__bin", "ground",
        )),
    ),
    order="-since_on",
    empty=gettext_lazy("Nothing is declared yet."),
)  # fmt: skip


class BinField(forms.CharField):
    """An organisation by its BIN."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, max_length=12)

    def clean(self, value: Any) -> Organisation:
        """Find the organisation."""
        found = Organisation.objects.filter(bin=super().clean(value)).first()
        if found is None:
            raise forms.ValidationError(_("No organisation with this BIN is registered here."))
        return found


class AffiliationForm(DeskForm):
    """Which organisations belong together, and why; a supplier speaks for its own."""

    first = BinField(gettext_lazy("BIN of the organisation"))
    second = BinField(gettext_lazy("BIN of the affiliated organisation"))
    ground = forms.CharField(
        label=gettext_lazy("What makes them affiliated: owners, heads, relatives"), max_length=250
    )

    def __init__(self, own: Organisation | None, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.own = own
        if own is not None:
            del self.fields["first"]

    def pair(self) -> tuple[Organisation, Organisation]:
        """Return the two."""
        return self.own or self.cleaned_data["first"], self.cleaned_data["second"]


@login_required
def affiliations(request: Request) -> HttpResponseBase:
    """List what is declared, and declare more."""
    controls = any(request.actor.has(role) for role in CONTROL)
    own = None if controls else supplier_of(request)
    if not controls and own is None:
        raise NotYours("affiliation")
    form = AffiliationForm(own, sent(request))
    if not form.is_valid():
        rows = affiliations_seen_by(own).select_related("first", "second")
        shown = {"form": form, "own": own}
        page = show_listing(request, DECLARED, rows, "procurement/affiliations.html", shown)
        page.status_code = 422 if form.is_bound else 200
        return page
    first, second = form.pair()
    ground = form.cleaned_data["ground"]
    declare_affiliation(first, second, ground=ground, by=request.actor, at=request.at)
    messages.success(request, _("The affiliation is written down. Only one of them may bid."))
    return redirect("procurement:affiliations")
