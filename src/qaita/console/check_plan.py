"""Check a published plan: python check_plan.py FOLDER. Needs NumPy and pyarrow, nothing of Qaita.

Recomputes from the published packages, limits and prices: what the plan uses of every limit, what
it is worth, the bound that no plan can exceed, every package's regret, and the identity
    bound − worth = sum of regrets + sum of price × slack.
Prices prove a bound whatever they are (weak duality): for prices >= 0 no plan that keeps
    weights · uses <= amounts
is worth more than prices · amounts + the best of every package after paying these prices.
"""

import csv
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

FORBIDDEN = -1e29  # an option with a benefit below this is not there
NEAR = 1e-6  # of a figure, or of a million tenge: what differs less is rounding


def check(folder: Path) -> list[str]:
    """Return every fault of the plan in the folder, each named; none means that all is true."""
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    faults = _changed_files(folder, run)
    try:
        limits, row, column, weight = _limits(folder, run)
        prices = np.array([float(limit["price"]) for limit in limits])
        amounts = np.array([float(limit["amount"]) for limit in limits])
        faults += [f"limits.csv, row {i}: price {p}" for i, p in enumerate(prices) if not p >= 0]
        faults += _digests(run, limits)
        width = 2 * len(run["years"]) + 1  # of each cluster: costs and lengths by year, deficit
        used = np.zeros(run["counts"]["clusters"] * width)
        pay = np.bincount(column, prices[row] * weight, len(used)).reshape(-1, width)
        worth, best, regrets = 0.0, 0.0, 0.0
        for pack in run["packs"]:
            told = _check_pack(folder, run, pack, pay, used)
            worth, best, regrets = worth + told[0], best + told[1], regrets + told[2]
            faults += told[3]
    except (KeyError, ValueError, OSError, IndexError, TypeError) as error:
        return [*faults, f"cannot be read: {error!r}"]
    total = np.bincount(row, weight * used[column], len(limits))
    bound = float(prices @ amounts) + best
    faults += _check_limits(limits, total, amounts, set(run["broken"]))
    faults += _differs("run.json, value_mkzt", run["value_mkzt"], worth)
    faults += _differs("run.json, bound_mkzt", run["bound_mkzt"], bound)
    gap = max(bound - worth, 0.0) / worth if worth > 0 else 0.0
    faults += _differs("run.json, gap_share", run["gap_share"], gap)
    slack = float(prices @ (amounts - total))
    faults += _differs("bound − worth = regrets + price × slack", bound - worth, regrets + slack)
    searched = run.get("solver_bound_mkzt")
    if searched is not None and searched < worth - NEAR * max(1.0, worth):
        faults.append(f"run.json, solver_bound_mkzt {searched} is below the plan's own {worth}")
    return faults


def _differs(what: str, said: float, found: float) -> list[str]:
    near = abs(said - found) <= NEAR * max(1.0, abs(found))
    return [] if near else [f"{what}: {said} is said, {found} is found"]


def _changed_files(folder: Path, run: dict) -> list[str]:
    faults = []
    for name, digest in run["sha256"].items():
        path = folder / name
        if not path.exists():
            faults.append(f"{name}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            faults.append(f"{name}: not the bytes that run.json names")
    return faults


def _sha256(facts: object) -> str:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _digests(run: dict, limits: list[dict]) -> list[str]:
    """Compare the digests that the ledger holds with what the files say."""
    given = ("clusters.csv", "weights.csv", "packages-", "sections-")
    inputs = {name: run["sha256"][name] for name in run["sha256"] if name.startswith(given)}
    pairs = [(row["kind"], row["amount"]) for row in limits]
    facts = {k: v for k, v in run.items() if k not in ("run", "scenario", "result_digest")}
    found = {
        "inputs_digest": _sha256([run["engine"], run["years"], inputs, pairs]),
        "result_digest": _sha256(facts),
    }
    return [f"run.json, {name}: {v} is found" for name, v in found.items() if run[name] != v]


def _rows(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _limits(folder: Path, run: dict) -> tuple[list[dict], np.ndarray, np.ndarray, np.ndarray]:
    """Return the limits, and the row, column and value of every weight."""
    limits, weights = _rows(folder / "limits.csv"), _rows(folder / "weights.csv")
    if [limit["row"] for limit in limits] != [str(i) for i in range(len(limits))]:
        raise ValueError("limits.csv: rows are not numbered 0, 1, 2 …")
    row, cluster, resource = (
        np.array([int(one[k]) for one in weights]) for k in ("row", "cluster", "resource")
    )
    value = np.array([float(one["weight"]) for one in weights])
    return limits, row, cluster * (2 * len(run["years"]) + 1) + resource, value


def _check_limits(limits: list, total: np.ndarray, amounts: np.ndarray, broken: set) -> list[str]:
    faults = []
    for i, row in enumerate(limits):
        name = " ".join(row[k] for k in ("kind", "region", "utility", "service", "year") if row[k])
        where = f"limits.csv, row {i} ({name})"
        faults += _differs(f"{where}, used", float(row["used"]), total[i])
        over = total[i] > amounts[i] + 1e-9 * max(1.0, abs(amounts[i]))
        if over and i not in broken:
            faults.append(f"{where}: {total[i]} is used of {amounts[i]}")
    return faults


def _check_pack(
    folder: Path, run: dict, pack: dict, pay: np.ndarray, used: np.ndarray
) -> tuple[float, float, float, list[str]]:
    """Return worth, sum of best reduced profits, sum of regrets and faults; add to `used`."""
    table, plan = pq.read_table(folder / pack["file"]), pq.read_table(folder / pack["plan"])
    years, members, width = len(run["years"]), pack["members"], pay.shape[1]
    col = {name: table[name].to_numpy().astype(float) for name in table.column_names
           if name.startswith(("cost_", "deficit_", "length_km_", "benefit_"))}  # fmt: skip
    cluster = [table[f"cluster_{m}"].to_numpy() for m in range(members)]
    option, code = plan["option"].to_numpy(), table["code"].to_pylist()
    faults = [] if plan["code"].to_pylist() == code else [f"{pack['plan']}: other packages"]
    best, chosen, worth = np.zeros(len(code)), np.zeros(len(code)), 0.0
    known = option == 0
    for choice, methods in enumerate(pack["take"]):
        for t in range(years):
            mine = option == 1 + choice * years + t
            benefit = col[f"benefit_{choice}_{t}"]
            profit = np.where(benefit > FORBIDDEN, benefit, -np.inf)
            for m, k in enumerate(methods):
                if k < 0:
                    continue
                cost, length = col[f"cost_{m}_{k}_{t}"], col[f"length_km_{m}"]
                local, price = cost * col[f"deficit_{m}_{k}"], pay[cluster[m]]
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
    return worth, float(best.sum()), float(regret.sum()), faults


if __name__ == "__main__":
    found = check(Path(sys.argv[1]))
    print("\n".join(found) or "Everything fits: limits, worth, bound, gap and every regret.")
    sys.exit(1 if found else 0)
