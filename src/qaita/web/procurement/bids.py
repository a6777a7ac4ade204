"""The supplier's desk: sealing a bid in the browser or by the command line, receipts."""

import json
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qaita.kernel.clock import day_of
from qaita.kernel.errors import NotYours
from qaita.procurement import services
from qaita.procurement.models import Lot
from qaita.procurement.queries import (
    address_of,
    bid_security_kzt,
    bids_of,
    get_bid,
    get_lot,
    receipt_of,
)
from qaita.procurement.states import why_no_bid
from qaita.producers.models import Product
from qaita.producers.queries import products_fitting
from qaita.web.countries import country_options
from qaita.web.desk.forms import sent
from qaita.web.middleware import Request
from qaita.web.procurement.desk import my_supplier
from qaita.web.procurement.forms import BidForm
from qaita.web.procurement.words import UNITS

PLACES, WARES = 3, 300  # lines of products in the form, products it proposes


def _wares(lot: Lot, on: date) -> QuerySet[Product]:
    """Return the products of the catalogue the form proposes for the lot."""
    rows = products_fitting(lot.ens_tru, lot.tender.project.service, on=on)
    return rows.select_related("producer__organisation")[:WARES]


def allow_sealing(response: HttpResponse) -> HttpResponse:
    """Let libsodium's WebAssembly run on this page; nothing else becomes looser."""
    policy = settings.CONTENT_SECURITY_POLICY.replace(
        "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
    )
    response.headers["Content-Security-Policy"] = policy
    return response


@login_required
def bid(request: Request, code: str) -> HttpResponse:
    """Take a sealed bid for a lot."""
    lot: Lot = get_lot(code)
    supplier = my_supplier(request)
    address = address_of(lot, supplier.code).as_dict()
    first = {"security_kzt": bid_security_kzt(lot)}
    form = BidForm(sent(request), request.FILES or None, initial=first)
    if request.method == "POST" and form.is_valid():
        made = services.submit_bid(
            lot, supplier=supplier, sealed=(form.envelope(), form.qualification()),
            by=request.actor, at=request.at,
        )  # fmt: skip
        messages.success(request, _("Bid %(code)s is received, sealed.") % {"code": made.code})
        return redirect("procurement:receipt", made.code)
    context = {
        "lot": lot,
        "wares": _wares(lot, day_of(request.at)),
        "places": range(1, PLACES + 1),
        "countries": country_options(),
        "units": UNITS.items(),
        "tender": lot.tender,
        "supplier": supplier,
        "form": form,
        "address": json.dumps(address, sort_keys=True),
        "reasons": why_no_bid(lot, supplier, at=request.at),
        "back": reverse("procurement:tender", args=[lot.tender.code]),
    }
    status = 422 if form.is_bound else 200
    return allow_sealing(render(request, "procurement/bid.html", context, status=status))


@login_required
def address(request: Request, code: str) -> HttpResponse:
    """Hand out the address a bid is sealed to, for the command line."""
    found = address_of(get_lot(code), my_supplier(request).code)
    answer = JsonResponse(found.as_dict(), json_dumps_params={"indent": 2})
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}-address.json"'
    return answer


@login_required
def receipt(request: Request, code: str) -> HttpResponse:
    """Show the receipt of one's own bid, or hand it out as a file."""
    found = bids_of(request.actor).filter(code=code).first()
    if found is None:
        raise NotYours("bid")
    made = receipt_of(found)
    if request.GET.get("format") == "json":
        answer = JsonResponse(made.as_dict(), json_dumps_params={"indent": 2})
        answer.headers["Content-Disposition"] = f'attachment; filename="{code}-receipt.json"'
        return answer
    return render(request, "procurement/receipt.html", {"bid": found, "receipt": made})


@require_POST
@login_required
def withdraw(request: Request, code: str) -> HttpResponse:
    """Take one's own bid back before the closing."""
    found = get_bid(code)
    services.withdraw_bid(found, by=request.actor, at=request.at)
    messages.success(request, _("Bid %(code)s is withdrawn.") % {"code": code})
    return redirect("procurement:tender", found.tender.code)
