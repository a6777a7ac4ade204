"""Filing appeals: each its own transaction with place, clock and ledger entry, beside sqlite3.

Then fifty clients file at once by Open311 through the server that `./qaita up` starts, the clients
being threads of this process on the same machine; the turnstile at the door counts each of them.
The first few of each client read the code and open connections, and are not measured.

The peer is a plain insert of the same rows into two tables, one transaction each, one after the
other and with the same durability, by `sqlite3` and by psycopg: what a database alone costs.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from bench._clients import CLIENTS, Told, filed_by_many
from qaita.console.benching import Line
from qaita.console.place import ROOT
from qaita.console.postgres import DURABLE, postgres_programs, private_postgres

COUNT = 1_000
WORDS = "There has been no water in the whole house since six in the morning"
CHILD = r"""
import json, sys, time
from datetime import UTC, datetime
import django
django.setup()
from django.core.management import call_command
call_command("tables")
from qaita.appeals.services import file_appeal, file_appeals
from qaita.kernel.actor import PUBLIC
from tests.appeals.make import new_appeal
from tests.turmys.make import make_fed_network

count, words = int(sys.argv[1]), sys.argv[2]
at = datetime(2026, 11, 16, 6, tzinfo=UTC)
new = new_appeal(make_fed_network(60), statement=words)
file_appeal(new, by=PUBLIC, at=at)
began = time.perf_counter()
for _ in range(count):
    file_appeal(new, by=PUBLIC, at=at)
single = count / (time.perf_counter() - began)
began = time.perf_counter()
for _ in range(count // 500):
    file_appeals([new] * 500, by=PUBLIC, at=at)
bulk = count / (time.perf_counter() - began)
filed = {
    "service_code": f"{new.service}.{new.category}", "lat": new.lat_deg, "long": new.lon_deg,
    "address_string": "Павлодар", "description": words, "phone": new.phone,
}
print(json.dumps([single, bulk, filed]))
"""


def measure() -> list[Line]:
    """File appeals one after the other; return the rates of one client and that of the peer."""
    with tempfile.TemporaryDirectory(prefix="qaita-bench-") as folder:
        rate, bulk, many = _rates(Path(folder) / "sqlite", "")
        peer = _peer(Path(folder) / "peer.sqlite3")
        lines = [
            Line("appeals filed, SQLite", rate, "1/s", "sqlite3 insert", peer),
            Line("appeals filed 500 at a time, SQLite", bulk, "1/s", "sqlite3 insert", peer),
            *_lines_of(many, "SQLite", "≥ 250 a second", ("sqlite3 insert", peer)),
        ]
        if postgres_programs():
            with private_postgres(DURABLE) as address:
                rate, bulk, many = _rates(Path(folder) / "postgresql", address)
                peer = _peer_of_postgres(address)
            lines += [
                Line("appeals filed, PostgreSQL", rate, "1/s", "psycopg insert", peer),
                Line(
                    "appeals filed 500 at a time, PostgreSQL", bulk, "1/s", "psycopg insert", peer
                ),
                *_lines_of(many, "PostgreSQL", "≥ 450 a second", ("psycopg insert", peer)),
            ]
    return lines


def _lines_of(told: Told, base: str, goal: str, peer: tuple[str, float]) -> list[Line]:
    what = f"{CLIENTS} clients at once through the server, {base}"
    beside = "clients" if base == "SQLite" else "clients and the database"
    return [
        Line(what, told.rate, "1/s", *peer, goal),
        Line(f"{what}: p99", told.p99_ms, "ms", goal="< 1,000 ms", more_is_better=False),
        Line(f"{what}: CPU of one", told.cpu_ms, "ms", more_is_better=False),
        Line(f"{what}: CPU of {beside}", told.beside_ms, "ms", more_is_better=False),
        Line(f"{what}: errors", told.errors, "", goal="0", more_is_better=False),
    ]


def _rates(folder: Path, address: str) -> tuple[float, float, Told]:
    """File appeals in a process of its own, then by many, on an empty database of its own."""
    own = {"QAITA_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "qaita.config.settings"}
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])  # the tests' builders lay the network
    environment = {**os.environ, **own, "DATABASE_URL": address, "PYTHONPATH": path}
    words = [sys.executable, "-W", "ignore", "-c", CHILD, str(COUNT), WORDS]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    single, bulk, filed = json.loads(done.stdout.splitlines()[-1])
    return single, bulk, filed_by_many(environment, filed)


TABLES = (
    "CREATE TABLE {}appeal (id {} PRIMARY KEY, code TEXT UNIQUE, state TEXT, service TEXT,"
    " category TEXT, received TEXT, due TEXT, section INTEGER);"
    "CREATE TABLE {}contact (appeal INTEGER REFERENCES {}appeal, name TEXT, phone TEXT, words TEXT)"
)
APPEAL = (
    "INSERT INTO {}appeal (code, state, service, category, received, due, section)"
    " VALUES ({}) RETURNING id"
)


def _row(number: int) -> tuple[str | int, ...]:
    return f"AL-{number}", "received", "water", "no_supply", "2026-11-16", "2026-12-07", 1


def _contact(key: int) -> tuple[int, str, str, str]:
    return key, "A person", "+77010000000", WORDS


def _peer(path: Path) -> float:
    base = sqlite3.connect(path, isolation_level=None)
    base.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    base.executescript(TABLES.format("", "INTEGER", "", ""))
    appeal = APPEAL.format("", ", ".join("?" * 7))
    begun = time.perf_counter()
    for number in range(COUNT):
        base.execute("BEGIN IMMEDIATE")
        (key,) = base.execute(appeal, _row(number)).fetchone()
        base.execute("INSERT INTO contact VALUES (?, ?, ?, ?)", _contact(key))
        base.execute("COMMIT")
    rate = COUNT / (time.perf_counter() - begun)
    base.close()
    return rate


def _peer_of_postgres(address: str) -> float:
    with psycopg.connect(address) as base:
        base.execute("CREATE SCHEMA peer")
        base.execute(TABLES.format("peer.", "SERIAL", "peer.", "peer."))
        base.commit()
        appeal = APPEAL.format("peer.", ", ".join(["%s"] * 7))
        begun = time.perf_counter()
        for number in range(COUNT):
            made = base.execute(appeal, _row(number)).fetchone()
            key = made[0] if made else 0
            base.execute("INSERT INTO peer.contact VALUES (%s, %s, %s, %s)", _contact(key))
            base.commit()
        return COUNT / (time.perf_counter() - begun)
