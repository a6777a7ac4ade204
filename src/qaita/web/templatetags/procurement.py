"""Filters for tenders, contracts and the register."""

from typing import Any

from django import template

from qaita.ledger.queries import Moment
from qaita.web.countries import country_name
from qaita.web.formats import percent_text, trimmed
from qaita.web.ledger.actions import action_label
from qaita.web.procurement import words

register = template.Library()


@register.filter
def unit_label(unit: str) -> words.Text:
    """Return the words of a unit."""
    return words.unit_of(unit)


@register.filter
def category_label(category: str) -> words.Text:
    """Return the words of what is bought."""
    return words.CATEGORIES.get(category, category)


@register.filter
def preference_label(kind: str) -> words.Text:
    """Return the words of a preference."""
    return words.PREFERENCES.get(kind, kind)


@register.filter
def ground_label(ground: str) -> words.Text:
    """Return the words of a ground of an amendment or a debarment."""
    return words.GROUNDS.get(ground) or words.DEBARMENTS.get(ground, ground)


@register.filter
def invalid_label(code: str) -> words.Text:
    """Return why a bid is invalid."""
    return words.INVALID.get(code, code)


@register.filter
def country_label(code: str) -> str:
    """Return the name of a country."""
    return country_name(code)


@register.filter
def event_label(moment: Moment) -> words.Text:
    """Return the words of an event."""
    return action_label(moment.kind)


@register.filter
def quantity(value: Any) -> str:
    """Write a quantity without closing zeros."""
    return "–" if value is None else trimmed(value, 3)


@register.filter
def hundredth(percent: Any) -> str:
    """Write a percentage given as 0…100."""
    return percent_text(float(percent) / 100, 2)
