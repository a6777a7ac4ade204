"""Publishing the tiny demonstration in CPU time, and serving a published page.

The peer of publishing is compressing alone (gzip and brotli of the same pages); the peer of serving
is nginx, where installed, which serves the same gzipped bytes from the same folder.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qaita.console.benching import Line
from qaita.console.place import ROOT, place_of
from qaita.console.postgres import free_port
from qaita.console.serving import server_command

WARMING, PAGES_ASKED = 2_048, 20_480
CONNECTIONS, ON_THE_WAY = 32, 1

CHILD = r"""
import gzip, json, sys, time
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("tables")
call_command("demo", size="tiny")
import brotli
from qaita.console.publishing import bring_up, republish
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from qaita.ledger.services import record
from qaita.programme.models import Project

def cpu(action, times=1):
    began = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - began) / times

at = now()
first = cpu(lambda: bring_up(at))
pages = [p.read_bytes() for p in settings.SITE_DIR.joinpath("current").rglob("index.html")]
whole = cpu(lambda: bring_up(at, full=True))
alone = cpu(lambda: [(gzip.compress(p, 6), brotli.compress(p, quality=5)) for p in pages])
code = Project.objects.exclude(state="draft").first().code
record("project.extend", code, by=SYSTEM, at=at, facts={"days": 1})
began = time.perf_counter()
republish(at)
event = time.perf_counter() - began
print(json.dumps([len(pages), first, whole, alone, event]))
"""


def measure() -> list[Line]:
    """Return CPU per page, seconds from an event to its pages, and how fast pages are served."""
    with tempfile.TemporaryDirectory(prefix="qaita-bench-") as folder:
        _take_browser_files(Path(folder))
        more = {"QAITA_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "qaita.config.settings"}
        environment = {**os.environ, **more}
        environment["PYTHONPATH"] = str(ROOT / "src")
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", CHILD],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        served = serving(Path(folder), environment)
    pages, first, whole, alone, event = json.loads(done.stdout.splitlines()[-1])
    peer = "gzip and brotli alone"
    least: dict[str, Any] = {"more_is_better": False}
    compressing = alone / pages * 1000
    return [
        Line(
            "publish a page", whole / pages * 1000, "CPU ms", peer, compressing, "≤ 20 ms", **least
        ),
        Line(f"publish {pages} pages the first time", first, "CPU s", goal="≤ 10 s", **least),
        Line("from an event to its pages", event, "s", goal="≤ 5 s", **least),
        *served,
    ]


def _take_browser_files(folder: Path) -> None:
    """Use the words and browser files that `./qaita up` has made."""
    made = place_of().data
    if not (made / "static").is_dir():
        raise SystemExit("The pages need their browser files: ./qaita up --prepare-only --empty.")
    for name in ("locale", "static-src", "static"):
        if (made / name).is_dir():
            (folder / name).symlink_to(made / name)


# ------------------------------------------------------------------ serving the same bytes


@dataclass(frozen=True)
class Pace:
    """What a server did: pages a second, and CPU of all its processes for each."""

    rate: float
    cpu_us: float


def serving(folder: Path, environment: dict[str, str]) -> list[Line]:
    """Ask the embedded server and nginx for one published page, again and again."""
    port = free_port()
    place = place_of(str(folder))
    here = replace(place, venv=Path(sys.prefix))
    ours = _pace(server_command(here, "127.0.0.1", port), port, environment)
    nginx = shutil.which("nginx")
    theirs = _pace_of_nginx(nginx, folder) if nginx else None
    peer = "nginx, the same bytes" if theirs else ""
    rate, cpu = (theirs.rate, theirs.cpu_us) if theirs else (None, None)
    goal, what = "≥ 0.4 of nginx", "serve a page"
    return [
        Line(what, ours.rate, "1/s", peer, rate, goal),
        Line(what, ours.cpu_us, "CPU µs", peer, cpu, more_is_better=False),
    ]


def _pace_of_nginx(nginx: str, folder: Path) -> Pace:
    port = free_port()
    settings = folder / "nginx.conf"
    (folder / "tmp").mkdir()
    spare = " ".join(
        f"{name}_temp_path {folder}/tmp;"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.geteuid() == 0 else ""
    settings.write_text(
        f"{user}daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log stderr crit;"
        f" events {{ worker_connections 512; }} http {{ access_log off; {spare}"
        " types { text/html html; } keepalive_requests 1000000; gzip_static on;"
        f" server {{ listen 127.0.0.1:{port}; root {folder}/site/current; index index.html; }} }}"
    )
    return _pace([nginx, "-c", str(settings), "-p", str(folder)], port, dict(os.environ))


def _pace(command: list[str], port: int, environment: dict[str, str]) -> Pace:
    server = subprocess.Popen(
        command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _ask(port, WARMING)
        _rest(server.pid)
        busy, began = _cpu_seconds(server.pid), time.perf_counter()
        _ask(port, PAGES_ASKED)
        took = time.perf_counter() - began
        busy = _cpu_seconds(server.pid) - busy
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
    return Pace(PAGES_ASKED / took, busy / PAGES_ASKED * 1e6)


def _rest(group: int) -> None:
    """Wait until the server has read everything it reads after its start."""
    for _ in range(60):
        before = _cpu_seconds(group)
        time.sleep(1)
        if _cpu_seconds(group) - before < 0.05:
            return


def _ask(port: int, times: int) -> None:
    """Ask for the front page so often, many questions on the way on each of some connections."""
    question = b"GET /kk/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"
    lines = [_connected(port) for _ in range(CONNECTIONS)]
    try:
        size = _size_of_answer(lines[0], question)
        rounds = max(1, times // (CONNECTIONS * ON_THE_WAY))
        for _ in range(rounds):
            for line in lines:
                line.sendall(question * ON_THE_WAY)
            for line in lines:
                left = size * ON_THE_WAY
                while left:
                    part = line.recv(min(left, 1 << 20))
                    if not part:
                        raise ConnectionError("the server hung up")
                    left -= len(part)
    finally:
        for line in lines:
            line.close()


def _size_of_answer(line: socket.socket, question: bytes) -> int:
    """Return how many bytes one answer has, head and body."""
    line.sendall(question)
    got = b""
    while b"\r\n\r\n" not in got:
        got += line.recv(1 << 16)
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    left = length - len(body)
    while left:
        left -= len(line.recv(left))
    if not head.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(head.decode())
    return len(head) + 4 + length


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _cpu_seconds(group: int) -> float:
    """Return what all processes of a group have used."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")
