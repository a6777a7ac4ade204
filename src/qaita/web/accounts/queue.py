"""What waits in accounts: certificates that end soon."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from qaita.accounts.models import Certificate
from qaita.kernel.clock import day_of
from qaita.web.desk.items import QueueItem
from qaita.web.middleware import Request

NOTICE = timedelta(days=30)


def queue(request: Request) -> list[QueueItem]:
    """Remind signatories of certificates that end within a month."""
    ending = Certificate.objects.filter(
        person__code=request.actor.code,
        revoked_at=None,
        ends_at__range=(request.at, request.at + NOTICE),
    )
    return [
        QueueItem(
            title=_("Your signing certificate ends soon"),
            text=_("Register the next one before this one ends."),
            url=reverse("accounts:certificates"),
            due_on=day_of(row.ends_at),
            tone="warn",
        )
        for row in ending
    ]
