"""Words in three languages, and text in one line."""

from typing import Any

LANGUAGES = ("kk", "ru", "en")


def in_language(thing: Any, field: str, language: str) -> str:
    """Return `field_<language>` of a thing, or its first filled neighbour."""
    for code in (language, *LANGUAGES):
        value = getattr(thing, f"{field}_{code}", "")
        if value:
            return str(value)
    return ""


def plain(text: str) -> str:
    """Return the text in one line without control characters, for logs and files."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
