"""Questions to history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max

from qaita.ledger.leaves import facts_of
from qaita.ledger.models import Entry


@dataclass(frozen=True)
class Moment:
    """One moment in the life of a thing."""

    index: int | None
    at: datetime
    actor: str
    kind: str
    facts: dict[str, Any]

    @property
    def action(self) -> str:
        """The action's name without the thing's."""
        return self.kind.partition(".")[2]


def timeline(code: str) -> list[Moment]:
    """Return the whole life of the thing, oldest first."""
    rows = Entry.objects.filter(code=code).order_by("id")
    return [Moment(row.index, row.at, row.actor, row.kind, facts_of(row)) for row in rows]


def height() -> int:
    """Return how many entries the log holds: the height a published figure cites."""
    top = Entry.objects.aggregate(top=Max("index"))["top"]
    return 0 if top is None else int(top) + 1


def seen_of(code: str) -> int:
    """Return how many entries tell of the thing: what a page shows to notice staleness."""
    return Entry.objects.filter(code=code).count()
