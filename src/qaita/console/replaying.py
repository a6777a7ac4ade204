"""The nightly replay: every room's rows against history, and history against what was published."""

import logging
from datetime import datetime, timedelta

from qaita.kernel.actor import CLOCK
from qaita.ledger.models import Entry
from qaita.ledger.queries import Drift, replay
from qaita.ledger.services import record
from qaita.networks.queries import changed_inventories, changed_sections
from qaita.programme.queries import targets_changed

log = logging.getLogger("qaita.replay")
ENTRY = "ledger.replay"
AGAIN_AFTER = timedelta(hours=20)


def found_drifts() -> list[Drift]:
    """Return every row that was changed, added or taken away behind the application."""
    drifts = replay()
    drifts += [Drift("networks_section", code, why) for code, why in changed_sections()]
    drifts += [Drift("networks_network", code, why) for code, why in changed_inventories()]
    if targets_changed():
        drifts.append(Drift("programme_target", "targets", "the published figures were changed"))
    return drifts


def replay_nightly(at: datetime) -> list[Drift]:
    """Replay once a night; what is found stands in the log of the server and in the ledger."""
    if Entry.objects.filter(kind=ENTRY, at__gt=at - AGAIN_AFTER).exists():
        return []
    drifts = found_drifts()
    for drift in drifts:
        log.error("changed behind the application: %s %s: %s", drift.table, drift.code, drift.why)
    facts = {"drifts": len(drifts), "first": sorted({drift.code for drift in drifts})[:100]}
    record(ENTRY, "LEDGER", by=CLOCK, at=at, facts=facts)
    return drifts
