"""Notices of outages.

Values, sources and start days: `parameters/outages.yaml`.
"""

from dataclasses import dataclass
from datetime import date

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Outages:
    """Notices of outages."""

    planned_notice_days: int
    debt_notice_days: int
    unlawful_cut_fines_mci: tuple[int, ...]
    update_minutes: int
    restore_hours: dict[str, float]


def outages(*, on: date) -> Outages:
    """Return the values in force on the day."""
    return values_on("outages", Outages, on)
