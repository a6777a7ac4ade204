"""What networks have waiting for an engineer: files that were read and not yet decided."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.networks.models import Import
from qaita.networks.queries import imports_for
from qaita.web.desk.items import QueueItem, first_items
from qaita.web.middleware import Request

MOST = 20


def queue(request: Request) -> list[QueueItem]:
    """Return the files to be loaded or put right."""
    if not request.actor.has("utility_engineer"):
        return []
    rows = imports_for(request.actor).filter(state="read")
    return list(first_items(rows, MOST, _item, url=reverse("networks:home") + "?state=read"))


def _item(found: Import) -> QueueItem:
    return QueueItem(
        _("File %(name)s waits") % {"name": found.file_name},
        _("Put its faults right") if found.faults else _("Load it or put it aside"),
        reverse("networks:import", args=[found.code]),
        tone="warn" if found.faults else "info",
        role="utility_engineer",
    )
