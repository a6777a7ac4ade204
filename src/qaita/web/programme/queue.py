"""Applications that wait for a person's signature, and terms that have run out."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.kernel.clock import day_of
from qaita.kernel.text import in_language
from qaita.programme.models import Clock, Project
from qaita.programme.queries import overdue_clocks, projects_of
from qaita.web import formats
from qaita.web.desk.items import QueueItem
from qaita.web.middleware import Request
from qaita.web.programme.words import VERBS, word_of

MOST = 50


def _item(project: Project, title: object, clock: Clock | None, role: str) -> QueueItem:
    return QueueItem(
        str(title),
        in_language(project, "title", formats.language()),
        reverse("programme:project", args=[project.code]),
        clock.due_on if clock else None,
        "warn",
        role,
    )


def _awaited(request: Request) -> Iterator[QueueItem]:
    clocks = Clock.objects.filter(stopped_on=None, role__in=request.actor.roles)
    mine = clocks.filter(project__in=projects_of(request.actor)).select_related(
        "project__utility", "project__region"
    )
    for clock in mine.order_by("due_on")[:MOST]:
        if request.actor.may(clock.role, clock.project.scope_for(clock.role)):
            yield _item(clock.project, word_of(VERBS, clock.step), clock, clock.role)


def _drafts(request: Request) -> Iterator[QueueItem]:
    if not request.actor.has("utility_head"):
        return
    for project in projects_of(request.actor).filter(state="draft")[:MOST]:
        yield _item(project, word_of(VERBS, "submit"), None, "utility_head")


def _late(request: Request) -> Iterator[QueueItem]:
    if not request.actor.has("programme_office"):
        return
    for clock in overdue_clocks(day_of(request.at))[:MOST]:
        yield _item(clock.project, _("A term has run out"), clock, "programme_office")


def queue(request: Request) -> list[QueueItem]:
    """Return what waits for this person."""
    return [*_awaited(request), *_drafts(request), *_late(request)]
