"""Loans, tariffs and their limits.

Values, sources and start days: `parameters/funding.yaml`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Funding:
    """Loans, tariffs and their limits."""

    tariff_frozen: bool
    tariff_growth_cap_percent: Decimal
    loan_rate_percent: Decimal
    subsidised_rate_percent: Decimal
    loan_years: int
    debt_cover_min_ratio: Decimal
    own_share_min_percent: Decimal
    tariff_kzt: dict[str, Decimal]
    tariff_renewal_percent: Decimal


def funding(*, on: date) -> Funding:
    """Return the values in force on the day."""
    return values_on("funding", Funding, on)
