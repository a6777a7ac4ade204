"""Tenge: the only place where money is rounded."""

from decimal import ROUND_HALF_EVEN, Decimal

TIYN = Decimal("0.01")
MAX_DIGITS = 20
DECIMAL_PLACES = 2


def tenge(value: Decimal | int | str | float) -> Decimal:
    """Return the amount in tenge rounded half to even to the tiyn."""
    return Decimal(str(value)).quantize(TIYN, rounding=ROUND_HALF_EVEN)


def million_tenge(value: Decimal | int) -> float:
    """Return tenge as float million tenge, for the engine."""
    return float(Decimal(value) / 1_000_000)


def from_million(value: float) -> Decimal:
    """Return million tenge from the engine as rounded tenge."""
    return tenge(Decimal(repr(float(value))) * 1_000_000)
