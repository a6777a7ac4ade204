"""What networks have waiting for an engineer: files that were read and not yet decided."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.networks.queries import imports_for
from qaita.web.desk.items import QueueItem
from qaita.web.middleware import Request


def queue(request: Request) -> list[QueueItem]:
    """Return the files to be loaded or put right."""
    if not request.actor.has("utility_engineer"):
        return []
    return [
        QueueItem(
            _("File %(name)s waits") % {"name": found.file_name},
            _("Put its faults right") if found.faults else _("Load it or put it aside"),
            reverse("networks:import", args=[found.code]),
            tone="warn" if found.faults else "info",
            role="utility_engineer",
        )
        for found in imports_for(request.actor).filter(state="read")[:20]
    ]
