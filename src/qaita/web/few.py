"""The first rows of a list that has a page of its own: how many are shown, of how many.

"failures": few(failures_of(found), 20)

{% for failure in failures.rows %}…{% endfor %}
{% url 'networks:failures' section.code as all_url %}
{% include "lists/_few.html" with few=failures url=all_url %}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


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
