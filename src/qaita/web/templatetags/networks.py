"""Filters for the history of networks."""

from django import template
from django.utils.functional import Promise

from qaita.ledger.queries import Moment
from qaita.web.labels import EQUIPMENT
from qaita.web.ledger.actions import action_label

register = template.Library()


@register.filter
def network_event(moment: Moment) -> str | Promise:
    """Return the words of an event of a section or network."""
    return action_label(moment.kind)


@register.filter
def equipment_label(kind: str) -> str | Promise:
    """Return the words of a kind of equipment; files have kinds of their own."""
    return EQUIPMENT.get(kind, kind.replace("_", " "))
