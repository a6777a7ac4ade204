"""A pressure network at rest, with every link that is open."""

from dataclasses import dataclass

import numpy as np

from qaita.engine.flow.lanes import WIDTH
from qaita.engine.flow.model import Layout, Model, Start, first_guess, make_model, without_demand
from qaita.engine.flow.network import (
    PRV,
    PSV,
    Floats,
    Ints,
    Network,
    Service,
    State,
    check_network,
    check_service,
)
from qaita.engine.flow.newton import Closures, Outside, begin, new_work, settle
from qaita.engine.flow.oneway import unreachable
from qaita.engine.flow.special import CAME, LAST, REGULATING, STIFF

TOLERANCE, MOST_STEPS = 1e-10, 200
NO_OUTSIDE = Outside(np.zeros((0, 0)), np.zeros(0), np.zeros(0))


@dataclass(frozen=True)
class Base:
    """A network's model, at rest: what closures begin from. `dead` are rows without a source."""

    net: Network
    model: Model
    layout: Layout
    start: Start
    dead: Ints
    pivots: tuple[Floats, Floats]  # L and 1/D of the last step
    p: Floats  # m²/s of the links in the last step
    answer: Floats  # m²/s with which rows that are short answered
    residual: float
    iterations: int
    converged: bool


def settle_base(net: Network, svc: Service) -> Base:
    """Bring a network to rest from the first guess; what no source reaches gets nothing."""
    check_network(net)
    check_service(svc)
    model, layout = make_model(net, svc)
    dead = unreachable(model, -1, directed=False)
    model = without_demand(model, dead)
    start = first_guess(net, model, layout)
    work = new_work(model)
    closures = Closures(
        np.full(WIDTH, -1, np.int32), (np.arange(WIDTH + 1) * len(dead)).astype(np.int32),
        np.tile(dead, WIDTH),
    )  # fmt: skip
    begin(model, start, closures, work)
    steps = settle(model, NO_OUTSIDE, closures, work, TOLERANCE, MOST_STEPS)
    rest = Start(
        work.flow[:, 0].copy(),
        work.head[:, 0].copy(),
        work.supply[:, 0].copy(),
        work.setting[: len(start.setting), 0].copy(),
        work.short.copy(),
    )
    pivots = (work.below[:-1, 0].copy(), work.diagonal[: model.nodes, 0].copy())
    answer = np.zeros(model.nodes)
    answer[dead] = 1.0
    for kind, end in ((PRV, model.to_node), (PSV, model.from_node)):
        holds = (model.kind[model.plain :] == kind) & (rest.setting == REGULATING)
        np.add.at(answer, end[model.plain :][holds], STIFF)
    last, came = float(work.told[LAST, 0]), bool(work.told[CAME, 0] > 0)
    p = work.p[:, 0].copy()
    return Base(net, model, layout, rest, dead, pivots, p, answer, last, steps, came)


def solve(net: Network, svc: Service) -> State:
    """Return flows, heads and supply of a network with its open links.

    Global gradient algorithm with pressure-driven demand (see `newton`); SI units. Nodes that no
    source reaches by open links have head NaN and supply 0.
    """
    base = settle_base(net, svc)
    model, layout, start = base.model, base.layout, base.start
    flow = np.zeros(net.links)
    flow[layout.link] = start.flow
    rows = start.head.copy()
    rows[base.dead] = np.nan
    head = np.empty(net.nodes)
    head[layout.node] = rows
    supply = np.zeros(net.nodes)
    supply[layout.node[model.where]] = start.supply
    return State(flow, head, supply, base.residual, base.iterations, base.converged)
