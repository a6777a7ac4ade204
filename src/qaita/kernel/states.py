"""Lives of things as tables: which action leads where, by whom, and only when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from django.utils.translation import gettext_lazy as _

from qaita.kernel.actor import Actor, Scope
from qaita.kernel.errors import Reason, Refused, Text

ROLE_WORDS: dict[str, Text] = {}  # accounts names its roles here
STATE_WORDS: dict[tuple[str, str], Text] = {}  # the pages name the states of each table here


def role_words(roles: Sequence[str]) -> str:
    """Return roles as people call them."""
    return ", ".join(str(ROLE_WORDS.get(role, role)) for role in roles)


def state_words(table: str, state: str) -> str:
    """Return a state as people call it."""
    return str(STATE_WORDS.get((table, state), state))


class Stateful(Protocol):
    """A thing with a life: a public code, a state, and a scope for each role that may act."""

    code: Any
    state: Any

    def scope_for(self, role: str) -> Scope:
        """Return the scope in which the role must be held to act on this thing."""
        ...


T = TypeVar("T", bound=Stateful)


@dataclass(frozen=True)
class Ask(Generic[T]):
    """The question put to guards: may this actor do it to this thing at this instant."""

    subject: T
    by: Actor
    at: datetime


Guard = Callable[[Ask[Any]], Reason | None]


@dataclass(frozen=True)
class Row(Generic[T]):
    """One line of a life: an action, the states it leaves, the state it reaches, who, when."""

    action: str
    sources: tuple[str, ...]
    target: str
    by: str | tuple[str, ...]
    guards: tuple[Guard, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that may take this row."""
        return (self.by,) if isinstance(self.by, str) else self.by


@dataclass(frozen=True)
class StateTable(Generic[T]):
    """The life of one kind of thing."""

    name: str
    initial: str
    rows: Sequence[Row[T]]
    states: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Collect the states in the order in which they appear."""
        seen: dict[str, None] = {self.initial: None}
        for row in self.rows:
            seen.update(dict.fromkeys(row.sources))
            seen[row.target] = None
        object.__setattr__(self, "states", tuple(seen))

    def row(self, action: str, state: str) -> Row[T] | None:
        """Return the row of the action that leaves the state."""
        for row in self.rows:
            if row.action == action and state in row.sources:
                return row
        return None

    def actions(self, state: str) -> list[str]:
        """Return the actions that leave the state."""
        return [row.action for row in self.rows if state in row.sources]

    def why_not(self, action: str, ask: Ask[T]) -> list[Reason]:
        """Return every reason against the action; an empty list means it may be done."""
        row = self.row(action, ask.subject.state)
        rows = [row] if row else [one for one in self.rows if one.action == action]
        # whoever may not take the step in any state is told that, not in which state the thing is
        roles = tuple(dict.fromkeys(role for one in rows for role in one.roles))
        if not any(ask.by.may(role, ask.subject.scope_for(role)) for role in roles):
            return [
                Reason(
                    "not_your_role",
                    _("This step belongs to another role or organisation: %(roles)s.")
                    % {"roles": role_words(roles)},
                )
            ]
        if row is None:
            return [
                Reason(
                    "wrong_state",
                    _("This cannot be done in the present state: %(state)s.")
                    % {"state": state_words(self.name, ask.subject.state)},
                )
            ]
        return [reason for guard in row.guards if (reason := guard(ask)) is not None]

    def may(self, action: str, ask: Ask[T]) -> bool:
        """Tell whether nothing stands against the action."""
        return not self.why_not(action, ask)

    def check(self, action: str, ask: Ask[T]) -> str:
        """Return the target state, or raise Refused with all reasons."""
        reasons = self.why_not(action, ask)
        row = self.row(action, ask.subject.state)
        if reasons or row is None:
            raise Refused(f"{self.name}.{action}", reasons)
        return row.target

    def open_actions(self, ask: Ask[T]) -> list[str]:
        """Return the actions this actor may take now: what a page offers as buttons."""
        return [action for action in self.actions(ask.subject.state) if self.may(action, ask)]
