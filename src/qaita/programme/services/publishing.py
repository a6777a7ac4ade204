"""Published figures."""

from datetime import datetime

from django.db import transaction

from qaita.kernel.actor import Actor
from qaita.kernel.errors import Refused
from qaita.ledger.services import record
from qaita.programme.errors import NOT_PUBLISHER
from qaita.programme.models import Target
from qaita.programme.queries import targets_digest
from qaita.programme.targets import published_targets

PUBLISHERS = ("programme_office", "sysadmin", "system")


def load_targets(*, by: Actor, at: datetime) -> int:
    """Load the published figures; those already there are brought up to date."""
    if not any(by.has(role) for role in PUBLISHERS):
        raise Refused("target.load", [NOT_PUBLISHER])
    rows = list(published_targets())
    fields = [f.name for f in Target._meta.concrete_fields if f.name not in ("id", "key")]
    with transaction.atomic():
        Target.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["key"], update_fields=fields
        )
        gone = Target.objects.exclude(key__in=[row.key for row in rows]).delete()[0]
        facts = {"figures": len(rows), "removed": gone, "digest": targets_digest()}
        record("target.load", "targets", by=by, at=at, facts=facts)
    return len(rows)
