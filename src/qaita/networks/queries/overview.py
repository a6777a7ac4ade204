"""Lengths of all networks at a glance, by service and region: for maps of the country."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from qaita.networks.models import Section
from qaita.networks.queries.sections import LIVING


@dataclass(frozen=True)
class RegionLength:
    """How long the networks of one service in one region are, and how much is past its norm."""

    service: str
    region_kato: str
    length_m: float
    past_norm_m: float

    @property
    def share(self) -> float:
        """The share of length past its norm life, as published officially."""
        return self.past_norm_m / self.length_m if self.length_m else 0.0


def lengths_by_region(on: date) -> list[RegionLength]:
    """Return the living lengths and those past their norm life on the day."""
    rows = (
        Section.objects.filter(state__in=LIVING)
        .values("service", "region_kato")
        .annotate(length=Sum("length_m"), past=Sum("length_m", filter=Q(past_norm_on__lte=on)))
        .order_by("service", "region_kato")
    )
    return [
        RegionLength(row["service"], row["region_kato"], row["length"], row["past"] or 0.0)
        for row in rows
    ]
