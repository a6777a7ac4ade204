"""What happens by the calendar: which verbs, how often. Running one twice changes nothing."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import close_old_connections

from qaita.appeals.services import (
    close_appeals_due,
    forget_contacts_due,
    propose_bursts_due,
)
from qaita.console.publishing import publish_data, republish
from qaita.console.replaying import replay_nightly
from qaita.disclosure.bulk.files import LARGE_EVERY_S
from qaita.kernel.clock import now
from qaita.kernel.errors import QaitaError
from qaita.ledger.services import publish_log
from qaita.networks.services import forecast_failures_due, refresh_conditions_due
from qaita.planning.jobs import revive_country_runs_due
from qaita.procurement.services.tenders import close_due
from qaita.turmys.services import (
    compute_balances_due,
    note_overdue_outages_due,
    start_outages_due,
)

log = logging.getLogger("qaita.due")


@dataclass
class Due:
    """A verb of the calendar."""

    name: str
    every_seconds: float
    verb: Callable[[datetime], Any]
    next_at: float = 0.0


def calendar() -> list[Due]:
    """Return everything that happens by the calendar, in the order in which it must happen."""
    return [
        Due("close tenders", 20, lambda at: close_due(at=at)),
        Due("start outages", 20, lambda at: start_outages_due(at=at)),
        Due("note overdue outages", 20, lambda at: note_overdue_outages_due(at=at)),
        Due("propose incidents from bursts", 30, lambda at: propose_bursts_due(at=at)),
        Due("close appeals", 3600, lambda at: close_appeals_due(at=at)),
        Due("forget contacts", 3600, lambda at: forget_contacts_due(at=at)),
        Due("compute balances", 3600, lambda at: compute_balances_due(at=at)),
        Due("model wear anew", 600, lambda at: refresh_conditions_due(at=at)),
        Due("foretell failures", 3600, lambda at: forecast_failures_due(at=at), next_at=1200),
        Due("take up lost plans", 60, lambda at: revive_country_runs_due(at=at)),
        Due("publish the ledger", 2, lambda _at: publish_log()),
        Due("publish the pages", 1, republish),
        Due("publish the open data", LARGE_EVERY_S, publish_data),
        Due("replay the ledger", 3600, replay_nightly, next_at=3600),
    ]


def run_due(verbs: list[Due], *, elapsed: float) -> list[str]:
    """Run the verbs whose time has come; a refusal is noted and does not stop the others."""
    done = []
    for due in verbs:
        if elapsed < due.next_at:
            continue
        due.next_at = elapsed + due.every_seconds
        try:
            due.verb(now())
        except QaitaError as error:
            log.warning("%s: %s", due.name, error)
        except Exception:
            log.exception("%s failed; it is tried again", due.name)
        else:
            done.append(due.name)
    return done


def keep_calendar(stopping: threading.Event) -> None:
    """Run the calendar until told to stop."""
    verbs = calendar()
    while not stopping.wait(0.5):
        close_old_connections()
        run_due(verbs, elapsed=time.monotonic())
    close_old_connections()
