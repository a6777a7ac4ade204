"""One thing that waits for a person."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class QueueItem:
    """A line of the desk's queue: what waits, where it is done, and until when.

    `tone` is good, warn, bad, info or muted; `role` names the role it waits for, when only one.
    """

    title: Words
    text: Words = ""
    url: str = ""
    due_on: date | None = None
    tone: str = ""
    role: str = ""

    def late(self, on: date) -> bool:
        """Tell whether its day has passed."""
        return self.due_on is not None and self.due_on < on
