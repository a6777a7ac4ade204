"""Addresses of portal pages, empty while a page is not there."""

from django.urls import NoReverseMatch, reverse


def link(name: str, *words: object) -> str:
    """Return the address of a portal page, or nothing when there is no such page yet."""
    try:
        return reverse(f"portal:{name}", args=words)
    except NoReverseMatch:
        return ""
