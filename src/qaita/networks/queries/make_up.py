"""What networks are made of: length by age and material, failures per kilometre and year."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import CharField, Sum
from django.db.models.functions import Cast, Substr

from qaita.kernel.clock import day_of, start_of, years_before
from qaita.networks.models import Failure
from qaita.networks.queries.wear import Owner, living_of

WINDOW_YEARS = 5


@dataclass(frozen=True)
class Decade:
    """Length laid in a decade (None: unknown), and how much of it is imputed."""

    start: int | None
    length_m: float
    imputed_m: float


@dataclass(frozen=True)
class FailureRate:
    """Failures in a window of years and their rate per kilometre and year."""

    failures: int
    rate_per_km_year: float
    window_years: int
    by_year: dict[int, int]


def lengths_by_decade(owner: Owner) -> list[Decade]:
    """Return the living length by decade of laying, oldest first, unknown last."""
    tens = Substr(Cast("laid_on", CharField()), 1, 3)  # of the day as text: "199" of 1994-05-01
    rows = (
        living_of(owner)
        .order_by()
        .annotate(tens=tens)
        .values_list("tens", "laid_imputed")
        .annotate(metres=Sum("length_m"))
    )
    sums: dict[int | None, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for decade, imputed, metres in rows:
        cell = sums[int(decade) * 10 if decade else None]
        cell[0] += metres
        cell[1] += metres if imputed else 0.0
    order = sorted(sums, key=lambda start: (start is None, start or 0))
    return [Decade(start, sums[start][0], sums[start][1]) for start in order]


def lengths_by_material(owner: Owner) -> list[tuple[str, float]]:
    """Return the living length by material, the longest first; "" is unknown."""
    rows = living_of(owner).order_by().values_list("material").annotate(metres=Sum("length_m"))
    return sorted(rows, key=lambda row: -row[1])


def failure_rate(owner: Owner, *, on: date) -> FailureRate:
    """Return failures of the last five years per kilometre of living length and year."""
    since, until = start_of(years_before(on, WINDOW_YEARS)), start_of(on + timedelta(days=1))
    living = living_of(owner)
    length_m = living.aggregate(metres=Sum("length_m"))["metres"] or 0.0
    found = Failure.objects.filter(section__in=living.values("pk"), at__gte=since, at__lt=until)
    by_year: dict[int, int] = defaultdict(int)
    for at in found.values_list("at", flat=True):
        by_year[day_of(at).year] += 1
    count = sum(by_year.values())
    rate = count / (length_m / 1000 * WINDOW_YEARS) if length_m else 0.0
    return FailureRate(count, rate, WINDOW_YEARS, dict(sorted(by_year.items())))
