"""A real site with the demonstration country, and Chromium to look at it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from qaita.console.place import ROOT
from qaita.console.postgres import free_port
from qaita.console.steps import digest, files_under
from qaita.console.testing import chromium

KEPT = ROOT / "var" / "test"
PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Site:
    """Where the site is and who can sign in."""

    address: str
    sign_ins: list[dict[str, str]] = field(default_factory=list)


def country_folder() -> Path:
    """Return the folder of a country that fits the present tables; drop those that do not."""
    tables = files_under(*(ROOT / "src" / "qaita").glob("*/migrations"), endings=(".py",))
    ours = KEPT / f"country-{digest(files=tables, base=ROOT)[:12]}"
    for other in KEPT.glob("country-*"):
        if other != ours:
            shutil.rmtree(other, ignore_errors=True)
    return ours


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Serve the demonstration country as everybody does: by ./qaita up.

    QAITA_BROWSER_SITE=http://127.0.0.1:8000 looks at a site that runs already.
    """
    if running_already := os.environ.get("QAITA_BROWSER_SITE"):
        yield Site(running_already.rstrip("/"))
        return
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "DJANGO_"))
    }
    environment["QAITA_VENV"] = environment.get("QAITA_VENV") or sys.prefix
    command = [sys.executable, str(ROOT / "qaita"), "up", "--json"]
    command += ["--port", str(free_port()), "--data-dir", str(country_folder())]
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    line = running.stdout.readline()
    try:
        assert line, "the site did not start; its reasons are above"
        told = json.loads(line)
        yield Site(told["address"], told["sign_ins"])
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)
        running.stdout.close()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Drive the system's Chromium; nothing is downloaded."""
    found = chromium()
    if not found:
        pytest.skip("there is no Chromium here (on Debian: apt-get install chromium)")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    drawn = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    return {"executable_path": found, "args": [*flags, *quiet, *drawn]}


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the accessibility checker's script."""
    path = Path(sys.prefix) / "front" / "node_modules" / "axe-core" / "axe.min.js"
    return path.read_text(encoding="utf-8")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of its own for one test."""
    context = browser.new_context()
    yield context.new_page()
    context.close()
