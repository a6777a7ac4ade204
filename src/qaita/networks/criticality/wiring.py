"""What the outage of each line of an electric grid takes, by load flow."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qaita.engine.power.grid import GRAPH, Grid
from qaita.engine.power.outages import line_outages, stand
from qaita.networks.criticality.figures import Figures, consumers_short, living_values
from qaita.networks.criticality.tables import NotSolvable
from qaita.networks.models import EquipmentUnit, Network
from qaita.networks.queries.tracing import SUBSTATION, Plan

Floats = NDArray[np.float64]
KW_A_CONSUMER = 1.2  # of a flat among hundreds at the peak of the day
TAN_PHI = 0.33  # power factor 0.95
CABLE = "cable"
TIE = "tie"  # kind of a unit between two nodes that stands open
# Usual conductors by the highest voltage they serve: ohm/km (r, x) and A. Bare aluminium and steel
# (GOST 839: A 50, AS 70, AS 120, AS 185, AS 300), cables of aluminium; long-term currents of the
# rules for electrical installations (PUE, tables 1.3).
LINES = (
    (1.0, 0.576, 0.32, 215.0),
    (20.0, 0.42, 0.36, 265.0),
    (35.0, 0.244, 0.41, 390.0),
    (150.0, 0.159, 0.41, 510.0),
    (1_500.0, 0.096, 0.43, 690.0),
)
CABLES = (
    (1.0, 0.326, 0.06, 240.0),
    (20.0, 0.258, 0.08, 240.0),
    (35.0, 0.129, 0.12, 355.0),
    (150.0, 0.062, 0.12, 600.0),
    (1_500.0, 0.031, 0.12, 900.0),
)
SWITCH_OHM, ANY_A = 1e-3, np.inf
SERVED_KW = 1e-3


def power_figures(network: Network, plan: Plan, known: Figures, threads: int) -> Figures:
    """Return the figures by load flow, or raise NotSolvable.

    Needs the voltage of every line, and a substation or plant wherever levels meet. Conductors
    are the usual ones of their voltage, loads usual ones at the peak; where such a grid would not
    carry its load with all lines in, the register knows too little of it.
    """
    grid = _grid(network, plan)
    if stand(grid, threads=threads).unserved_kw.sum() > SERVED_KW:
        raise NotSolvable("weak")
    lines = np.arange(len(plan.sections))
    found = line_outages(grid, lines, threads=threads)
    short = (found.starts, found.bus, found.unserved_kw)
    return replace(
        known,
        basis="load_flow",
        off=consumers_short(plan, grid.load_kw, short),
        method=["graph" if code == GRAPH else "load" for code in found.method.tolist()],
        lost_kw=np.maximum(found.added_kw, 0.0),
        demand_kw=float(grid.load_kw.sum()),
        loading=found.loading,
        least_voltage=found.least_pu,
        unsettled=int((~found.converged).sum()),
    )


def _grid(network: Network, plan: Plan) -> Grid:
    length, voltage = living_values(network, "length_m", "voltage_kv")
    material = living_values(network, "material")[0]
    if not (voltage > 0).all():
        raise NotSolvable("sizes")
    a, b = (np.asarray(x, np.int64) for x in (plan.graph.from_node, plan.graph.to_node))
    count = len(a) - len(length)
    level = _levels(plan, voltage)
    r, x, limit = _conductors(voltage, material == CABLE)
    switches = np.full(count, SWITCH_OHM)
    is_source = np.zeros(plan.graph.nodes, np.bool_)
    is_source[plan.sources] = True
    load = np.where(is_source, 0.0, plan.consumers * KW_A_CONSUMER)
    if not load.any():
        raise NotSolvable("no_load")
    km = length / 1_000.0
    return Grid(
        a,
        b,
        np.concatenate([r * km, switches]),
        np.concatenate([x * km, switches]),
        np.concatenate([limit, np.full(count, ANY_A)]),
        np.concatenate([voltage, level[a[len(length) :]]]),
        np.concatenate([np.zeros(len(length), np.bool_), _ties(network, count)]),
        is_source,
        load,
        load * TAN_PHI,
    )


def _levels(plan: Plan, voltage: Floats) -> Floats:
    """Return the highest voltage at each node; levels meet only where a transformer may be."""
    a, b = (x[: len(voltage)] for x in (plan.graph.from_node, plan.graph.to_node))
    ends = np.concatenate([a, b])
    high, low = np.zeros(plan.graph.nodes), np.full(plan.graph.nodes, np.inf)
    np.maximum.at(high, ends, np.tile(voltage, 2))
    np.minimum.at(low, ends, np.tile(voltage, 2))
    transforms = (plan.kinds == SUBSTATION) | np.isin(np.arange(len(high)), plan.sources)
    if ((low < high) & ~transforms).any():
        raise NotSolvable("levels")
    return np.where(high > 0, high, 1.0)


def _conductors(voltage: Floats, cable: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    tables = np.array([LINES, CABLES])
    row = np.searchsorted(tables[0, :, 0], voltage)
    told = tables[cable.astype(np.int64), np.minimum(row, len(LINES) - 1)]
    return told[:, 1], told[:, 2], told[:, 3]


def _ties(network: Network, count: int) -> NDArray[np.bool_]:
    """Tell which of the units between two nodes stand open, in the order of the plan's edges."""
    units = EquipmentUnit.objects.filter(network=network, to_node__isnull=False)
    kinds = [kind for kind, node in units.values_list("kind", "node") if node is not None]
    return np.array([kind == TIE for kind in kinds], np.bool_).reshape(count)
