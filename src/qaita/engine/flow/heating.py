"""District heating with the core of water: supply and return pipes side by side, closed as pairs.

Where every pipe of the supply has its like in the return, flows and losses of the return mirror
those of the supply, so that only the difference of pressure between both is asked for: one network
of pipes with twice the resistance, whose heads are those differences. Plants hold theirs by their
pumps; a consumer takes its design flow from `needed_m` on, and below it √(Δh / needed) of it, as
its valve stands wide open. Temperatures are those of the design, so heat goes as water.
"""

from dataclasses import dataclass, replace

import numpy as np

from qaita.engine.flow.closures import n_minus_1
from qaita.engine.flow.network import (
    DARCY_WEISBACH,
    PIPE,
    Flags,
    Floats,
    Ints,
    Losses,
    Network,
    Service,
    darcy_weisbach,
    gentle_flow,
)
from qaita.engine.flow.solving import solve
from qaita.engine.flow.temperatures import WATER_J_KG_K, WATER_KG_M3

HOT_VISCOSITY = 3.7e-7  # m²/s, water at 80 °C
COUPLING_S2_M5 = 1e-3  # minor loss of what only joins two nodes
AMPLE_M = 1e5  # a head with which everybody is served while pumps are sized


@dataclass(frozen=True)
class Heat:
    """Pairs of pipes between n nodes; what has no length only joins its nodes."""

    from_node: Ints  # (m,)
    to_node: Ints  # (m,)
    length_m: Floats  # (m,)
    diameter_m: Floats  # (m,)
    load_w: Floats  # (n,) of consumers
    is_plant: Flags  # (n,)


@dataclass(frozen=True)
class Design:
    """What the network was built for. A norm of 0.5 mm roughness is SNiP 2.04.07's for water."""

    fall_k: float = 60.0  # by which the water cools at the consumer
    roughness_m: float = 0.0005
    needed_m: float = 15.0  # difference of head a consumer's elevator needs
    reserve: float = 0.1  # of the losses, in the plants' pumps
    most_m: float = 160.0  # of a plant's difference of head: 16 bar pipes carry no more


class NoHead(ValueError):
    """The pipes are too narrow for their loads: no pump that they stand would serve everybody."""


def heat_network(heat: Heat, design: Design) -> tuple[Network, Service]:
    """Return the network of differences of head, its plants' pumps sized to serve everybody.

    The pumps are as good as those with all pipes open need to be, and `reserve` of the losses
    better: what a register does not tell. Raises NoHead where that passes `most_m`.
    """
    net = _network(heat, design, design_flow(heat, design))
    svc = Service(0.0, design.needed_m)
    rest = solve(_at_head(net, AMPLE_M), svc)
    fed = np.isfinite(rest.head_m) & (net.demand_m3s > 0)
    lost = float((AMPLE_M - rest.head_m[fed]).max(initial=0.0))
    head = design.needed_m + lost * (1.0 + design.reserve)
    if head > design.most_m or not rest.converged:
        raise NoHead(f"the plants would have to hold {head:.0f} m")
    return _at_head(net, head), svc


def design_flow(heat: Heat, design: Design) -> Floats:
    """Return the flow (m³/s) each node takes when it is served; plants take none."""
    flow = heat.load_w / (WATER_KG_M3 * WATER_J_KG_K * design.fall_k)
    return np.where(heat.is_plant, 0.0, flow)


def heat_outages(
    heat: Heat, design: Design, pairs: Ints | None = None, *, threads: int = 2
) -> tuple[Losses, Floats]:
    """Return what each closed pair takes from whom as water (m³/s), and in all in W: (k,)."""
    net, svc = heat_network(heat, design)
    asked = np.arange(net.links, dtype=np.int32) if pairs is None else pairs
    losses = n_minus_1(net, svc, asked, threads=threads)
    watts = losses.added_m3s * WATER_KG_M3 * WATER_J_KG_K * design.fall_k
    return losses, np.asarray(np.maximum(watts, 0.0))


def _network(heat: Heat, design: Design, flow: Floats) -> Network:
    count = len(heat.from_node)
    laid = heat.length_m > 0
    long, wide = np.where(laid, heat.length_m, 1.0), np.where(laid, heat.diameter_m, 1.0)
    r, rough, reynolds = darcy_weisbach(long, wide, design.roughness_m, viscosity=HOT_VISCOSITY)
    param = np.column_stack([rough * np.ones(count), reynolds, gentle_flow(wide)])
    return Network(
        np.asarray(heat.from_node, np.int32),
        np.asarray(heat.to_node, np.int32),
        np.full(count, PIPE, np.int8),
        np.where(laid, 2.0 * r, 0.0),
        np.where(laid, 0.0, COUPLING_S2_M5),
        param,
        np.ones(count, np.bool_),
        np.zeros(len(heat.load_w)),
        np.where(heat.is_plant, 0.0, np.nan),
        flow,
        DARCY_WEISBACH,
    )


def _at_head(net: Network, head_m: float) -> Network:
    return replace(net, head_m=np.where(np.isnan(net.head_m), np.nan, head_m))
