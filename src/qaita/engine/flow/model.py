"""A network as compiled loops take it: open links only, junctions in the factor's order."""

from typing import Any, NamedTuple

import numpy as np

from qaita.engine.flow.network import (
    CURVE_PUMP,
    FCV,
    PIPE,
    POWER_PUMP,
    PUMP,
    Floats,
    Ints,
    Kinds,
    Network,
    Service,
)
from qaita.engine.flow.ordering import Order, order_of

FIRST_FLOW = 0.3048**3  # m³/s, where nothing better is known
UNKNOWN_FLOW = 0.01


class Model(NamedTuple):
    """Rows 0 … nodes−1 are junctions in the factor's order, then come the nodes with given head.

    The links are plain pipes first, then the special ones (check valves, pumps, regulators).
    """

    nodes: int
    plain: int
    law: int
    from_node: Ints  # (m,)
    to_node: Ints  # (m,)
    kind: Kinds  # (m,)
    r: Floats  # (m,)
    minor: Floats  # (m,)
    param: Floats  # (m, 3)
    slot: Ints  # (m,): the link's place in L; the last place is for links to given heads
    starts: Ints
    rows: Ints
    target: Ints
    where: Ints  # (d,): rows with demand
    demand: Floats  # (d,)
    least: Floats  # (d,): head below which nothing flows
    span: float  # m between no and full supply
    inverse: float  # 1 / exponent of the supply law
    draw: Floats  # (rows,): demand of every row
    curve_starts: Ints
    curve_points: Floats


class Start(NamedTuple):
    """Where to begin: flows, heads, supply of demands, settings of special links, shortage."""

    flow: Floats  # (m,)
    head: Floats  # (rows,)
    supply: Floats  # (d,)
    setting: Floats  # (m − plain,)
    short: Any  # (d,) uint8


class Layout(NamedTuple):
    """How the model's numbers go with the network's."""

    link: Ints  # (m,): the network's link
    link_at: Ints  # (links,): the model's, −1 where closed for good
    node: Ints  # (rows,): the network's node
    row: Ints  # (n,): the model's
    order: Order


def make_model(net: Network, svc: Service) -> tuple[Model, Layout]:
    """Return the model of a network's open links."""
    fixed = ~np.isnan(net.head_m)
    junctions = np.flatnonzero(~fixed)
    number = np.full(net.nodes, -1, np.int64)
    number[junctions] = np.arange(len(junctions))
    a, b = number[net.from_node], number[net.to_node]
    inner = net.is_open & (a >= 0) & (b >= 0) & (a != b)
    order = order_of(len(junctions), a[inner], b[inner])
    row = np.empty(net.nodes, np.int32)
    row[junctions] = order.place
    row[fixed] = len(junctions) + np.arange(fixed.sum())
    link = _sorted_links(net, row)
    link_at = np.full(net.links, -1, np.int32)
    link_at[link] = np.arange(len(link))
    node = np.empty(net.nodes, np.int32)
    node[row] = np.arange(net.nodes)
    model = _fill(net, svc, order, row, link)
    return model, Layout(link, link_at, node, row, order)


def _sorted_links(net: Network, row: Any) -> Ints:
    """Plain pipes first, each kind in the order of the factor's columns."""
    low = np.minimum(row[net.from_node], row[net.to_node])
    open_ = np.flatnonzero(net.is_open & (net.from_node != net.to_node))
    key = np.lexsort((low[open_], net.kind[open_] != PIPE))
    return open_[key].astype(np.int32)


def _fill(net: Network, svc: Service, order: Order, row: Any, link: Any) -> Model:
    count = len(order.place)
    a, b = row[net.from_node[link]], row[net.to_node[link]]
    draw = np.zeros(net.nodes)
    draw[row] = np.where(np.isnan(net.head_m), net.demand_m3s, 0.0)
    where = np.flatnonzero(draw > 0).astype(np.int32)
    least = np.empty(net.nodes)
    least[row] = net.elevation_m + svc.least_m
    return Model(
        count,
        int((net.kind[link] == PIPE).sum()),
        int(net.law),
        a,
        b,
        np.ascontiguousarray(net.kind[link], np.int8),
        np.ascontiguousarray(net.r[link], np.float64),
        np.ascontiguousarray(net.minor[link], np.float64),
        np.ascontiguousarray(net.param[link], np.float64),
        _slots(order, a, b, count),
        order.starts,
        order.rows,
        order.target,
        where,
        draw[where],
        least[where],
        svc.full_m - svc.least_m,
        1.0 / svc.exponent,
        draw,
        np.ascontiguousarray(net.curve_starts, np.int32),
        np.ascontiguousarray(net.curve_points, np.float64),
    )


def _slots(order: Order, a: Any, b: Any, count: int) -> Ints:
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b).astype(np.int64)
    column = np.repeat(np.arange(count), np.diff(order.starts))
    keys = column * (count + 1) + order.rows
    inner = high < count
    slot = np.full(len(a), len(order.rows), np.int32)
    slot[inner] = np.searchsorted(keys, low[inner] * (count + 1) + high[inner])
    return slot


def first_guess(net: Network, model: Model, layout: Layout) -> Start:
    """Return where Newton's method begins when nothing is known."""
    kind, param = model.kind, model.param
    flow = np.where(param[:, 2] > 0, param[:, 2], UNKNOWN_FLOW)
    pumps = kind == PUMP
    gain, slope, power = param[pumps].T
    flow[pumps] = (np.maximum(gain, 1e-6) / 4 / np.maximum(slope, 1e-12)) ** (1 / power)
    flow[kind == POWER_PUMP] = FIRST_FLOW
    flow[kind == FCV] = param[kind == FCV, 0]
    for k in np.flatnonzero(kind == CURVE_PUMP):
        first, end = net.curve_starts[int(param[k, 0]) :][:2]
        flow[k] = net.curve_points[first:end, 0].mean() * param[k, 1]
    heads = net.head_m[layout.node]
    heads[: model.nodes] = heads[model.nodes :].max()
    special = kind[model.plain :]
    return Start(
        flow,
        heads,
        model.demand.copy(),
        np.zeros(len(special)),
        np.zeros(len(model.where), np.uint8),
    )


def without_demand(model: Model, rows: Ints) -> Model:
    """Return the model with nobody at some rows."""
    draw = model.draw.copy()
    draw[rows] = 0.0
    kept = draw[model.where] > 0
    return model._replace(
        where=model.where[kept], demand=model.demand[kept], least=model.least[kept], draw=draw
    )
