"""Which bid wins: conditional prices by the law's discounts, ties, and without preferences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from qaita.kernel.clock import day_of
from qaita.kernel.errors import Reason
from qaita.kernel.money import MAX_DIGITS, tenge
from qaita.law.tendering import Tendering
from qaita.procurement.errors import ABOVE_ESTIMATE, WRONG_ENVELOPE
from qaita.procurement.models import Bid, Lot
from qaita.procurement.queries import contracted_kzt
from qaita.producers.queries import extract_of

ZERO = Decimal(0)


@dataclass(frozen=True)
class Preference:
    """One discount the law gives: which, how much, on what evidence."""

    kind: str  # "register" | "years_main" | "years_sub"
    percent: Decimal
    evidence: str

    def as_dict(self) -> dict[str, str]:
        """Return plain values for storing."""
        return {"kind": self.kind, "percent": str(self.percent), "evidence": self.evidence}


@dataclass(frozen=True)
class Standing:
    """One bid in the comparison."""

    bid: Bid
    price_kzt: Decimal
    conditional_kzt: Decimal
    contracted_kzt: Decimal
    received_at: datetime


def read_price(offer: dict[str, Any] | None, lot: Lot) -> tuple[Decimal | None, Reason | None]:
    """Return the price of an opened offer and why it is invalid, if it is."""
    try:
        price = Decimal(str((offer or {})["price_kzt"]))
    except (KeyError, InvalidOperation):
        return None, WRONG_ENVELOPE
    too_long = not price.is_finite() or price <= 0 or price.adjusted() >= MAX_DIGITS - 2
    if too_long or price != tenge(price):
        return None, WRONG_ENVELOPE
    return price, ABOVE_ESTIMATE if price > lot.estimate_kzt else None


def preferences_of(bid: Bid, *, law: Tendering, on: date) -> list[Preference]:
    """Return the discounts the law gives this bid, cut to the law's cap."""
    found: list[Preference] = []
    extract = extract_of(bid.supplier.code, bid.lot.ens_tru, on=on)
    if extract is not None:
        found.append(Preference("register", law.discount_register_percent, extract.code))
    if bid.lot.category == "works":
        for kind, rate in (
            ("years_main", law.discount_main_percent_a_year),
            ("years_sub", law.discount_sub_percent_a_year),
        ):
            years = int(bid.qualification.get(kind, 0))
            if years > 0:
                found.append(Preference(kind, rate * years, str(years)))
    return _cut(found, law.discount_cap_percent)


def _cut(found: Sequence[Preference], cap: Decimal) -> list[Preference]:
    left, kept = cap, []
    for preference in found:
        percent = min(preference.percent, left)
        if percent > 0:
            kept.append(Preference(preference.kind, percent, preference.evidence))
            left -= percent
    return kept


def conditional_price(price_kzt: Decimal, preferences: Sequence[Preference]) -> Decimal:
    """Return the price the comparison looks at; the contract is signed at the price offered."""
    percent = sum((preference.percent for preference in preferences), ZERO)
    return tenge(price_kzt * (100 - percent) / 100)


def rank_bids(bids: Sequence[Bid]) -> list[Bid]:
    """Set both ranks of the valid bids of one lot.

    Ties go to the smaller sum of contracts under way, then to the earlier bid.
    """
    rows = [
        Standing(
            bid,
            bid.price_kzt or ZERO,
            bid.conditional_kzt or ZERO,
            contracted_kzt(bid.supplier),
            bid.received_at,
        )
        for bid in bids
    ]
    with_them = sorted(rows, key=lambda r: (r.conditional_kzt, r.contracted_kzt, r.received_at))
    without = sorted(rows, key=lambda r: (r.price_kzt, r.contracted_kzt, r.received_at))
    for place, row in enumerate(with_them, 1):
        row.bid.rank = place
    for place, row in enumerate(without, 1):
        row.bid.rank_without_preferences = place
    return [row.bid for row in with_them]


def weigh(bid: Bid, *, law: Tendering) -> None:
    """Set the bid's preferences and conditional price as of the closing day."""
    closed_at = bid.tender.closed_at or bid.received_at
    preferences = preferences_of(bid, law=law, on=day_of(closed_at))
    bid.preferences = [preference.as_dict() for preference in preferences]
    bid.conditional_kzt = conditional_price(bid.price_kzt or ZERO, preferences)
