"""The daily life of the demonstration: outages, a burst of calls, appeals, meters."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

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
from qaita.kernel.clock import day_of
from qaita.kernel.ids import derived_code
from qaita.networks.geometry import unpack
from qaita.networks.models import Network, Section
from qaita.turmys.models import Incident, Outage
from qaita.turmys.services import (
    Closure,
    NewMeter,
    Times,
    announce_outages,
    compute_balances,
    confirm_incident,
    open_district,
    register_meters,
    restore_outages,
    start_outage,
    take_readings,
)

Say = Callable[[str], None]
OUTAGES_NOW, OUTAGES_PLANNED, OUTAGES_PAST = 6, 5, 12
APPEALS = 160
BURST = 6
METERS = 24
STATEMENTS = {
    "heat": ("no_supply", "Үй суық, батарея жылымайды. / Дома холодно, батареи не греют."),
    "water": ("no_supply", "Таңертеңнен бері су жоқ. / С утра нет воды."),
    "power": ("no_supply", "Жарық жоқ. / Нет света."),
    "wastewater": ("flooding", "Құдықтан су тасып жатыр. / Из колодца льётся вода."),
}
ANSWER = "Желі жөнделді, қызмет қалпына келтірілді. / Сеть отремонтирована, услуга восстановлена."


def live_daily(
    networks: Sequence[Network], crew: str, *, seed: int, at: datetime, say: Say
) -> None:
    """Tell the last weeks: `crew` is the code of the dispatcher who acts in every utility."""
    rng = np.random.default_rng(seed)
    outages = _outages(networks, crew, rng, at)
    filed = _appeals(networks, crew, rng, at)
    _burst(networks[1 % len(networks)], crew, at)
    _meters(networks[:2], crew, rng, at)
    say(f"{outages} outages, {filed} appeals, a burst, two districts with meters")


def _actor(code: str, role: str, network: Network) -> Actor:
    owner = network.utility_service.organisation.code
    return Actor(code, frozenset({Grant(role, owner, network.region.kato)}))


def _some_section(network: Network, rng: np.random.Generator) -> Section:
    rows = Section.objects.filter(network=network, state="in_service").order_by("pk")
    place = int(rng.integers(0, rows.count()))
    return rows.select_related("network__utility_service__organisation", "network__region")[place]


def _outages(networks: Sequence[Network], crew: str, rng: np.random.Generator, at: datetime) -> int:
    wanted = [
        *[("emergency", "failure", -3, 5)] * OUTAGES_NOW,
        *[("planned", "repair", 5 * 24, 8)] * OUTAGES_PLANNED,
        *[("emergency", "failure", -20 * 24, 9)] * OUTAGES_PAST,
    ]
    for number, (kind, reason, starts, hours) in enumerate(wanted):
        network = networks[number % len(networks)]
        by = _actor(crew, "dispatcher", network)
        starts_at = at + timedelta(hours=starts - int(rng.integers(0, 30)) * (starts < -24))
        told_at = min(starts_at, at)
        closure = Closure(
            kind,
            reason,
            Times(starts_at, starts_at + timedelta(hours=hours)),
            section=_some_section(network, rng),
            code=derived_code("OT", "demo", number),
        )
        outage = announce_outages([closure], by=by, at=told_at)[0]
        if starts_at <= at and outage.state == "announced":
            start_outage(outage, by=by, at=starts_at)
        if starts < -24:
            ended_at = starts_at + timedelta(hours=hours - 1)
            restore_outages([Outage.objects.get(pk=outage.pk)], by=by, at=ended_at)
    return len(wanted)


def _new_appeal(network: Network, section: Section, number: int, at: datetime) -> NewAppeal:
    lon, lat = (float(v) for v in unpack(section.geometry)[0])
    category, words = STATEMENTS[network.utility_service.service]
    return NewAppeal(
        service=network.utility_service.service,
        category=category,
        statement=words,
        channel=("web", "phone", "open311")[number % 3],
        settlement=network.settlement,
        lon_deg=lon + 0.0004,
        lat_deg=lat,
        section=section,
        code=derived_code("AL", "demo", number),
        received_at=at,
        is_demonstration=True,
    )


def _appeals(networks: Sequence[Network], crew: str, rng: np.random.Generator, at: datetime) -> int:
    """File appeals of six weeks; the older ones are answered, one in twelve is late."""
    for number in range(APPEALS):
        network = networks[number % len(networks)]
        filed_at = at - timedelta(hours=float(rng.uniform(2, 42 * 24)))
        filed_at = max(filed_at, at - timedelta(days=42))
        new = _new_appeal(network, _some_section(network, rng), number, filed_at)
        made = file_appeals([new], by=PUBLIC, at=filed_at)[0].appeal
        age = at - filed_at
        desk = _actor(crew, "call_operator", network)
        if age > timedelta(days=1):
            accept_appeal(made, by=desk, at=filed_at + timedelta(hours=6))
        if age > timedelta(days=6) and number % 12:
            fresh = Appeal.objects.get(pk=made.pk)
            answer_appeal(
                fresh, text=ANSWER, outcome="fixed", by=desk, at=filed_at + timedelta(days=4)
            )
    return APPEALS


def _burst(network: Network, crew: str, at: datetime) -> None:
    """Several calls within minutes near one section: an incident that a dispatcher confirms."""
    section = _some_section(network, np.random.default_rng(7))
    began = at - timedelta(hours=5)
    rows = [
        _new_appeal(network, section, 10_000 + n, began + timedelta(minutes=3 * n))
        for n in range(BURST)
    ]
    for row in rows:
        file_appeals([row], by=PUBLIC, at=row.received_at or began)
    found = propose_bursts_due(at=began + timedelta(minutes=20))
    for incident in Incident.objects.filter(pk__in=[one.pk for one in found], section=section):
        confirm_incident(
            incident,
            cause="corrosion",
            by=_actor(crew, "dispatcher", network),
            at=began + timedelta(minutes=40),
        )


def _meters(networks: Sequence[Network], crew: str, rng: np.random.Generator, at: datetime) -> None:
    """Two districts, two months of readings with a few bad rows, and their balances."""
    this_month = day_of(at).replace(day=1)
    last = (this_month - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    for number, network in enumerate(networks):
        by = _actor(crew, "dispatcher", network)
        names = ("№ 1 аудан", "Район № 1", "District No. 1")
        code = derived_code("DS", "demo", number)
        district = open_district(network, names, code=code, by=by, at=at)
        meters = [NewMeter(f"DEMO-{number}-S", "supply")]
        meters += [NewMeter(f"DEMO-{number}-{n:03d}") for n in range(METERS)]
        register_meters(district, meters, by=by, at=at)
        rows = _readings(number, (before, last, this_month), rng)
        take_readings(network, rows, source="demo", sequence_no=1, by=by, at=at)
        for month in (before, last):
            compute_balances(network, month, by=by, at=at)


def _readings(number: int, days: tuple[date, ...], rng: np.random.Generator) -> bytes:
    lines = ["meter,register,at,value"]
    used = rng.integers(6_000, 14_000, METERS)
    for step, day in enumerate(days):
        at = datetime.combine(day, time(0), UTC).isoformat()
        lines += [
            f"DEMO-{number}-{n:03d},1,{at},{100_000 + step * int(used[n])}" for n in range(METERS)
        ]
        supplied = int(used.sum() * 1.18)
        lines.append(f"DEMO-{number}-S,1,{at},{5_000_000 + step * supplied}")
    lines += [f"DEMO-{number}-999,1,{days[0].isoformat()}T00:00:00Z,5", "DEMO-x,1,yesterday,many"]
    return "\n".join(lines).encode()
