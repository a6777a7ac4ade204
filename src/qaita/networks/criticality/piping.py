"""What the closure of each section of a water network takes, by pressures."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qaita.engine.flow.closures import n_minus_1
from qaita.engine.flow.network import Losses
from qaita.engine.flow.solving import solve
from qaita.networks.criticality.figures import Figures
from qaita.networks.criticality.tables import NotSolvable
from qaita.networks.criticality.water import Water, water_of
from qaita.networks.exporting.inp import Drawing, drawing_of, hydraulic_parts
from qaita.networks.models import Network
from qaita.networks.queries.tracing import Plan

HOUR_S = 3600.0
METHODS = ("graph", "region", "whole")  # by the engine's numbers
Floats = NDArray[np.float64]


def water_figures(network: Network, _plan: Plan, known: Figures, threads: int) -> Figures:
    """Return the figures by pressures, or raise NotSolvable.

    Pressures need an EPANET file's heads, demands and roughness; registers made of drawings
    seldom hold them.
    """
    drawing = drawing_of(network)
    # a node made by a cut has no words of its own, and no demand either
    told = [node for node in drawing.nodes.values() if node.raw]
    if not drawing.carried or not any(node.consumers for node in told):
        raise NotSolvable("no_file")
    water = _water(drawing)
    number = {name: i for i, name in enumerate(water.links)}
    links = [number[drawing.section_names[key]] for key in known.sections]
    losses = n_minus_1(water.net, water.service, np.array(links, np.int32), threads=threads)
    before = solve(water.net, water.service)
    if not before.converged:
        raise NotSolvable("not_settled")
    short = np.where(np.isnan(before.head_m), 0.0, water.net.demand_m3s - before.supplied_m3s)
    return replace(
        known,
        basis="hydraulics",
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
