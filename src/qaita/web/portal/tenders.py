"""Tenders in the open: what is bought, sealed bids, prices once they are opened, the winner."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery, Sum
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from qaita.kernel.remembering import asked_once
from qaita.ledger.queries import timeline
from qaita.procurement.models import Award, Bid, Lot, Tender
from qaita.procurement.queries import (
    get_tender,
    is_dumping,
    lots_that_stand,
    public_tenders,
    ranked_bids,
    receipt_of,
    standing_award,
)
from qaita.web.columns import region_choice, state_choice, state_column
from qaita.web.formats import instant_words, money_text
from qaita.web.labels import SERVICES
from qaita.web.lists import Choice, Column, Listing, Text, show_listing
from qaita.web.middleware import Request
from qaita.web.templatetags.qaita import named

CLOSED_EYES = ("open", "cancelled")  # states in which even the bidders' names stay unsaid


def _url(row: Tender) -> str:
    return reverse("portal:tender", args=[row.code])


TENDERS = Listing(
    "tenders",
    columns=(
        Column("title", _("Tender"), lambda row: named(row, "title"), link=_url),
        Column("code", _("Code"), lambda row: row.code, sort="code"),
        Column("buyer", _("Customer"), lambda row: named(row.buyer)),
        Column("region", _("Region"), lambda row: named(row.project.region)),
        Column(
            "estimate", _("Estimate"), lambda row: round(row.estimate_kzt or 0, 2),
            show=lambda row: money_text(row.estimate_kzt or 0, short=True), sort="estimate_kzt",
            align="num",
        ),
        Column("bids", _("Bids"), lambda row: row.bids_count, sort="bids_count", align="num"),
        Column(
            "closes", _("Bids until"), lambda row: row.closes_at,
            show=lambda row: instant_words(row.closes_at, short=True), sort="closes_at",
        ),
        state_column("tender", _("State"), sort=False),
    ),
    filters=(
        Text("q", _("Search"), (
            "code", "title_kk", "title_ru", "title_en", "buyer__name_kk", "buyer__name_ru",
            "buyer__name_en", "project__code",
        )),
        state_choice("tender", _("State")),
        Choice("service", _("Service"), tuple(SERVICES.items()), lookup="project__service"),
        region_choice(_("Region"), "project__region__kato"),
    ),
    order="-closes_at",
)  # fmt: skip


@dataclass(frozen=True)
class LotShown:
    """A lot with its bids, and what came out of it."""

    lot: Lot
    bids: Sequence[Bid]
    award: Award | None
    dumping: frozenset[int] = frozenset()  # bids whose price the law calls dumping
    too_few: bool = False

    @property
    def by_preference(self) -> bool:
        """Tell whether somebody else would have won without preferences."""
        award = self.award
        return bool(award and award.without_preferences_id not in (None, award.bid_id))


def tenders(request: Request) -> HttpResponseBase:
    """List everything announced."""
    rows = public_tenders().annotate(estimate_kzt=_estimate())
    context = {"running": public_tenders().filter(state="open").count()}
    return show_listing(request, TENDERS, rows, "portal/tenders.html", context)


def _estimate() -> Subquery:
    """Return the sum over lots in a subquery, since joins to bids would count lots twice."""
    lots = Lot.objects.filter(tender=OuterRef("pk")).order_by().values("tender")
    return Subquery(lots.annotate(total=Sum("estimate_kzt")).values("total"))


def tender(request: Request, code: str) -> HttpResponse:
    """Show one tender from its announcement to its contract."""
    found = get_tender(code)
    if found.state == "draft":
        raise Http404(code)
    return render(request, "portal/tender.html", tender_context(found))


@asked_once
def tender_context(found: Tender) -> dict[str, object]:
    """Return what everybody may see of a tender: the desk shows it too."""
    standing = lots_that_stand(found)
    over = found.closed_at is not None
    lots = [_shown(lot, too_few=over and lot.pk not in standing) for lot in found.lots.all()]
    names_shown = found.state not in CLOSED_EYES
    return {
        "tender": found,
        "lots": lots,
        "estimate_kzt": sum(shown.lot.estimate_kzt for shown in lots),
        "receipts": [receipt_of(bid) for shown in lots for bid in shown.bids],
        "members": found.members.select_related("person"),
        "questions": found.questions.exclude(state="withdrawn"),
        "complaints": found.complaints.select_related("filed_by", "award__lot"),
        "contracts": found.contracts.exclude(state="draft").select_related("supplier"),
        "names_shown": names_shown,
        "prices_shown": found.opened_at is not None,
        "timeline": timeline(found.code),
    }


def _shown(lot: Lot, *, too_few: bool) -> LotShown:
    award = standing_award(lot)
    if award is not None:
        rows = Award.objects.select_related("bid__supplier", "without_preferences__supplier")
        award = rows.get(pk=award.pk)
    bids = list(ranked_bids(lot))
    dumping = frozenset(bid.pk for bid in bids if is_dumping(bid, lot))
    return LotShown(lot, bids, award, dumping, too_few)


urlpatterns: list[URLPattern] = [
    path("tenders/", tenders, name="tenders"),
    path("tenders/<str:code>/", tender, name="tender"),
]
