"""What a role's home shows beside its queue: a few figures and rows, each leading to its page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class PanelLine:
    """One line: what, how much or which, where it leads; tone is good, warn, bad or muted."""

    words: Any
    value: Any = ""
    url: str = ""
    tone: str = ""
    text: Any = ""


@dataclass(frozen=True)
class Panel:
    """A card of the home."""

    title: Words
    lines: Sequence[PanelLine]
    empty: Words = ""
    more_url: str = ""
    more: Words = ""
    note: Words = field(default="")
