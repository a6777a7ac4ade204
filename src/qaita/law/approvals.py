"""The clocks of an application.

Values, sources and start days: `parameters/approvals.yaml`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Approvals:
    """The clocks of an application."""

    completeness_working_days: int
    technical_working_days: int
    financial_working_days: int
    tariff_working_days: int
    confirmation_working_days: int
    correction_working_days: int
    warranty_years: int
    overlap_years: int
    estimate_growth_alarm_percent: Decimal


def approvals(*, on: date) -> Approvals:
    """Return the values in force on the day."""
    return values_on("approvals", Approvals, on)
