"""Check a published plan: python check_plan.py FOLDER. Needs NumPy and pyarrow, nothing of Qaita.

Recomputes what the plan uses of every limit, its worth, its bound, every package's regret, and
bound − worth = sum of regrets + sum of price × slack. Any prices >= 0 prove a bound: no plan that
keeps weights · uses <= amounts is worth more than prices · amounts + the best of every package
after paying these prices. Where all benefits are 0 every plan is worth 0: so a bound below 0, at
the proof's prices, says there is none. Of a solver's own bound only the gap can be checked.
"""

import csv
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

Facts = dict[str, Any]
FORBIDDEN = -1e29  # an option with a benefit below this is not there
FIGURES = ("amount", "used", "price", "proof_price")  # of a limit
NEAR = 1e-6  # of a figure, or of a million tenge: what differs less is rounding


def check(folder: Path) -> list[str]:
    """Return every fault of the plan in the folder, each named."""
    faults: list[str] = []
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        faults = _changed_files(folder, run)
        limits, row, column, weight = _limits(folder, run)
        told = [[float(one.get(name) or 0) for name in FIGURES] for one in limits]
        amounts, use, prices, proof = np.array(told).reshape(-1, len(FIGURES)).T
        low = enumerate(np.minimum(prices, proof))
        faults += [f"limits.csv, row {i}: price {p}" for i, p in low if not p >= 0]
        faults += _digests(run, limits)
        used = np.zeros(run["counts"]["clusters"] * (2 * len(run["years"]) + 1))
        paid = [np.bincount(column, lam[row] * weight, len(used)) for lam in (prices, proof)]
        sums = np.zeros(4)  # worth, best at the prices, best of nothing at the proof's, regrets
        for pack in run["packs"]:
            own, wrong = _check_pack(folder, run, pack, np.array(paid), used)
            sums, faults = sums + own, faults + wrong
    except (KeyError, ValueError, OSError, IndexError, TypeError) as error:
        return [*faults, f"cannot be read: {error!r}"]
    total = np.bincount(row, weight * used[column], len(limits))
    faults += _check_rows(limits, total, amounts, set(run["broken"]))
    more = np.array([0.0, prices @ amounts, proof @ amounts, prices @ (amounts - use)])
    return faults + _check_figures(run, *(sums + more).tolist())


def _check_figures(run: Facts, worth: float, bound: float, none: float, gap: float) -> list[str]:
    """Compare what run.json says; `gap` is that by regrets and slack."""
    faults = _differs("bound − worth, by regrets and slack", run["bound_mkzt"] - worth, gap)
    per = 1 / worth if worth > 0 else 0.0
    found = {"value_mkzt": worth, "bound_mkzt": bound, "gap_share": per * max(bound - worth, 0)}
    if run["proof_mkzt"] is not None:
        found["proof_mkzt"] = none
        faults += ["run.json, proof_mkzt: not below 0, so it proves nothing"] * (none >= 0)
    if run.get("solver_bound_mkzt") is not None:
        found["solver_gap_share"] = per * max(run["solver_bound_mkzt"] - worth, 0)
        too_low = run["solver_bound_mkzt"] < worth - NEAR * max(1.0, worth)
        faults += ["run.json, solver_bound_mkzt: below the plan's own worth"] * too_low
    return sum((_differs(f"run.json, {k}", run[k], v) for k, v in found.items()), faults)


def _differs(what: str, said: float, found: float) -> list[str]:
    wrong = not abs(said - found) <= NEAR * max(1.0, abs(found))
    return [f"{what}: {said} is said, {found} is found"] * wrong


def _changed_files(folder: Path, run: Facts) -> list[str]:
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    wrong = [name for name, said in run["sha256"].items() if there.get(name) != said]
    return [f"{name}: not the bytes that run.json names" for name in wrong]


def _digests(run: Facts, limits: list[Facts]) -> list[str]:
    """Compare the digests that the ledger holds with what the files say."""
    given = ("clusters.csv", "weights.csv", "packages-", "sections-")
    files = {name: run["sha256"][name] for name in run["sha256"] if name.startswith(given)}
    asked = [run["engine"], run["years"], files, [(row["kind"], row["amount"]) for row in limits]]
    told = {k: v for k, v in run.items() if k not in ("run", "scenario", "result_digest")}
    faults = []
    for name, facts in (("inputs_digest", asked), ("result_digest", told)):
        text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if run[name] != hashlib.sha256(text.encode()).hexdigest():
            faults.append(f"run.json, {name}: not that of the files")
    return faults


def _limits(folder: Path, run: Facts) -> tuple[list[Facts], np.ndarray, np.ndarray, np.ndarray]:
    """Return the limits, and the row, column and value of every weight."""
    texts = [(folder / name).read_text("utf-8") for name in ("limits.csv", "weights.csv")]
    limits, weights = (list(csv.DictReader(text.splitlines())) for text in texts)
    if [limit["row"] for limit in limits] != [str(i) for i in range(len(limits))]:
        raise ValueError("limits.csv: rows are not numbered 0, 1, 2 …")
    told = [[float(one[k]) for k in ("row", "cluster", "resource", "weight")] for one in weights]
    row, cluster, at, value = np.array(told, float).reshape(-1, 4).T
    return limits, row.astype(int), (cluster * (2 * len(run["years"]) + 1) + at).astype(int), value


def _check_rows(rows: list[Facts], used: np.ndarray, most: np.ndarray, over: set[int]) -> list[str]:
    faults: list[str] = []
    for i, row in enumerate(rows):
        name = " ".join(row[k] for k in ("kind", "region", "utility", "service", "year") if row[k])
        where = f"limits.csv, row {i} ({name})"
        faults += _differs(f"{where}, used", float(row["used"]), used[i])
        if used[i] > most[i] + 1e-9 * max(1.0, abs(most[i])) and i not in over:
            faults.append(f"{where}: {used[i]} is used of {most[i]}")
    return faults


def _check_pack(
    folder: Path, run: Facts, pack: Facts, pays: np.ndarray, used: np.ndarray
) -> tuple[np.ndarray, list[str]]:
    """Return sums (worth, best at both prices, published regrets) and faults; add to `used`."""
    table, plan = pq.read_table(folder / pack["file"]), pq.read_table(folder / pack["plan"])
    years = len(run["years"])
    cluster = [table[f"cluster_{m}"].to_numpy().astype(int) for m in range(pack["members"])]
    option, code = plan["option"].to_numpy(), table["code"].to_pylist()
    faults = [] if plan["code"].to_pylist() == code else [f"{pack['plan']}: other packages"]
    best, chosen, worth, known = np.zeros((2, len(code))), np.zeros(len(code)), 0.0, option == 0
    for choice, methods in enumerate(pack["take"]):
        for t in range(years):
            mine = option == 1 + choice * years + t
            benefit = table[f"benefit_{choice}_{t}"].to_numpy().astype(float)
            profit = np.where(benefit > FORBIDDEN, [benefit, 0 * benefit], -np.inf)
            for m, k in ((m, k) for m, k in enumerate(methods) if k >= 0):
                names = (f"cost_{m}_{k}_{t}", f"length_km_{m}", f"deficit_{m}_{k}")
                cost, length, deficit = (table[n].to_numpy().astype(float) for n in names)
                amount = np.stack([cost, length, cost * deficit])
                at = cluster[m] * (2 * years + 1) + np.array([[t], [years + t], [2 * years]])
                profit -= (amount * pays[:, at]).sum(1)
                np.add.at(used, at[:, mine], amount[:, mine])
            best, chosen = np.maximum(best, profit), np.where(mine, profit[0], chosen)
            worth, known = worth + float(benefit[mine].sum()), known | mine & (profit[0] > -np.inf)
    lost = np.flatnonzero(~known)[:9]
    faults += [f"{pack['plan']}, {code[i]}: option {option[i]} is not there" for i in lost]
    regret, said = best[0] - chosen, plan["regret_mkzt"].to_numpy()
    wrong = np.flatnonzero(~(np.abs(regret - said) <= NEAR * np.maximum(1.0, best[0])))[:9]
    faults += [f"{pack['plan']}, {code[i]}: regret {said[i]}, {regret[i]} found" for i in wrong]
    return np.array([worth, *best.sum(1), said.sum()]), faults


if __name__ == "__main__":
    found = check(folder := Path(sys.argv[1]))
    digest = "" if found else json.loads((folder / "run.json").read_bytes())["result_digest"]
    print("\n".join(found or ["Everything fits: limits, worth, bound, gap and regrets.", digest]))
    sys.exit(bool(found))
