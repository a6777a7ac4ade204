"""The turnstile at the public writing doors: who comes too often waits a little.

What is kept is a hash of the address under a secret that changes every day, and one instant: the
time at which the next one would be due if all came evenly spaced (the generic cell rate algorithm
of ITU-T I.371). Rows whose instant has passed say nothing more and are swept out.

The counts lie in a SQLite file of their own beside the database, shared by all processes of this
machine and never flushed: losing them at a power cut forgives everybody, and counting costs a
filing some hundredths of a millisecond. Where several machines serve, each counts for itself.
When the file cannot be used, everybody passes: counting must never keep a person from help.
"""

import atexit
import hashlib
import hmac
import ipaddress
import logging
import os
import sqlite3
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from qaita.kernel.clock import day_of

log = logging.getLogger(__name__)
HOUR_S = 3_600
NET_BITS = 64  # an IPv6 household holds a whole network of this length
WAIT_S = 0.5  # for the file: a person never waits longer for the count
SWEEP_EVERY = 1_000  # passages
TABLE = "CREATE TABLE IF NOT EXISTS passage (who BLOB PRIMARY KEY, due REAL NOT NULL) WITHOUT ROWID"
PASSING = (
    "INSERT INTO passage (who, due) VALUES (?1, ?2 + ?3)"
    " ON CONFLICT (who) DO UPDATE SET due = max(due, ?2) + ?3 WHERE due <= ?2 + ?4"
    " RETURNING due"
)


@dataclass(frozen=True)
class Pace:
    """How often one address may pass a door: so many an hour, so many of them at once."""

    an_hour: int
    at_once: int


def who_comes(door: str, address: str, *, at: datetime) -> bytes:
    """Return what stands for an address today at this door; the address cannot be read from it."""
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        told = address
    else:
        wide = isinstance(place, ipaddress.IPv6Address) and place.ipv4_mapped is None
        told = str(ipaddress.ip_network((place, NET_BITS), strict=False)) if wide else str(place)
    secret = f"turnstile {day_of(at).isoformat()} {settings.SECRET_KEY}".encode()
    return hmac.digest(secret, f"{door} {told}".encode(), hashlib.sha256)[:16]


def wait_of(who: bytes, pace: Pace, *, at: datetime) -> timedelta | None:
    """Count one passage; return how long to wait when there have been too many."""
    step, instant = HOUR_S / pace.an_hour, at.timestamp()
    room = (pace.at_once - 1) * step
    try:
        due = COUNTS.due_when_full(who, (instant, step, room))
    except (sqlite3.Error, OSError):
        log.warning("the turnstile's file cannot be used; everybody passes")
        COUNTS.close()
        return None
    return None if due is None else timedelta(seconds=max(1.0, due - room - instant))


class Counts:
    """This process's way to the file of counts: one connection that its threads share."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.file: sqlite3.Connection | None = None
        self.opened: tuple[int, Path] | None = None
        self.passed = 0

    def due_when_full(self, who: bytes, numbers: tuple[float, float, float]) -> float | None:
        """Count a passage and return None; or, when there is no room, when the next is due."""
        with self.lock:
            file = self._open()
            if file.execute(PASSING, (who, *numbers)).fetchone():
                self.passed += 1
                if self.passed % SWEEP_EVERY == 0:
                    file.execute("DELETE FROM passage WHERE due < ?", numbers[:1])
                return None
            row = file.execute("SELECT due FROM passage WHERE who = ?", (who,)).fetchone()
            return float(row[0]) if row else None

    def close(self) -> None:
        """Close the connection; the next passage opens it anew."""
        file, self.file, self.opened = self.file, None, None
        if file is not None:
            file.close()

    def _open(self) -> sqlite3.Connection:
        wanted = (os.getpid(), Path(settings.TURNSTILE_FILE))
        if self.file is None or self.opened != wanted:
            self.close()
            wanted[1].parent.mkdir(parents=True, exist_ok=True)
            file = sqlite3.connect(
                wanted[1], timeout=WAIT_S, isolation_level=None, check_same_thread=False
            )
            self.file, self.opened = file, wanted
            _share(file)
            for words in ("PRAGMA synchronous=OFF", TABLE):
                file.execute(words)
        return self.file


def _share(file: sqlite3.Connection) -> None:
    """Let readers and a writer work side by side; SQLite does not wait for this as it does else."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            file.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:  # another process is doing the same
            if time.monotonic() > until:
                raise
            time.sleep(0.002)
        else:
            return


COUNTS = Counts()
atexit.register(COUNTS.close)
