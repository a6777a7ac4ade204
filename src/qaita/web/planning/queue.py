"""Plans that wait to be adopted."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.planning.models import Run
from qaita.planning.queries import country_runs, scenarios_of
from qaita.web.desk.items import QueueItem, first_items
from qaita.web.middleware import Request

MOST = 10


def queue(request: Request) -> list[QueueItem]:
    """Return computed plans that wait to be adopted: of the country, and of utilities."""
    return [*_of_country(request), *_of_utilities(request)]


def _of_country(request: Request) -> list[QueueItem]:
    """Return the country's plan that was computed after the one in force."""
    if not request.actor.has("programme_office"):
        return []
    newest = country_runs().filter(state__in=("made", "adopted")).first()
    if newest is None or newest.state == "adopted":
        return []
    address = reverse("planning:country_run", args=[newest.code])
    title = newest.scenario.title
    return [QueueItem(_("Adopt a plan"), title, address, None, "info", "programme_office")]


def _of_utilities(request: Request) -> list[QueueItem]:
    """Return computed plans of utilities that have none in force yet."""
    if not request.actor.has("utility_head"):
        return []
    runs = Run.objects.filter(scenario__in=scenarios_of(request.actor)).select_related("scenario")
    adopted = runs.filter(state="adopted", scenario__service=OuterRef("scenario__service"))
    waiting = runs.filter(~Exists(adopted), state="solved")
    return list(first_items(waiting, MOST, _of_utility, url=reverse("planning:home")))


def _of_utility(run: Run) -> QueueItem:
    address = reverse("planning:run", args=[run.code])
    return QueueItem(_("Adopt a plan"), run.scenario.title, address, None, "info", "utility_head")
