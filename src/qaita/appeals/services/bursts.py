"""Bursts: several appeals near one place of a network within minutes propose an incident."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from qaita.appeals.models import Appeal
from qaita.appeals.queries import loose_appeals
from qaita.kernel.actor import CLOCK
from qaita.kernel.clock import day_of
from qaita.law.appeals import Appeals
from qaita.law.appeals import appeals as appeals_law
from qaita.networks.geometry import EARTH, unpack
from qaita.networks.models import Network, Section
from qaita.turmys.models import Incident
from qaita.turmys.queries import open_incidents
from qaita.turmys.services import Noticed, grow_incident, propose_incident

Point = tuple[float, float]


def propose_bursts_due(*, at: datetime) -> list[Incident]:
    """Join loose appeals to open incidents nearby, and propose an incident for each burst."""
    law = appeals_law(on=day_of(at))
    since = at - timedelta(minutes=law.burst_minutes)
    by_network: dict[int, list[Appeal]] = {}
    for appeal in loose_appeals(since, at):
        assert appeal.section is not None  # noqa: S101 - the question asked for it
        by_network.setdefault(appeal.section.network_id, []).append(appeal)
    proposed: list[Incident] = []
    for appeals in by_network.values():
        left = _join_known(appeals, law, at=at)
        proposed += _propose(left, law, at=at)
    return proposed


def _join_known(appeals: Sequence[Appeal], law: Appeals, *, at: datetime) -> list[Appeal]:
    """Give appeals near an open incident to it; return the others."""
    left = list(appeals)
    for incident in open_incidents(_network_of(appeals[0])):
        place = (incident.lon_deg, incident.lat_deg)
        near = [appeal for appeal in left if _apart_m(place_of(appeal), place) <= law.burst_m]
        if near:
            with transaction.atomic():
                _bind(near, incident)
                count = incident.appeals_count + len(near)
                grow_incident(incident, appeals_count=count, by=CLOCK, at=at)
            left = [appeal for appeal in left if appeal not in near]
    return left


def _propose(appeals: list[Appeal], law: Appeals, *, at: datetime) -> list[Incident]:
    """Propose an incident around the appeal with the most others near, as long as they suffice."""
    made: list[Incident] = []
    while len(appeals) >= law.burst_appeals:
        places = [place_of(appeal) for appeal in appeals]
        around = [
            [i for i, other in enumerate(places) if _apart_m(place, other) <= law.burst_m]
            for place in places
        ]
        best = max(around, key=len)
        if len(best) < law.burst_appeals:
            break
        burst = [appeals[i] for i in best]
        made.append(_incident_of(burst, [places[i] for i in best], at=at))
        appeals = [appeal for appeal in appeals if appeal not in burst]
    return made


def _incident_of(burst: Sequence[Appeal], places: Sequence[Point], *, at: datetime) -> Incident:
    sections = {appeal.section_id: appeal.section for appeal in burst if appeal.section}
    counted = Counter(appeal.section_id for appeal in burst)
    key = min(counted, key=lambda pk: (-counted[pk], pk))
    section = sections[key]
    lon, lat = np.mean(np.array(places), axis=0).tolist()
    noticed = Noticed(
        section,
        "call",
        min(appeal.received_at for appeal in burst),
        round(lon, 3),
        round(lat, 3),
        appeals_count=len(burst),
    )
    with transaction.atomic():
        incident = propose_incident(noticed, by=CLOCK, at=at)
        _bind(burst, incident)
    return incident


def _bind(appeals: Sequence[Appeal], incident: Incident) -> None:
    Appeal.objects.filter(pk__in=[appeal.pk for appeal in appeals]).update(incident=incident)


def _network_of(appeal: Appeal) -> Network:
    assert appeal.section is not None  # noqa: S101 - the question asked for it
    return appeal.section.network


def place_of(appeal: Appeal) -> Point:
    """Return the exact point when it was given, else the middle of the nearest section."""
    contact = appeal.contact
    if contact.lon_deg is not None and contact.lat_deg is not None:
        return contact.lon_deg, contact.lat_deg
    return middle_of(appeal.section)


def middle_of(section: Section | None) -> Point:
    """Return the middle point of a section's line."""
    assert section is not None  # noqa: S101 - the question asked for it
    line = unpack(section.geometry)
    lon, lat = line[len(line) // 2].tolist()
    return lon, lat


def _apart_m(one: Point, other: Point) -> float:
    return float(EARTH.inv(one[0], one[1], other[0], other[1])[2])
