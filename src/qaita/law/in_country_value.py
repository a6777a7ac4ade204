"""In-country value and the register of producers.

Values, sources and start days: `parameters/in_country_value.yaml`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qaita.law.reading import values_on


@dataclass(frozen=True)
class InCountryValue:
    """In-country value and the register of producers."""

    share_without_extract_percent: Decimal
    report_by_day: int
    answer_working_days: int
    digital_check_working_days: int
    production_check_working_days: int
    decision_working_days: int
    quarterly_check_by_day: int
    update_by_day: int
    mismatches_to_exclusion: int
    visit_members_min: int


def in_country_value(*, on: date) -> InCountryValue:
    """Return the values in force on the day."""
    return values_on("in_country_value", InCountryValue, on)
