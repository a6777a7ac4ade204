"""What waits for a person: the queues of all rooms, the most urgent first.

A room that has a queue adds one line to QUEUES.
"""

from collections.abc import Callable
from datetime import date

from qaita.web.accounts.queue import queue as accounts_queue
from qaita.web.appeals.queue import queue as appeals_queue
from qaita.web.desk.items import QueueItem
from qaita.web.desk.upkeep import queue as upkeep_queue
from qaita.web.funding.queue import queue as funding_queue
from qaita.web.middleware import Request
from qaita.web.networks.queue import queue as networks_queue
from qaita.web.planning.queue import queue as planning_queue
from qaita.web.procurement.queue import queue as procurement_queue
from qaita.web.producers.queue import queue as producers_queue
from qaita.web.programme.queue import queue as programme_queue
from qaita.web.turmys.queue import queue as turmys_queue
from qaita.web.works.queue import queue as works_queue

QUEUES: tuple[Callable[[Request], list[QueueItem]], ...] = (
    accounts_queue,
    networks_queue,
    appeals_queue,
    funding_queue,
    planning_queue,
    procurement_queue,
    producers_queue,
    programme_queue,
    turmys_queue,
    upkeep_queue,
    works_queue,
)


def waiting_for(request: Request) -> list[QueueItem]:
    """Return everything that waits for the person, by day; what has no day comes last."""
    items = [item for queue in QUEUES for item in queue(request)]
    return sorted(items, key=lambda item: (item.due_on or date.max, str(item.title)))
