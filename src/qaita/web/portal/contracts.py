"""Contracts in the open: sides, sums, signatures, amendments, and what became of them."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from qaita.accounts.models import Signature
from qaita.kernel.remembering import asked_once
from qaita.law.tendering import tendering
from qaita.ledger.queries import timeline
from qaita.procurement.models import Contract
from qaita.procurement.queries import (
    SIGNED_CONTRACTS,
    get_contract,
    public_contracts,
    signed_sum_kzt,
)
from qaita.web.columns import money_column, region_choice, state_choice, state_column
from qaita.web.formats import day_text
from qaita.web.labels import SERVICES
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.templatetags.qaita import named


def _url(row: Contract) -> str:
    return reverse("portal:contract", args=[row.code])


CONTRACTS = Listing(
    "contracts",
    columns=(
        Column("code", _("Contract"), lambda row: row.code, link=_url, sort="code"),
        Column("subject", _("Subject"), lambda row: named(row.lot, "title")),
        Column("buyer", _("Customer"), lambda row: named(row.buyer)),
        Column("supplier", _("Supplier"), lambda row: named(row.supplier)),
        Column("region", _("Region"), lambda row: named(row.project.region)),
        money_column("sum", _("Sum"), "sum_kzt"),
        Column(
            "ends", _("Ends on"), lambda row: row.ends_on,
            show=lambda row: day_text(row.ends_on, short=True), sort="ends_on",
        ),
        state_column("contract", _("State"), sort=False),
    ),
    filters=(
        Text("q", _("Search"), (
            "code", "lot__title_kk", "lot__title_ru", "lot__title_en", "buyer__name_kk",
            "buyer__name_ru", "buyer__name_en", "supplier__name_kk", "supplier__name_ru",
            "supplier__name_en", "supplier__bin", "project__code",
        )),
        state_choice(
            "contract", _("State"),
            groups=(("bound", _("Signed by both sides"), SIGNED_CONTRACTS),),
        ),
        Choice("service", _("Service"), tuple(SERVICES.items()), lookup="project__service"),
        region_choice(_("Region"), "project__region__kato"),
    ),
    order="-drafted_at",
)  # fmt: skip


def contracts(request: Request) -> HttpResponseBase:
    """List the contracts."""
    rows = public_contracts()
    context = {"signed_kzt": signed_sum_kzt(), "count": rows.count()}
    return show_listing(request, CONTRACTS, rows, "portal/contracts.html", context)


def contract(request: Request, code: str) -> HttpResponse:
    """Show one contract."""
    found = get_contract(code)
    if found.state == "draft":
        raise Http404(code)
    return render(request, "portal/contract.html", contract_context(found))


@asked_once
def contract_context(found: Contract) -> dict[str, object]:
    """Return what everybody may see of a contract: the desk shows it too."""
    grown = found.sum_kzt - found.original_sum_kzt
    law = tendering(on=found.tender.law_on)
    return {
        "contract": found,
        "grown_kzt": grown,
        "grown_share": grown / found.original_sum_kzt,
        "cap_percent": law.amendment_cap_percent,
        "amendments": found.amendments.all(),
        "signatures": Signature.objects.filter(subject_code=found.code),
        "timeline": timeline(found.code),
    }


urlpatterns: list[URLPattern] = [
    path("contracts/", contracts, name="contracts"),
    path("contracts/<str:code>/", contract, name="contract"),
]
