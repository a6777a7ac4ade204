"""Tenge: the only place where money is rounded."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import accumulate, pairwise

TIYN = Decimal("0.01")
MAX_DIGITS = 20
DECIMAL_PLACES = 2
MOST_KZT = Decimal(10) ** 17  # every amount is below it: sums of many still fit the digits


def is_amount(value: Decimal) -> bool:
    """Tell whether the value may be an amount of money: finite, above nothing, not absurd."""
    return value.is_finite() and 0 < value < MOST_KZT


def tenge(value: Decimal | int | str | float) -> Decimal:
    """Return the amount in tenge rounded half to even to the tiyn."""
    return Decimal(str(value)).quantize(TIYN, rounding=ROUND_HALF_EVEN)


def in_proportion(amount_kzt: Decimal, rests_kzt: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount over what is left in several purses, in proportion to it; tiyns add up.

    The running total is rounded, not each part: so no part is below nothing or over its purse.
    The amount is at most what is left in all of them together.
    """
    whole = sum(rests_kzt, Decimal(0))
    upto = [tenge(amount_kzt * so_far / whole) for so_far in accumulate(rests_kzt)]
    return [here - before for before, here in pairwise([Decimal(0), *upto])]


def million_tenge(value: Decimal | int) -> float:
    """Return tenge as float million tenge, for the engine."""
    return float(Decimal(value) / 1_000_000)


def from_million(value: float) -> Decimal:
    """Return million tenge from the engine as rounded tenge."""
    return tenge(Decimal(repr(float(value))) * 1_000_000)
