"""Group commit: what several threads want written at once shares one durable commit.

Whoever comes first leads: it takes everything that waits, writes and commits it, and while the
disk confirms, the next group gathers. Nobody returns before its own rows are on the disk.
Entries told on their own are grouped here, and by other rooms changes that come in crowds, each
with its entry: both stand in the one transaction of their group, or neither does.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
Write = Callable[[Sequence[T]], None]


@dataclass
class _Waiting(Generic[T]):
    """What one thread wants written, and how it went."""

    things: Sequence[T]
    turn: threading.Event = field(default_factory=threading.Event)
    is_over: bool = False
    error: Exception | None = None


class Group(Generic[T]):
    """Those who wait in this process."""

    def __init__(self) -> None:
        self._joining = threading.Lock()
        self._waiting: list[_Waiting[T]] = []
        self._is_led = False

    def commit(self, things: Sequence[T], write: Write[T]) -> None:
        """Write the things together with those of the threads that wait; raise what they met.

        `write` makes one transaction. When it fails for many, it is called for each thread alone.
        """
        own = _Waiting(things)
        with self._joining:
            self._waiting.append(own)
            leads, self._is_led = not self._is_led, True
        if not leads:
            own.turn.wait()
        if not own.is_over:
            self._lead(write)
        if own.error is not None:
            raise own.error

    def _lead(self, write: Write[T]) -> None:
        with self._joining:
            taken, self._waiting = self._waiting, []
        try:
            _write_all(taken, write)
        finally:
            with self._joining:
                following = self._waiting[:1]
                self._is_led = bool(following)
            for one in taken:
                if not one.is_over:  # the process is being stopped
                    one.error, one.is_over = InterruptedError("not written"), True
            for one in (*taken, *following):
                one.turn.set()


def _write_all(taken: Sequence[_Waiting[T]], write: Write[T]) -> None:
    try:
        write([thing for one in taken for thing in one.things])
    except Exception as error:  # noqa: BLE001  # told to whom it belongs, below
        if len(taken) == 1:
            taken[0].error, taken[0].is_over = error, True
            return
        for one in taken:  # one thread's fault is not the others'
            _write_all([one], write)
    for one in taken:
        one.is_over = True
