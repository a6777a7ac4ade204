"""How need and benefit are counted. Values, sources, start days: `parameters/planning.yaml`."""

from dataclasses import dataclass
from datetime import date

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Planning:
    """How sections are gathered into packages and what a failure costs."""

    package_min_m: float
    package_max_m: float
    need_wear_percent: float
    failure_history_years: int
    new_failures_per_km_year: dict[str, float]
    worn_failures_per_km_year: dict[str, float]
    own_history_weight: float
    failure_growth_percent: float
    repair_kzt: dict[str, float]
    hours_off: dict[str, float]
    consumer_hour_kzt: dict[str, float]
    consumers_off: dict[str, float]
    inflation_percent: float
    discount_percent: float
    horizon_years: int


def planning(*, on: date) -> Planning:
    """Return the values in force on the day."""
    return values_on("planning", Planning, on)
