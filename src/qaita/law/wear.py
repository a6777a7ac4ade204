"""Norm lives and ageing.

Values, sources and start days: `parameters/wear.yaml`.
"""

from dataclasses import dataclass
from datetime import date

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Wear:
    """Norm lives and ageing."""

    norm_life_years: dict[str, dict[str, float]]
    equipment_life_years: dict[str, float]
    ageing_points_a_year: float
    ageing_points_low: float
    ageing_points_high: float
    forecast_until_year: int

    def life_years(self, service: str, material: str) -> float:
        """Return the norm life of a section; an unknown material has the service's usual one."""
        of_service = self.norm_life_years[service]
        return float(of_service.get(material, of_service["other"]))


def wear(*, on: date) -> Wear:
    """Return the values in force on the day."""
    return values_on("wear", Wear, on)
