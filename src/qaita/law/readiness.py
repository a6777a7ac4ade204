"""Ready for winter.

Values, sources and start days: `parameters/readiness.yaml`.
"""

from dataclasses import dataclass
from datetime import date

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Readiness:
    """Ready for winter."""

    schools_by: str
    homes_cold_regions_by: str
    homes_other_regions_by: str
    cold_regions: tuple[str, ...]


def readiness(*, on: date) -> Readiness:
    """Return the values in force on the day."""
    return values_on("readiness", Readiness, on)
