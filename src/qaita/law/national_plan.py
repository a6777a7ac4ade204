"""The limits of a whole country's plan.

Values, sources and start days: `parameters/national_plan.yaml`.
"""

from dataclasses import dataclass
from datetime import date

from qaita.law.reading import values_on


@dataclass(frozen=True)
class NationalPlan:
    """How the programme's targets become limits, and what renewing together saves."""

    plan_years: int
    year_percent: dict[str, float]
    country_km: dict[str, float]
    floor_percent: float
    fundable_percent_a_year: dict[str, float]
    building_percent_a_year: dict[str, float]
    building_least_km: float
    domestic_least_percent: dict[str, float]
    import_most_percent: dict[str, float]
    region_least_percent: float
    red_zone_least_percent: float
    dig_once_m: float
    dig_once_percent: float
    dig_once_saving_percent: dict[str, float]
    retrofit_failures_percent: float


def national_plan(*, on: date) -> NationalPlan:
    """Return the values in force on the day."""
    return values_on("national_plan", NationalPlan, on)
