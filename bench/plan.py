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
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from qaita.console.benching import Line, Measured

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
# what each peer is asked, up to which size: beyond it would not end within the limit
PEERS = {
    "highs-ipm": 10_000,
    "highs-simplex": 10_000,
    "pdlp": 100_000,
    "cp-sat": 10_000,
    "highs-mip": 10_000,
}
LIMIT_SECONDS = 150  # for a bound alone
PLAN_SECONDS = 60  # for a whole plan, which the last two look for
SAYS = {
    "highs-ipm": "HiGHS interior point",
    "highs-simplex": "HiGHS simplex",
    "pdlp": "OR-tools PDLP 1e-4",
    "cp-sat": f"OR-tools CP-SAT {PLAN_SECONDS} s",
    "highs-mip": f"HiGHS branch and bound {PLAN_SECONDS} s",
}
PLANNERS = ("cp-sat", "highs-mip")


def measure(sizes: str = "1k,10k,100k", *, peers: bool = True) -> Measured:
    """Measure ours, and the peers where asked.

    `plan_cpu_s` and `gap` are of the plan that a run makes, `deep_plan_cpu_s` and `deep_gap` of
    one looked for longer, both from the same prices and beside `bound_cpu_s`.
    """
    lines, results = [], []
    for name in sizes.lower().split(","):
        if name not in SIZES:
            raise SystemExit(f"Sizes are {', '.join(SIZES)}; not {name}.")
        found = {"size": name, "packages": SIZES[name], **_apart("ours", SIZES[name]), "peers": {}}
        asked = [peer for peer, most in PEERS.items() if peers and SIZES[name] <= most]
        with tempfile.TemporaryDirectory(prefix="qaita-bench-") as folder:
            columns = f"{folder}/columns.npz"
            if asked:
                _apart("columns", SIZES[name], columns)
            found["peers"] = {peer: _apart(peer, SIZES[name], columns) for peer in asked}
        results.append(found)
        lines += _lines(found)
    return Measured(lines, results)


def _apart(what: str, size: int, columns: str = "") -> dict[str, Any]:
    """Do one thing in a process of its own; peers read the columns from a file.

    HiGHS and OR-tools, which has a HiGHS of its own, cannot be loaded in one process.
    """
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    words = [sys.executable, __file__, what, str(size), columns]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _lines(found: dict[str, Any]) -> list[Line]:
    size = found["size"]
    if "failed" in found:
        return [Line(f"{size}: failed: {found['failed'][0][:60]}", 0.0, "")]
    goals = {"1m": ("≤ 5 CPU s", "≤ 0.1 %", "≤ 0.05 %"), "1k": ("", "", "")}
    bound, gap, deep = goals.get(size, ("", "≤ 0.5 %", ""))
    lines = [
        Line(f"{size}: prices that prove the bound", found["bound_cpu_s"], "CPU s", goal=bound)
    ]
    for peer, told in found["peers"].items():
        lines += _peer_lines(found, peer, told)
    lines += [
        Line(f"{size}: a plan from the prices", found["plan_cpu_s"], "CPU s"),
        Line(f"{size}: its certified gap", 100 * found["gap"], "%", goal=gap),
    ]
    if "deep_gap" in found:
        lines += [
            Line(f"{size}: a plan looked for longer", found["deep_plan_cpu_s"], "CPU s"),
            Line(f"{size}: its certified gap", 100 * found["deep_gap"], "%", goal=deep),
        ]
    return [
        *lines,
        Line(f"{size}: limits broken", found["broken_rows"], "", goal="0"),
        Line(f"{size}: memory at most", found["peak_rss_gb"], "GB", goal="≤ 1 GB"),
    ]


def _peer_lines(found: dict[str, Any], peer: str, told: dict[str, Any]) -> list[Line]:
    """Return what a peer needed for its bound, or what its plan is worth beside ours."""
    size, name = found["size"], SAYS[peer]
    if "failed" in told:
        return [Line(f"{size}: {name} failed: {told['failed'][0][:60]}", 0.0, "")]
    if peer in PLANNERS:
        return _planner_lines(found, name, told)
    if not told["solved"]:
        return [Line(f"{size}: {name} without an answer", told["cpu_s"], "CPU s")]
    what = f"{size}: prices that prove the bound"
    figure = found["bound_cpu_s"]
    return [Line(what, figure, "CPU s", name, told["cpu_s"], more_is_better=False)]


def _planner_lines(found: dict[str, Any], name: str, told: dict[str, Any]) -> list[Line]:
    """Return a whole plan of a peer and its bound beside ours."""
    size, ours = found["size"], min(found["bound"], found["solver_bound"] or found["bound"])
    bound = Line(
        f"{size}: no plan is worth more than", ours, "M", name, told["bound"], more_is_better=False
    )
    if told["objective"] <= 0.0:
        return [Line(f"{size}: {name} found no plan", told["cpu_s"], "CPU s"), bound]
    goal = "≥ 0.99×" if size == "1k" else ""
    worth = Line(f"{size}: worth of the plan", found["worth"], "M", name, told["objective"], goal)
    return [worth, bound]


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
    from qaita.engine.plan.national.building import DEEP, build_plan
    from qaita.engine.plan.national.pricing import find_prices, tables_of
    from qaita.engine.plan.national.screening import without_impossible
    from qaita.engine.plan.national.solving import SMALL, better_exactly, price_limits

    warm = tables_of(_country(1_000))  # compiles what the measured run needs
    build_plan(warm, find_prices(warm).prices)
    problem, _dropped = without_impossible(_country(size))
    with _Clock() as pricing:
        tables = tables_of(problem)
        priced = price_limits(tables)
    bound, proven = priced.bound, None
    with _Clock() as planning:
        built = build_plan(tables, priced.prices)
        if size <= SMALL:
            built, proven = better_exactly(tables, built)
            bound = min(bound, proven)
    found = {
        "rows": len(problem.rows.most),
        "bound": priced.bound,
        "solver_bound": proven,
        "passes": priced.passes,
        "bound_cpu_s": pricing.cpu_s,
        "bound_wall_s": pricing.wall_s,
        "plan_cpu_s": planning.cpu_s,
        "plan_wall_s": planning.wall_s,
        "worth": built.worth_mkzt,
        "gap": (bound - built.worth_mkzt) / built.worth_mkzt,
        "broken_rows": built.broken,
        "peak_rss_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }
    if size <= SMALL:
        return found
    with _Clock() as longer:
        deep = build_plan(tables, priced.prices, DEEP)
    return {
        **found,
        "deep_plan_cpu_s": longer.cpu_s,
        "deep_plan_wall_s": longer.wall_s,
        "deep_gap": (bound - deep.worth_mkzt) / deep.worth_mkzt,
        "deep_broken_rows": deep.broken,
        "peak_rss_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }


class _Clock:
    """Processor and wall seconds of what is done within."""

    cpu_s = wall_s = 0.0

    def __enter__(self) -> "_Clock":
        self.cpu_s, self.wall_s = -time.process_time(), -time.perf_counter()
        return self

    def __exit__(self, *_error: object) -> None:
        self.cpu_s += time.process_time()
        self.wall_s += time.perf_counter()


def _write_columns(size: int, path: str) -> dict[str, Any]:
    """Write benefit, uses (columns × limits), owner of each column and the right sides."""
    from qaita.engine.plan.national.core import close_options
    from qaita.engine.plan.national.moves import board_of
    from qaita.engine.plan.national.packs import padded
    from qaita.engine.plan.national.pricing import tables_of
    from qaita.engine.plan.national.screening import without_impossible

    problem = tables_of(without_impossible(_country(size))[0]).problem
    local = np.zeros((problem.clusters, 2 * problem.years + 1))
    everyone, nothing = np.arange(problem.size), np.zeros(problem.size, np.int64)
    core = close_options(padded(problem.packs), board_of(problem), local, everyone, 1e12, nothing)
    owner = np.repeat(everyone, np.diff(core.start))
    facts = {"benefit": core.benefit, "owner": owner, "kept": core.option > 0}
    uses = {"amount": core.amount, "row": core.row, "use": core.use, "most": problem.rows.most}
    np.savez(path, **facts, **uses)
    return {"columns": len(owner)}


def _columns(path: str) -> tuple[Any, Any, Any]:
    """Return benefit, the limits as a matrix (packages, then shared limits) and right sides."""
    facts = np.load(path)
    shape = (len(facts["benefit"]), len(facts["most"]))
    uses = sp.csr_matrix((facts["amount"], facts["row"], facts["use"]), shape=shape)
    kept = np.flatnonzero(facts["kept"])
    owner = facts["owner"][kept]
    once = sp.csr_matrix((np.ones(len(kept)), (owner, np.arange(len(kept)))))
    matrix = sp.vstack([once, uses[kept].T]).tocsc()
    return facts["benefit"][kept], matrix, np.r_[np.ones(once.shape[0]), facts["most"]]


def _highs(path: str, solver: str) -> dict[str, Any]:
    import highspy

    benefit, matrix, most = _columns(path)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(benefit), len(most)
    model.col_cost_, model.sense_ = benefit, highspy.ObjSense.kMaximize
    model.col_lower_, model.col_upper_ = np.zeros(len(benefit)), np.ones(len(benefit))
    model.row_lower_ = np.full(len(most), -highspy.kHighsInf)
    model.row_upper_ = most
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    whole = solver == "mip"
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(benefit)
    peer: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # the wheel carries no types
    peer.silent()
    peer.setOptionValue("solver", "choose" if whole else solver)
    peer.setOptionValue("run_crossover", "off")
    peer.setOptionValue("time_limit", float(PLAN_SECONDS if whole else LIMIT_SECONDS))
    since = time.process_time()
    peer.passModel(model)
    peer.run()
    info = peer.getInfo()
    # without crossover the interior point ends "unknown" at the optimum
    solved = info.primal_solution_status == 2
    return {
        "cpu_s": time.process_time() - since,
        "objective": info.objective_function_value if solved else 0.0,
        "bound": info.mip_dual_bound if whole else None,
        "solved": solved,
    }


def _pdlp(path: str) -> dict[str, Any]:
    from ortools.pdlp import solve_log_pb2, solvers_pb2
    from ortools.pdlp.python import pdlp

    benefit, matrix, most = _columns(path)
    program = pdlp.QuadraticProgram()
    program.objective_vector = -benefit
    program.constraint_matrix = matrix
    program.constraint_lower_bounds = np.full(len(most), -np.inf)
    program.constraint_upper_bounds = most
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
    prices = np.maximum(-found.dual_solution, 0.0)
    packages = int(np.load(path)["owner"].max()) + 1
    prices[:packages] = 0.0  # the bound is what the prices of the shared limits prove
    best = np.zeros(packages)
    np.maximum.at(best, matrix.indices[matrix.indptr[:-1]], benefit - matrix.T @ prices)
    solved = found.solve_log.termination_reason == solve_log_pb2.TERMINATION_REASON_OPTIMAL
    return {"cpu_s": cpu, "objective": float(prices @ most + best.sum()), "solved": solved}


def _cp_sat(path: str) -> dict[str, Any]:
    from ortools.sat.python import cp_model

    benefit, matrix, most = _columns(path)
    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in benefit]
    packages = int(np.load(path)["owner"].max()) + 1
    scale, rows = 1_000, matrix.tocsr()
    for r in range(rows.shape[0]):
        part = slice(rows.indptr[r], rows.indptr[r + 1])
        terms = [columns[c] for c in rows.indices[part]]
        if r < packages:
            model.add_at_most_one(terms)
            continue
        # rounded up: what it finds keeps the limit as it stands
        amount = np.ceil(rows.data[part] * scale).astype(int)
        total = cp_model.LinearExpr.weighted_sum(terms, amount.tolist())
        model.add(total <= int(np.floor(most[r] * scale)))
    worth = np.round(benefit * scale).astype(int).tolist()
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, worth))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = PLAN_SECONDS
    solver.parameters.num_workers = 2
    since = time.process_time()
    status = solver.solve(model)
    planned = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return {
        "cpu_s": time.process_time() - since,
        "objective": solver.objective_value / scale if planned else 0.0,
        "bound": solver.best_objective_bound / scale,
        "solved": status == cp_model.OPTIMAL,
    }


def _work(what: str, size: int, path: str) -> dict[str, Any]:
    asked: dict[str, Callable[[], dict[str, Any]]] = {
        "ours": lambda: _ours(size),
        "columns": lambda: _write_columns(size, path),
        "pdlp": lambda: _pdlp(path),
        "cp-sat": lambda: _cp_sat(path),
        "highs-ipm": lambda: _highs(path, "ipm"),
        "highs-simplex": lambda: _highs(path, "simplex"),
        "highs-mip": lambda: _highs(path, "mip"),
    }
    return asked[what]()


if __name__ == "__main__":
    print(json.dumps(_work(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
