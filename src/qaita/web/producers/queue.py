"""What the register asks of producers and its keepers."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _

from qaita.producers.models import Producer
from qaita.producers.queries import producers_of
from qaita.producers.states import KEEPERS
from qaita.web.desk.items import QueueItem, first_items
from qaita.web.middleware import Request
from qaita.web.templatetags.qaita import named

MOST = 20


def queue(request: Request) -> list[QueueItem]:
    """Return applications for keepers, and suspended entries for their producers."""
    items: list[QueueItem] = []
    if any(request.actor.has(role) for role in KEEPERS):
        waiting = Producer.objects.filter(state="applied").select_related("organisation")
        title = _("Decide an application to the register")
        address = reverse("producers:register") + "?state=applied"
        items += first_items(waiting, MOST, partial(_item, title), url=address)
    if request.actor.has("producer"):
        suspended = producers_of(request.actor).filter(state="suspended")
        items += [_item(_("Cure the mismatch: your entry is suspended"), row) for row in suspended]
    return items


def _item(title: str, row: Producer) -> QueueItem:
    url = reverse("producers:producer", args=[row.code])
    return QueueItem(title, named(row.organisation), url, tone="warn")
