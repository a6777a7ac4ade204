"""The exact plan of one utility by HiGHS: the same problem gives the same plan."""

from importlib.metadata import version
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from qaita.engine.plan.check import price_bound
from qaita.engine.plan.problem import Floats, Limit, Plan, Problem, limits_of

# Work is limited by nodes, never by time: a clock would make two runs differ. A small problem's
# nodes are cheap, so it gets more of them; what is left open is told as the gap.
LEAST_NODES = 200
NODES_TIMES_COLUMNS = 240_000
WANTED_GAP_SHARE = 1e-3
CHOSEN = 0.5


def engine_version() -> str:
    """Return what computed the plan: it belongs to the inputs."""
    return f"exact 1, highspy {version('highspy')}"


def quiet_solver() -> Any:
    """Return a HiGHS whose answers do not depend on the machine's threads or clock."""
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # the wheel carries no types
    for name, value in {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "parallel": "off",
        "mip_rel_gap": WANTED_GAP_SHARE,
        "mip_max_nodes": LEAST_NODES,
    }.items():
        solver.setOptionValue(name, value)
    return solver


def matrix_of(
    problem: Problem, limits: list[Limit]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Floats]:
    """Return the rows in compressed form: one per package (at most once), then the limits."""
    packages, years = problem.cost_mkzt.shape
    starts, columns, values = [0], [], []
    for g in range(packages):
        columns.append(np.arange(g * years, (g + 1) * years))
        values.append(np.ones(years))
        starts.append(starts[-1] + years)
    for limit in limits:
        flat = limit.weight.ravel()
        (found,) = np.nonzero(flat)
        columns.append(found)
        values.append(flat[found])
        starts.append(starts[-1] + len(found))
    return (
        np.array(starts, dtype=np.int32),
        np.concatenate(columns).astype(np.int32),
        np.concatenate(values),
    )


def model_of(problem: Problem, limits: list[Limit], *, whole: bool) -> Any:
    """Return the HiGHS model: one column per package and year."""
    packages, years = problem.cost_mkzt.shape
    starts, columns, values = matrix_of(problem, limits)
    count = packages * years
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, packages + len(limits)
    model.col_cost_ = problem.benefit_mkzt.ravel()
    model.col_lower_, model.col_upper_ = np.zeros(count), np.ones(count)
    model.row_lower_ = np.full(packages + len(limits), -highspy.kHighsInf)
    model.row_upper_ = np.concatenate([np.ones(packages), [row.most for row in limits]])
    model.sense_ = highspy.ObjSense.kMaximize
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = starts, columns
    model.a_matrix_.value_ = values
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * count
    return model


def _prices(problem: Problem, limits: list[Limit]) -> Floats:
    """Return the price of every limit in the relaxed problem, never negative."""
    solver = quiet_solver()
    solver.passModel(model_of(problem, limits, whole=False))
    solver.run()
    duals = np.array(solver.getSolution().row_dual)[problem.cost_mkzt.shape[0] :]
    return np.asarray(np.maximum(duals, 0.0))


def solve_exactly(problem: Problem) -> Plan | None:
    """Return the best plan and a bound on any other, or None when no plan keeps every limit."""
    packages, years = problem.cost_mkzt.shape
    limits = limits_of(problem)
    if packages == 0:
        return None if any(row.most < 0 for row in limits) else _empty(limits)
    solver = quiet_solver()
    nodes = max(LEAST_NODES, NODES_TIMES_COLUMNS // problem.cost_mkzt.size)
    solver.setOptionValue("mip_max_nodes", nodes)
    solver.passModel(model_of(problem, limits, whole=True))
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != 2:  # 2: a feasible point was found
        return None
    taken = np.array(solver.getSolution().col_value).reshape(packages, years) > CHOSEN
    chosen = np.where(taken.any(axis=1), taken.argmax(axis=1), -1)
    objective = float(problem.benefit_mkzt[taken].sum())
    prices = _prices(problem, limits)
    bound = min(float(info.mip_dual_bound), price_bound(problem, limits, prices))
    return Plan(chosen, objective, max(bound, objective), prices)


def _empty(limits: list[Limit]) -> Plan:
    return Plan(np.zeros(0, dtype=np.int64), 0.0, 0.0, np.zeros(len(limits)))
