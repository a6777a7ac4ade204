"""Check a published plan: python check_plan.py FOLDER. Needs NumPy and pyarrow, nothing of Qaita.

Recomputes what the plan uses of every limit, its worth, the bound that no plan can exceed, every
package's regret, and bound − worth = sum of regrets + sum of price × slack.
Any prices >= 0 prove a bound: no plan that keeps weights · uses <= amounts is worth more than
prices · amounts + the best of every package after paying these prices (weak duality).
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
NEAR = 1e-6  # of a figure, or of a million tenge: what differs less is rounding


def check(folder: Path) -> list[str]:
    """Return every fault of the plan in the folder, each named."""
    faults: list[str] = []
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        faults = _changed_files(folder, run)
        limits, row, column, weight = _limits(folder, run)
        prices = np.array([float(limit["price"]) for limit in limits])
        amounts = np.array([float(limit["amount"]) for limit in limits])
        faults += [f"limits.csv, row {i}: price {p}" for i, p in enumerate(prices) if not p >= 0]
        faults += _digests(run, limits)
        width = 2 * len(run["years"]) + 1  # of each cluster: costs and lengths by year, deficit
        used = np.zeros(run["counts"]["clusters"] * width)
        pay = np.bincount(column, prices[row] * weight, len(used)).reshape(-1, width)
        worth = best = regrets = 0.0
        for pack in run["packs"]:
            told = _check_pack(folder, run, pack, pay, used)
            worth, best, regrets = worth + told[0], best + told[1], regrets + told[2]
            faults += told[3]
    except (KeyError, ValueError, OSError, IndexError, TypeError) as error:
        return [*faults, f"cannot be read: {error!r}"]
    total = np.bincount(row, weight * used[column], len(limits))
    bound = float(prices @ amounts) + best
    faults += _check_limits(limits, total, amounts, set(run["broken"]))
    gap = max(bound - worth, 0.0) / worth if worth > 0 else 0.0
    for name, figure in (("value_mkzt", worth), ("bound_mkzt", bound), ("gap_share", gap)):
        faults += _differs(f"run.json, {name}", run[name], figure)
    slack = float(prices @ (amounts - [float(limit["used"]) for limit in limits]))
    apart = run["bound_mkzt"] - run["value_mkzt"]
    faults += _differs("bound − worth, by regrets and slack", apart, regrets + slack)
    too_low = (run.get("solver_bound_mkzt") or bound) < worth - NEAR * max(1.0, worth)
    return faults + ["run.json, solver_bound_mkzt: below the plan's own worth"] * too_low


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
    keys = ("row", "cluster", "resource", "weight")
    row, cluster, at, value = np.array([[float(one[key]) for key in keys] for one in weights]).T
    return limits, row.astype(int), (cluster * (2 * len(run["years"]) + 1) + at).astype(int), value


def _check_limits(
    limits: list[Facts], total: np.ndarray, amounts: np.ndarray, broken: set[int]
) -> list[str]:
    faults: list[str] = []
    for i, row in enumerate(limits):
        name = " ".join(row[k] for k in ("kind", "region", "utility", "service", "year") if row[k])
        where = f"limits.csv, row {i} ({name})"
        faults += _differs(f"{where}, used", float(row["used"]), total[i])
        if total[i] > amounts[i] + 1e-9 * max(1.0, abs(amounts[i])) and i not in broken:
            faults.append(f"{where}: {total[i]} is used of {amounts[i]}")
    return faults


def _floats(table: Any, name: str) -> np.ndarray:
    return np.asarray(table[name].to_numpy(), dtype=float)


def _check_pack(
    folder: Path, run: Facts, pack: Facts, pay: np.ndarray, used: np.ndarray
) -> tuple[float, float, float, list[str]]:
    """Return worth, sum of best reduced profits, published regrets and faults; add to `used`."""
    table, plan = pq.read_table(folder / pack["file"]), pq.read_table(folder / pack["plan"])
    years, width = len(run["years"]), pay.shape[1]
    cluster = [table[f"cluster_{m}"].to_numpy() for m in range(pack["members"])]
    option, code = plan["option"].to_numpy(), table["code"].to_pylist()
    faults = [] if plan["code"].to_pylist() == code else [f"{pack['plan']}: other packages"]
    best, chosen, worth, known = np.zeros(len(code)), np.zeros(len(code)), 0.0, option == 0
    for choice, methods in enumerate(pack["take"]):
        for t in range(years):
            mine = option == 1 + choice * years + t
            benefit = _floats(table, f"benefit_{choice}_{t}")
            profit = np.where(benefit > FORBIDDEN, benefit, -np.inf)
            for m, k in enumerate(methods):
                if k < 0:
                    continue
                cost, length = (_floats(table, n) for n in (f"cost_{m}_{k}_{t}", f"length_km_{m}"))
                local, price = cost * _floats(table, f"deficit_{m}_{k}"), pay[cluster[m]]
                profit = profit - cost * price[:, t] - length * price[:, years + t]
                profit -= local * price[:, 2 * years]
                base = cluster[m][mine] * width
                np.add.at(used, base + t, cost[mine])
                np.add.at(used, base + years + t, length[mine])
                np.add.at(used, base + 2 * years, local[mine])
            best, chosen = np.maximum(best, profit), np.where(mine, profit, chosen)
            worth, known = worth + float(benefit[mine].sum()), known | mine & (profit > -np.inf)
    faults += [f"{pack['plan']}, {code[i]}: option {option[i]} is not there"
               for i in np.flatnonzero(~known)[:9]]  # fmt: skip
    regret, said = best - chosen, plan["regret_mkzt"].to_numpy()
    wrong = np.flatnonzero(~(np.abs(regret - said) <= NEAR * np.maximum(1.0, np.abs(best))))[:9]
    faults += [f"{pack['plan']}, {code[i]}: regret {said[i]}, {regret[i]} found" for i in wrong]
    return worth, float(best.sum()), float(said.sum()), faults


if __name__ == "__main__":
    found = check(Path(sys.argv[1]))
    print("\n".join(found) or "Everything fits: limits, worth, bound, gap and every regret.")
    sys.exit(bool(found))
