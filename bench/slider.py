"""Other money for a country with a plan: the bound at once, new prices, a plan close to the old.

The third year gets a tenth less. The peer is the same question put anew, without the old prices and
the old plan. A small country is solved first, so that compiling counts for nobody.
"""

import importlib.util
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from qaita.console.benching import Line, Measured
from qaita.engine.plan.national.building import build_plan
from qaita.engine.plan.national.pricing import read, tables_of
from qaita.engine.plan.national.proving import forecast
from qaita.engine.plan.national.screening import without_impossible
from qaita.engine.plan.national.solving import plan_again, price_limits

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
YEAR, PART = 2, 0.9


def measure(sizes: str = "100k,1m") -> Measured:
    """Measure every size in this process, one after another."""
    lines, results = [], []
    _slide(_country(2_000))
    for name in sizes.lower().split(","):
        if name not in SIZES:
            raise SystemExit(f"Sizes are {', '.join(SIZES)}; not {name}.")
        found = _slide(_country(SIZES[name]))
        results.append({"size": name, **found})
        lines += _lines(name, found)
    return Measured(lines, results)


def _country(size: int) -> Any:
    spec = importlib.util.spec_from_file_location("countries", ROOT / "bench" / "_countries.py")
    assert spec is not None
    assert spec.loader is not None
    countries = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(countries)
    return without_impossible(countries.generated_country(size))[0]


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return the answer, wall and processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return answer, time.perf_counter() - wall, time.process_time() - cpu


def _slide(problem: Any) -> dict[str, Any]:
    tables = tables_of(problem)
    priced = price_limits(tables)
    base = build_plan(tables, priced.prices)
    most = problem.rows.most.copy()
    most[YEAR] *= PART
    told = {"instant_s": 0.0, "forecast": 0.0}
    told["forecast"], told["instant_s"], _cpu = _timed(
        lambda: forecast(priced.bound, priced.prices, problem.rows.most, most)
    )
    asked = tables_of(replace(problem, rows=replace(problem.rows, most=most)))
    _seen, told["pass_s"], told["pass_cpu_s"] = _timed(lambda: read(asked, priced.prices))
    at: dict[str, float] = {}

    def known(_bound: float) -> None:
        at["wall"], at["cpu"] = time.perf_counter(), time.process_time()

    began = time.perf_counter(), time.process_time()
    warm = plan_again(asked, priced.prices, base.option, priced=known)
    ended = time.perf_counter(), time.process_time()
    told |= {"reprice_s": at["wall"] - began[0], "reprice_cpu_s": at["cpu"] - began[1]}
    told |= {"plan_s": ended[0] - at["wall"], "plan_cpu_s": ended[1] - at["cpu"]}
    cold, told["cold_s"], told["cold_cpu_s"] = _timed(lambda: price_limits(asked))
    anew, told["anew_s"], told["anew_cpu_s"] = _timed(lambda: build_plan(asked, cold.prices))
    return told | {
        "bound_mkzt": warm.bound_mkzt,
        "cold_bound_mkzt": cold.bound,
        "gap_share": warm.gap_share,
        "broken": warm.plan.broken,
        "changed_share": float((warm.plan.option != base.option).mean()),
        "cold_changed_share": float((anew.option != base.option).mean()),
        "worth_share": warm.plan.worth_mkzt / anew.worth_mkzt,
        "best_changed_share": _best_changed(tables, asked, priced.prices, cold.prices),
    }


def _best_changed(tables: Any, asked: Any, old: Any, new: Any) -> float:
    """Return how many packages have another best option at the new prices: what the money asks."""
    read(tables, old)
    before = np.concatenate([out.option.copy() for out in tables.readings])
    read(asked, new)
    after = np.concatenate([out.option for out in asked.readings])
    return float((before != after).mean())


def _lines(size: str, found: dict[str, Any]) -> list[Line]:
    def less(what: str, name: str, unit: str, peer: str = "", goal: str = "") -> Line:
        scale = 100 if unit == "%" else 1
        rival = None if not peer else scale * found[peer]
        says = "the same anew" if peer else ""
        return Line(
            f"{size}: {what}", scale * found[name], unit, says, rival, goal, more_is_better=False
        )

    beyond = max(found["changed_share"] - found["best_changed_share"], 0.0)
    return [
        less("the bound while dragging, from stored prices", "instant_s", "s", goal="≤ 0.1 s"),
        less("the same by one exact pass over all packages", "pass_s", "s", goal="≤ 0.1 s"),
        less("prices after letting go, wall", "reprice_s", "s", "cold_s", "≤ 1.5 s"),
        less("prices after letting go", "reprice_cpu_s", "CPU s", "cold_cpu_s"),
        less("a plan close to the old one, wall", "plan_s", "s", "anew_s", "≤ 10 s"),
        less("a plan close to the old one", "plan_cpu_s", "CPU s", "anew_cpu_s"),
        less("packages that change", "changed_share", "%", "cold_changed_share"),
        Line(f"{size}: of them beyond what the prices ask for", 100 * beyond, "%", goal="≤ 1 %"),
        Line(f"{size}: worth of the plan, of one built anew", 100 * found["worth_share"], "%"),
        Line(f"{size}: certified gap", 100 * found["gap_share"], "%"),
        Line(f"{size}: limits broken", found["broken"], "", goal="0"),
    ]
