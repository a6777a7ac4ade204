"""What a household uses.

Values, sources and start days: `parameters/households.yaml`.
"""

from dataclasses import dataclass
from datetime import date

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Households:
    """What a household uses."""

    people: float
    area_m2: float
    use_per_month: dict[str, float]
    cost_percent: dict[str, float]


def households(*, on: date) -> Households:
    """Return the values in force on the day."""
    return values_on("households", Households, on)
