"""Failure models on generated utilities, beside the plain rules, and the CPU of a large back-test.

The peer of a share is, in each world, whichever plain rule did best there: age, the material's
rate, past failures per km, past failures then material. No rule wins everywhere, so this peer is
stronger than any of them. Worlds are invented (tests/engine/worlds.py); real mains are not here.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from qaita.console.benching import Line
from qaita.console.place import ROOT

# None of them was looked at while the models were made; worlds 2000–2039 were, when the width of
# intervals and the margin of the choice were set.
WORLDS = range(1000, 1060)
PARTS = 4  # processes side by side
SECTIONS = 15_000
CHILD = r"""
import json, sys
import numpy as np
from qaita.engine.wear.backtest import USUAL, forecasts, leaderboard, yearly_totals
from qaita.engine.wear.histories import failures_between, known_by
from tests.engine.worlds import histories_of, random_world

rows = []
for seed in range(int(sys.argv[1]), int(sys.argv[2])):
    histories = histories_of(random_world(seed), seed)
    past = known_by(histories, 2021.0)
    came = failures_between(histories, 2021.0, 2024.0)
    made = forecasts(past, 3.0, seed=1)
    board = leaderboard(made, past, came, yearly_totals(histories, 2021.0))
    ours = next(entry.judgement for entry in board if entry.name == USUAL)
    rules = [entry.judgement for entry in board if not entry.is_model]
    rows.append([
        ours.caught[3], max(rule.caught[3] for rule in rules),
        ours.area, max(rule.area for rule in rules),
        ours.expected.sum() / max(ours.observed.sum(), 1), ours.coverage, came.sum(),
    ])
print(json.dumps(np.array(rows).tolist()))
"""


def measure() -> list[Line]:
    """Judge the blend on worlds nobody tuned on, and time one large back-test."""
    with ThreadPoolExecutor(PARTS) as pool:
        parts = list(pool.map(_judged, range(PARTS)))
    caught, best_caught, area, best_area, ratio, coverage, _ = np.concatenate(parts).T
    rule, count = "the best plain rule of each world", f"{len(caught)} worlds"
    return [
        Line(
            f"failures caught on 10 % of length, mean of {count}",
            float(caught.mean() * 100), "%", rule, float(best_caught.mean() * 100), "≥ the peer",
        ),
        Line(
            f"area under the curve, mean of {count}",
            float(area.mean()), "", rule, float(best_area.mean()), "> the peer",
        ),
        Line("worlds with at least the best rule's catch", _won(caught >= best_caught), "%"),
        Line("worlds with a larger area than any rule", _won(area > best_area), "%"),
        Line("expected / observed failures, median", float(np.median(ratio)), "", goal="0.8–1.25"),
        Line("years within the 95 % interval", float(np.nanmean(coverage) * 100), "%"),
        Line(
            f"`wear backtest` of {SECTIONS:,} sections, CPU of one run",
            _command_cpu_s(), "s", goal="< 40 s", more_is_better=False,
        ),
    ]  # fmt: skip


def _judged(part: int) -> np.ndarray:
    """Return a row for each world of a part, from a process of its own."""
    cuts = np.linspace(WORLDS.start, WORLDS.stop, PARTS + 1).astype(int).tolist()
    told = subprocess.run(
        [sys.executable, "-c", CHILD, str(cuts[part]), str(cuts[part + 1])],
        cwd=ROOT,
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return np.array(json.loads(told.stdout))


def _won(wins: np.ndarray) -> float:
    return float(np.mean(wins) * 100)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}


def _command_cpu_s() -> float:
    """Return the CPU seconds of the command on files of a large generated utility."""
    with tempfile.TemporaryDirectory(prefix="qaita-bench-") as folder:
        sections, failures = _files(Path(folder))
        out = Path(folder) / "out.csv"
        words = ["wear", "backtest", sections, failures, "--predict-after", "2020"]
        before = os.times()
        subprocess.run(
            [sys.executable, "-m", "qaita.console", *words, "--predictions", out],
            cwd=ROOT,
            env={**_environment(), "QAITA_DATA_DIR": folder},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        after = os.times()
    return after.children_user + after.children_system - _children(before)


def _children(times: os.times_result) -> float:
    return times.children_user + times.children_system


def _files(folder: Path) -> tuple[Path, Path]:
    sys.path.insert(0, str(ROOT))
    from tests.engine.worlds import World, histories_of

    world = World(sections=SECTIONS, failures=6_000, years=20, materials=8)
    told = histories_of(world, 1)
    sections, failures = folder / "sections.csv", folder / "failures.csv"
    with sections.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["section_id", "laid_on", "material", "diameter_mm", "length_m"])
        columns = (told.laid_year, told.cohort, told.diameter_mm, told.length_km * 1000)
        for i, (laid, kind, wide, long) in enumerate(zip(*columns, strict=True)):
            year = "" if np.isnan(laid) else int(laid)
            rows.writerow([f"P{i}", year, f"m{kind}", wide, round(long, 1)])
    with failures.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["section_id", "failed_on"])
        for row, year in zip(told.event_section, told.event_year, strict=True):
            rows.writerow([f"P{row}", f"{int(year)}-{1 + int(year % 1 * 12):02d}-15"])
    return sections, failures
