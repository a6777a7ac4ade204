"""Many states of one grid at once: lines out, ties closed, part of the load off.

The load flow is power-grid-model's: Newton and Raphson's method on the three-phase balanced grid
with loads of constant power (LF Energy, power-grid-model, https://power-grid-model.readthedocs.io).
Every line is given to it on one common voltage, so that levels join without transformers: at its
own rated voltage U a line has (COMMON / U)² its impedance there and U / COMMON its current.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from power_grid_model import (
    CalculationMethod,
    LoadGenType,
    PowerGridModel,
    initialize_array,
)

from qaita.engine.power.grid import Band, Flags, Floats, Grid, Ints

COMMON_KV = 10.0
STRONG_VA = 1e12  # short-circuit power of a source: it holds its voltage
ANY_A = 1e9  # current limit of a line without one
STEPS = 30
AT_ONCE = 256  # states in one call: their answers take memory
ASKED: Any = {"node": ["u_pu"], "line": ["p_from", "i_from", "i_to"]}


@dataclass(frozen=True)
class Cases:
    """States asked for, k of them: a line out (−1: none), a tie closed (−1: none), load kept."""

    out: Ints  # (k,)
    tie: Ints  # (k,)
    keep: Floats  # (k, n) 0…1

    def of(self, which: Any) -> "Cases":
        """Return some of the states."""
        return Cases(self.out[which], self.tie[which], self.keep[which])


@dataclass(frozen=True)
class Flows:
    """What k states have: voltages (0: not connected), power of lines from → to, and loading.

    `loading` is the current as a share of the limit. Where Newton's method did not come to rest
    (`converged` False) the state is that of loads of constant impedance.
    """

    volts: Floats  # (k, n) per unit
    power_kw: Floats  # (k, m)
    loading: Floats  # (k, m)
    converged: Flags  # (k,)

    def of(self, which: Any) -> "Flows":
        """Return some of the states."""
        return Flows(
            self.volts[which], self.power_kw[which], self.loading[which], self.converged[which]
        )


@dataclass(frozen=True)
class Solver:
    """A grid ready to be asked for states."""

    grid: Grid
    band: Band
    threads: int
    model: PowerGridModel

    def flows(self, cases: Cases) -> Flows:
        """Return the load flow of every state."""
        count = len(cases.out)
        firsts = range(0, max(count, 1), AT_ONCE)
        parts = [_solved(self, cases.of(slice(i, i + AT_ONCE))) for i in firsts]
        return Flows(
            np.concatenate([part.volts for part in parts]),
            np.concatenate([part.power_kw for part in parts]),
            np.concatenate([part.loading for part in parts]),
            np.concatenate([part.converged for part in parts]),
        )


def solver_of(grid: Grid, band: Band, *, threads: int) -> Solver:
    """Return power-grid-model's model of a grid, all ties open; ids are lines, buses, loads."""
    m, n = grid.lines, grid.buses
    node = initialize_array("input", "node", n)
    node["id"], node["u_rated"] = m + np.arange(n), COMMON_KV * 1e3
    line = initialize_array("input", "line", m)
    ratio = COMMON_KV / grid.rated_kv
    line["id"], line["from_node"], line["to_node"] = (
        np.arange(m),
        m + grid.from_bus,
        m + grid.to_bus,
    )
    line["from_status"] = line["to_status"] = ~grid.is_tie
    line["r1"], line["x1"] = grid.r_ohm * ratio**2, grid.x_ohm * ratio**2
    line["c1"] = line["tan1"] = 0.0
    line["i_n"] = ANY_A
    load = initialize_array("input", "sym_load", n)
    load["id"], load["node"] = m + n + np.arange(n), m + np.arange(n)
    load["status"], load["type"] = 1, LoadGenType.const_power
    load["p_specified"], load["q_specified"] = grid.load_kw * 1e3, grid.load_kvar * 1e3
    at = np.flatnonzero(grid.is_source)
    source = initialize_array("input", "source", len(at))
    source["id"], source["node"] = m + 2 * n + np.arange(len(at)), m + at
    source["status"], source["u_ref"], source["sk"] = 1, band.source, STRONG_VA
    parts: Any = {"node": node, "line": line, "sym_load": load, "source": source}
    return Solver(grid, band, threads, PowerGridModel(parts))


def _solved(solver: Solver, cases: Cases) -> Flows:
    grid = solver.grid
    if not len(cases.out):
        wide = np.zeros((0, grid.lines))
        return Flows(np.zeros((0, grid.buses)), wide, wide, np.zeros(0, np.bool_))
    told = _calculated(solver, _update(grid, cases), CalculationMethod.newton_raphson)
    error = solver.model.batch_error
    failed = np.zeros(0, np.int64) if error is None else np.asarray(error.failed_scenarios)
    converged = np.ones(len(cases.out), np.bool_)
    converged[failed] = False
    if len(failed):
        some = _update(grid, cases.of(failed))
        again = _calculated(solver, some, CalculationMethod.linear)
        for kind, columns in again.items():
            for name, values in columns.items():
                told[kind][name][failed] = values
    current = np.maximum(told["line"]["i_from"], told["line"]["i_to"])
    on_line = current * COMMON_KV / grid.rated_kv
    return Flows(
        np.asarray(told["node"]["u_pu"]),
        np.asarray(told["line"]["p_from"]) / 1e3,
        np.asarray(on_line / grid.limit_a),
        converged,
    )


def _calculated(solver: Solver, update: Any, method: CalculationMethod) -> dict[str, Any]:
    told: Any = solver.model.calculate_power_flow(
        update_data=update,
        output_component_types=ASKED,
        calculation_method=method,
        max_iterations=STEPS,
        threading=-1 if solver.threads < 2 else solver.threads,
        continue_on_batch_error=True,
    )
    return {str(kind.value): columns for kind, columns in told.items()}


def _update(grid: Grid, cases: Cases) -> dict[str, Any]:
    """Return what each state changes; a line that nobody asked for is told what it is."""
    k, m, n = len(cases.out), grid.lines, grid.buses
    line = initialize_array("update", "line", (k, 2))
    line["id"][:, 0] = np.where(cases.out >= 0, cases.out, 0)
    stands = (cases.out < 0) & bool(~grid.is_tie[0])
    line["from_status"][:, 0] = line["to_status"][:, 0] = stands
    line["id"][:, 1] = np.where(cases.tie >= 0, cases.tie, line["id"][:, 0])
    line["from_status"][:, 1] = line["to_status"][:, 1] = stands | (cases.tie >= 0)
    load = initialize_array("update", "sym_load", (k, n))
    load["id"] = m + n + np.arange(n)
    load["p_specified"] = grid.load_kw * cases.keep * 1e3
    load["q_specified"] = grid.load_kvar * cases.keep * 1e3
    return {"line": line, "sym_load": load}
