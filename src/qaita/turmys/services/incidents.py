"""Incidents: proposed by calls, sensors or crews, confirmed by a dispatcher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from qaita.kernel.actor import Actor
from qaita.ledger.leaves import make_entry
from qaita.ledger.services import move, record, record_many, settle
from qaita.networks.geometry import unpack
from qaita.networks.models import Section
from qaita.networks.services import record_failure, record_repair
from qaita.turmys.models import Incident
from qaita.turmys.queries import reach_of_section
from qaita.turmys.states import CREW, INCIDENT, require_role

PROPOSERS = (*CREW, "call_operator", "clock")


@dataclass(frozen=True)
class Noticed:
    """What was noticed, where and by whom; without a place the section's middle is meant."""

    section: Section
    source: str
    noticed_at: datetime
    lon_deg: float | None = None
    lat_deg: float | None = None
    appeals_count: int = 0
    code: str = ""


def propose_incident(noticed: Noticed, *, by: Actor, at: datetime) -> Incident:
    """Put an incident before the dispatcher."""
    return propose_incidents([noticed], by=by, at=at)[0]


def propose_incidents(rows: Sequence[Noticed], *, by: Actor, at: datetime) -> list[Incident]:
    """Put many incidents before the dispatchers, all or none."""
    for row in rows:
        require_role("incident.propose", by, PROPOSERS, row.section.network)
    made = [_incident(row) for row in rows]
    with transaction.atomic():
        Incident.objects.bulk_create(made, batch_size=2_000)
        record_many(
            make_entry(
                kind="incident.propose",
                code=incident.code,
                actor=by.code,
                at=at,
                facts={
                    "section": incident.section,
                    "source": incident.source,
                    "noticed_at": incident.noticed_at,
                    "appeals": incident.appeals_count,
                },
            )
            for incident in made
        )
    return made


def _incident(row: Noticed) -> Incident:
    section = row.section
    line = unpack(section.geometry)
    lon, lat = line[len(line) // 2].tolist()
    named = {"code": row.code} if row.code else {}
    return Incident(
        source=row.source,
        network=section.network,
        section=section,
        service=section.service,
        region_kato=section.region_kato,
        lon_deg=lon if row.lon_deg is None else row.lon_deg,
        lat_deg=lat if row.lat_deg is None else row.lat_deg,
        appeals_count=row.appeals_count,
        noticed_at=row.noticed_at,
        **named,
    )


def grow_incident(incident: Incident, *, appeals_count: int, by: Actor, at: datetime) -> Incident:
    """Write down that more appeals tell of the same incident."""
    require_role("incident.grow", by, PROPOSERS, incident.network)
    with transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(appeals_count=appeals_count)
        facts = {"appeals": appeals_count}
        record("incident.grow", incident.code, by=by, at=at, facts=facts)
    incident.appeals_count = appeals_count
    return incident


def confirm_incident(
    incident: Incident,
    *,
    cause: str = "unknown",
    section: Section | None = None,
    by: Actor,
    at: datetime,
) -> Incident:
    """Confirm: from now on it is a failure of the section, with the consumers it cuts off."""
    if section is not None:
        incident.section = section
    with transaction.atomic():
        move(incident, INCIDENT, "confirm", by=by, at=at, facts={"cause": cause})
        broken = incident.section
        assert broken is not None  # noqa: S101 - the guard has asked for it
        incident.consumers_off = reach_of_section(broken).consumers
        failure = record_failure(
            broken,
            cause=cause,
            consumers_off=incident.consumers_off,
            source=incident.source,
            by=by,
            at=at,
        )
        incident.failure_code = failure.code
        incident.cause = cause
        incident.confirmed_at = at
        incident.save(
            update_fields=["section", "consumers_off", "failure_code", "cause", "confirmed_at"]
        )
        settle(incident)
    return incident


def dismiss_incident(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """Say that nothing is broken there."""
    with transaction.atomic():
        move(incident, INCIDENT, "dismiss", by=by, at=at)
        Incident.objects.filter(pk=incident.pk).update(closed_at=at)
        settle(incident)
    incident.closed_at = at
    return incident


def repair_incident(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """Say that the crew has mended it; the failure of the section gets its end too."""
    with transaction.atomic():
        move(incident, INCIDENT, "repair", by=by, at=at, facts={"failure": incident.failure_code})
        record_repair(incident.failure_code, by=by, at=at)
        Incident.objects.filter(pk=incident.pk).update(repaired_at=at)
        settle(incident)
    incident.repaired_at = at
    return incident


def close_incident(incident: Incident, *, by: Actor, at: datetime) -> Incident:
    """Close a mended incident."""
    with transaction.atomic():
        move(incident, INCIDENT, "close", by=by, at=at)
        Incident.objects.filter(pk=incident.pk).update(closed_at=at)
        settle(incident)
    incident.closed_at = at
    return incident
