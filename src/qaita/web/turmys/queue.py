"""What incidents and outages have waiting for a dispatcher."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.kernel.clock import day_of
from qaita.turmys.models import Incident, Outage
from qaita.turmys.queries import incidents, networks_for, overdue_outages
from qaita.web.desk.items import QueueItem, first_items
from qaita.web.labels import service_of
from qaita.web.middleware import Request

SHOWN = 20


def queue(request: Request) -> list[QueueItem]:
    """Return incidents to judge and outages that run too long."""
    if not request.actor.has("dispatcher"):
        return []
    return [*_incidents(request), *_outages(request)]


def _incidents(request: Request) -> Iterator[QueueItem]:
    mine = networks_for(request.actor)
    rows = incidents().filter(network__in=mine, state__in=("proposed", "confirmed"))
    return first_items(rows, SHOWN, _incident, url=reverse("turmys:incidents"))


def _incident(row: Incident) -> QueueItem:
    title = _("Judge incident %(code)s") if row.state == "proposed" else _("Mend %(code)s")
    return QueueItem(
        title % {"code": row.code},
        f"{service_of(row.service)} · {row.get_source_display()}",
        reverse("turmys:incident", args=[row.code]),
        day_of(row.noticed_at),
        "bad",
        "dispatcher",
    )


def _outages(request: Request) -> Iterator[QueueItem]:
    mine = networks_for(request.actor)
    rows = overdue_outages(request.at).filter(network__in=mine)
    return first_items(rows, SHOWN, _outage, url=reverse("turmys:outages") + "?state=running")


def _outage(row: Outage) -> QueueItem:
    return QueueItem(
        _("Outage %(code)s runs longer than was told") % {"code": row.code},
        str(service_of(row.service)),
        reverse("turmys:outage", args=[row.code]),
        day_of(row.expected_at),
        "bad",
        "dispatcher",
    )
