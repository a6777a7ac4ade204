"""The portal as files: which pages there are, what each depends on, and how they are switched."""

from qaita.disclosure.publishing.editions import (
    Published,
    Site,
    check_edition,
    current_edition,
    publish,
)
from qaita.disclosure.publishing.pages import Page, public_pages

__all__ = [
    "Page",
    "Published",
    "Site",
    "check_edition",
    "current_edition",
    "public_pages",
    "publish",
]
