"""Questions to incidents, outages and balances."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet

from qaita.kernel.actor import ANYONE, Actor
from qaita.kernel.errors import Missing
from qaita.networks.geometry import EARTH, unpack
from qaita.networks.models import Network, Node, Section
from qaita.networks.queries import downstream_consumers
from qaita.networks.queries.tracing import Trace
from qaita.territory.models import Settlement
from qaita.turmys.lake import quarantined
from qaita.turmys.models import DistrictBalance, Incident, Outage, ReadingBatch
from qaita.turmys.reading import REASONS

OPEN_OUTAGES = ("announced", "running")
OPEN_INCIDENTS = ("proposed", "confirmed", "repaired")
CHUNK = 500


@dataclass(frozen=True)
class Reach:
    """What a closure leaves without supply, and where that lies."""

    network: Network
    section_keys: tuple[int, ...]
    valves: tuple[str, ...]
    consumers: int
    is_traced: bool
    lon_deg: float
    lat_deg: float
    radius_m: float


def outages() -> QuerySet[Outage]:
    """Return all outages with what their pages show."""
    return Outage.objects.select_related(
        "network__utility_service__organisation", "network__region", "network__settlement"
    )


def get_outage(code: str) -> Outage:
    """Return exactly one outage by its code, or raise Missing."""
    found = outages().filter(code=code).first()
    if found is None:
        raise Missing("outage", code)
    return found


def open_outages() -> QuerySet[Outage]:
    """Return the outages that run or are announced, the soonest first."""
    return outages().filter(state__in=OPEN_OUTAGES).order_by("-state", "starts_at", "id")


def outages_at(section: Section) -> QuerySet[Outage]:
    """Return the outages that leave this section without supply, now or soon."""
    return open_outages().filter(sections=section)


def outages_in(settlement: Settlement) -> QuerySet[Outage]:
    """Return the outages of a settlement's networks, now or soon."""
    return open_outages().filter(network__settlement=settlement)


def overdue_outages(at: datetime) -> QuerySet[Outage]:
    """Return the outages that run longer than was told."""
    return outages().filter(state="running", expected_at__lt=at)


def outages_to_start(at: datetime) -> QuerySet[Outage]:
    """Return the announced outages whose start has come."""
    return outages().filter(state="announced", starts_at__lte=at)


def incidents() -> QuerySet[Incident]:
    """Return all incidents with what their pages show."""
    return Incident.objects.select_related(
        "network__utility_service__organisation", "network__region", "section"
    )


def get_incident(code: str) -> Incident:
    """Return exactly one incident by its code, or raise Missing."""
    found = incidents().filter(code=code).first()
    if found is None:
        raise Missing("incident", code)
    return found


def open_incidents(network: Network) -> QuerySet[Incident]:
    """Return the incidents of a network that are not closed."""
    return incidents().filter(network=network, state__in=OPEN_INCIDENTS)


def has_running_outage(incident: Incident) -> bool:
    """Tell whether somebody is still off because of the incident."""
    return Outage.objects.filter(incident=incident, state="running").exists()


def networks_for(by: Actor, role: str = "dispatcher") -> QuerySet[Network]:
    """Return the networks for which the actor holds the role."""
    rows = Network.objects.select_related("utility_service__organisation", "region")
    grants = [grant for grant in by.grants if grant.role == role]
    keys: set[int] = set()
    for grant in grants:
        mine = rows
        if grant.organisation != ANYONE:
            mine = mine.filter(utility_service__organisation__code=grant.organisation)
        if grant.region != ANYONE:
            mine = mine.filter(region__kato=grant.region)
        keys.update(mine.values_list("pk", flat=True))
    return rows.filter(pk__in=keys)


def balances_in(networks: Iterable[Network]) -> QuerySet[DistrictBalance]:
    """Return the balances of the districts of these networks, newest month first."""
    rows = DistrictBalance.objects.filter(district__network__in=networks)
    return rows.select_related("district__network").order_by("-month_on", "district__code")


def batches_of(networks: Iterable[Network]) -> QuerySet[ReadingBatch]:
    """Return the files of readings of these networks, newest first."""
    return ReadingBatch.objects.filter(network__in=networks).select_related("network")


def quarantined_rows(batch: ReadingBatch) -> list[dict[str, Any]]:
    """Return the first rows of a file that could not be read, with their reasons in words."""
    rows = quarantined(batch.lake_no)
    return [{**row, "text": REASONS.get(row["reason"], row["reason"])} for row in rows]


def reach_of_section(section: Section) -> Reach:
    """Return what closing a section cuts off: the preview of an outage."""
    return _reach(section.network, downstream_consumers(section), [section.code])


def reach_of_nodes(network: Network, codes: Iterable[str]) -> Reach:
    """Return what closing these nodes cuts off."""
    closed = sorted(set(codes))
    return _reach(network, downstream_consumers(closed, network), [], closed)


def _reach(
    network: Network, trace: Trace, sections: Iterable[str], nodes: Iterable[str] = ()
) -> Reach:
    codes = sorted({*trace.sections, *sections})
    rows: list[tuple[int, bytes | memoryview]] = []
    for start in range(0, len(codes), CHUNK):
        part = Section.objects.filter(code__in=codes[start : start + CHUNK])
        rows += [(key, bytes(packed)) for key, packed in part.values_list("pk", "geometry")]
    points = [unpack(packed) for _key, packed in rows]
    if not points:
        at = Node.objects.filter(code__in=list(nodes)).values_list("lon_deg", "lat_deg")
        points = [np.array(list(at) or [(0.0, 0.0)])]
    lon, lat, radius_m = circle_around(np.vstack(points))
    return Reach(
        network,
        tuple(sorted(key for key, _packed in rows)),
        trace.valves,
        trace.consumers,
        trace.known_source,
        lon,
        lat,
        radius_m,
    )


def circle_around(points: np.ndarray) -> tuple[float, float, float]:
    """Return the middle of the points' box and the distance to the farthest point in metres."""
    lon, lat = ((points.min(axis=0) + points.max(axis=0)) / 2).tolist()
    count = len(points)
    _there, _back, far = EARTH.inv(
        np.full(count, lon), np.full(count, lat), points[:, 0], points[:, 1]
    )
    return lon, lat, float(np.max(far))
