"""Group commit: entries that several threads want written at once share one durable commit.

Whoever comes first leads: it takes everything that waits, writes and commits it, and while the
disk confirms, the next group gathers. Nobody returns before its own entries are on the disk.
Only entries told on their own are grouped; with a change they stand in that change's transaction.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from qaita.ledger.models import Entry

Write = Callable[[Sequence[Entry]], None]


@dataclass
class _Waiting:
    """What one thread wants written, and how it went."""

    entries: Sequence[Entry]
    turn: threading.Event = field(default_factory=threading.Event)
    is_over: bool = False
    error: Exception | None = None


class Group:
    """Those who wait in this process."""

    def __init__(self) -> None:
        self._joining = threading.Lock()
        self._waiting: list[_Waiting] = []
        self._is_led = False

    def commit(self, entries: Sequence[Entry], write: Write) -> None:
        """Write the entries together with those of the threads that wait; raise what they met."""
        own = _Waiting(entries)
        with self._joining:
            self._waiting.append(own)
            leads, self._is_led = not self._is_led, True
        if not leads:
            own.turn.wait()
        if not own.is_over:
            self._lead(write)
        if own.error is not None:
            raise own.error

    def _lead(self, write: Write) -> None:
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


def _write_all(taken: Sequence[_Waiting], write: Write) -> None:
    try:
        write([entry for one in taken for entry in one.entries])
    except Exception as error:  # noqa: BLE001  # told to whom it belongs, below
        if len(taken) == 1:
            taken[0].error, taken[0].is_over = error, True
            return
        for one in taken:  # one thread's fault is not the others'
            _write_all([one], write)
    for one in taken:
        one.is_over = True
