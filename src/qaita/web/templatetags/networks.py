"""Filters for the history of networks."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.ledger.queries import Moment

register = template.Library()

EVENTS: dict[str, str | Promise] = {
    "import.load": _("Network loaded into the register"),
    "section.born": _("Section laid"),
    "section.begin_works": _("Works began"),
    "section.leave_works": _("Works left the section"),
    "section.replace": _("Section replaced"),
    "section.split": _("Section split"),
    "section.merge": _("Section merged"),
    "section.retire": _("Section retired"),
}


@register.filter
def network_event(moment: Moment) -> str | Promise:
    """Return the words of an event of a section or network."""
    return EVENTS.get(moment.kind, moment.kind)
