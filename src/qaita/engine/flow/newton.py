"""Newton's method on heads and flows for eight closures at once.

Each step is taken in changes of heads, so that flows balance at every node to the last digits.

The global gradient algorithm (Todini and Pilati, 1987) with demand that depends on pressure at
the nodes: a node is fully supplied, without supply, or between, where the inverse of the supply
law is made linear (Todini, 2003; Elhay et al., J. Water Resour. Plann. Manage. 142, 2016).
Fully supplied nodes cost one comparison a step.
"""

from typing import Any, NamedTuple

import numpy as np

from qaita.engine.flow.compiling import entry, inner
from qaita.engine.flow.lanes import WIDTH, choose, load, magnitude, some, spread, store
from qaita.engine.flow.losses import darcy_weisbach, hazen_williams, quadratic
from qaita.engine.flow.network import DARCY_WEISBACH, HAZEN_WILLIAMS, Floats, Ints
from qaita.engine.flow.powers import power
from qaita.engine.flow.special import (
    CAME,
    CHANGED,
    DEAD,
    FLOWING,
    LAST,
    LEAK,
    MOVED,
    SUPPLIED,
    hold_dead,
    special_links,
    step_special,
)

DAMP_FROM, DAMP_MORE = 12, 25  # steps after which changes are taken by 0.7 and by 0.5
LEAST_PIVOT = 1e-16  # m²/s: keeps nodes that touch nothing solvable
LEAST_SHARE = 1e-3  # of demand, where the supply law's slope is taken at least


class Work(NamedTuple):
    """Room for one batch; eight lanes a row, `short` (uint8) for all lanes."""

    flow: Floats  # (m, 8)
    head: Floats  # (rows, 8)
    supply: Floats  # (d, 8)
    setting: Floats  # (special, 8)
    old: Floats  # (special, 8)
    p: Floats  # (m, 8)
    y: Floats  # (m, 8)
    below: Floats  # (numbers of L + 1, 8)
    diagonal: Floats  # (rows, 8)
    rhs: Floats  # (rows, 8)
    told: Floats  # (6, 8)
    short: Any  # (d,)


class Outside(NamedTuple):
    """The linear answer of what a region leaves out, at its last rows; empty for a whole network.

    The outside lets `inflow` − answer · (head − rest) into those rows.
    """

    answer: Floats  # (s, s) m²/s
    inflow: Floats  # (s,) m³/s
    rest: Floats  # (s,) m


class Closures(NamedTuple):
    """For each lane the closed link (−1: none) and the rows that no source reaches then."""

    link: Ints  # (8,)
    starts: Ints  # (9,)
    dead: Ints


@entry
def new_work(model: Any) -> Any:
    """Return room for a batch of a model."""
    m, rows, demands = len(model.kind), len(model.draw), len(model.where)
    special = max(m - model.plain, 1)
    return Work(
        np.empty((m, WIDTH)),
        np.empty((rows, WIDTH)),
        np.empty((demands, WIDTH)),
        np.zeros((special, WIDTH)),
        np.zeros((special, WIDTH)),
        np.empty((m, WIDTH)),
        np.empty((m, WIDTH)),
        np.empty((len(model.rows) + 1, WIDTH)),
        np.empty((rows, WIDTH)),
        np.empty((rows, WIDTH)),
        np.zeros((6, WIDTH)),
        np.empty(demands, np.uint8),
    )


@entry
def begin(model: Any, start: Any, closures: Any, work: Any) -> None:
    """Set a batch to the values it begins from; dead rows lie at DEAD and take nothing."""
    flow, head, supply = work.flow, work.head, work.supply
    for k in range(len(flow)):
        store(flow, k, spread(start.flow[k]))
    for k in range(len(start.setting)):
        store(work.setting, k, spread(start.setting[k]))
    for i in range(len(head)):
        store(head, i, spread(start.head[i]))
    for x in range(len(supply)):
        store(supply, x, spread(start.supply[x]))
        work.short[x] = start.short[x]
    for w in range(WIDTH):
        if closures.link[w] >= 0:
            flow[closures.link[w], w] = 0.0
    if closures.starts[WIDTH] > 0:
        _bury(model, closures, work)


@inner
def _bury(model: Any, closures: Any, work: Any) -> None:
    head, where = work.head, model.where
    for w in range(WIDTH):
        for x in range(closures.starts[w], closures.starts[w + 1]):
            head[closures.dead[x], w] = DEAD
    for x in range(len(where)):
        gone = load(head, where[x]) == DEAD
        if some(gone):
            store(work.supply, x, choose(gone, 0.0, load(work.supply, x)))
            work.short[x] = 1
    for k in range(len(model.kind)):
        gone = (load(head, model.from_node[k]) == DEAD) & (load(head, model.to_node[k]) == DEAD)
        if some(gone):
            store(work.flow, k, choose(gone, 0.0, load(work.flow, k)))


@entry
def settle(model: Any, outside: Any, closures: Any, work: Any, tol: float, most: int) -> int:
    """Iterate until every lane's flows and supply change by less than `tol` of their sum.

    What counts as a change of supply is what the heads of the step were found for; below 0, `tol`
    asks only for what was taken of it. told[LAST] holds the former.
    Returns the number of steps; told[CAME] holds the step at which a lane came to rest (0: not).
    """
    total = max(model.demand.sum(), 1e-9)
    work.told[:] = 0.0
    step = 0
    while step < most:
        step += 1
        share = 1.0 if step <= DAMP_FROM else (0.7 if step <= DAMP_MORE else 0.5)
        _clear(model, outside, work)
        _links(model, work)
        special_links(model, work, step)
        if closures.starts[WIDTH] > 0:
            hold_dead(model, work)
        _close(closures, work)
        _assemble(model, work)
        _demands(model, work)
        factor_and_solve(model, work)
        for i in range(model.nodes, len(work.head)):
            store(work.rhs, i, spread(0.0))
        for part in (CHANGED, FLOWING, SUPPLIED, MOVED):
            store(work.told, part, spread(0.0))
        _step_flows(model, work, share)
        step_special(model, work)
        _step_supply(model, work, share, step)
        _take_heads(model, closures, work)
        if _at_rest(work, total, tol, step) and step > 1:
            break
    return step


@inner
def _clear(model: Any, outside: Any, work: Any) -> None:
    below, diagonal, rhs, draw = work.below, work.diagonal, work.rhs, model.draw
    nothing, least = spread(0.0), spread(LEAST_PIVOT)
    for i in range(len(below)):
        store(below, i, nothing)
    for i in range(len(diagonal)):
        store(diagonal, i, least)
        store(rhs, i, spread(-draw[i]))
    count = len(outside.rest)
    first, at = model.nodes - count, len(below) - 1 - count * (count - 1) // 2
    for i in range(count):
        store(diagonal, first + i, spread(outside.answer[i, i]))
        into = spread(outside.inflow[i])
        for j in range(count):
            moved = load(work.head, first + j) - outside.rest[j]
            into = into - moved * outside.answer[i, j]
        store(rhs, first + i, into)
        for j in range(i + 1, count):
            store(below, at, spread(outside.answer[i, j]))
            at += 1


@inner
def _links(model: Any, work: Any) -> None:
    flow, p_of, y_of = work.flow, work.p, work.y
    r, minor, param = model.r, model.minor, model.param
    for k in range(model.plain):
        q = load(flow, k)
        if model.law == HAZEN_WILLIAMS:
            p, y = hazen_williams(q, r[k], minor[k])
        elif model.law == DARCY_WEISBACH:
            p, y = darcy_weisbach(q, r[k], minor[k], param[k, 0], param[k, 1])
        else:
            p, y = quadratic(q, r[k], minor[k])
        store(p_of, k, p)
        store(y_of, k, y)


@inner
def _close(closures: Any, work: Any) -> None:
    """A closed link leaks next to nothing; one that cuts off a dead side nothing at all."""
    for w in range(WIDTH):
        k = closures.link[w]
        if k >= 0:
            work.p[k, w] = LEAK if closures.starts[w + 1] == closures.starts[w] else 0.0
            work.y[k, w] = 0.0
        for x in range(closures.starts[w], closures.starts[w + 1]):
            work.diagonal[closures.dead[x], w] += 1.0


@inner
def _assemble(model: Any, work: Any) -> None:
    """Add the links; y becomes the flow that a link would have at the present heads."""
    a_of, b_of, slot = model.from_node, model.to_node, model.slot
    p_of, y_of, diagonal, rhs, below = work.p, work.y, work.diagonal, work.rhs, work.below
    head = work.head
    for k in range(len(slot)):
        a, b, s = a_of[k], b_of[k], slot[k]
        p = load(p_of, k)
        q = p * (load(head, a) - load(head, b)) - load(y_of, k)
        store(y_of, k, q)
        store(diagonal, a, load(diagonal, a) + p)
        store(diagonal, b, load(diagonal, b) + p)
        store(rhs, a, load(rhs, a) - q)
        store(rhs, b, load(rhs, b) + q)
        store(below, s, load(below, s) - p)


@inner
def _supply_law(model: Any, share: Any, demand: float) -> Any:
    """Pressure above the least at which `share` of the demand is supplied, and 1 / its slope."""
    known = choose(share > LEAST_SHARE, share, LEAST_SHARE)
    if model.inverse == 2.0:
        pressure, steep = share * share * model.span, known
    else:
        steep = power(known, spread(model.inverse - 1.0))
        pressure = power(share, spread(model.inverse)) * model.span
    return pressure, demand / (steep * (model.inverse * model.span))


@inner
def _demands(model: Any, work: Any) -> None:
    """Add what supply answers to heads, at nodes that may be short."""
    where, least, span, demand = model.where, model.least, model.span, model.demand
    head, supply, short, diagonal, rhs = (
        work.head,
        work.supply,
        work.short,
        work.diagonal,
        work.rhs,
    )
    for x in range(len(where)):
        i = where[x]
        if short[x] == 0:
            continue
        over = load(head, i) - least[x]
        q = load(supply, x)
        pressure, answer = _supply_law(model, q / demand[x], demand[x])
        fixed = ((q >= demand[x]) & (over >= span)) | ((q <= 0.0) & (over <= 0.0))
        answer = choose(fixed, 0.0, answer)
        store(diagonal, i, load(diagonal, i) + answer)
        store(rhs, i, load(rhs, i) - answer * (over - pressure) - q + demand[x])


@inner
def factor_and_solve(model: Any, work: Any) -> None:
    """L·D·Lᵀ of eight matrices of one pattern, in place; rhs becomes the change of heads."""
    starts, rows, target = model.starts, model.rows, model.target
    below, diagonal, rhs = work.below, work.diagonal, work.rhs
    t = 0
    for j in range(model.nodes):
        inverse, known = 1.0 / load(diagonal, j), load(rhs, j)
        store(diagonal, j, inverse)
        first, end = starts[j], starts[j + 1]
        for p in range(first, end):
            number = load(below, p)
            scaled = number * inverse
            row = rows[p]
            store(diagonal, row, load(diagonal, row) - scaled * number)
            store(rhs, row, load(rhs, row) - scaled * known)
            for q in range(p + 1, end):
                at = target[t]
                store(below, at, load(below, at) - scaled * load(below, q))
                t += 1
            store(below, p, scaled)
    for j in range(model.nodes - 1, -1, -1):
        value = load(rhs, j) * load(diagonal, j)
        for p in range(starts[j], starts[j + 1]):
            value = value - load(below, p) * load(rhs, rows[p])
        store(rhs, j, value)


@inner
def _step_flows(model: Any, work: Any, share: float) -> None:
    a_of, b_of, flow, p_of, y_of, rhs = (
        model.from_node,
        model.to_node,
        work.flow,
        work.p,
        work.y,
        work.rhs,
    )
    changed, flowing = spread(0.0), spread(0.0)
    for k in range(len(a_of)):
        q = load(flow, k)
        new = load(p_of, k) * (load(rhs, a_of[k]) - load(rhs, b_of[k])) + load(y_of, k)
        change = (new - q) * share
        if k < model.plain:
            changed = changed + magnitude(change)
            flowing = flowing + magnitude(q + change)
        else:
            store(work.old, k - model.plain, q)
        store(flow, k, q + change)
    store(work.told, CHANGED, changed)
    store(work.told, FLOWING, flowing)


@inner
def _step_supply(model: Any, work: Any, share: float, step: int) -> None:
    """Move the supply of short nodes along the law's tangent, within 0 and the demand.

    Heads of the first step are not yet worth looking at.
    """
    where, least, span, demand = model.where, model.least, model.span, model.demand
    changed, moved = spread(0.0), spread(0.0)
    for x in range(len(where)):
        i, full = where[x], spread(demand[x])
        before = load(work.head, i) - least[x]
        over = before + load(work.rhs, i)
        if work.short[x] == 0 and not (step > 1 and some(over < span)):
            continue
        q = load(work.supply, x)
        pressure, answer = _supply_law(model, q / full, demand[x])
        asked = q + answer * (over - pressure)
        new = choose(asked > 0.0, asked, 0.0)
        new = choose(new < full, new, full)
        was_full, was_dry = (q >= full) & (before >= span), (q <= 0.0) & (before <= 0.0)
        least_new, most_new = full * 0.1, full * 0.5
        held = choose(over >= span, full, choose(new > least_new, new, least_new))
        let = choose(over <= 0.0, 0.0, choose(new < most_new, new, most_new))
        new = choose(was_full, held, choose(was_dry, let, new))
        # heads were found as if the tangent were followed: at rest that is so to the last
        asked = choose(was_full | was_dry, new, asked)
        changed = changed + magnitude(asked - q)
        least_new = full * LEAST_SHARE
        ends = ((new <= 0.0) & (q < least_new)) | ((new >= full) & (q > full - least_new))
        new = choose(ends, new, q + (new - q) * share)
        moved = moved + magnitude(new - q)
        store(work.supply, x, new)
        work.short[x] = 1 if some(new < full) else 0
    store(work.told, SUPPLIED, changed)
    store(work.told, MOVED, moved)


@inner
def _take_heads(model: Any, closures: Any, work: Any) -> None:
    for i in range(model.nodes):
        store(work.head, i, load(work.head, i) + load(work.rhs, i))
    for w in range(WIDTH):
        for x in range(closures.starts[w], closures.starts[w + 1]):
            work.head[closures.dead[x], w] = DEAD


@inner
def _at_rest(work: Any, total: float, tol: float, step: int) -> bool:
    told = work.told
    rest = True
    for w in range(WIDTH):
        flows = told[CHANGED, w] / (told[FLOWING, w] + total)
        told[LAST, w] = max(flows, told[SUPPLIED, w] / total)
        last = told[LAST, w] if tol > 0.0 else max(flows, told[MOVED, w] / total)
        if not last <= abs(tol):
            rest = False
            told[CAME, w] = 0.0
        elif told[CAME, w] == 0.0:
            told[CAME, w] = step
    return rest
