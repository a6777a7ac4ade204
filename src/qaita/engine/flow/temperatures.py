"""Temperatures along flowing water: one sweep from the sources downstream."""

from typing import Any

import numpy as np

from qaita.engine.flow.compiling import entry
from qaita.engine.flow.network import Floats, Network

WATER_J_KG_K = 4190.0  # specific heat of water near 80 °C
WATER_KG_M3 = 972.0  # and its density
STILL_M3S = 1e-9  # flows below this carry no heat


def temperatures(
    net: Network, flow_m3s: Floats, source_c: Floats, loss_w_k: Floats, ground_c: float
) -> Floats:
    """Return the temperature (°C) of every node of a network at rest; NaN where nothing flows in.

    Along a pipe the water's distance from the ground's temperature falls by
    exp(−u / (c·ρ·q)), with u the heat loss of the whole pipe in W/K (`loss_w_k`, (m,)) and q its
    flow in m³/s (`flow_m3s`, (m,), from → to); at a node inflows mix by flow. `source_c` (n,) is
    the temperature fed in at nodes with a given head (others are not read). Flow in a network at
    rest has no circles but through pumps, so one pass in the order of inflow is exact; a node on
    a circle stays NaN. The exponential is known as Shukhov's formula.
    """
    count = net.nodes
    forward = flow_m3s >= 0
    begin = np.where(forward, net.from_node, net.to_node).astype(np.int64)
    end = np.where(forward, net.to_node, net.from_node).astype(np.int64)
    size = np.abs(flow_m3s)
    moving = np.flatnonzero(net.is_open & (size > STILL_M3S))
    order = moving[np.argsort(begin[moving], kind="stable")]
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(begin[order], minlength=count), out=starts[1:])
    kept = np.exp(-loss_w_k / (WATER_J_KG_K * WATER_KG_M3 * np.maximum(size, STILL_M3S)))
    fed = ~np.isnan(net.head_m)
    out = np.where(fed, source_c, np.nan).astype(np.float64)
    _sweep((starts, order, end, size, kept), fed, ground_c, out)
    return out


def heat_delivered_w(net: Network, supplied_m3s: Floats, supply_c: Floats, back_c: float) -> Floats:
    """Return the heat (W) each node takes: ρ·q·c·(supply − return), 0 where no water comes."""
    fall = np.maximum(supply_c - back_c, 0.0)
    heat = WATER_KG_M3 * WATER_J_KG_K * supplied_m3s * fall
    return np.where(np.isnan(net.head_m) & (supplied_m3s > 0), heat, 0.0)


@entry
def _sweep(pipes: Any, fed: Any, ground: float, out: Any) -> None:
    """Take nodes as soon as all their inflows are known (Kahn, Comm. ACM 5, 1962)."""
    starts, order, end, size, kept = pipes
    nodes = len(out)
    waiting = np.zeros(nodes, np.int64)
    for x in order:
        waiting[end[x]] += 1
    heat, water = np.zeros(nodes), np.zeros(nodes)
    queue = np.empty(nodes, np.int64)
    head, tail = 0, 0
    for i in range(nodes):
        if waiting[i] == 0 or fed[i]:
            queue[tail] = i
            tail += 1
    while head < tail:
        here = queue[head]
        head += 1
        if not fed[here] and water[here] > 0.0:
            out[here] = heat[here] / water[here]
        for place in range(starts[here], starts[here + 1]):
            k = order[place]
            there = end[k]
            arriving = ground + (out[here] - ground) * kept[k]
            heat[there] += arriving * size[k]
            water[there] += size[k]
            waiting[there] -= 1
            if waiting[there] == 0 and not fed[there]:
                queue[tail] = there
                tail += 1
