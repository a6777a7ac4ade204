"""Filing appeals: each its own transaction with place, clock and ledger entry, beside sqlite3.

The peer is a plain `sqlite3` insert of the same rows into two tables, one transaction each, with
the same durability: what a database alone costs.
"""

import os
import sqlite3
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from qaita.console.benching import Line

ROOT = Path(__file__).resolve().parents[1]
COUNT = 1_000
WORDS = "There has been no water in the whole house since six in the morning"
AT = datetime(2026, 11, 16, 6, tzinfo=UTC)


def measure() -> list[Line]:
    """File appeals for some seconds; return the rate of one writer and that of the peer."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))  # the tests' builders lay the network
    django.setup()
    with tempfile.TemporaryDirectory(prefix="qaita-bench-") as folder:
        _use_own_database(Path(folder))
        rate, bulk = _ours()
        peer = _peer(Path(folder) / "peer.sqlite3")
        connections.close_all()
    goal = "≥ 250 a second"
    return [
        Line("appeals filed, one by one", rate, "1/s", "sqlite3 insert", peer, goal),
        Line("appeals filed, 500 at a time", bulk, "1/s", "sqlite3 insert", peer),
    ]


def _use_own_database(folder: Path) -> None:
    os.environ.setdefault("QAITA_DATA_DIR", str(folder))
    settings.LEDGER_DIR = folder / "ledger"
    for database in connections.all():
        database.close()
        database.settings_dict["NAME"] = str(folder / "bench.sqlite3")
    call_command("migrate", verbosity=0, interactive=False)


def _ours() -> tuple[float, float]:
    from qaita.appeals.services import file_appeal, file_appeals
    from qaita.kernel.actor import PUBLIC
    from tests.appeals.make import new_appeal
    from tests.turmys.make import make_fed_network

    network = make_fed_network(60)
    new = new_appeal(network, statement=WORDS)
    file_appeal(new, by=PUBLIC, at=AT)
    begun = time.perf_counter()
    for _ in range(COUNT):
        file_appeal(new, by=PUBLIC, at=AT)
    single = COUNT / (time.perf_counter() - begun)
    begun = time.perf_counter()
    for _ in range(COUNT // 500):
        file_appeals([new] * 500, by=PUBLIC, at=AT)
    return single, COUNT / (time.perf_counter() - begun)


def _peer(path: Path) -> float:
    base = sqlite3.connect(path, isolation_level=None)
    base.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE appeal (id INTEGER PRIMARY KEY, code TEXT UNIQUE, state TEXT, service TEXT,"
        " category TEXT, received TEXT, due TEXT, section INTEGER);"
        "CREATE TABLE contact (appeal INTEGER REFERENCES appeal, name TEXT, phone TEXT,"
        " words TEXT);"
    )
    begun = time.perf_counter()
    for number in range(COUNT):
        base.execute("BEGIN IMMEDIATE")
        row = (f"AL-{number}", "received", "water", "no_supply", "2026-11-16", "2026-12-07", 1)
        made = base.execute(
            "INSERT INTO appeal (code, state, service, category, received, due, section)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        contact = (made.lastrowid, "A person", "+77010000000", WORDS)
        base.execute("INSERT INTO contact VALUES (?, ?, ?, ?)", contact)
        base.execute("COMMIT")
    rate = COUNT / (time.perf_counter() - begun)
    base.close()
    return rate
