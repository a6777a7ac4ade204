"""What the closure of each section takes: from the register's rows to the engine's arrays."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qaita.engine.flow.bridges import sides_of_bridges
from qaita.engine.flow.closures import n_minus_1
from qaita.engine.flow.network import Losses
from qaita.engine.flow.segments import isolate
from qaita.engine.flow.solving import solve
from qaita.networks.criticality.tables import NotSolvable
from qaita.networks.criticality.water import Water, water_of
from qaita.networks.exporting.inp import Drawing, drawing_of, hydraulic_parts
from qaita.networks.models import Network
from qaita.networks.queries.tracing import VALVE, Plan, plan_of

HOUR_S = 3600.0
METHODS = ("graph", "region", "whole")  # by the engine's numbers
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Figures:
    """One figure a living section, in the order of `sections` (row keys).

    `shut`, `lost_m3h`, `bound_m3h` are None where the register does not hold what they need;
    `no_pressures` says why the last two are missing.
    """

    sections: list[int]
    consumers: int
    off: Floats
    shut: Floats | None
    method: list[str]
    lost_m3h: Floats | None = None
    bound_m3h: Floats | None = None
    demand_m3h: float | None = None
    unsettled: int = 0
    no_pressures: str = ""


def figures_of(network: Network, *, threads: int = 2) -> Figures:
    """Compute what each section carries: by pressures where the register allows, else by the way.

    Pressures need an EPANET file's heads, demands and roughness; registers made of drawings
    seldom hold them. Then a section takes the consumers that have no other way to a source.
    """
    plan = plan_of(network)
    known = _by_way(plan)
    if not len(plan.sources):
        return replace(known, sections=[], method=[], no_pressures="source")
    try:
        return _by_pressures(network, known, threads)
    except NotSolvable as reason:
        return replace(known, no_pressures=reason.code)


def _by_way(plan: Plan) -> Figures:
    count = len(plan.sections)
    sides = sides_of_bridges(plan.graph, plan.sources)
    off = sides.sums(plan.consumers)[:count].astype(np.float64)
    return Figures(
        [row[0] for row in plan.sections],
        int(plan.consumers.sum()),
        off,
        _shut(plan, count),
        ["graph"] * count,
    )


def _shut(plan: Plan, count: int) -> Floats | None:
    """Return the consumers cut off when the valves around a section are shut."""
    valve = plan.kinds == VALVE
    if not valve.any() or not len(plan.sources):
        return None
    at_from = np.flatnonzero(valve[plan.graph.from_node])
    at_to = np.flatnonzero(valve[plan.graph.to_node])
    found = isolate(
        plan.graph,
        plan.sources,
        plan.consumers,
        valve_edge=np.concatenate([at_from, at_to]),
        valve_at_to=np.repeat([False, True], [len(at_from), len(at_to)]),
    )
    return np.asarray(found.lost[found.of_edge[:count]])


def _by_pressures(network: Network, known: Figures, threads: int) -> Figures:
    if network.utility_service.service != "water":
        raise NotSolvable("service")
    drawing = drawing_of(network)
    # a node made by a cut has no words of its own, and no demand either
    told = [node for node in drawing.nodes.values() if node.raw]
    if not drawing.carried or not any(node.consumers for node in told):
        raise NotSolvable("no_file")
    water = _water(drawing)
    number = {name: i for i, name in enumerate(water.links)}
    links = [number[drawing.section_names[key]] for key in known.sections]
    try:
        losses = n_minus_1(water.net, water.service, np.array(links, np.int32), threads=threads)
        before = solve(water.net, water.service)
    except ValueError:
        raise NotSolvable("values") from None
    if not before.converged:
        raise NotSolvable("not_settled")
    short = np.where(np.isnan(before.head_m), 0.0, water.net.demand_m3s - before.supplied_m3s)
    return replace(
        known,
        off=_people(drawing, water, losses, short),
        method=[METHODS[code] for code in losses.method.tolist()],
        lost_m3h=np.maximum(losses.added_m3s, 0.0) * HOUR_S,
        bound_m3h=losses.bound_m3s * HOUR_S,
        demand_m3h=float(water.net.demand_m3s.sum()) * HOUR_S,
        unsettled=int((~losses.converged).sum()),
    )


def _water(drawing: Drawing) -> Water:
    lines = hydraulic_parts(drawing)
    try:
        return water_of({name: [line.split() for line in rows] for name, rows in lines.items()})
    except (ValueError, KeyError, IndexError, ZeroDivisionError):
        raise NotSolvable("values") from None


def _people(drawing: Drawing, water: Water, losses: Losses, short: Floats) -> Floats:
    """Return the consumers at the nodes by the share of their demand that a closure takes."""
    named = {drawing.node_names[key]: node.consumers for key, node in drawing.nodes.items()}
    people = np.array([named[name] for name in water.nodes], np.float64)
    demand = water.net.demand_m3s
    each = np.divide(people, demand, out=np.zeros_like(people), where=demand > 0)
    along = np.concatenate([[0.0], np.cumsum(losses.lost_m3s * each[losses.node])])
    lost = along[losses.starts[1:]] - along[losses.starts[:-1]]
    return np.asarray(np.maximum(lost - (short * each).sum(), 0.0))
