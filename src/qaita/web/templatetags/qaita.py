"""Filters for names, money, units and dates in the reader's language."""

from typing import Any

from django import template
from django.utils.translation import get_language

from qaita.kernel.text import in_language

register = template.Library()


@register.filter
def named(thing: Any, field: str = "name") -> str:
    """Return the thing's name in the reader's language: {{ region|named }}."""
    return in_language(thing, field, get_language() or "kk") if thing else ""
