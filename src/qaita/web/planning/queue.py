"""Plans that wait to be adopted."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.planning.models import Run
from qaita.planning.queries import scenarios_of
from qaita.web.desk.items import QueueItem
from qaita.web.middleware import Request

MOST = 10


def queue(request: Request) -> list[QueueItem]:
    """Return computed plans of utilities that have none in force yet."""
    if not request.actor.has("utility_head"):
        return []
    runs = Run.objects.filter(scenario__in=scenarios_of(request.actor)).select_related("scenario")
    adopted = runs.filter(state="adopted", scenario__service=OuterRef("scenario__service"))
    waiting = runs.filter(~Exists(adopted), state="solved")
    return [
        QueueItem(
            _("Adopt a plan"),
            run.scenario.title,
            reverse("planning:run", args=[run.code]),
            None,
            "info",
            "utility_head",
        )
        for run in waiting[:MOST]
    ]
