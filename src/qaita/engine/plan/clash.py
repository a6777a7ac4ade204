"""Why no plan exists: which limits clash, and by how much each alone would have to give way."""

from dataclasses import dataclass

import highspy
import numpy as np

from qaita.engine.plan.exact import matrix_of, quiet_solver
from qaita.engine.plan.problem import Floats, Limit, Problem, limits_of

SMALL = 1e-7


@dataclass(frozen=True)
class Clash:
    """A limit that takes part in the clash.

    `short` is by how much it is missed when all limits give way together as little as possible;
    `alone` by how much it alone must give way, or None when that would not help.
    """

    kind: str
    year: int
    most: float
    short: float
    alone: float | None


def find_clashes(problem: Problem) -> list[Clash]:
    """Return the limits that cannot be kept together; empty when even whole packages can.

    Phase 1: every limit may give way, weighed by its size; the least total is sought over whole
    packages. A positive least proves that no plan exists.
    """
    limits = limits_of(problem)
    if problem.cost_mkzt.shape[0] == 0:
        return [Clash(r.kind, r.year, r.most, -r.most, -r.most) for r in limits if r.most < 0]
    short = _least(problem, limits, _weights(limits))
    if short is None or short.sum() <= SMALL:
        return []
    found = []
    for i, limit in enumerate(limits):
        alone = _alone(problem, limits, i)
        if short[i] > SMALL or alone is not None:
            found.append(Clash(limit.kind, limit.year, limit.most, float(short[i]), alone))
    return found


def _weights(limits: list[Limit]) -> Floats:
    return np.array([1.0 / max(abs(limit.most), 1.0) for limit in limits])


def _alone(problem: Problem, limits: list[Limit], which: int) -> float | None:
    """Return how much the one limit must give way when all others are kept."""
    weights = np.full(len(limits), np.inf)
    weights[which] = 1.0
    short = _least(problem, limits, weights)
    return None if short is None else float(short[which])


def _least(problem: Problem, limits: list[Limit], weights: Floats) -> Floats | None:
    """Return by how much each limit gives way at the least weighted total; None if impossible.

    An infinite weight holds a limit fast.
    """
    packages, years = problem.cost_mkzt.shape
    starts, columns, values = matrix_of(problem, limits)
    count, rows = packages * years, len(limits)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count + rows, packages + rows
    soft = np.isfinite(weights)
    model.col_cost_ = np.concatenate([np.zeros(count), np.where(soft, weights, 0.0)])
    model.col_lower_ = np.zeros(count + rows)
    model.col_upper_ = np.concatenate([np.ones(count), np.where(soft, highspy.kHighsInf, 0.0)])
    model.row_lower_ = np.full(packages + rows, -highspy.kHighsInf)
    model.row_upper_ = np.concatenate([np.ones(packages), [row.most for row in limits]])
    ends = starts[packages:]
    parts_c = [columns[: ends[0]]]
    parts_v = [values[: ends[0]]]
    for i in range(rows):
        parts_c += [columns[ends[i] : ends[i + 1]], np.array([count + i], dtype=np.int32)]
        parts_v += [values[ends[i] : ends[i + 1]], np.array([-1.0])]
    shift = np.concatenate([np.zeros(packages + 1), np.arange(1, rows + 1)]).astype(np.int32)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = starts + shift
    model.a_matrix_.index_, model.a_matrix_.value_ = (
        np.concatenate(parts_c),
        np.concatenate(parts_v),
    )
    whole, free = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    model.integrality_ = [whole] * count + [free] * rows
    solver = quiet_solver()
    solver.setOptionValue("mip_max_nodes", 500)
    solver.passModel(model)
    solver.run()
    if solver.getInfo().primal_solution_status != 2:
        return None
    return np.asarray(np.maximum(np.array(solver.getSolution().col_value)[count:], 0.0))
