"""A real site with a small demonstration country, and Chromium to look at it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from qaita.console.place import ROOT
from qaita.console.postgres import free_port
from qaita.console.serving import answers
from qaita.console.testing import chromium
from tests.country import country_folder, surroundings

PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Site:
    """Where the site is, where its data lie, and who can sign in."""

    address: str
    data: Path
    sign_ins: dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def country_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the demonstration country of this run.

    QAITA_BROWSER_DATA=FOLDER takes one that was made already.
    """
    made_already = os.environ.get("QAITA_BROWSER_DATA")
    return Path(made_already) if made_already else country_folder(tmp_path_factory)


@contextmanager
def served(country: Path, data: Path) -> Iterator[Site]:
    """Serve a copy of the country, so that what is done to it stays here."""
    shutil.copytree(country, data, symlinks=True)
    people = json.loads((data / "demo" / "signins.json").read_text())
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "granian", "--interface=wsgi", "--host=127.0.0.1"]
    command += [f"--port={port}", "--workers=1", "--blocking-threads=4", "--log-level=error"]
    told = surroundings(data, QAITA_ALLOWED_HOSTS="127.0.0.1", QAITA_PUBLIC_ADDRESS=address)
    log = data / "server.log"
    with log.open("w") as said:
        running = subprocess.Popen(
            [*command, "qaita.config.wsgi:application"],
            env=told,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not answers(address):
            assert running.poll() is None and time.monotonic() < until, log.read_text()[-3000:]
            time.sleep(0.1)
        yield Site(address, data, {row["code"]: row for row in people})
    finally:
        running.terminate()
        running.wait(30)


@pytest.fixture(scope="session")
def site(country_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site to look at: nothing is changed there."""
    with served(country_made, tmp_path_factory.mktemp("site") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def workplace(country_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site to act in."""
    with served(country_made, tmp_path_factory.mktemp("workplace") / "data") as running:
        yield running


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
def window(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own for one test: no cookies, nothing stored."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Page:
    """A page of its own for one test."""
    return window.new_page()
