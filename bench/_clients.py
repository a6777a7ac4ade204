"""Fifty clients at once: each keeps its connection to the real server and files by Open311."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from qaita.console.place import ROOT, place_of
from qaita.console.serving import server_command

CLIENTS, EACH, FIRST = 50, 40, 4  # the first of each are not counted
PATIENCE_S = 60
COUNTED = {
    "PYTHONWARNINGS": "ignore",
    "QAITA_APPEALS_AN_HOUR": "100000000",
    "QAITA_APPEALS_AT_ONCE": "1000000",
}


@dataclass(frozen=True)
class Told:
    """What the clients saw."""

    rate: float
    p99_ms: float
    cpu_ms: float  # of the server's processes, for one appeal
    beside_ms: float  # of the clients and of a database server, for one appeal
    errors: int


def filed_by_many(environment: dict[str, str], words: dict[str, str]) -> Told:
    """Serve the prepared folder as `./qaita up` does and let all clients file at once."""
    address = environment["DATABASE_URL"]
    with _server({**environment, **COUNTED}) as (port, pid):
        body = urlencode(words)
        seen: list[tuple[float, int]] = []
        gate = threading.Barrier(CLIENTS + 1)

        def client() -> None:
            _file(port, body, FIRST)  # each process reads its code, each thread joins its database
            gate.wait()
            seen.extend(_file(port, body, EACH))

        threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        gate.wait()
        began, spent, beside = time.perf_counter(), _cpu_s(pid), _cpu_beside_s(address)
        for thread in threads:
            thread.join()
        taken, spent = time.perf_counter() - began, _cpu_s(pid) - spent
        beside = _cpu_beside_s(address) - beside
    good = sum(status == http.client.CREATED for _took, status in seen)
    slow = sorted(took for took, _status in seen)[int(len(seen) * 0.99)]
    all_of = CLIENTS * EACH
    each = 1000 / max(1, good)
    return Told(good / taken, slow * 1000, spent * each, beside * each, all_of - good)


def _cpu_s(root: int) -> float:
    """Return the CPU seconds of a process and of all that it began, as Linux counts them."""
    parents, ticks = {}, {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        pid = int(place.parent.name)
        parents[pid], ticks[pid] = int(fields[1]), int(fields[11]) + int(fields[12])
    family, found = {root}, 0
    while len(family) != found:
        found = len(family)
        family |= {pid for pid, parent in parents.items() if parent in family}
    return sum(ticks.get(pid, 0) for pid in family) / os.sysconf("SC_CLK_TCK")


def _cpu_beside_s(address: str) -> float:
    """Return the CPU seconds of this process, and of PostgreSQL's where that keeps the appeals."""
    own = time.process_time()
    if not address:
        return own
    with psycopg.connect(address) as connection:
        told = Path(f"/proc/{connection.info.backend_pid}/stat").read_text()
        return own + _cpu_s(int(told.rpartition(")")[2].split()[1]))


def _file(port: int, body: str, count: int) -> list[tuple[float, int]]:
    """File so many appeals over one connection; return how long each took, and its status."""
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    seen = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as server:
        for _ in range(count):
            began = time.perf_counter()
            try:
                server.request("POST", "/open311/v2/requests.json", body, head)
                answer = server.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                server.close()
                status = 0
            seen.append((time.perf_counter() - began, status))
    return seen


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = replace(place_of(), venv=Path(sys.prefix))
    words = server_command(here, "127.0.0.1", port)
    process = subprocess.Popen(words, env={**os.environ, **environment}, cwd=ROOT)
    try:
        _await(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as server:
                server.request("GET", "/health")
                if server.getresponse().status == http.client.OK:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("the server did not answer")
