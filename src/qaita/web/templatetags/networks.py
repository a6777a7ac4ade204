"""Filters for the history of networks."""

from django import template
from django.utils.functional import Promise

from qaita.ledger.queries import Moment
from qaita.web.ledger.actions import action_label

register = template.Library()


@register.filter
def network_event(moment: Moment) -> str | Promise:
    """Return the words of an event of a section or network."""
    return action_label(moment.kind)
