"""Links that are not plain pipes, lane by lane: check valves, pumps, valves that regulate.

Their switching follows EPANET 2.3, whose answers are the judge: a check valve shuts on the sign
of its flow as well as on heads, a constant-power pump gives up as its flow goes to 0, a regulator
is open, regulating or shut by the heads on both sides.
"""

import math
from typing import Any

from qaita.engine.flow.compiling import inner
from qaita.engine.flow.losses import LAMINAR, LEAST_SLOPE
from qaita.engine.flow.network import (
    CHECK,
    CURVE_PUMP,
    DARCY_WEISBACH,
    FCV,
    HAZEN_WILLIAMS,
    PBV,
    POWER_PUMP,
    PRV,
    PSV,
)

LEAK = 1e-8 * 0.3048**3 / 0.3048  # m²/s that a shut link lets through, as in EPANET
DEAD = -1000.0  # the head given to nodes that no source reaches
HEAD_STEP, FLOW_STEP = 1e-4, 1e-7  # m and m³/s that count as nothing
# what still switches after so many steps stays shut until heads clearly ask for more
PATIENCE, CLEARLY = 20, 0.05  # steps, m
GATE_STEP = 1e-3  # m, for regulators
STIFF = 1e3  # m²/s that holds the head behind a regulator
WIDE = 1e5  # m²/s of an open regulator without losses
OPEN, REGULATING, SHUT = 0.0, 1.0, 2.0
CHANGED, FLOWING, SUPPLIED, CAME, LAST, MOVED = 0, 1, 2, 3, 4, 5  # rows of `told`


@inner
def special_links(model: Any, work: Any, step: int) -> None:
    """Fill p and y of the special links and hold heads behind and before regulators."""
    for k in range(model.plain, len(model.kind)):
        for w in range(work.flow.shape[1]):
            if model.kind[k] <= POWER_PUMP or model.kind[k] == CURVE_PUMP:
                work.p[k, w], work.y[k, w] = _check_or_pump(model, work, k, w, step)
            else:
                work.p[k, w], work.y[k, w] = _valve(model, work, k, w, step)


@inner
def _check_or_pump(model: Any, work: Any, k: int, w: int, step: int) -> Any:
    if model.kind[k] == CHECK:
        return _check_valve(model, work, k, w, step)
    if model.kind[k] == POWER_PUMP:
        return _power_pump(model.param[k, 0], work.flow[k, w])
    return _pump(model, work, k, w, step)


@inner
def _valve(model: Any, work: Any, k: int, w: int, step: int) -> Any:
    if model.kind[k] == PRV or model.kind[k] == PSV:
        return _regulator(model, work, k, w, step)
    if model.kind[k] == FCV:
        return _flow_valve(model, work, k, w, step)
    if model.kind[k] == PBV:
        return _breaker(model, work.flow[k, w], k)
    q = work.flow[k, w]
    at, slope = curve_at(model, int(model.param[k, 0]), abs(q))
    slope = max(slope, LEAST_SLOPE)
    return 1.0 / slope, (at if q >= 0.0 else -at) / slope


@inner
def curve_at(model: Any, number: int, q: float) -> Any:
    """Return where the curve's straight line about a flow meets no flow, and its slope."""
    first, end = model.curve_starts[number], model.curve_starts[number + 1]
    points, i = model.curve_points, first + 1
    while i < end - 1 and points[i, 0] < q:
        i += 1
    slope = (points[i, 1] - points[i - 1, 1]) / (points[i, 0] - points[i - 1, 0])
    return points[i - 1, 1] - slope * points[i - 1, 0], slope


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
    gain = model.param[k, 0]
    if model.kind[k] == CURVE_PUMP:
        gain = _most_gain(model, k)
    rise = work.head[model.to_node[k], w] - work.head[model.from_node[k], w]
    q, setting, at = work.flow[k, w], work.setting, k - model.plain
    held = step > PATIENCE and (
        q < -FLOW_STEP or (setting[at, w] == SHUT and rise > gain - CLEARLY)
    )
    if step > 1 and (held or rise > gain + HEAD_STEP):
        setting[at, w] = SHUT
        return LEAK, 0.0
    setting[at, w] = OPEN
    if model.kind[k] == CURVE_PUMP:
        return _by_curve(model, k, q)
    r, n = model.param[k, 1], model.param[k, 2]
    q = max(q, 1e-9)
    work.flow[k, w] = q
    slope = max(n * r * q ** (n - 1.0), LEAST_SLOPE)
    return 1.0 / slope, (r * q**n - gain) / slope - q


@inner
def _most_gain(model: Any, k: int) -> float:
    """Return the gain at which a pump by points shuts: that of its first point, as EPANET has."""
    first = model.curve_starts[int(model.param[k, 0])]
    speed: float = model.param[k, 1]
    return model.curve_points[first, 1] * speed * speed  # type: ignore[no-any-return]  # of a loop


@inner
def _by_curve(model: Any, k: int, q: float) -> Any:
    speed = model.param[k, 1]
    gain, slope = curve_at(model, int(model.param[k, 0]), abs(q) / speed)
    gain, slope = gain * speed * speed, max(-slope * speed, LEAST_SLOPE)
    return 1.0 / slope, -gain / slope


@inner
def _power_pump(power: float, q: float) -> Any:
    if q <= 0.0 or power > 1e9 * q * q:
        return LEAK, 0.0
    slope = power / (q * q)
    return 1.0 / slope, -2.0 * q


@inner
def _flow_valve(model: Any, work: Any, k: int, w: int, step: int) -> Any:
    """Let the set flow through where heads would bring more, else stand open."""
    at, q, most = k - model.plain, work.flow[k, w], model.param[k, 0]
    fall = work.head[model.from_node[k], w] - work.head[model.to_node[k], w]
    gate = work.setting[at, w]
    if step > 1:
        if fall < -HEAD_STEP or q < -FLOW_STEP:
            gate = SHUT  # it cannot deliver: it stands open
        elif gate == SHUT and q >= most:
            gate = OPEN
        work.setting[at, w] = gate
    if gate != SHUT:
        return LEAK, LEAK * fall - most
    return open_valve(model.minor[k], q)


@inner
def _breaker(model: Any, q: float, k: int) -> Any:
    lost = model.param[k, 0]
    if model.minor[k] * q * q > lost:
        return open_valve(model.minor[k], q)
    return WIDE, WIDE * lost


@inner
def open_valve(minor: float, q: float) -> Any:
    """Return p and y of a valve that stands open."""
    slope = 2.0 * minor * abs(q)
    if slope < 1.0 / WIDE:
        return WIDE, 0.0
    return 1.0 / slope, -0.5 * q


@inner
def _regulator(model: Any, work: Any, k: int, w: int, step: int) -> Any:
    a, b, held = model.from_node[k], model.to_node[k], model.param[k, 0]
    q, before, behind = work.flow[k, w], work.head[a, w], work.head[b, w]
    at = k - model.plain
    if step > 1:
        loss = model.minor[k] * q * q
        if model.kind[k] == PRV:
            gate = _gate(work.setting[at, w], q, before, behind, held, loss)
        else:
            gate = _sustaining(work.setting[at, w], q, before, behind, held, loss)
        work.setting[at, w] = gate
    gate = work.setting[at, w]
    if gate == SHUT:
        return LEAK, 0.0
    if gate == OPEN:
        return open_valve(model.minor[k], q)
    if before != DEAD and behind != DEAD:
        here, there = (b, a) if model.kind[k] == PRV else (a, b)
        work.diagonal[here, w] += STIFF
        work.rhs[here, w] += STIFF * (held - work.head[here, w])
        work.rhs[there, w] += q if model.kind[k] == PSV else -q
    return 0.0, 0.0


@inner
def _gate(gate: float, q: float, before: float, behind: float, held: float, loss: float) -> float:
    """Return how a regulator of the pressure behind it stands after a step."""
    if gate != SHUT and q < -FLOW_STEP:
        return SHUT
    if gate == REGULATING:
        return OPEN if before - loss < held - GATE_STEP else REGULATING
    if gate == OPEN:
        return REGULATING if behind > held + GATE_STEP else OPEN
    if before < held - GATE_STEP and before > behind + GATE_STEP:
        gate = OPEN
    elif before >= held + GATE_STEP and behind < held - GATE_STEP:
        gate = REGULATING
    return gate


@inner
def _sustaining(
    gate: float, q: float, before: float, behind: float, held: float, loss: float
) -> float:
    """Return how a regulator of the pressure before it stands after a step."""
    if gate != SHUT and q < -FLOW_STEP:
        return SHUT
    if gate == REGULATING:
        return OPEN if behind + loss > held + GATE_STEP else REGULATING
    if gate == OPEN:
        return REGULATING if before < held - GATE_STEP else OPEN
    if before > behind + GATE_STEP:
        if behind > held + GATE_STEP:
            gate = OPEN
        elif before >= held + GATE_STEP:
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
            if (kind[k] == PRV or kind[k] == PSV) and (
                work.setting[k - model.plain, w] == REGULATING
            ):
                alive = work.head[a, w] != DEAD and work.head[b, w] != DEAD
                here, sign = (b, 1.0) if kind[k] == PRV else (a, -1.0)
                off = model.param[k, 0] - work.head[here, w] - rhs[here, w]
                work.flow[k, w] = sign * STIFF * off if alive else 0.0
            work.told[CHANGED, w] += abs(work.flow[k, w] - before)
            work.told[FLOWING, w] += abs(work.flow[k, w])
