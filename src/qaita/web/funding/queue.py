"""Projects whose money or tariff effect is still missing."""

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.kernel.text import in_language
from qaita.programme.models import Project
from qaita.programme.queries import projects_of
from qaita.web import formats
from qaita.web.desk.items import QueueItem, first_items
from qaita.web.middleware import Request

MOST = 50


def queue(request: Request) -> list[QueueItem]:
    """Return the projects that wait for the financial operator's promise."""
    if not request.actor.has("financial_operator"):
        return []
    waiting = projects_of(request.actor).filter(
        state="technically_checked", committed_kzt__lt=F("cost_kzt")
    )
    return list(first_items(waiting, MOST, _item, url=reverse("funding:home")))


def _item(project: Project) -> QueueItem:
    return QueueItem(
        _("Promise the missing money"),
        in_language(project, "title", formats.language()),
        reverse("funding:project", args=[project.code]),
        None,
        "info",
        "financial_operator",
    )
