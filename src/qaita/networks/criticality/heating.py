"""What the closure of each pair of heating pipes takes, by pressures between supply and return."""

from dataclasses import replace

import numpy as np

from qaita.engine.flow.heating import Design, Heat, NoHead, design_flow, heat_outages
from qaita.networks.criticality.figures import Figures, consumers_short, living_values
from qaita.networks.criticality.piping import METHODS
from qaita.networks.criticality.tables import NotSolvable
from qaita.networks.models import Network
from qaita.networks.queries.tracing import Plan

PAIR = 2
WATTS_A_CONSUMER = 4_800.0  # in the design frost: a flat of 60 m² at 80 W/m²
MM_PER_M = 1_000.0
DESIGN = Design()


def heat_figures(network: Network, plan: Plan, known: Figures, threads: int) -> Figures:
    """Return the figures by pressures, or raise NotSolvable.

    Needs pairs of pipes of known diameters. Loads are usual ones, the plants' pumps as large as
    the network as it stands asks for (`engine.flow.heating`).
    """
    heat = _heat(network, plan)
    pairs = np.arange(len(plan.sections), dtype=np.int32)
    try:
        losses, watts = heat_outages(heat, DESIGN, pairs, threads=threads)
    except NoHead:
        raise NotSolvable("weak") from None
    short = (losses.starts, losses.node, losses.lost_m3s)
    return replace(
        known,
        basis="hydraulics",
        off=consumers_short(plan, design_flow(heat, DESIGN), short),
        method=[METHODS[code] for code in losses.method.tolist()],
        lost_kw=watts / 1e3,
        demand_kw=float(heat.load_w.sum()) / 1e3,
        unsettled=int((~losses.converged).sum()),
    )


def _heat(network: Network, plan: Plan) -> Heat:
    """Return the network of pairs; couplings of the register only join their nodes."""
    length, diameter, pipes = living_values(network, "length_m", "diameter_mm", "pipe_count")
    if (pipes != PAIR).any():
        raise NotSolvable("pairs")
    if not (diameter > 0).all():
        raise NotSolvable("sizes")
    a, b = plan.graph.from_node, plan.graph.to_node
    couplings = np.zeros(len(a) - len(length))
    is_plant = np.zeros(plan.graph.nodes, np.bool_)
    is_plant[plan.sources] = True
    load = np.where(is_plant, 0.0, plan.consumers * WATTS_A_CONSUMER)
    if not load.any():
        raise NotSolvable("no_load")
    long, wide = (np.concatenate([x, couplings]) for x in (length, diameter / MM_PER_M))
    return Heat(a, b, long, wide, load, is_plant)
