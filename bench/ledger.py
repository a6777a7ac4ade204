"""The ledger: durable appends with group commit, the feed under 32 writers, verifying the files.

The peers are one plain insert and commit after another, in `sqlite3` with synchronous=FULL and,
where PostgreSQL is installed, over one connection to a server of our own that syncs every commit.
Each database is measured in a process of its own.
"""

import json
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qaita.console.benching import Line
from qaita.console.postgres import DURABLE, postgres_programs, private_postgres

ROOT = Path(__file__).resolve().parents[1]
AT = datetime(2026, 11, 16, 6, tzinfo=UTC)
THREADS, EACH = 256, 40
BULK, WRITERS, TOLD = 10_000, 32, 10
FACTS = {"from": "submitted", "to": "technically_checked", "cost_kzt": "1250000.00"}


def measure() -> list[Line]:
    """Measure on SQLite, and on PostgreSQL where it is installed."""
    lines = _lines("SQLite", _in_own_process(""))
    if postgres_programs() is not None:
        with private_postgres(DURABLE) as address:
            lines += _lines("PostgreSQL", _in_own_process(address))
    return lines


def _in_own_process(address: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="qaita-bench-") as folder:
        env = {**os.environ, "QAITA_DATA_DIR": folder, "DATABASE_URL": address}
        env["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), env.get("PYTHONPATH", "")])
        env["DJANGO_SETTINGS_MODULE"] = "qaita.config.settings"
        done = subprocess.run(
            [sys.executable, __file__], env=env, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SystemExit(done.stderr[-2_000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _lines(where: str, found: dict[str, float]) -> list[Line]:
    peer = f"plain {where}, one commit each"
    return [
        Line(
            f"{where}: durable appends, {THREADS} in flight, each waits for its own",
            found["grouped"],
            "1/s",
            peer,
            found["peer"],
            "≥ 5,000/s",
        ),
        Line(f"{where}: one writer, one by one", found["single"], "1/s", peer, found["peer"]),
        Line(f"{where}: 1,000 in one transaction", found["bulk"], "1/s", peer, found["peer"]),
        Line(f"{where}: {WRITERS} writing processes, one by one", found["processes"], "1/s"),
        Line(f"{where}: lost or doubled in their feed", found["wrong"], "entries", goal="0"),
        Line(f"{where}: publishing as tiles", found["published"], "leaves/s"),
        Line(f"{where}: verifying the files", found["verified"], "leaves/s"),
    ]


# ------------------------------------------------------------------ inside the own process


def _measure_here() -> dict[str, float]:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    settings.LEDGER_DIR = Path(settings.DATA_DIR) / "ledger"
    found = {"peer": _peer(settings), "single": _single(), "bulk": _bulk(), "grouped": _grouped()}
    found |= _feed_under_writers()
    return found | _published_and_verified()


def _tell(code: str) -> None:
    from qaita.kernel.actor import SYSTEM
    from qaita.ledger.services import record

    record("bench.move", code, by=SYSTEM, at=AT, facts=FACTS)


def _single() -> float:
    begun, count = time.perf_counter(), 150
    for number in range(count):
        _tell(f"S-{number}")
    return count / (time.perf_counter() - begun)


def _bulk() -> float:
    from qaita.ledger.leaves import make_entry
    from qaita.ledger.services import record_many

    begun = time.perf_counter()
    for start in range(0, BULK, 1_000):
        record_many(
            make_entry(kind="bench.move", code=f"B-{n}", actor="system", at=AT, facts=FACTS)
            for n in range(start, start + 1_000)
        )
    return BULK / (time.perf_counter() - begun)


def _grouped() -> float:
    """Many threads, each of which goes on only when its entry is on the disk."""
    from django.db import connection

    def write(name: int) -> None:
        for number in range(EACH):
            _tell(f"G{name}-{number}")
        connection.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in range(THREADS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return THREADS * EACH / (time.perf_counter() - begun)


def _write_in_process(name: int) -> None:
    for number in range(TOLD):
        _tell(f"P{name}-{number}")


def _feed_under_writers() -> dict[str, float]:
    """Let processes write while a reader follows the feed; count what it missed or had twice."""
    from django.db import connections

    from qaita.ledger.queries import entries_after, height
    from qaita.ledger.services import sequence_pending

    sequence_pending()
    first = height()
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=_write_in_process, args=(name,)) for name in range(WRITERS)]
    begun = time.perf_counter()
    seen: list[tuple[int | None, str]] = []
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        sequence_pending()
        seen += [(r.index, r.code) for r in entries_after(_last(seen, first), 1_000)]
    seconds = time.perf_counter() - begun
    sequence_pending()
    while rows := entries_after(_last(seen, first), 1_000):
        seen += [(row.index, row.code) for row in rows]
    told = {f"P{name}-{number}" for name in range(WRITERS) for number in range(TOLD)}
    codes = [code for _index, code in seen]
    in_order = [index for index, _code in seen] == list(range(first, first + len(seen)))
    wrong = len(told - set(codes)) + len(codes) - len(set(codes)) + (not in_order)
    return {"processes": len(told) / seconds, "wrong": float(wrong)}


def _last(seen: list[tuple[int | None, str]], first: int) -> int:
    return int(seen[-1][0] or 0) if seen else first - 1


def _published_and_verified() -> dict[str, float]:
    from qaita.ledger.queries import log_folder, verify_folder
    from qaita.ledger.services import publish_log

    begun = time.perf_counter()
    size = publish_log().size
    published = size / (time.perf_counter() - begun)
    begun = time.perf_counter()
    leaves = verify_folder(log_folder(), (log_folder() / "key").read_text()).leaves
    return {"published": published, "verified": leaves / (time.perf_counter() - begun)}


def _peer(settings: Any) -> float:
    """One commit per row of the same size, by the database's own driver."""
    leaf = "x" * 330
    base: Any
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        import psycopg

        base = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        base.execute("CREATE TABLE peer (id bigserial PRIMARY KEY, code text, leaf text)")
        insert = "INSERT INTO peer (code, leaf) VALUES (%s, %s)"
    else:
        base = sqlite3.connect(Path(settings.DATA_DIR) / "peer.sqlite3", isolation_level=None)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        base.execute("CREATE TABLE peer (id INTEGER PRIMARY KEY, code TEXT, leaf TEXT)")
        insert = "INSERT INTO peer (code, leaf) VALUES (?, ?)"
    begun, count = time.perf_counter(), 150
    for number in range(count):
        base.execute(insert, (f"C-{number}", leaf))
    rate = count / (time.perf_counter() - begun)
    base.close()
    return rate


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure_here()) + "\n")
