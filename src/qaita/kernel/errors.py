"""What rooms raise, and nothing else: each is answered in one place by every door."""

import errno
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

Text = str | Promise


@dataclass(frozen=True)
class Reason:
    """Why something cannot be done now: a stable code and a sentence that says what to do."""

    code: str
    text: Text


class QaitaError(Exception):
    """The common root of all refusals."""


class Refused(QaitaError):
    """Not now, not you, or not this thing."""

    def __init__(self, action: str, reasons: Iterable[Reason]) -> None:
        self.action = action
        self.reasons = list(reasons)
        super().__init__(action, "; ".join(f"{r.code}: {r.text}" for r in self.reasons))


class Stale(QaitaError):
    """Somebody was first: the thing changed after it was read."""

    def __init__(self, code: str = "") -> None:
        self.code = code
        super().__init__(code)

    text = _("Somebody changed this while you were looking at it. Look again, then decide.")


UNIQUE_VIOLATION = "23505"  # SQLSTATE, PostgreSQL's appendix A


def is_taken(error: DatabaseError) -> bool:
    """Tell whether a row was refused because an equal one came in a moment before.

    Services look first and say so kindly; this is what is left when two look at the same moment.
    """
    state = getattr(error.__cause__, "sqlstate", "")
    return state == UNIQUE_VIOLATION or "UNIQUE constraint failed" in str(error)


class Unready(QaitaError):
    """The place where data is kept takes nothing now: nobody at the desk can mend that."""

    text = _(
        "Nothing can be stored here just now. Nothing was changed, and the people who run this "
        "site have been told. Please try again in a few minutes."
    )


CLOSED_PLACES = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG}
# SQLite says it in words, PostgreSQL by SQLSTATE: disk full, read-only
CLOSED_WORDS = ("disk is full", "readonly database", "unable to open database file", "disk I/O")
CLOSED_STATES = {"53100", "25006"}


def is_closed(error: BaseException) -> bool:
    """Tell whether something could not be written because the disk is full or read-only."""
    if isinstance(error, OSError):
        return error.errno in CLOSED_PLACES
    if not isinstance(error, DatabaseError):
        return False
    state = getattr(error.__cause__, "sqlstate", "")
    return state in CLOSED_STATES or any(words in str(error) for words in CLOSED_WORDS)


class Missing(QaitaError):
    """There is no such thing."""

    def __init__(self, what: str, key: object = "") -> None:
        self.what, self.key = what, key
        super().__init__(what, key)


class NotYours(QaitaError):
    """The thing exists, but is not for this actor."""

    def __init__(self, what: str = "") -> None:
        self.what = what
        super().__init__(what)


class TooOften(QaitaError):
    """Too many came from one place; `until` is the instant to come again, `wait_s` the wait."""

    def __init__(self, until: datetime, *, wait_s: float) -> None:
        self.until = until
        self.wait_s = max(1, math.ceil(wait_s))
        super().__init__(until.isoformat())

    @property
    def text(self) -> Text:
        """Say it kindly, with when to come again."""
        minutes = math.ceil(self.wait_s / 60)
        return ngettext(
            "Very many messages came from your network at once, so this one was not taken. "
            "Please send it again in %(minutes)s minute. In danger call 112, for gas 104.",
            "Very many messages came from your network at once, so this one was not taken. "
            "Please send it again in %(minutes)s minutes. In danger call 112, for gas 104.",
            minutes,
        ) % {"minutes": minutes}


class Wrong(QaitaError):
    """Values break a rule. `fields` maps a field name to the sentences about it."""

    def __init__(self, fields: Mapping[str, Iterable[Text]]) -> None:
        self.fields: dict[str, list[Text]] = {name: list(texts) for name, texts in fields.items()}
        super().__init__({name: [str(t) for t in texts] for name, texts in self.fields.items()})


def sentences_of(error: QaitaError) -> list[str]:
    """Return what a refusal says, in the language of now."""
    if isinstance(error, Refused):
        return [str(reason.text) for reason in error.reasons]
    if isinstance(error, Wrong):
        return [str(text) for texts in error.fields.values() for text in texts]
    return [str(error.text)] if isinstance(error, Stale | TooOften) else []


@dataclass(frozen=True)
class Fault:
    """One fault of an imported table: where it is and which rule it breaks."""

    table: str
    column: str
    rows: tuple[int, ...]
    rule: str
    text: Text
    value: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as plain values for JSON."""
        return {
            "table": self.table,
            "column": self.column,
            "rows": list(self.rows),
            "rule": self.rule,
            "text": str(self.text),
            "value": self.value,
        }
