"""When a before-and-after may be told.

Values, sources and start days: `parameters/effects.yaml`.
"""

from dataclasses import dataclass
from datetime import date

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Effects:
    """When a before-and-after may be told."""

    least_days_after: int
    least_expected_failures: float
    confidence_percent: float
    years_before: float


def effects(*, on: date) -> Effects:
    """Return the values in force on the day."""
    return values_on("effects", Effects, on)
