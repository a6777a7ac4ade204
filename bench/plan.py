"""A country's plan at rising sizes, beside HiGHS and OR-tools on the same generated country.

Each size and each peer works in a process of its own, so processor time and memory are its own.
Peers get a time limit; what they have not solved by then is told as such.
"""

import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from qaita.console.benching import Line, Measured

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
# what each peer is asked, up to which size: beyond it would not end within the limit
PEERS = {"highs-ipm": 10_000, "highs-simplex": 10_000, "pdlp": 100_000, "cp-sat": 1_000}
LIMIT_SECONDS = 180
SAYS = {
    "highs-ipm": "HiGHS interior point",
    "highs-simplex": "HiGHS simplex",
    "pdlp": "OR-tools PDLP 1e-4",
    "cp-sat": "OR-tools CP-SAT 60 s",
}


def measure(sizes: str = "1k,10k,100k", *, peers: bool = True) -> Measured:
    """Measure ours, and the peers where asked."""
    lines, results = [], []
    for name in sizes.lower().split(","):
        if name not in SIZES:
            raise SystemExit(f"Sizes are {', '.join(SIZES)}; not {name}.")
        ours = _apart("ours", SIZES[name])
        found = {"size": name, "packages": SIZES[name], **ours, "peers": {}}
        if peers:
            asked = [peer for peer, most in PEERS.items() if SIZES[name] <= most]
            found["peers"] = {peer: _apart(peer, SIZES[name]) for peer in asked}
        results.append(found)
        lines += _lines(found)
    return Measured(lines, results)


def _apart(what: str, size: int) -> dict[str, Any]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, __file__, what, str(size)], env=env, capture_output=True, text=True
    )
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _lines(found: dict[str, Any]) -> list[Line]:
    size = found["size"]
    lines = [
        Line(
            f"{size}: prices that prove the bound",
            found["bound_cpu_s"],
            "CPU s",
            SAYS[peer],
            told["cpu_s"],
            more_is_better=False,
        )
        for peer, told in found["peers"].items()
        if peer != "cp-sat" and told.get("solved")
    ] or [Line(f"{size}: prices that prove the bound", found["bound_cpu_s"], "CPU s")]
    for peer, told in found["peers"].items():
        if not told.get("solved") and peer != "cp-sat":
            lines.append(Line(f"{size}: {SAYS[peer]} without an answer", told["cpu_s"], "CPU s"))
    if "cp-sat" in found["peers"]:
        rival = found["peers"]["cp-sat"]["objective"]
        lines.append(
            Line(f"{size}: worth of the plan", found["worth"], "M", SAYS["cp-sat"], rival, "≥ 0.99")
        )
    goal = {"1k": "", "10k": "≤ 0.5 %", "100k": "≤ 0.5 %", "1m": "≤ 0.1 %"}[size]
    lines += [
        Line(f"{size}: a plan from the prices", found["plan_cpu_s"], "CPU s"),
        Line(f"{size}: certified gap", 100 * found["gap"], "%", goal=goal),
        Line(f"{size}: limits broken", found["broken_rows"], "", goal="0"),
        Line(f"{size}: memory at most", found["peak_rss_gb"], "GB", goal="≤ 1 GB"),
    ]
    return lines


# ---------------------------------------------------------------- in a process of its own


def _country(size: int) -> Any:
    spec = importlib.util.spec_from_file_location("countries", ROOT / "bench" / "_countries.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["countries"] = module
    spec.loader.exec_module(module)
    return module.generated_country(size)


def _ours(size: int) -> dict[str, Any]:
    from qaita.engine.plan.national.building import build_plan
    from qaita.engine.plan.national.pricing import find_prices, tables_of
    from qaita.engine.plan.national.solving import SMALL, better_exactly, pace_for

    warm = tables_of(_country(1_000))  # compiles what the measured run needs
    build_plan(warm, find_prices(warm).prices)
    problem = _country(size)
    since, wall = time.process_time(), time.perf_counter()
    tables = tables_of(problem)
    priced = find_prices(tables, pace=pace_for(problem))
    bound_cpu, bound_wall = time.process_time() - since, time.perf_counter() - wall
    since, wall = time.process_time(), time.perf_counter()
    built = build_plan(tables, priced.prices)
    bound = priced.bound
    if size <= SMALL:
        built, proven = better_exactly(tables, built)
        bound = min(bound, proven)
    return {
        "rows": len(problem.rows.most),
        "bound": priced.bound,
        "passes": priced.passes,
        "bound_cpu_s": bound_cpu,
        "bound_wall_s": bound_wall,
        "plan_cpu_s": time.process_time() - since,
        "plan_wall_s": time.perf_counter() - wall,
        "worth": built.worth_mkzt,
        "gap": (bound - built.worth_mkzt) / built.worth_mkzt,
        "broken_rows": built.broken,
        "peak_rss_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }


def _columns(size: int) -> tuple[Any, Any, Any, Any]:
    """Return benefit, uses (limits × columns), owner of each column and the right sides."""
    import scipy.sparse as sp

    from qaita.engine.plan.national.core import close_options
    from qaita.engine.plan.national.moves import board_of
    from qaita.engine.plan.national.packs import padded
    from qaita.engine.plan.national.pricing import tables_of

    problem = tables_of(_country(size)).problem
    local = np.zeros((problem.clusters, 2 * problem.years + 1))
    everyone, nothing = np.arange(problem.size), np.zeros(problem.size, np.int64)
    core = close_options(padded(problem.packs), board_of(problem), local, everyone, 1e12, nothing)
    shape = (len(core.option), len(problem.rows.most))
    uses = sp.csr_matrix((core.amount, core.row, core.use), shape=shape)
    kept = core.option > 0
    owner = np.repeat(everyone, np.diff(core.start))[kept]
    return core.benefit[kept], uses[np.flatnonzero(kept)].T.tocsc(), owner, problem.rows.most


def _highs(size: int, solver: str) -> dict[str, Any]:
    import highspy
    import scipy.sparse as sp

    benefit, uses, owner, most = _columns(size)
    once = sp.csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))))
    matrix = sp.vstack([once, uses]).tocsc()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(benefit), matrix.shape[0]
    model.col_cost_, model.sense_ = benefit, highspy.ObjSense.kMaximize
    model.col_lower_, model.col_upper_ = np.zeros(len(benefit)), np.ones(len(benefit))
    model.row_lower_ = np.full(matrix.shape[0], -highspy.kHighsInf)
    model.row_upper_ = np.r_[np.ones(once.shape[0]), most]
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    peer: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    peer.silent()
    peer.setOptionValue("solver", solver)
    peer.setOptionValue("run_crossover", "off")
    peer.setOptionValue("time_limit", float(LIMIT_SECONDS))
    since = time.process_time()
    peer.passModel(model)
    peer.run()
    return {
        "cpu_s": time.process_time() - since,
        "objective": peer.getInfo().objective_function_value,
        "solved": peer.getModelStatus() == highspy.HighsModelStatus.kOptimal,
    }


def _pdlp(size: int) -> dict[str, Any]:
    import scipy.sparse as sp
    from ortools.pdlp import solve_log_pb2, solvers_pb2
    from ortools.pdlp.python import pdlp

    benefit, uses, owner, most = _columns(size)
    once = sp.csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))))
    program = pdlp.QuadraticProgram()
    program.objective_vector = -benefit
    program.constraint_matrix = sp.vstack([once, uses]).tocsc()
    program.constraint_lower_bounds = np.full(program.constraint_matrix.shape[0], -np.inf)
    program.constraint_upper_bounds = np.r_[np.ones(once.shape[0]), most]
    program.variable_lower_bounds = np.zeros(len(benefit))
    program.variable_upper_bounds = np.ones(len(benefit))
    asked = solvers_pb2.PrimalDualHybridGradientParams()
    optimal = asked.termination_criteria.simple_optimality_criteria
    optimal.eps_optimal_relative = optimal.eps_optimal_absolute = 1e-4
    asked.termination_criteria.time_sec_limit = LIMIT_SECONDS
    asked.num_threads = 2
    since = time.process_time()
    found = pdlp.primal_dual_hybrid_gradient(program, asked)
    cpu = time.process_time() - since
    prices = np.maximum(-found.dual_solution[once.shape[0] :], 0.0)
    profit = benefit - uses.T @ prices
    best = np.zeros(once.shape[0])
    np.maximum.at(best, owner, profit)
    solved = found.solve_log.termination_reason == solve_log_pb2.TERMINATION_REASON_OPTIMAL
    return {"cpu_s": cpu, "objective": float(prices @ most + best.sum()), "solved": solved}


def _cp_sat(size: int) -> dict[str, Any]:
    from ortools.sat.python import cp_model

    benefit, uses, owner, most = _columns(size)
    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in benefit]
    scale = 1_000
    for number in np.unique(owner):
        model.add_at_most_one(columns[c] for c in np.flatnonzero(owner == number))
    rows = uses.tocsr()
    for r in range(rows.shape[0]):
        part = slice(rows.indptr[r], rows.indptr[r + 1])
        # rounded up: what it finds keeps the limit as it stands
        amount = np.ceil(rows.data[part] * scale).astype(int)
        terms = [columns[c] for c in rows.indices[part]]
        model.add(cp_model.LinearExpr.weighted_sum(terms, amount.tolist()) <= int(most[r] * scale))
    worth = np.round(benefit * scale).astype(int).tolist()
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, worth))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = 60
    solver.parameters.num_workers = 2
    since = time.process_time()
    status = solver.solve(model)
    return {
        "cpu_s": time.process_time() - since,
        "objective": solver.objective_value / scale,
        "bound": solver.best_objective_bound / scale,
        "solved": status == cp_model.OPTIMAL,
    }


def _work(what: str, size: int) -> dict[str, Any]:
    if what == "ours":
        return _ours(size)
    if what == "pdlp":
        return _pdlp(size)
    if what == "cp-sat":
        return _cp_sat(size)
    return _highs(size, what.removeprefix("highs-"))


if __name__ == "__main__":
    print(json.dumps(_work(sys.argv[1], int(sys.argv[2]))))
