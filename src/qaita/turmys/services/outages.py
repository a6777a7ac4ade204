"""Outages: announced, begun, changed, restored, cancelled; each step tells the public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from qaita.kernel.actor import CLOCK, Actor
from qaita.kernel.clock import day_of
from qaita.kernel.errors import Refused, Wrong
from qaita.kernel.text import LANGUAGES, in_language
from qaita.law.outages import outages as outages_law
from qaita.ledger.leaves import make_entry
from qaita.ledger.services import move, move_many, record_change, record_many, settle
from qaita.networks.models import Network, Section
from qaita.turmys.errors import (
    ALREADY_PAST,
    ENDS_BEFORE_START,
    NO_PLACE,
    OUTAGE_OVER,
    SHORT_NOTICE,
    TWO_NETWORKS,
)
from qaita.turmys.models import Incident, Notice, NoticeKind, Outage, OutageKind
from qaita.turmys.queries import (
    Reach,
    outages_to_start,
    overdue_outages,
    reach_of_nodes,
    reach_of_section,
)
from qaita.turmys.states import DISPATCH, OUTAGE, require_role


@dataclass(frozen=True)
class Times:
    """When supply goes off and when it is expected back."""

    starts_at: datetime
    expected_at: datetime


@dataclass(frozen=True)
class Closure:
    """What is closed and why: a section, or nodes (valves) of one network.

    `places` are the words of the place in kk, ru, en; empty: the network's own name.
    """

    kind: str
    reason: str
    times: Times
    section: Section | None = None
    network: Network | None = None
    nodes: tuple[str, ...] = ()
    places: tuple[str, str, str] = ("", "", "")
    incident: Incident | None = None
    project_code: str = ""
    code: str = ""

    @property
    def whose(self) -> Network | None:
        """The network in which something is closed."""
        return self.section.network if self.section else self.network


def announce_outage(closure: Closure, *, by: Actor, at: datetime) -> Outage:
    """Tell the public that supply will go off, or is off, and whom it cuts off."""
    return announce_outages([closure], by=by, at=at)[0]


def announce_outages(closures: Sequence[Closure], *, by: Actor, at: datetime) -> list[Outage]:
    """Announce many outages, all or none."""
    reaches = [_checked(closure, by=by, at=at) for closure in closures]
    pairs = list(zip(closures, reaches, strict=True))
    made = [_outage(closure, reach, at=at) for closure, reach in pairs]
    with transaction.atomic():
        Outage.objects.bulk_create(made, batch_size=1_000)
        _bind_sections(made, pairs)
        _tell(made, NoticeKind.ALERT, at=at)
        record_many(
            make_entry(
                kind="outage.announce", code=row.code, actor=by.code, at=at, facts=_facts(row)
            )
            for row in made
        )
    return made


def _checked(closure: Closure, *, by: Actor, at: datetime) -> Reach:
    network = closure.whose
    if network is None or not (closure.section or closure.nodes):
        raise Refused("outage.announce", [NO_PLACE])
    require_role("outage.announce", by, DISPATCH, network)
    if closure.incident and closure.incident.network_id != network.pk:
        raise Refused("outage.announce", [TWO_NETWORKS])
    _require_times(closure.times, at=at)
    if closure.kind == OutageKind.PLANNED:
        notice = timedelta(days=outages_law(on=day_of(at)).planned_notice_days)
        if closure.times.starts_at < at + notice:
            raise Refused("outage.announce", [SHORT_NOTICE])
    if closure.section is not None:
        return reach_of_section(closure.section)
    return reach_of_nodes(network, closure.nodes)


def _require_times(times: Times, *, at: datetime) -> None:
    if times.expected_at <= times.starts_at:
        raise Wrong({"expected_at": [ENDS_BEFORE_START]})
    if times.expected_at <= at:
        raise Wrong({"expected_at": [ALREADY_PAST]})


def _outage(closure: Closure, reach: Reach, *, at: datetime) -> Outage:
    network = reach.network
    places = {
        f"place_{code}": (words.strip() or in_language(network, "name", code))[:300]
        for code, words in zip(LANGUAGES, closure.places, strict=True)
    }
    named = {"code": closure.code} if closure.code else {}
    return Outage(
        kind=closure.kind,
        reason=closure.reason,
        network=network,
        incident=closure.incident,
        closed_nodes=list(closure.nodes),
        valves=list(reach.valves),
        service=network.utility_service.service,
        region_kato=network.region.kato,
        lon_deg=reach.lon_deg,
        lat_deg=reach.lat_deg,
        radius_m=reach.radius_m,
        consumers_off=reach.consumers,
        is_traced=reach.is_traced,
        project_code=closure.project_code,
        law_on=day_of(at),
        announced_at=at,
        starts_at=closure.times.starts_at,
        expected_at=closure.times.expected_at,
        **places,
        **named,
    )


def _bind_sections(made: Sequence[Outage], pairs: Sequence[tuple[Closure, Reach]]) -> None:
    off = Outage.sections.through
    off.objects.bulk_create(
        (
            off(outage_id=row.pk, section_id=key)
            for row, (_closure, reach) in zip(made, pairs, strict=True)
            for key in reach.section_keys
        ),
        batch_size=5_000,
    )
    shut = Outage.closed_sections.through
    shut.objects.bulk_create(
        shut(outage_id=row.pk, section_id=closure.section.pk)
        for row, (closure, _reach) in zip(made, pairs, strict=True)
        if closure.section is not None
    )


def _tell(rows: Sequence[Outage], kind: str, *, at: datetime) -> None:
    """Write the next notice of each outage."""
    Notice.objects.bulk_create(
        Notice(
            outage=row,
            number=row.notices.count() + 1,
            kind=kind,
            sent_at=at,
            outage_state=row.state,
            starts_at=row.starts_at,
            expected_at=row.expected_at,
            consumers_off=row.consumers_off,
        )
        for row in rows
    )


def _facts(row: Outage) -> dict[str, object]:
    return {
        "kind": row.kind,
        "reason": row.reason,
        "network": row.network,
        "starts_at": row.starts_at,
        "expected_at": row.expected_at,
        "consumers_off": row.consumers_off,
        "incident": row.incident.code if row.incident else "",
        "project": row.project_code,
    }


def start_outage(outage: Outage, *, by: Actor, at: datetime) -> Outage:
    """Say that supply is off from now on."""
    with transaction.atomic():
        move(outage, OUTAGE, "start", by=by, at=at)
        Outage.objects.filter(pk=outage.pk).update(started_at=at)
        _tell([outage], NoticeKind.UPDATE, at=at)
        settle(outage)
    outage.started_at = at
    return outage


def start_outages_due(*, at: datetime) -> list[Outage]:
    """Start every announced outage whose time has come."""
    return [start_outage(outage, by=CLOCK, at=at) for outage in outages_to_start(at)]


def update_outage(outage: Outage, *, times: Times, by: Actor, at: datetime) -> Outage:
    """Tell of new times; a running outage keeps its start."""
    require_role("outage.update", by, DISPATCH, outage.network)
    if outage.state not in ("announced", "running"):
        raise Refused("outage.update", [OUTAGE_OVER])
    _require_times(times, at=at)
    if outage.state == "announced":
        outage.starts_at = times.starts_at
    outage.expected_at, outage.overdue_at = times.expected_at, None
    with transaction.atomic():
        outage.save(update_fields=["starts_at", "expected_at", "overdue_at"])
        facts = {"starts_at": outage.starts_at, "expected_at": outage.expected_at}
        _tell([outage], NoticeKind.UPDATE, at=at)
        record_change(outage, "update", by=by, at=at, facts=facts)
    return outage


def note_overdue_outages_due(*, at: datetime) -> list[Outage]:
    """Note that the promised time passed and supply is still off: people read it at once."""
    return [_note_overdue(row, at=at) for row in overdue_outages(at).filter(overdue_at=None)]


def _note_overdue(outage: Outage, *, at: datetime) -> Outage:
    promised = outage.expected_at
    with transaction.atomic():
        rows = Outage.objects.filter(pk=outage.pk, state="running", expected_at=promised)
        # restored or told anew meanwhile: nothing to note
        if rows.filter(overdue_at=None).update(overdue_at=at):
            outage.overdue_at = at
            record_change(outage, "overdue", by=CLOCK, at=at, facts={"expected_at": promised})
    return outage


def restore_outage(outage: Outage, *, by: Actor, at: datetime) -> Outage:
    """Say that supply is back."""
    return restore_outages([outage], by=by, at=at)[0]


def restore_outages(rows: Sequence[Outage], *, by: Actor, at: datetime) -> Sequence[Outage]:
    """Say of many outages that supply is back."""
    with transaction.atomic():
        move_many(rows, OUTAGE, "restore", by=by, at=at)
        Outage.objects.filter(pk__in=[row.pk for row in rows]).update(restored_at=at)
        for row in rows:
            row.restored_at = at
        _tell(rows, NoticeKind.CANCEL, at=at)
        settle(*rows)
    return rows


def cancel_outage(outage: Outage, *, by: Actor, at: datetime) -> Outage:
    """Call an announced outage off."""
    with transaction.atomic():
        move(outage, OUTAGE, "cancel", by=by, at=at)
        Outage.objects.filter(pk=outage.pk).update(cancelled_at=at)
        _tell([outage], NoticeKind.CANCEL, at=at)
        settle(outage)
    outage.cancelled_at = at
    return outage
