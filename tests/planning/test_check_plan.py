"""Anybody's check of a published plan: true files pass, and one changed figure is named."""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from qaita.console import check_plan
from qaita.planning.queries import folder_of
from tests.planning.make import YEARS
from tests.planning.make_country import make_country_run, make_land, make_limits_of_land

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path) -> Path:
    run = make_country_run(make_land(), make_limits_of_land(120))
    assert run.state == "made"
    copy = tmp_path / "plan"
    shutil.copytree(folder_of(run), copy)
    return copy


def sign_again(folder: Path) -> None:
    """Write the digests of the changed files, as one who wants to deceive would."""
    facts = json.loads((folder / "run.json").read_text())
    for name in facts["sha256"]:
        facts["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "run.json").write_text(json.dumps(facts))


def change_csv(folder: Path, name: str, row: int, column: str, value: str) -> None:
    with (folder / name).open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row][column] = value
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def change_cell(folder: Path, name: str, row: int, column: str, value: float) -> None:
    table = pq.read_table(folder / name)
    kept = table[column].to_numpy().copy()
    kept[row] = value
    place = table.column_names.index(column)
    pq.write_table(table.set_column(place, column, pa.array(kept)), folder / name)


def busiest_limit(folder: Path) -> int:
    with (folder / "limits.csv").open(newline="") as file:
        return int(np.argmax([float(row["price"]) for row in csv.DictReader(file)]))


def test_the_files_of_a_run_fit(folder, capsys):
    assert check_plan.check(folder) == []
    call_command("plan", "check", str(folder))
    assert "fits" in capsys.readouterr().out


def test_one_flipped_digit_in_any_file_is_found_and_the_file_is_named(folder):
    for path in sorted(folder.iterdir()):
        text = path.read_bytes()
        at = len(text) // 2
        path.write_bytes(text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :])
        assert (
            any(path.name in fault for fault in check_plan.check(folder)) or path.suffix == ".json"
        )
        assert check_plan.check(folder)
        path.write_bytes(text)
    assert check_plan.check(folder) == []


@pytest.mark.parametrize("column", ["price", "used", "amount"])
def test_a_changed_limit_is_named_even_with_new_digests(folder, column):
    row = busiest_limit(folder)
    with (folder / "limits.csv").open(newline="") as file:
        old = float(list(csv.DictReader(file))[row][column])
    change_csv(folder, "limits.csv", row, column, repr(old * 0.9 + 0.01))
    sign_again(folder)
    faults = check_plan.check(folder)
    wanted = f"limits.csv, row {row} " if column != "price" else "run.json, bound_mkzt"
    assert any(fault.startswith(wanted) for fault in faults), faults


def test_a_negative_price_is_named(folder):
    row = busiest_limit(folder)
    change_csv(folder, "limits.csv", row, "price", "-0.5")
    sign_again(folder)
    assert f"limits.csv, row {row}: price -0.5" in check_plan.check(folder)


def test_a_changed_package_a_changed_choice_and_a_changed_regret_are_named(folder):
    plan = pq.read_table(folder / "plan-0.parquet")
    row = int(np.flatnonzero(plan["option"].to_numpy() > 0)[0])
    code = plan["code"][row].as_py()
    for name, column, value in (
        ("packages-0.parquet", "benefit_0_0", 9_999.0),
        ("plan-0.parquet", "option", 0),
        ("plan-0.parquet", "regret_mkzt", 123.0),
    ):
        kept = (folder / name).read_bytes()
        change_cell(folder, name, row, column, value)
        sign_again(folder)
        faults = check_plan.check(folder)
        assert any(f"plan-0.parquet, {code}" in fault for fault in faults), (name, faults)
        (folder / name).write_bytes(kept)
        sign_again(folder)


@pytest.mark.parametrize("figure", ["value_mkzt", "bound_mkzt", "gap_share"])
def test_a_figure_of_the_run_that_is_not_so_is_named(folder, figure):
    facts = json.loads((folder / "run.json").read_text())
    facts[figure] = facts[figure] * 1.01 + 0.001
    (folder / "run.json").write_text(json.dumps(facts))
    assert any(figure in fault for fault in check_plan.check(folder))


def test_what_cannot_be_read_is_said_and_nothing_of_qaita_is_needed(folder):
    done = subprocess.run(
        [sys.executable, "-I", check_plan.__file__, str(folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "qaita" not in Path(check_plan.__file__).read_text().replace("of Qaita", "")
    (folder / "weights.csv").unlink()
    assert any("cannot be read" in fault for fault in check_plan.check(folder))
    with pytest.raises(CommandError):
        call_command("plan", "check", str(folder))


@pytest.fixture
def impossible(tmp_path) -> Path:
    limits = make_limits_of_land(120, floors_km={"water": {YEARS[0]: 50.0}})
    run = make_country_run(make_land(), limits)
    assert run.state == "infeasible"
    copy = tmp_path / "impossible"
    shutil.copytree(folder_of(run), copy)
    return copy


def test_that_no_plan_exists_is_checked_by_the_prices_of_the_proof(impossible):
    assert check_plan.check(impossible) == []
    assert json.loads((impossible / "run.json").read_text())["proof_mkzt"] < 0


@pytest.mark.parametrize("change", ["price", "figure", "worthless"])
def test_a_proof_that_was_changed_is_named(impossible, change):
    path = impossible / "run.json"
    if change == "figure":
        facts = json.loads(path.read_text())
        path.write_text(json.dumps(facts | {"proof_mkzt": facts["proof_mkzt"] * 2}))
    else:
        with (impossible / "limits.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        row = int(np.argmax([float(one["proof_price"]) for one in rows]))
        worth = float(rows[row]["proof_price"]) * 1.1 if change == "price" else 0.0
        change_csv(impossible, "limits.csv", row, "proof_price", repr(worth))
        sign_again(impossible)
    faults = check_plan.check(impossible)
    assert any("proof_mkzt" in fault for fault in faults), faults
    assert change != "worthless" or any("proves nothing" in fault for fault in faults)


def test_a_solver_s_bound_is_told_beside_that_of_the_prices_and_its_gap_is_checked(tmp_path):
    land = make_land()
    run = make_country_run(land, make_limits_of_land(120), search=True)
    assert run.solver_bound_kzt is not None and run.value_kzt <= run.solver_bound_kzt
    assert run.best_gap_share == min(run.gap_share, run.solver_gap_share)
    copy = tmp_path / "searched"
    shutil.copytree(folder_of(run), copy)
    assert check_plan.check(copy) == []
    path = copy / "run.json"
    facts = json.loads(path.read_text())
    for name in ("solver_gap_share", "solver_bound_mkzt"):
        path.write_text(json.dumps(facts | {name: facts[name] * 0.5 - 0.001}))
        assert any(name.rpartition("_")[0] in fault for fault in check_plan.check(copy))


def test_the_checker_is_short_enough_to_be_read():
    assert len(Path(check_plan.__file__).read_text().splitlines()) <= 150


def test_the_checker_prints_the_digest_of_the_page_and_knows_a_run_by_its_code(capsys):
    run = make_country_run(make_land())
    call_command("plan", "check", run.code)
    told = capsys.readouterr().out
    assert "Everything fits" in told and run.result_digest in told
    command = [sys.executable, check_plan.__file__, str(folder_of(run))]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    assert done.stdout.splitlines()[-1] == run.result_digest
