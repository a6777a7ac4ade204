"""Questions about how much each section carries."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from qaita.networks.models import Network, NetworkCriticality, Section, SectionCriticality

Floats = NDArray[np.float64]
CHUNK = 10_000


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
