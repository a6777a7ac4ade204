"""What people live through beside the works: a burst, calls, an outage, answers, meters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from qaita.appeals.models import Appeal
from qaita.appeals.services import (
    NewAppeal,
    accept_appeal,
    answer_appeal,
    file_appeals,
    propose_bursts_due,
)
from qaita.kernel.actor import PUBLIC, Actor, Grant
from qaita.kernel.clock import KAZAKHSTAN, day_of
from qaita.kernel.ids import derived_code
from qaita.networks.geometry import unpack
from qaita.networks.models import Network, Section
from qaita.networks.queries import consumers_behind
from qaita.turmys.models import DistrictBalance, Incident, Outage, ReadingBatch
from qaita.turmys.services import (
    Closure,
    NewMeter,
    Times,
    announce_outage,
    close_incident,
    compute_balances,
    confirm_incident,
    open_district,
    register_meters,
    repair_incident,
    restore_outage,
    start_outage,
    take_readings,
)

BURST = 6
METERS = 24
WORKS_HOURS = 9
STATEMENTS = {
    "heat": ("no_supply", "Үй суық, батарея жылымайды. / Дома холодно, батареи не греют."),
    "water": ("no_supply", "Таңертеңнен бері су жоқ. / С утра нет воды."),
    "power": ("no_supply", "Жарық жоқ. / Нет света."),
    "wastewater": ("flooding", "Құдықтан су тасып жатыр. / Из колодца льётся вода."),
}
ANSWER = "Желі жөнделді, қызмет қалпына келтірілді. / Сеть отремонтирована, услуга восстановлена."


@dataclass(frozen=True)
class Burst:
    """Calls of one place, the incident they became, the outage it brought."""

    appeals: tuple[Appeal, ...]
    incident: Incident
    outage: Outage


@dataclass(frozen=True)
class Metered:
    """A file of readings and the balances it allowed."""

    batch: ReadingBatch
    balances: tuple[DistrictBalance, ...]


def acting(code: str, role: str, network: Network) -> Actor:
    """Return the person as one who acts in this network."""
    owner = network.utility_service.organisation.code
    return Actor(code, frozenset({Grant(role, owner, network.region.kato)}))


def appeal_at(section: Section, code: str, channel: str, at: datetime) -> NewAppeal:
    """Return what somebody living by the section tells."""
    lon, lat = (float(v) for v in unpack(section.geometry)[0])
    category, words = STATEMENTS[section.service]
    return NewAppeal(
        service=section.service,
        category=category,
        statement=words,
        channel=channel,
        settlement=section.network.settlement,
        lon_deg=lon + 0.0004,
        lat_deg=lat,
        section=section,
        code=code,
        received_at=at,
        is_demonstration=True,
    )


def call_in(section: Section, crew: str, key: object, began: datetime) -> Incident | None:
    """Let several people call within minutes; the dispatcher confirms what they propose."""
    for number in range(BURST):
        at = began + timedelta(minutes=3 * number)
        code = derived_code("AL", "demo burst", key, number)
        file_appeals([appeal_at(section, code, "phone", at)], by=PUBLIC, at=at)
    found = propose_bursts_due(at=began + timedelta(minutes=20))
    incident = next((one for one in found if one.section_id == section.pk), None)
    if incident is None:
        return None
    by = acting(crew, "dispatcher", section.network)
    at = began + timedelta(minutes=40)
    return confirm_incident(incident, cause="corrosion", by=by, at=at)


def live_burst(section: Section, crew: str, key: object, began: datetime) -> Burst | None:
    """Tell a burst to its end: calls, outage, repair, answers within the term."""
    incident = call_in(section, crew, key, began)
    if incident is None:
        return None
    by = acting(crew, "dispatcher", section.network)
    off_at, back_at = began + timedelta(minutes=45), began + timedelta(hours=7)
    closure = Closure(
        "emergency",
        "failure",
        Times(off_at, off_at + timedelta(hours=8)),
        section=section,
        incident=incident,
        code=derived_code("OT", "demo burst", key),
    )
    outage = start_outage(announce_outage(closure, by=by, at=off_at), by=by, at=off_at)
    desk = acting(crew, "call_operator", section.network)
    appeals = list(Appeal.objects.filter(incident=incident).order_by("pk"))
    for appeal in appeals:
        accept_appeal(appeal, by=desk, at=began + timedelta(hours=2))
    restore_outage(outage, by=by, at=back_at)
    close_incident(repair_incident(incident, by=by, at=back_at), by=by, at=back_at)
    for appeal in appeals:
        told_at = back_at + timedelta(hours=20)
        answer_appeal(appeal, text=ANSWER, outcome="fixed", by=desk, at=told_at)
    return Burst(tuple(appeals), incident, outage)


def most_behind(sections: Sequence[Section]) -> Section | None:
    """Return the section most people hang on, or None when every one of them has another way."""
    behind = consumers_behind(sections[0].network)
    worst = max(sections, key=lambda section: behind.get(section.pk, 0))
    return worst if behind.get(worst.pk) else None


def announce_works(
    section: Section, crew: str, project_code: str, starts_at: datetime, at: datetime
) -> Outage:
    """Tell people that supply goes off while the new line is joined in."""
    closure = Closure(
        "planned",
        "renewal",
        Times(starts_at, starts_at + timedelta(hours=WORKS_HOURS)),
        section=section,
        project_code=project_code,
        code=derived_code("OT", "demo works", project_code),
    )
    return announce_outage(closure, by=acting(crew, "dispatcher", section.network), at=at)


def meter_district(
    network: Network, crew: str, key: object, rng: np.random.Generator, at: datetime
) -> Metered:
    """Open a district: two months of readings with a few bad rows, and their balances."""
    this_month = day_of(at).replace(day=1)
    last = (this_month - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    by = acting(crew, "dispatcher", network)
    names = ("№ 1 аудан", "Район № 1", "District No. 1")
    district = open_district(network, names, code=derived_code("DS", "demo", key), by=by, at=at)
    meters = [NewMeter(f"DEMO-{key}-S", "supply")]
    meters += [NewMeter(f"DEMO-{key}-{n:03d}") for n in range(METERS)]
    register_meters(district, meters, by=by, at=at)
    rows = _readings(key, (before, last, this_month), rng)
    batch = take_readings(network, rows, source="demo", sequence_no=1, by=by, at=at)
    balances = [
        row for month in (before, last) for row in compute_balances(network, month, by=by, at=at)
    ]
    return Metered(batch, tuple(balances))


def _readings(key: object, days: Sequence[date], rng: np.random.Generator) -> bytes:
    lines = ["meter,register,at,value"]
    used = rng.integers(6_000, 14_000, METERS)
    for step, day in enumerate(days):
        # a month begins at midnight of Kazakhstan
        at = datetime.combine(day, time(0), KAZAKHSTAN).isoformat()
        lines += [
            f"DEMO-{key}-{n:03d},1,{at},{100_000 + step * int(used[n])}" for n in range(METERS)
        ]
        supplied = int(used.sum() * 1.18)
        lines.append(f"DEMO-{key}-S,1,{at},{5_000_000 + step * supplied}")
    lines += [f"DEMO-{key}-999,1,{days[0].isoformat()}T00:00:00Z,5", "DEMO-x,1,yesterday,many"]
    return "\n".join(lines).encode()
