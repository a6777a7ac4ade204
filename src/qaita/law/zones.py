"""Where wear turns red.

Values, sources and start days: `parameters/zones.yaml`.
"""

from dataclasses import dataclass
from datetime import date

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Zones:
    """Where wear turns red."""

    red_percent: dict[str, float]
    amber_percent: dict[str, float]


def zones(*, on: date) -> Zones:
    """Return the values in force on the day."""
    return values_on("zones", Zones, on)
