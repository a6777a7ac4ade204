"""The clocks of an appeal.

Values, sources and start days: `parameters/appeals.yaml`.
"""

from dataclasses import dataclass
from datetime import date

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Appeals:
    """The clocks of an appeal."""

    answer_working_days: int
    accept_working_days: int
    extension_months_max: int
    extension_notice_working_days: int
    forward_working_days: int
    reopen_days: int
    reopens_max: int
    duplicate_m: float
    duplicate_hours: int
    burst_appeals: int
    burst_minutes: int
    burst_m: float
    contact_keep_days: int
    rating_max: int


def appeals(*, on: date) -> Appeals:
    """Return the values in force on the day."""
    return values_on("appeals", Appeals, on)
