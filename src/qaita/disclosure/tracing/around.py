"""What people felt here: outages of the section and appeals about it."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qaita.appeals.models import Appeal
from qaita.appeals.queries import public_appeals
from qaita.disclosure.tracing.beginning import Subject
from qaita.disclosure.tracing.parts import DONE, Figure, Page, Step
from qaita.kernel.clock import day_of
from qaita.turmys.models import Outage
from qaita.turmys.queries import outages

MOST_LINKS = 5


def _keys(subject: Subject) -> list[int]:
    return [*(section.pk for section in subject.old), *([subject.new.pk] if subject.new else [])]


def _outages_of(subject: Subject) -> QuerySet[Outage]:
    keys = _keys(subject)
    here = Q(closed_sections__in=keys) | Q(sections__in=keys)
    return outages().filter(here).distinct().order_by("-starts_at", "-pk")


def _appeals_of(subject: Subject) -> QuerySet[Appeal]:
    return public_appeals().filter(section__in=_keys(subject)).order_by("-received_at", "-pk")


def outages_step(subject: Subject) -> Step:
    """Outages that closed the section or left it without supply."""
    title = _("Outages here")
    rows = list(_outages_of(subject)[: MOST_LINKS + 1])
    if not rows:
        return Step("outages", title, sentence=_("No outage of this section is on record."))
    count = _outages_of(subject).count()
    figures = (
        Figure(_("Outages on record"), count, "number"),
        Figure(_("Consumers off in the last one"), rows[0].consumers_off, "number"),
        Figure(_("Last one"), day_of(rows[0].starts_at), "day"),
    )
    pages = tuple(Page("outage", row.code) for row in rows[:MOST_LINKS])
    return Step(
        "outages",
        title,
        DONE,
        day_of(rows[0].starts_at),
        figures=figures,
        page=pages[0],
        more=pages[1:],
        codes=tuple(row.code for row in rows[:MOST_LINKS]),
    )


def appeals_step(subject: Subject) -> Step:
    """Appeals whose place lies on the section; nothing personal is here."""
    title = _("Appeals about this place")
    rows = list(_appeals_of(subject)[: MOST_LINKS + 1])
    if not rows:
        return Step("appeals", title, sentence=_("Nobody has appealed about this section yet."))
    answered = _appeals_of(subject).exclude(answered_at=None).count()
    figures = (
        Figure(_("Appeals received"), _appeals_of(subject).count(), "number"),
        Figure(_("Answered"), answered, "number"),
        Figure(_("Last one"), day_of(rows[0].received_at), "day"),
    )
    pages = tuple(Page("appeal", row.code) for row in rows[:MOST_LINKS])
    return Step(
        "appeals",
        title,
        DONE,
        day_of(rows[0].received_at),
        figures=figures,
        page=pages[0],
        more=pages[1:],
        codes=tuple(row.code for row in rows[:MOST_LINKS]),
    )
