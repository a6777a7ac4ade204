"""Close calls as a model of HiGHS: one option for each package, worth most within the limits."""

from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from qaita.engine.plan.national.core import Core
from qaita.engine.plan.national.packs import Floats, Ints


def uses_of_core(core: Core, rows: int) -> sp.csr_matrix:
    """Return what each option of the core uses of each limit: (limits, options)."""
    shape = (len(core.option), rows)
    return sp.csr_matrix((core.amount, core.row, core.use), shape=shape).T.tocsr()


def choose_best(solver: Any, core: Core, worth: Floats, uses: sp.csr_matrix, most: Floats) -> None:
    """Let a solver look for one option of each package: the sum of `worth` (options,) largest.

    `uses` (limits, options) times what is chosen stays within `most`.
    """
    count, packages = len(core.option), len(core.who)
    owner = np.repeat(np.arange(packages), np.diff(core.start))
    once = sp.csr_matrix((np.ones(count), (owner, np.arange(count))), shape=(packages, count))
    matrix = sp.vstack([once, uses]).tocsc()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count, packages + len(most)
    model.col_cost_, model.sense_ = worth, highspy.ObjSense.kMaximize
    model.col_lower_, model.col_upper_ = np.zeros(count), np.ones(count)
    model.row_lower_ = np.r_[np.ones(packages), np.full(len(most), -highspy.kHighsInf)]
    model.row_upper_ = np.r_[np.ones(packages), most]
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    model.integrality_ = [highspy.HighsVarType.kInteger] * count
    solver.passModel(model)


def chosen_of(solver: Any, core: Core) -> Ints | None:
    """Return what the solver chose: of each package an index of the core's options; or None."""
    if solver.getInfo().primal_solution_status != 2:  # 2: a feasible point was found
        return None
    chosen = np.flatnonzero(np.array(solver.getSolution().col_value) > 0.5)
    return chosen if len(chosen) == len(core.who) else None
