"""Every link closed in turn in several states of demand: the mean hour, the peak, a fire."""

from dataclasses import dataclass, replace

import numpy as np

from qaita.engine.flow.closures import n_minus_1
from qaita.engine.flow.network import Flags, Floats, Ints, Losses, Network, Service


@dataclass(frozen=True)
class States:
    """What k closures take in t states of demand: what each adds to what is short anyway."""

    link: Ints  # (k,)
    added_m3s: Floats  # (t, k)
    mean_m3s: Floats  # (k,) by the share of time of each state
    worst_m3s: Floats  # (k,)
    worst_state: Ints  # (k,)
    bound_m3s: Floats  # (k,) of the mean
    converged: Flags  # (k,) in every state
    losses: tuple[Losses, ...]  # by state


def n_minus_1_in_states(
    net: Network,
    svc: Service,
    demand_m3s: Floats,
    links: Ints | None = None,
    *,
    share: Floats | None = None,
    threads: int = 2,
) -> States:
    """Return what the closure of each link takes in every state of demand (t, n), m³/s.

    `share` (t,) is how much of the time each state lasts; all alike when none is given.
    """
    demands = np.atleast_2d(np.asarray(demand_m3s, np.float64))
    count = len(demands)
    weight = np.full(count, 1.0 / count) if share is None else np.asarray(share, np.float64)
    if weight.shape != (count,) or not (weight >= 0).all() or not weight.sum() > 0:
        raise ValueError("every state of demand has a share of time, not below 0")
    losses = tuple(
        n_minus_1(replace(net, demand_m3s=demand), svc, links, threads=threads)
        for demand in demands
    )
    added = np.stack([found.added_m3s for found in losses])
    weight = weight / weight.sum()
    return States(
        losses[0].link,
        added,
        weight @ added,
        added.max(0),
        added.argmax(0).astype(np.int32),
        weight @ np.stack([found.bound_m3s for found in losses]),
        np.asarray(np.stack([found.converged for found in losses]).all(0)),
        losses,
    )
