"""What appeals have waiting for a person."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.appeals.models import Appeal
from qaita.appeals.queries import WAITING, appeals_for
from qaita.web.desk.items import QueueItem, first_items
from qaita.web.labels import service_of
from qaita.web.middleware import Request

SHOWN = 30
ROLES = ("call_operator", "dispatcher")


def queue(request: Request) -> list[QueueItem]:
    """Return the appeals to accept and to answer, the soonest due first."""
    mine = [role for role in ROLES if request.actor.has(role)]
    if not mine:
        return []
    rows = appeals_for(request.actor).filter(state__in=WAITING).order_by("due_on", "id")
    item = partial(_item, role="" if len(mine) > 1 else mine[0])
    return list(first_items(rows, SHOWN, item, url=reverse("appeals:home") + "?state=waiting"))


def _item(row: Appeal, role: str) -> QueueItem:
    fresh = row.state in ("received", "forwarded", "reopened")
    title = _("Accept appeal %(code)s") if fresh else _("Answer appeal %(code)s")
    return QueueItem(
        title % {"code": row.code},
        f"{service_of(row.service)} · {row.get_category_display()}",
        reverse("appeals:appeal", args=[row.code]),
        row.accept_by_on if fresh else row.due_on,
        "warn" if fresh else "info",
        role,
    )
