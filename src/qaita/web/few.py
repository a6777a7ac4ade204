"""Rows of which a page shows some: it says how many there are, and leads to the rest.

Rows that have a list of their own:

"failures": few(failures_of(found), 20)

{% for failure in failures.rows %}…{% endfor %}
{% url 'networks:failures' section.code as all_url %}
{% include "lists/_few.html" with few=failures url=all_url %}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


@dataclass(frozen=True)
class Few:
    """The first rows, and how many there are in all."""

    rows: Sequence[Any]
    total: int

    @property
    def is_cut(self) -> bool:
        """Tell whether there are more rows than these."""
        return len(self.rows) < self.total


def few(rows: QuerySet[Any] | Sequence[Any], most: int) -> Few:
    """Return the first rows; they are counted only when there are more."""
    first = list(rows[: most + 1])
    if len(first) <= most:
        return Few(first, len(first))
    return Few(first[:most], rows.count() if isinstance(rows, QuerySet) else len(rows))


def part_of(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], most: int, *, key: str
) -> Page[Any]:
    """Return the part of the rows that the address asks for by this key; at first the first."""
    return Paginator(rows, most).get_page(request.GET.get(key))
