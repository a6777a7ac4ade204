"""Names for a foreign file: the thing's own where the format bears it, else its public code."""

import re
from collections.abc import Iterable
from typing import Protocol


class Named(Protocol):
    """Anything with a name of its owner's and a public code."""

    name: str
    code: str


def unique_names(things: Iterable[Named], allowed: re.Pattern[str]) -> list[str]:
    """Return a name for each thing in their order; none comes twice."""
    names: list[str] = []
    taken: set[str] = set()
    for thing in things:
        own = thing.name
        is_fit = allowed.fullmatch(own) is not None and own[0] not in '["' and own not in taken
        name = own if is_fit else thing.code
        taken.add(name)
        names.append(name)
    return names
