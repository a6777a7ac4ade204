"""One thing that waits for a person."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qaita.web.few import Few, few
from qaita.web.formats import number_text

Words = str | Promise


@dataclass(frozen=True)
class QueueItem:
    """A line of the desk's queue: what waits, where it is done, and until when.

    `tone` is good, warn, bad, info or muted; `role` names the role it waits for, when only one.
    A line that leads to a list stands for many.
    """

    title: Words
    text: Words = ""
    url: str = ""
    due_on: date | None = None
    tone: str = ""
    role: str = ""
    stands_for: int = 1

    def late(self, on: date) -> bool:
        """Tell whether its day has passed."""
        return self.due_on is not None and self.due_on < on


def first_items(
    rows: Any, most: int, item: Callable[[Any], QueueItem], *, url: str
) -> Iterator[QueueItem]:
    """Return the first rows as lines, and one more that says how many others the list has."""
    shown = few(rows, most)
    made = [item(row) for row in shown.rows]
    yield from made
    if shown.is_cut:
        yield more_items(shown, made[-1], url)


def more_items(shown: Few, last: QueueItem, url: str) -> QueueItem:
    """Return the line that stands for all rows that are not shown, of the kind of the last one."""
    left = shown.total - len(shown.rows)
    title = _("and %(n)s more") % {"n": number_text(left)}
    return QueueItem(title, last.title, url, role=last.role, stands_for=left)
