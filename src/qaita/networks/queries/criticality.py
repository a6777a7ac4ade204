"""Questions about how much each section carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, Min, QuerySet, Sum
from numpy.typing import NDArray

from qaita.networks.models import (
    Network,
    NetworkCriticality,
    Section,
    SectionCriticality,
    UtilityService,
)

Floats = NDArray[np.float64]
CHUNK = 10_000
MANY_CONSUMERS = 1_000


@dataclass(frozen=True)
class Consequence:
    """What the closure of each asked section takes, in their order; NaN where it is not known."""

    consumers_off: Floats
    lost_m3h: Floats


def consequence_of(sections: Sequence[int]) -> Consequence:
    """Return the stored consequence of losing each section, given by row keys."""
    keys = np.asarray(sections, np.int64)
    order = np.argsort(keys, kind="stable")
    off, lost = np.full(len(keys), np.nan), np.full(len(keys), np.nan)
    ranked = keys[order]
    for first in range(0, len(keys), CHUNK):
        part = ranked[first : first + CHUNK]
        rows = SectionCriticality.objects.filter(
            section__gte=int(part[0]), section__lte=int(part[-1])
        ).order_by("section")
        known = list(rows.values_list("section", "consumers_off", "lost_m3h"))
        if not known:
            continue
        at, people, water = (np.array(column, np.float64) for column in zip(*known, strict=True))
        place = np.minimum(np.searchsorted(at, part), len(at) - 1)
        hit = at[place] == part
        where = order[first : first + CHUNK][hit]
        off[where], lost[where] = people[place[hit]], water[place[hit]]
    return Consequence(off, lost)


@dataclass(frozen=True)
class Critical:
    """The sections of a utility's service whose loss leaves many without supply."""

    sections: int
    length_m: float
    many: int  # consumers from which a section counts
    computed_at: datetime  # the oldest of its networks' computations


def critical_sections_of(owner: UtilityService) -> Critical | None:
    """Return how many sections carry many consumers, where that was computed."""
    rows = SectionCriticality.objects.filter(computation__network__utility_service=owner)
    oldest = rows.aggregate(at=Min("computation__computed_at"))["at"]
    if oldest is None:
        return None
    found = rows.filter(consumers_off__gte=MANY_CONSUMERS).aggregate(
        sections=Count("pk"), length_m=Sum("section__length_m")
    )
    return Critical(found["sections"], found["length_m"] or 0.0, MANY_CONSUMERS, oldest)


def criticality_of(section: Section) -> SectionCriticality | None:
    """Return the stored figure of a section with its computation, if there is one."""
    rows = SectionCriticality.objects.select_related("computation")
    return rows.filter(section=section).first()


def criticality_of_network(network: Network) -> NetworkCriticality | None:
    """Return the last computation for a network, if there was one."""
    return NetworkCriticality.objects.filter(network=network).first()


def most_critical(networks: QuerySet[Network]) -> QuerySet[SectionCriticality]:
    """Return the sections of some networks whose closure takes anything, the worst first."""
    rows = SectionCriticality.objects.filter(computation__network__in=networks)
    return (
        rows.filter(consumers_off__gt=0)
        .select_related("section__network", "computation")
        .order_by("-consumers_off", "section")
    )
