"""Words in three languages, and sorting that respects Kazakh letters."""

from typing import Any

LANGUAGES = ("kk", "ru", "en")
_KK_ORDER = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_RANK = {letter: index for index, letter in enumerate(_KK_ORDER)}


def in_language(thing: Any, field: str, language: str) -> str:
    """Return `field_<language>` of a thing, or its first filled neighbour."""
    for code in (language, *LANGUAGES):
        value = getattr(thing, f"{field}_{code}", "")
        if value:
            return str(value)
    return ""


def sort_key(text: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts Kazakh and Russian letters in the Kazakh alphabet's order."""
    return tuple((_RANK.get(c, -1), c) for c in text.lower())


def plain(text: str) -> str:
    """Return the text in one line without control characters, for logs and files."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
