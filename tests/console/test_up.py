import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from qaita.console.place import ROOT
from qaita.console.postgres import free_port

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 120


def start(*words: str, **environment: str) -> subprocess.Popen[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "DJANGO_"))}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "qaita"), *words],
        env={**kept, "QAITA_VENV": os.environ.get("QAITA_VENV") or sys.prefix, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def children_of(pid: int) -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child, *children_of(child)}
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_up_serves_and_leaves_nothing_behind(tmp_path_factory, how: signal.Signals):
    folder = tmp_path_factory.getbasetemp() / "site"  # the second start finds all done
    port = free_port()
    running = start("up", "--empty", "--json", "--port", str(port), "--data-dir", str(folder))
    assert running.stdout is not None
    try:
        told = json.loads(running.stdout.readline())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{told['address']}/kk/", timeout=20) as answer:
            assert answer.status == 200
        children = children_of(running.pid)
        assert len(children) >= 2, "a server and a worker"
    finally:
        running.send_signal(how)
        _, said = running.communicate(timeout=PATIENCE_SECONDS)
    assert running.returncode == 0, said
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    with closing(socket.socket()) as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))


def refused(*words: str, **environment: str) -> str:
    running = start(*words, **environment)
    _, said = running.communicate(timeout=PATIENCE_SECONDS)
    assert running.returncode == 1
    assert "Traceback" not in said
    return said.strip().splitlines()[-1]


def test_a_taken_port_ends_in_one_sentence(tmp_path: Path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused("up", "--port", str(port), "--data-dir", str(tmp_path))
    assert said == (
        f"qaita: Port {port} on 127.0.0.1 is in use: stop what listens there,"
        f" or choose another with --port {port + 1}."
    )


def test_a_data_folder_that_is_a_file_ends_in_one_sentence(tmp_path: Path):
    file = tmp_path / "file"
    file.touch()
    assert "cannot be used" in refused("up", "--data-dir", str(file), "--port", str(free_port()))


def test_no_way_to_the_packages_ends_in_one_sentence(tmp_path: Path):
    said = refused(
        "up",
        *("--port", str(free_port()), "--data-dir", str(tmp_path / "data")),
        QAITA_VENV=str(tmp_path / "venv"),
        HTTPS_PROXY="http://127.0.0.1:9",
        HTTP_PROXY="http://127.0.0.1:9",
        PIP_RETRIES="0",
    )
    assert "broke off twice" in said
    assert not (tmp_path / "venv" / ".qaita-whole").exists()
    assert not (tmp_path / "venv" / ".steps" / "python").exists()


def test_a_verb_that_does_not_exist_is_answered_with_those_that_do():
    running = start("frobnicate")
    _, said = running.communicate(timeout=PATIENCE_SECONDS)
    assert running.returncode == 1
    assert "./qaita up" in said
