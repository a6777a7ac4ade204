"""Giving committed entries their place in the log."""

from django.db import transaction
from django.db.models import Max

from qaita.ledger.models import Entry


def sequence_soon() -> None:
    """Give places to what this transaction writes as soon as it is committed."""
    transaction.on_commit(sequence_pending)


def sequence_pending() -> int:
    """Give every committed entry without a place the next one; return how many got one."""
    with transaction.atomic():
        rows = list(Entry.objects.filter(index=None).order_by("id"))
        highest = Entry.objects.aggregate(top=Max("index"))["top"]
        start = 0 if highest is None else highest + 1
        for place, row in enumerate(rows, start):
            row.index = place
        Entry.objects.bulk_update(rows, ["index"], batch_size=500)
    return len(rows)
