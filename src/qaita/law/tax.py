"""Taxes and indices.

Values, sources and start days: `parameters/tax.yaml`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Tax:
    """Taxes and indices."""

    vat_percent: Decimal
    mci_kzt: Decimal
    vat_registration_mci: int
    depreciation_cap_percent: dict[str, float]


def tax(*, on: date) -> Tax:
    """Return the values in force on the day."""
    return values_on("tax", Tax, on)
