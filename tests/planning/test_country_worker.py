"""A worker that is killed in earnest while it plans: another one makes the run."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
ASK = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.planning.make_country import make_land, make_limits_of_land
from qaita.kernel.clock import now
from qaita.planning.jobs import queue_country_run
from qaita.planning.services import make_country_scenario
land = make_land()
limits = make_limits_of_land(120)
scenario = make_country_scenario(limits, title="S", by=land.office, at=now())
print(queue_country_run(scenario, by=land.office, at=now()).subject)
"""
REVIVE = """
import django; django.setup()
from datetime import timedelta
from qaita.kernel.clock import now
from qaita.planning.jobs import revive_country_runs_due
print(revive_country_runs_due(at=now() + timedelta(minutes=31)))
"""


def state_in(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "qaita.sqlite3", timeout=30)) as database:
        return str(database.execute("SELECT state FROM planning_countryrun").fetchone()[0])


def python(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], env=place(folder), cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def place(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "QAITA_TEST_PG")}
    named = {"DJANGO_SETTINGS_MODULE": "qaita.config.settings", "QAITA_DATA_DIR": str(folder)}
    return {**kept, **named, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}


def test_a_worker_killed_at_work_leaves_a_run_that_another_makes(tmp_path):
    code = python(tmp_path, "-c", ASK)
    worker = subprocess.Popen(
        [sys.executable, "-m", "django", "db_worker", "--interval", "0.1", "--worker-id", "work-1"],
        env=place(tmp_path), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _turn in range(2400):
            if state_in(tmp_path) != "queued":
                break
            time.sleep(0.05)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert state_in(tmp_path) == "running"
    assert not (tmp_path / "plans" / code / "run.json").exists()
    assert python(tmp_path, "-c", REVIVE) == "1"
    python(tmp_path, "-m", "django", "work", "--once")
    assert state_in(tmp_path) == "made"
    assert [path.name for path in (tmp_path / "plans").iterdir()] == [code]
