"""How works are accepted.

Values, sources and start days: `parameters/acceptance.yaml`.
"""

from dataclasses import dataclass
from datetime import date

from qaita.law.reading import values_on


@dataclass(frozen=True)
class Acceptance:
    """How works are accepted."""

    corridor_m: dict[str, float]
    length_percent: float
    diameter_percent: float
    test_pressure_percent: dict[str, float]
    test_minutes: int
    test_drop_percent: float
    quorum: tuple[str, ...]
    answer_working_days: int
    penalty_percent_a_day: float
    penalty_cap_percent: float
    warranty_months: int
    evidence_max_m: float
    checks: dict[str, list[str]]
    photo_stages: tuple[str, ...]


def acceptance(*, on: date) -> Acceptance:
    """Return the values in force on the day."""
    return values_on("acceptance", Acceptance, on)
