"""Reads what is asked of the features; what breaks the standard is refused by name."""

import math
import re
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest

from qaita.disclosure.features import Box, Collection, Question, Span

DEFAULT_LIMIT, MOST = 100, 10_000
OPEN_ENDS = ("", "..")
# RFC 3339; a day alone stands for its midnight, or, as an end, for all of it
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d))?", re.ASCII
)
ID = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)
DAY_LENGTH = 10
LAST_YEAR = 9999  # the last one that a zone can be put to


class BadQuestion(Exception):
    """A parameter that the standard or the collection does not allow."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        super().__init__(name, text)


def require_known(request: HttpRequest, *known: str) -> None:
    """Refuse parameters that the description does not name, and other forms than JSON."""
    for name, values in request.GET.lists():
        if name not in (*known, "f"):
            raise BadQuestion(name, "There is no such parameter here.")
        if len(values) > 1:
            raise BadQuestion(name, "It may be given once.")
    if request.GET.get("f", "json") != "json":
        raise BadQuestion("f", "The only form is json.")


def question_of(request: HttpRequest, collection: Collection) -> Question:
    """Return what is asked of a collection's items."""
    require_known(request, "limit", "bbox", "datetime", "after", *collection.filters)
    told = request.GET
    after = told.get("after", "")
    if after and not ID.fullmatch(after):
        raise BadQuestion("after", "Follow the link that the page before gave.")
    return Question(
        limit=_limit(told.get("limit")),
        after=after,
        box=_box(told.get("bbox")),
        span=_span(told.get("datetime")),
        filters=_filters(request, collection),
    )


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit()) or not text.strip("0"):
        raise BadQuestion("limit", "It is a whole number above zero.")
    return MOST if len(text) > len(str(MOST)) else min(int(text), MOST)


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(map(math.isfinite, numbers)):
        raise BadQuestion("bbox", "It is four or six numbers: west, south, east, north.")
    if len(numbers) == 6 and numbers.pop(2) > numbers.pop():
        raise BadQuestion("bbox", "Its lower height lies above its upper one.")
    west, south, east, north = numbers
    if not (-90 <= south <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
        raise BadQuestion("bbox", "It is in degrees: west, south, east, north.")
    return Box(west, south, east, north)


def _span(text: str | None) -> Span | None:
    if text is None:
        return None
    ends = text.split("/")
    if len(ends) == 1:
        return Span(_instant(text), _instant(text, is_end=True))
    if len(ends) != 2 or all(one in OPEN_ENDS for one in ends):
        raise BadQuestion("datetime", "It is an instant, or two with a slash between.")
    since = None if ends[0] in OPEN_ENDS else _instant(ends[0])
    until = None if ends[1] in OPEN_ENDS else _instant(ends[1], is_end=True)
    if since and until and since > until:
        raise BadQuestion("datetime", "It ends before it begins.")
    return Span(since, until)


def _instant(text: str, *, is_end: bool = False) -> datetime:
    if not INSTANT.fullmatch(text):
        raise BadQuestion("datetime", "An instant is like 2026-01-31T00:00:00Z.")
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        raise BadQuestion("datetime", "There is no such instant.") from None
    if not 1 < found.year < LAST_YEAR:
        raise BadQuestion("datetime", "That is out of reach.")
    if len(text) == DAY_LENGTH:
        found = found.replace(tzinfo=UTC)
        return found + timedelta(days=1, microseconds=-1) if is_end else found
    return found


def _filters(request: HttpRequest, collection: Collection) -> dict[str, str]:
    found = {}
    for name, (column, values) in collection.filters.items():
        value = request.GET.get(name)
        if value is None:
            continue
        if values and value not in values:
            raise BadQuestion(name, f"It is one of {', '.join(values)}.")
        if not re.fullmatch(r"\w{1,20}", value, re.ASCII):
            raise BadQuestion(name, "It is a word or a number.")
        found[column] = value
    return found
