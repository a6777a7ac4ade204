"""How tenders run.

Values, sources and start days: `parameters/tendering.yaml`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Tendering:
    """How tenders run."""

    bid_days_min: int
    question_days_before_close: int
    answer_working_days: int
    bid_valid_days: int
    bid_security_percent: Decimal
    performance_security_percent: Decimal
    advance_max_percent: Decimal
    committee_members_min: int
    committee_threshold: int
    admission_working_days: int
    bidders_min: int
    complaint_working_days: int
    complaint_decision_working_days: int
    standstill_working_days: int
    signing_working_days: int
    discount_register_percent: Decimal
    discount_main_percent_a_year: Decimal
    discount_sub_percent_a_year: Decimal
    discount_cap_percent: Decimal
    dumping_percent: Decimal
    debarment_months: int
    payment_working_days: int
    amendment_cap_percent: Decimal
    amendment_grounds: tuple[str, ...]


def tendering(*, on: date) -> Tendering:
    """Return the values in force on the day."""
    return values_on("tendering", Tendering, on)
