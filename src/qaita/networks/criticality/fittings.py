"""Pumps and valves of an EPANET file: which the engine knows, and with what values."""

import itertools
import math

import numpy as np

from qaita.engine.flow.network import (
    CURVE_PUMP,
    FCV,
    GPV,
    PBV,
    PIPE,
    POWER_PUMP,
    PRV,
    PSV,
    PUMP,
    gentle_flow,
    minor_loss,
)
from qaita.networks.criticality.laying import SHUT, Laying, is_number
from qaita.networks.criticality.tables import NotSolvable, Words

TINY_LOSS = 1e-3  # s²/m⁵ of a valve that stands open
STEEPEST = 20.0  # power of a pump's curve that EPANET still takes
VALVES = {"PRV": PRV, "PSV": PSV, "FCV": FCV, "PBV": PBV, "GPV": GPV}


def add_pumps(laying: Laying) -> None:
    """Add the pumps of a file."""
    curves, units = laying.tables.curves(), laying.units
    for words in laying.tables.part("PUMPS"):
        said = dict(zip((w.upper() for w in words[3::2]), words[4::2], strict=False))
        state = laying.standing.get(words[0], "OPEN")
        speed = float(state) if is_number(state) else float(said.get("SPEED", 1.0))
        is_open = state not in SHUT and speed > 0
        turning = speed if is_open else 1.0
        if "POWER" in said:
            power = float(said["POWER"]) * units.power
            laying.add(words, POWER_PUMP, (0.0, 0.0), (power, 0.0, 0.0), is_open=is_open)
            continue
        points = curves.get(said.get("HEAD", ""), [])
        kind, param = _curve_of(laying, points, turning)
        laying.add(words, kind, (0.0, 0.0), param, is_open=is_open)


def _curve_of(
    laying: Laying, points: list[tuple[float, float]], speed: float
) -> tuple[int, tuple[float, float, float]]:
    """Return a pump's kind and parameters: by one or three points, else straight between them."""
    units = laying.units
    if len(points) == 1 or (len(points) == 3 and points[0][0] == 0):
        gain, slope, power = _power_law([(q * units.flow, h * units.length) for q, h in points])
        return PUMP, (gain * speed**2, slope * speed ** (2 - power), power)
    heads = [head for _, head in points]
    if len(points) < 2 or any(a <= b for a, b in itertools.pairwise(heads)):
        raise NotSolvable("pump_curve")
    return CURVE_PUMP, (laying.add_curve(points), speed, 0.0)


def _power_law(points: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Return gain, slope and power of a pump's curve by one or three points, as EPANET does."""
    if len(points) == 1:
        (q, h) = points[0]
        return 4 / 3 * h, h / 3 / q**2, 2.0
    (_, shut), (q1, h1), (q2, h2) = points
    if not shut > h1 > h2 or not 0 < q1 < q2:
        raise NotSolvable("pump_curve")
    power = math.log((shut - h2) / (shut - h1)) / math.log(q2 / q1)
    if not 0 < power <= STEEPEST:
        raise NotSolvable("pump_curve")
    return shut, (shut - h1) / q1**power, power


def add_valves(laying: Laying) -> None:
    """Add the valves of a file. A TCV, and what is told to stand open, is a pipe with its loss."""
    for words in laying.tables.part("VALVES"):
        wide = np.float64(float(words[3]) * laying.units.diameter)
        kind, state = words[4].upper(), laying.standing.get(words[0], "")
        is_open = state not in SHUT
        setting = state if is_number(state) else (words[5] if len(words) > 5 else "0")
        loss = float(words[6]) if len(words) > 6 else 0.0
        if kind == "TCV" and state != "OPEN":
            loss = float(setting)
        elif kind not in VALVES and kind != "TCV":
            raise NotSolvable("valve")
        minor, guess = float(minor_loss(np.float64(loss), wide)), float(gentle_flow(wide))
        if kind == "TCV" or (state == "OPEN" and kind != "GPV"):
            values = (0.0, max(minor, TINY_LOSS))
            laying.add(words, PIPE, values, (1e-3, 1e6, guess), is_open=is_open)
            continue
        param = (_set_to(laying, kind, words, setting), 0.0, guess)
        laying.add(words, VALVES[kind], (0.0, minor), param, is_open=is_open)


def _set_to(laying: Laying, kind: str, words: Words, setting: str) -> float:
    """Return a valve's first parameter: a head, a flow, a loss, or the number of its curve."""
    units = laying.units
    if kind == "GPV":
        points = laying.tables.curves().get(setting, [])
        if len(points) < 2:
            raise NotSolvable("valve")
        return laying.add_curve(points)
    value = float(setting)
    if kind == "FCV":
        return value * units.flow
    if kind == "PBV":
        return value * units.pressure
    return laying.elevation[words[2 if kind == "PRV" else 1]] + value * units.pressure
