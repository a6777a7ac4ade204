"""The daily life of the demonstration: outages, a burst of calls, appeals, meters."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Count, QuerySet

from qaita.appeals.models import Appeal
from qaita.appeals.services import accept_appeal, answer_appeal, file_appeals
from qaita.console.demonstration.beside import (
    ANSWER,
    acting,
    appeal_at,
    call_in,
    meter_district,
)
from qaita.kernel.actor import PUBLIC, SYSTEM
from qaita.kernel.ids import derived_code
from qaita.networks.models import Network, Section
from qaita.networks.queries import consumers_behind
from qaita.networks.services import compute_criticality
from qaita.turmys.models import Outage
from qaita.turmys.services import (
    Closure,
    Noticed,
    Times,
    announce_outages,
    propose_incident,
    restore_outages,
    start_outage,
)

Say = Callable[[str], None]
HOURS_OFF_NOW = (6, 14, 16, 20, 26, 33)  # one promise may pass on the day it is looked at
OUTAGES_PLANNED, OUTAGES_PAST = 5, 12
APPEALS = 160
MOST_WEIGHED = 20_000  # sections of a network whose consequences are computed at once
FRESH_AT_HOME = 5
CHANNELS = ("web", "phone", "open311")


def live_daily(
    networks: Sequence[Network], crew: str, *, seed: int, at: datetime, say: Say
) -> None:
    """Tell the last weeks: `crew` is the code of the dispatcher who acts in every utility."""
    rng = np.random.default_rng(seed)
    outages = _outages(networks, crew, rng, at)
    filed = _appeals(networks, crew, rng, at) + _waiting_at_home(networks[0], crew, at)
    section = _some_section(networks[1 % len(networks)], np.random.default_rng(7))
    call_in(section, crew, "now", at - timedelta(hours=5))
    for number, network in enumerate(networks[:2]):
        meter_district(network, crew, number, rng, at)
    weighed = _weigh(networks, at)
    say(f"{outages} outages, {filed} appeals, a burst, two districts with meters")
    say(f"what each section carries, in {weighed} networks")


def _weigh(networks: Sequence[Network], at: datetime) -> int:
    """Compute what each section carries, where that takes no time; return in how many."""
    few = Section.objects.filter(network__in=networks).values("network").annotate(n=Count("pk"))
    small = {row["network"] for row in few if row["n"] <= MOST_WEIGHED}
    for network in networks:
        if network.pk in small:
            compute_criticality(network, by=SYSTEM, at=at)
    return len(small)


def _some_section(network: Network, rng: np.random.Generator) -> Section:
    rows = _sections_of(network)
    return rows[int(rng.integers(0, rows.count()))]


def _feeding_section(network: Network, rng: np.random.Generator) -> Section:
    """Return a section that people hang on, so that its closure cuts somebody off."""
    behind = {key: count for key, count in consumers_behind(network).items() if count}
    return _sections_of(network).get(pk=sorted(behind)[int(rng.integers(0, len(behind)))])


def _sections_of(network: Network) -> QuerySet[Section]:
    rows = Section.objects.filter(network=network, state="in_service").order_by("pk")
    return rows.select_related(
        "network__utility_service__organisation", "network__region", "network__settlement"
    )


def _outages(networks: Sequence[Network], crew: str, rng: np.random.Generator, at: datetime) -> int:
    wanted = [
        *[("emergency", "failure", -3, hours) for hours in HOURS_OFF_NOW],
        *[("planned", "repair", 5 * 24, 8)] * OUTAGES_PLANNED,
        *[("emergency", "failure", -20 * 24, 9)] * OUTAGES_PAST,
    ]
    for number, (kind, reason, starts, hours) in enumerate(wanted):
        network = networks[number % len(networks)]
        by = acting(crew, "dispatcher", network)
        starts_at = at + timedelta(hours=starts - int(rng.integers(0, 30)) * (starts < -24))
        told_at = min(starts_at, at)
        closure = Closure(
            kind,
            reason,
            Times(starts_at, starts_at + timedelta(hours=hours)),
            section=_feeding_section(network, rng),
            code=derived_code("OT", "demo", number),
        )
        outage = announce_outages([closure], by=by, at=told_at)[0]
        if starts_at <= at and outage.state == "announced":
            start_outage(outage, by=by, at=starts_at)
        if starts < -24:
            ended_at = starts_at + timedelta(hours=hours - 1)
            restore_outages([Outage.objects.get(pk=outage.pk)], by=by, at=ended_at)
    return len(wanted)


def _appeals(networks: Sequence[Network], crew: str, rng: np.random.Generator, at: datetime) -> int:
    """File appeals of six weeks; the older ones are answered, one in twelve is late."""
    for number in range(APPEALS):
        network = networks[number % len(networks)]
        filed_at = at - timedelta(hours=float(rng.uniform(2, 42 * 24)))
        filed_at = max(filed_at, at - timedelta(days=42))
        code = derived_code("AL", "demo", number)
        new = appeal_at(_some_section(network, rng), code, CHANNELS[number % 3], filed_at)
        made = file_appeals([new], by=PUBLIC, at=filed_at)[0].appeal
        age = at - filed_at
        desk = acting(crew, "call_operator", network)
        if age > timedelta(days=1):
            accept_appeal(made, by=desk, at=filed_at + timedelta(hours=6))
        if age > timedelta(days=6) and number % 12:
            fresh = Appeal.objects.get(pk=made.pk)
            answer_appeal(
                fresh, text=ANSWER, outcome="fixed", by=desk, at=filed_at + timedelta(days=4)
            )
    return APPEALS


def _waiting_at_home(network: Network, crew: str, at: datetime) -> int:
    """Let the utility of the printed sign-ins have calls to answer and bursts to judge and mend."""
    rng = np.random.default_rng(11)
    call_in(_feeding_section(network, rng), crew, "home", at - timedelta(hours=30))
    told_at = at - timedelta(hours=2)
    seen = Noticed(
        _feeding_section(network, rng), "crew", told_at, code=derived_code("IC", "demo home")
    )
    propose_incident(seen, by=acting(crew, "dispatcher", network), at=told_at)
    for number in range(FRESH_AT_HOME):
        filed_at = at - timedelta(hours=3 + 5 * number)
        code = derived_code("AL", "demo home", number)
        new = appeal_at(_some_section(network, rng), code, CHANNELS[number % 3], filed_at)
        file_appeals([new], by=PUBLIC, at=filed_at)
    return FRESH_AT_HOME
