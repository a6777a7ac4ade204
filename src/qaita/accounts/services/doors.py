"""Public writing doors (appeals, their follow-up, Open311): too many from one place wait."""

from datetime import datetime

from django.conf import settings

from qaita.accounts.turnstile import Pace, wait_of, who_comes
from qaita.kernel.errors import TooOften


def count_passage(door: str, address: str, *, at: datetime) -> None:
    """Let somebody through a public door, or raise TooOften with the instant to come again.

    The doors and their paces are the setting PUBLIC_DOORS; a pace of nought keeps a door open.
    """
    an_hour, at_once = settings.PUBLIC_DOORS[door]
    if an_hour < 1:
        return
    wait = wait_of(who_comes(door, address, at=at), Pace(an_hour, max(1, at_once)), at=at)
    if wait is not None:
        raise TooOften(at + wait, wait_s=wait.total_seconds())
