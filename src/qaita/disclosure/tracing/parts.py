"""What a trace is made of. Values keep their type; doors write them in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise

Words = str | Promise

DONE, NOW, NOT_YET = "done", "now", "not_yet"


@dataclass(frozen=True)
class Page:
    """Where the thing is shown: the name of the portal's page and its key in the address."""

    name: str
    key: str
    title: Words = ""


@dataclass(frozen=True)
class Figure:
    """One fact: `kind` says how to write the value.

    length_m, kzt, kzt_change, share, number, rate, day, text, code, material, names, or a state
    (state, tender_state, site_state, act_state).
    """

    label: Words
    value: Any
    kind: str = "text"


@dataclass(frozen=True)
class LedgerMark:
    """An entry of the public ledger that tells of the step."""

    index: int | None
    kind: str
    code: str
    on: date


@dataclass(frozen=True)
class Picture:
    """A public picture of the step."""

    code: str
    stage: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One stage of the chain: what happened, when, and where to see the rows."""

    stage: str
    title: Words
    state: str = NOT_YET
    on: date | None = None
    on_precision: str = "day"
    sentence: Words = ""
    named: dict[str, str] = field(default_factory=dict)  # a sentence kept in kk, ru, en
    figures: tuple[Figure, ...] = ()
    source: Words = ""
    source_named: dict[str, str] = field(default_factory=dict)  # kept in kk, ru, en
    page: Page | None = None
    more: tuple[Page, ...] = ()
    codes: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    marks: tuple[LedgerMark, ...] = ()


@dataclass(frozen=True)
class Trace:
    """The whole story of one section."""

    code: str
    service: str
    is_new: bool  # asked from the new section's side
    place: dict[str, str]
    old: tuple[Page, ...]
    new: tuple[Page, ...]
    steps: tuple[Step, ...]
    around: tuple[Step, ...]  # what people felt here: outages, appeals
    height: int

    @property
    def reached(self) -> int:
        """How many stages have happened."""
        return sum(step.state == DONE for step in self.steps)

    @property
    def entries(self) -> tuple[LedgerMark, ...]:
        """Every ledger entry of the story in the order of the log."""
        marks = {
            (mark.index, mark.code, mark.kind): mark for mark in _marks((*self.steps, *self.around))
        }
        return tuple(sorted(marks.values(), key=lambda mark: (mark.index is None, mark.index or 0)))


def _marks(steps: Iterable[Step]) -> Iterable[LedgerMark]:
    for step in steps:
        yield from step.marks


def names_of(thing: Any, name: str = "name") -> dict[str, str]:
    """Return a name in the three languages."""
    return {code: str(getattr(thing, f"{name}_{code}", "")) for code in ("kk", "ru", "en")}
