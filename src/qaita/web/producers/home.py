"""A producer's home: the entry, the products, tenders they fit, contracts that name them."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from qaita.kernel.clock import day_of
from qaita.procurement.models import Contract, Lot, OfferedProduct
from qaita.producers.models import Producer, Product
from qaita.producers.queries import producers_of
from qaita.web.desk.panels import Panel, PanelLine
from qaita.web.formats import day_text, number_text, percent_text
from qaita.web.marks import state_mark
from qaita.web.middleware import Request
from qaita.web.procurement.words import unit_of
from qaita.web.templatetags.qaita import named

SHOWN = 6
NOTICE = timedelta(days=90)
BOUND = ("signed", "running")
KIND_DIGITS = 6  # of ENS TRU: the kind of goods


def producer_panels(request: Request) -> list[Panel]:
    """Return the cards of a producer's home."""
    entries = list(producers_of(request.actor))
    products = list(Product.objects.filter(producer__in=entries))
    on = day_of(request.at)
    in_force = [row for row in products if row.valid_until is None or row.valid_until > on]
    return [
        _entry(entries, in_force),
        _products(entries, in_force, on),
        _tenders(fitting_lots(in_force, request), on),
        _deliveries(entries),
    ]


def fitting_lots(products: Iterable[Product], request: Request) -> QuerySet[Lot]:
    """Return lots of open tenders whose goods, or whose service, these products fit."""
    fits = Q(pk=None)
    for kind in {row.ens_tru[:KIND_DIGITS] for row in products}:
        fits |= Q(ens_tru__startswith=kind)
    services = {row.service for row in products if row.service}
    fits |= Q(tender__project__service__in=services)
    rows = Lot.objects.filter(fits, tender__state="open", tender__closes_at__gt=request.at)
    return rows.select_related("tender").order_by("tender__closes_at", "pk")


def _entry(entries: list[Producer], products: list[Product]) -> Panel:
    lines = [
        PanelLine(
            named(row.organisation),
            state_mark("producer", row.state),
            reverse("producers:producer", args=[row.code]),
            text=_("Entry %(number)s, last check %(day)s")
            % {"number": row.register_no, "day": day_text(row.checked_on, short=True)}
            if row.checked_on
            else row.register_no,
        )
        for row in entries
    ]
    if products:
        mean = sum(float(row.in_country_share) for row in products) / len(products)
        lines.append(PanelLine(_("In-country share, mean"), percent_text(mean)))
    return Panel(
        _("My entry in the register"),
        lines,
        _("Your organisation has no entry yet."),
        reverse("producers:register"),
        _("Register of producers"),
    )


def _products(entries: list[Producer], products: list[Product], on: date) -> Panel:
    ending = [row for row in products if row.valid_until and row.valid_until <= on + NOTICE]
    lines = [PanelLine(_("Products in force"), number_text(len(products)))]
    lines += [
        PanelLine(
            named(row),
            _("until %(day)s") % {"day": day_text(row.valid_until or on, short=True)},
            reverse("producers:product", args=[row.code]),
            "warn",
        )
        for row in sorted(ending, key=lambda row: (row.valid_until or on, row.code))[:SHOWN]
    ]
    more = reverse("producers:producer", args=[entries[0].code]) if entries else ""
    return Panel(_("My products"), lines, "", more, _("All products: prices, capacity, shares"))


def _tenders(lots: QuerySet[Lot], on: date) -> Panel:
    lines = [
        PanelLine(
            named(row, "title"),
            day_text(row.tender.closes_at, short=True) if row.tender.closes_at else "",
            reverse("portal:tender", args=[row.tender.code]),
            "warn" if row.tender.closes_at and day_of(row.tender.closes_at) <= on else "",
            f"{number_text(row.quantity)} {unit_of(row.unit)}",
        )
        for row in lots[:SHOWN]
    ]
    return Panel(
        _("Open tenders that my products fit"),
        lines,
        _("No open tender asks for your goods now."),
        f"{reverse('portal:tenders')}?state=open",
        _("All open tenders"),
        _("Until when bids are taken. Contractors bid; offer them your products in time."),
    )


def _deliveries(entries: list[Producer]) -> Panel:
    rows = OfferedProduct.objects.filter(
        product__producer__in=entries, bid__awards__contract__state__in=BOUND
    )
    related = rows.select_related("product", "bid__supplier")
    by_bid = {row.bid_id: row for row in related.order_by("pk")}
    contracts = Contract.objects.filter(award__bid__in=by_bid, state__in=BOUND)
    lines = []
    for contract in contracts.select_related("award").order_by("ends_on", "pk")[:SHOWN]:
        row = by_bid[contract.award.bid_id]
        lines.append(
            PanelLine(
                named(row.product),
                day_text(contract.ends_on, short=True),
                reverse("portal:contract", args=[contract.code]),
                text=f"{number_text(row.quantity)} {unit_of(row.unit)} · {named(row.bid.supplier)}",
            )
        )
    return Panel(
        _("Contracts that name my products"),
        lines,
        _("No contract in force names a product of yours."),
        reverse("portal:contracts"),
        _("All contracts"),
        _("How much, for whom, and when the contract ends."),
    )
