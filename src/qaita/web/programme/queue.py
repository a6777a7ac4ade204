"""Applications that wait for a person's signature, and terms that have run out."""

from collections.abc import Iterator
from datetime import date

from django.db.models import F, FilteredRelation, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qaita.kernel.clock import day_of
from qaita.kernel.text import in_language
from qaita.programme.models import Clock, Project
from qaita.programme.queries import overdue_clocks, projects_of
from qaita.web import formats
from qaita.web.desk.items import QueueItem, first_items, more_items
from qaita.web.few import few
from qaita.web.middleware import Request
from qaita.web.programme.words import VERBS, word_of

MOST = 50


def _item(project: Project, title: object, due_on: date | None, role: str) -> QueueItem:
    return QueueItem(
        str(title),
        in_language(project, "title", formats.language()),
        reverse("programme:project", args=[project.code]),
        due_on,
        "warn",
        role,
    )


def _awaited(request: Request) -> Iterator[QueueItem]:
    """Return the projects whose running step is the person's, and drafts a head may sign."""
    running = FilteredRelation("clocks", condition=Q(clocks__stopped_on=None))
    wanted = Q(running__role__in=request.actor.roles)
    if request.actor.has("utility_head"):
        wanted |= Q(state="draft")
    rows = projects_of(request.actor).annotate(running=running).filter(wanted)
    steps = rows.annotate(
        role=F("running__role"), step=F("running__step"), due_on=F("running__due_on")
    )
    shown = few(steps.order_by(F("due_on").asc(nulls_last=True), "pk"), MOST)
    made = []
    for project in shown.rows:
        role = project.role or "utility_head"
        if request.actor.may(role, project.scope_for(role)):
            title = word_of(VERBS, project.step or "submit")
            made.append(_item(project, title, project.due_on, role))
    yield from made
    if shown.is_cut and made:
        yield more_items(shown, made[-1], reverse("programme:home"))


def _late(request: Request) -> Iterator[QueueItem]:
    if not request.actor.has("programme_office"):
        return
    rows = overdue_clocks(day_of(request.at))
    yield from first_items(rows, MOST, _late_item, url=reverse("portal:late"))


def _late_item(clock: Clock) -> QueueItem:
    return _item(clock.project, _("A term has run out"), clock.due_on, "programme_office")


def queue(request: Request) -> list[QueueItem]:
    """Return what waits for this person."""
    return [*_awaited(request), *_late(request)]
