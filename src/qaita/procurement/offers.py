"""The products of an offer: made kindly before it is sealed, read leniently after the opening.

A line names a product of the catalogue by its code, or a product from elsewhere by its name and
country. Nobody can check a line while it is sealed, so an unknown one does not spoil the bid: it
is shown as the bidder wrote it, with nothing known of its origin.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from qaita.kernel.errors import Text, Wrong
from qaita.kernel.ids import read_code
from qaita.procurement.models import Bid, OfferedProduct
from qaita.producers.models import Product

MOST_LINES = 30  # what the largest envelope holds
MOST_NAME = 120
HOME = "KZ"
COUNTRY = re.compile(r"[A-Z]{2}")
UNIT = re.compile(r"[a-z0-9]{1,16}")
STEP = Decimal("0.001")
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Offered:
    """One line of an offer; `product` is a catalogue code, else `name` and `origin` tell it."""

    quantity: Decimal
    product: str = ""
    name: str = ""
    origin: str = ""  # ISO 3166-1, two letters
    unit: str = ""


def offer_of(price_kzt: Decimal, products: Sequence[Offered] = ()) -> dict[str, Any]:
    """Return the offer to be sealed; raises Wrong, in words the bidder can act on."""
    faults = [text for line in products if (text := _fault(line))]
    if len(products) > MOST_LINES:
        faults.append(_("An offer holds %(most)s products at most.") % {"most": MOST_LINES})
    if faults:
        raise Wrong({"products": faults})
    offer: dict[str, Any] = {"price_kzt": format(price_kzt, ".2f")}
    if products:
        offer["products"] = [_plain(line) for line in products]
    return offer


def offered_products(offer: Mapping[str, Any] | None, bid: Bid, on: date) -> list[OfferedProduct]:
    """Return what an opened offer names, with what the register said of it on the day."""
    told = (offer or {}).get("products")
    lines = [_read(line) for line in told[:MOST_LINES]] if isinstance(told, list) else []
    read = [line for line in lines if line is not None]
    wanted = [line.product for line in read if line.product]
    known = {row.code: row for row in Product.objects.filter(code__in=wanted)}
    valid = Product.objects.valid_on(on).filter(code__in=known)
    in_force = set(valid.values_list("code", flat=True))
    return [
        _row(bid, number, line, known.get(line.product), in_force=line.product in in_force)
        for number, line in enumerate(read, 1)
    ]


def facts_of(products: Iterable[OfferedProduct]) -> list[dict[str, str]]:
    """Return the products as the ledger writes them down."""
    return [
        {
            "product": row.product.code if row.product else row.name,
            "origin": row.origin,
            "quantity": str(row.quantity),
            "unit": row.unit,
            "share": "" if row.in_country_share is None else str(row.in_country_share),
        }
        for row in products
    ]


def _fault(line: Offered) -> Text | None:
    code, name = {"code": line.product[:40]}, {"name": line.name[:MOST_NAME]}
    exact = line.quantity.is_finite() and 0 < line.quantity < LARGEST
    listed, bare = bool(line.product), not line.product
    rules: tuple[tuple[bool, Text], ...] = (
        (
            not exact or line.quantity != line.quantity.quantize(STEP),
            _("Write how much of the product, above zero, with three digits at most."),
        ),
        (
            listed and not (line.product.startswith("PD-") and read_code(line.product)),
            _("%(code)s is no code of the catalogue. Check its letters on the product's page.")
            % code,
        ),
        (
            bare and not 0 < len(line.name) <= MOST_NAME,
            _("Name the product by its code in the catalogue, or by its name and country."),
        ),
        (
            bare and not COUNTRY.fullmatch(line.origin),
            _("Say in which country “%(name)s” is made.") % name,
        ),
        (
            bare and not UNIT.fullmatch(line.unit),
            _("Say in what unit “%(name)s” is counted.") % name,
        ),
    )
    return next((text for broken, text in rules if broken), None)


def _plain(line: Offered) -> dict[str, str]:
    words = {"product": line.product, "name": line.name, "origin": line.origin, "unit": line.unit}
    kept = {key: value for key, value in words.items() if value}
    return {**kept, "quantity": format(line.quantity, "f")}


def _read(told: Any) -> Offered | None:
    """Return a line as it was written; None when it says nothing that can be shown."""
    words = dict(told) if isinstance(told, dict) else {}
    names = ("product", "name", "origin", "unit")
    plain = {name: str(words.get(name, "")).replace("\0", "") for name in names}
    try:
        quantity = Decimal(str(words.get("quantity"))).quantize(STEP)
        is_amount = 0 < quantity < LARGEST
    except InvalidOperation:
        return None
    return Offered(quantity, **plain) if is_amount and (plain["product"] or plain["name"]) else None


def _row(
    bid: Bid, number: int, line: Offered, product: Product | None, *, in_force: bool
) -> OfferedProduct:
    origin = HOME if product else line.origin if COUNTRY.fullmatch(line.origin) else ""
    unit = product.unit if product else line.unit if UNIT.fullmatch(line.unit) else ""
    return OfferedProduct(
        bid=bid,
        number=number,
        product=product,
        name="" if product else (line.name or line.product)[:MOST_NAME],
        origin=origin,
        quantity=line.quantity,
        unit=unit,
        in_country_share=product.in_country_share if product and in_force else None,
    )
