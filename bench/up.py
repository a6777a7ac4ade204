"""Cold and warm `./qaita up` with the small demonstration country, from a fresh copy, no caches."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from qaita.console.benching import Line
from qaita.console.place import ROOT
from qaita.console.postgres import free_port


def _fresh_copy(folder: Path) -> Path:
    """Copy the project without anything that was made from it."""
    made = shutil.ignore_patterns(
        ".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache", "*.pyc"
    )
    return Path(shutil.copytree(ROOT, folder / "qaita", ignore=made))


def _seconds_to_serving(project: Path, environment: dict[str, str], port: int) -> float:
    """Start the site, wait for its line, stop it; return the seconds until it answered."""
    began = time.monotonic()
    command = [sys.executable, "qaita", "up", "--json", "--port", str(port)]
    running = subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.PIPE)
    try:
        told = json.loads((running.stdout or sys.stdin).readline())
        took = time.monotonic() - began
        print(f"  {told['address']} after {took:.1f} s", file=sys.stderr)
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)
    return took


def _seconds_of_pip(project: Path, folder: Path, environment: dict[str, str]) -> float:
    """Install the same packages as one would without us: venv and pip."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    locks = ["-r", "requirements.lock", "-r", "requirements-data.lock"]
    words = ["install", "-q", "--no-cache-dir", "--no-deps", "--require-hashes", *locks]
    subprocess.run([folder / "bin/pip", *words], cwd=project, env=environment, check=True)
    return time.monotonic() - began


def measure() -> list[Line]:
    """Measure the first and the second start."""
    with tempfile.TemporaryDirectory(prefix="qaita-bench-") as name:
        folder = Path(name)
        project = _fresh_copy(folder)
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("QAITA_", "DJANGO_"))},
            "UV_NO_CACHE": "1",
            "npm_config_cache": str(folder / "npm"),
        }
        environment.pop("PYTHONPATH", None)
        environment.pop("DATABASE_URL", None)
        port = free_port()  # one for all: another address is another site
        cold = _seconds_to_serving(project, environment, port)
        warm = min(_seconds_to_serving(project, environment, port) for _ in range(3))
        pip = _seconds_of_pip(project, folder / "peer", environment)
    less = {"unit": "s", "more_is_better": False}
    return [
        Line("cold up: set up, country loaded, served", cold, goal="< 120 s", **less),
        Line("warm up: served", warm, goal="< 2 s", **less),
        Line(
            "whole cold up against the packages alone",
            cold,
            peer="venv and pip",
            peer_figure=pip,
            **less,
        ),
    ]
