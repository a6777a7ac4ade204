"""What the closure of each section takes, by the way of the network alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaita.engine.flow.bridges import sides_of_bridges
from qaita.engine.flow.segments import isolate
from qaita.networks.models import LIVING, Network, Section
from qaita.networks.queries.tracing import VALVE, Plan

Floats = NDArray[np.float64]
Ints = NDArray[Any]


@dataclass(frozen=True)
class Figures:
    """One figure a living section, in the order of `sections` (row keys).

    `shut` and what is lost in m³/h or kW, with its bound, are None where the register does not
    hold what they need; `no_pressures` says why. `loading` and `least_voltage` are of electricity:
    the worst line as a share of its limit and the lowest voltage fed, before anybody is switched
    off; NaN where nothing gets worse.
    """

    sections: list[int]
    consumers: int
    off: Floats
    shut: Floats | None
    method: list[str]
    basis: str = "graph"
    lost_m3h: Floats | None = None
    bound_m3h: Floats | None = None
    demand_m3h: float | None = None
    lost_kw: Floats | None = None
    demand_kw: float | None = None
    loading: Floats | None = None
    least_voltage: Floats | None = None
    unsettled: int = 0
    no_pressures: str = ""


def by_way(plan: Plan) -> Figures:
    """Return the consumers that have no other way to a source than a section."""
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


def consumers_short(plan: Plan, wanted: Floats, short: tuple[Ints, Ints, Floats]) -> Floats:
    """Return the consumers at the nodes by the share of what they want that each closure takes.

    `short` holds starts, node and lost: closure i leaves node[j] short by lost[j] of
    wanted[node[j]] for j in starts[i] … starts[i+1] − 1.
    """
    starts, node, lost = short
    each = np.divide(plan.consumers, wanted, out=np.zeros(len(wanted)), where=wanted > 0)
    along = np.concatenate([[0.0], np.cumsum(lost * each[node])])
    return np.asarray(along[starts[1:]] - along[starts[:-1]])


def living_values(network: Network, *names: str) -> list[NDArray[Any]]:
    """Return columns of the living sections in the order of a plan's; an unknown number is NaN."""
    rows = Section.objects.filter(network=network, state__in=LIVING).order_by("pk")
    columns = list(zip(*rows.values_list(*names), strict=True)) or [()] * len(names)
    return [
        np.array(column) if name == "material" else np.array(column, np.float64)
        for name, column in zip(names, columns, strict=True)
    ]


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
