"""Links that are not plain pipes, lane by lane: check valves, pumps, pressure regulators.

Their switching follows EPANET 2.3, whose answers are the judge: a check valve shuts on the sign
of its flow as well as on heads, a constant-power pump gives up as its flow goes to 0, a regulator
is open, regulating or shut by the heads on both sides.
"""

import math
from typing import Any

from qaita.engine.flow.compiling import inner
from qaita.engine.flow.losses import LAMINAR, LEAST_SLOPE
from qaita.engine.flow.network import CHECK, DARCY_WEISBACH, HAZEN_WILLIAMS, POWER_PUMP, PRV, PUMP

LEAK = 1e-8 * 0.3048**3 / 0.3048  # m²/s that a shut link lets through, as in EPANET
DEAD = -1000.0  # the head given to nodes that no source reaches
HEAD_STEP, FLOW_STEP = 1e-4, 1e-7  # m and m³/s that count as nothing
# what still switches after so many steps stays shut until heads clearly ask for more
PATIENCE, CLEARLY = 20, 0.05  # steps, m
GATE_STEP = 1e-3  # m, for regulators
STIFF = 1e3  # m²/s that holds the head behind a regulator
WIDE = 1e5  # m²/s of an open regulator without losses
OPEN, REGULATING, SHUT = 0.0, 1.0, 2.0
CHANGED, FLOWING, SUPPLIED, CAME, LAST = 0, 1, 2, 3, 4  # rows of `told`


@inner
def special_links(model: Any, work: Any, step: int) -> None:
    """Fill p and y of the special links and hold heads behind regulators."""
    kind, flow, p, y = model.kind, work.flow, work.p, work.y
    for k in range(model.plain, len(kind)):
        for w in range(flow.shape[1]):
            q = flow[k, w]
            if kind[k] == CHECK:
                p[k, w], y[k, w] = _check_valve(model, work, k, w, step)
            elif kind[k] == PUMP:
                p[k, w], y[k, w] = _pump(model, work, k, w, step)
            elif kind[k] == POWER_PUMP:
                p[k, w], y[k, w] = _power_pump(model.param[k, 0], q)
            else:
                p[k, w], y[k, w] = _regulator(model, work, k, w, step)


@inner
def _check_valve(model: Any, work: Any, k: int, w: int, step: int) -> Any:
    q, setting = work.flow[k, w], work.setting
    fall = work.head[model.from_node[k], w] - work.head[model.to_node[k], w]
    shut = setting[k - model.plain, w] == SHUT
    ask = HEAD_STEP if step <= PATIENCE else CLEARLY
    if step > 1 and (fall < -HEAD_STEP or q < -FLOW_STEP or (shut and fall < ask)):
        setting[k - model.plain, w] = SHUT
        return LEAK, 0.0
    setting[k - model.plain, w] = OPEN
    size = abs(q)
    if model.law == HAZEN_WILLIAMS:
        loss = size**0.852 * model.r[k]
        slope = 1.852 * loss
    else:
        f = 1.0
        if model.law == DARCY_WEISBACH:
            f = _rough_factor(size * model.param[k, 1], model.param[k, 0])
        loss = f * model.r[k] * size
        slope = 2.0 * loss
    loss += model.minor[k] * size
    slope += 2.0 * model.minor[k] * size
    if slope < LEAST_SLOPE:
        return 1.0 / LEAST_SLOPE, 0.0
    return 1.0 / slope, loss * q / slope - q


@inner
def _rough_factor(re: float, rough: float) -> float:
    """Friction factor by Swamee and Jain, 64/Re where the flow is laminar."""
    if re < LAMINAR:
        return 64.0 / max(re, 1e-6)
    return 0.25 / math.log10(rough / 3.7 + 5.74 / re**0.9) ** 2


@inner
def _pump(model: Any, work: Any, k: int, w: int, step: int) -> Any:
    gain, r, n = model.param[k, 0], model.param[k, 1], model.param[k, 2]
    rise = work.head[model.to_node[k], w] - work.head[model.from_node[k], w]
    q, setting, at = work.flow[k, w], work.setting, k - model.plain
    held = step > PATIENCE and (
        q < -FLOW_STEP or (setting[at, w] == SHUT and rise > gain - CLEARLY)
    )
    if step > 1 and (held or rise > gain + HEAD_STEP):
        setting[at, w] = SHUT
        return LEAK, 0.0
    setting[at, w] = OPEN
    q = max(q, 1e-9)
    work.flow[k, w] = q
    slope = max(n * r * q ** (n - 1.0), LEAST_SLOPE)
    return 1.0 / slope, (r * q**n - gain) / slope - q


@inner
def _power_pump(power: float, q: float) -> Any:
    if q <= 0.0 or power > 1e9 * q * q:
        return LEAK, 0.0
    slope = power / (q * q)
    return 1.0 / slope, -2.0 * q


@inner
def _regulator(model: Any, work: Any, k: int, w: int, step: int) -> Any:
    a, b, held = model.from_node[k], model.to_node[k], model.param[k, 0]
    q, before, behind = work.flow[k, w], work.head[a, w], work.head[b, w]
    at = k - model.plain
    if step > 1:
        work.setting[at, w] = _gate(work.setting[at, w], q, before, behind, held)
    gate = work.setting[at, w]
    if gate == SHUT:
        return LEAK, 0.0
    if gate == REGULATING:
        if before != DEAD and behind != DEAD:
            work.diagonal[b, w] += STIFF
            work.rhs[b, w] += STIFF * (held - behind)
            work.rhs[a, w] -= q
        return 0.0, 0.0
    slope = 2.0 * model.minor[k] * abs(q)
    if slope < 1.0 / WIDE:
        return WIDE, 0.0
    return 1.0 / slope, -0.5 * q


@inner
def _gate(gate: float, q: float, before: float, behind: float, held: float) -> float:
    """Return how a regulator stands after a step."""
    if gate != SHUT and q < -FLOW_STEP:
        return SHUT
    low = before < held - GATE_STEP
    if gate == REGULATING:
        return OPEN if low else REGULATING
    if gate == OPEN:
        return REGULATING if behind > held + GATE_STEP else OPEN
    if low and before > behind + GATE_STEP:
        gate = OPEN
    elif before >= held + GATE_STEP and behind < held - GATE_STEP:
        gate = REGULATING
    return gate


@inner
def hold_dead(model: Any, work: Any) -> None:
    """Let nothing through special links that touch a dead node."""
    head, a, b = work.head, model.from_node, model.to_node
    for k in range(model.plain, len(a)):
        for w in range(head.shape[1]):
            if head[a[k], w] == DEAD or head[b[k], w] == DEAD:
                work.p[k, w] = 0.0
                work.y[k, w] = 0.0
                work.flow[k, w] = 0.0


@inner
def step_special(model: Any, work: Any) -> None:
    """Keep constant-power pumps from overshooting; set the flow of regulators that regulate.

    `rhs` holds the changes of heads, `flow` the new flows of all but the regulating links, `old`
    those before the step.
    """
    kind, rhs = model.kind, work.rhs
    for k in range(model.plain, len(kind)):
        a, b = model.from_node[k], model.to_node[k]
        for w in range(rhs.shape[1]):
            before = work.old[k - model.plain, w]
            if kind[k] == POWER_PUMP and before > 0.0 and work.flow[k, w] < 0.0:
                work.flow[k, w] = 0.5 * before
            if kind[k] == PRV and work.setting[k - model.plain, w] == REGULATING:
                alive = work.head[a, w] != DEAD and work.head[b, w] != DEAD
                behind = work.head[b, w] + rhs[b, w]
                work.flow[k, w] = STIFF * (model.param[k, 0] - behind) if alive else 0.0
            work.told[CHANGED, w] += abs(work.flow[k, w] - before)
            work.told[FLOWING, w] += abs(work.flow[k, w])
