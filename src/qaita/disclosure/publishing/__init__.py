"""The portal as files: which pages there are, what each depends on, and how they are switched."""

from qaita.disclosure.publishing.editions import (
    Published,
    Share,
    Site,
    Work,
    Written,
    check_edition,
    current_edition,
    one_by_one,
    publish,
)
from qaita.disclosure.publishing.pages import Page, public_pages

__all__ = [
    "Page",
    "Published",
    "Share",
    "Site",
    "Work",
    "Written",
    "check_edition",
    "current_edition",
    "one_by_one",
    "public_pages",
    "publish",
]
