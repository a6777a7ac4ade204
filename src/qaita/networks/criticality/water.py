"""An EPANET file's tables as a pressure network of the engine."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qaita.engine.flow.network import (
    CHECK,
    DARCY_WEISBACH,
    HAZEN_WILLIAMS,
    ONE_WAY,
    PIPE,
    QUADRATIC,
    Network,
    Service,
    darcy_weisbach,
    gentle_flow,
    hazen_williams,
    manning,
    minor_loss,
)
from qaita.networks.criticality.fittings import add_pumps, add_valves
from qaita.networks.criticality.laying import SHUT, Laying, is_number
from qaita.networks.criticality.tables import NotSolvable, Tables
from qaita.networks.criticality.units import Units, units_of

LAWS = {"H-W": HAZEN_WILLIAMS, "D-W": DARCY_WEISBACH, "C-M": QUADRATIC}
FULL_PRESSURE_M = 20.0  # with which a consumer has all water, where the file does not say
AT_LIMIT_M = 1e-4


@dataclass(frozen=True)
class Water:
    """A network of the engine with the file's names of nodes and links."""

    net: Network
    service: Service
    nodes: list[str]
    links: list[str]


def water_of(parts: Mapping[str, list[list[str]]], *, at_start: bool = False) -> Water:
    """Return the pressure network of a file's tables, with the mean demand of its patterns.

    `at_start` takes the patterns' first factors, as EPANET does at its first step. Controls that
    act at once are applied, later ones and rules are not. Raises NotSolvable for what the engine
    does not know (`fittings`), and for emitters, leakage and demands below 0, which it would pass
    over in silence.
    """
    tables = Tables(parts)
    _refuse_unknown(tables)
    law = LAWS.get(tables.option("HEADLOSS", otherwise="H-W"))
    if law is None:
        raise NotSolvable("headloss")
    flow, pressure = (
        tables.option("UNITS", otherwise="GPM"),
        tables.option("PRESSURE", otherwise=""),
    )
    units = units_of(flow, pressure)
    heads, elevation = _nodes(tables, units, at_start=at_start)
    place = {name: number for number, name in enumerate(elevation)}
    laying = Laying(tables, units, law, place, elevation, tables.standing())
    _pipes(laying)
    add_pumps(laying)
    add_valves(laying)
    _bound_tanks(laying, heads)
    drawn = tables.demands(at_start=at_start)
    return Water(_network(laying, heads, drawn), _service(tables, units), list(place), laying.names)


def _refuse_unknown(tables: Tables) -> None:
    if any(len(words) > 1 and float(words[1]) > 0 for words in tables.part("EMITTERS")):
        raise NotSolvable("emitters")
    if any(float(word) > 0 for words in tables.part("LEAKAGE") for word in words[1:3]):
        raise NotSolvable("leakage")


def _nodes(
    tables: Tables, units: Units, *, at_start: bool
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the heads of reservoirs and tanks, and the height of every node, in m."""
    factors = tables.factors(at_start=at_start)
    rows = tables.part("JUNCTIONS")
    height = {w[0]: float(w[1]) * units.length if len(w) > 1 else 0.0 for w in rows}
    heads: dict[str, float] = {}
    for words in tables.part("RESERVOIRS"):
        factor = factors.get(words[2], 1.0) if len(words) > 2 else 1.0
        heads[words[0]] = height[words[0]] = float(words[1]) * factor * units.length
    for words in tables.part("TANKS"):
        height[words[0]] = float(words[1]) * units.length
        level = float(words[2]) * units.length if len(words) > 2 else 0.0
        heads[words[0]] = height[words[0]] + level
    if not heads:
        raise NotSolvable("source")
    return heads, height


def _pipes(laying: Laying) -> None:
    units = laying.units
    for words in laying.tables.part("PIPES"):
        more = [word.upper() for word in words[6:]]
        state = more[-1] if more and not is_number(more[-1]) else "OPEN"
        state = "CV" if state == "CV" else laying.standing.get(words[0], state)
        loss = float(more[0]) if more and is_number(more[0]) else 0.0
        long, wide = float(words[3]) * units.length, float(words[4]) * units.diameter
        r, param = _resistance(laying, long, wide, float(words[5]))
        minor = float(minor_loss(np.float64(loss), np.float64(wide)))
        kind = CHECK if state == "CV" else PIPE
        laying.add(words, kind, (r, minor), param, is_open=state not in SHUT)


def _resistance(
    laying: Laying, long: float, wide: float, rough: float
) -> tuple[float, tuple[float, float, float]]:
    length, diameter = np.float64(long), np.float64(wide)
    guess = float(gentle_flow(diameter))
    if laying.law == DARCY_WEISBACH:
        r, e, re = darcy_weisbach(length, diameter, np.float64(rough * laying.units.roughness))
        return float(r), (float(e), float(re), guess)
    law = hazen_williams if laying.law == HAZEN_WILLIAMS else manning
    return float(law(length, diameter, np.float64(rough))), (0.0, 0.0, guess)


def _bound_tanks(laying: Laying, heads: Mapping[str, float]) -> None:
    """A tank at its lowest level gives nothing, one at its highest takes nothing: one-way pipes."""
    for words in laying.tables.part("TANKS"):
        if len(words) < 5:
            continue
        floor, metres = laying.elevation[words[0]], laying.units.length
        low, high = (floor + float(word) * metres for word in words[3:5])
        spills = len(words) > 8 and words[8].upper() == "YES"
        at = heads[words[0]]
        if at <= low + AT_LIMIT_M:
            _let_one_way(laying, laying.place[words[0]], into=True)
        elif at >= high - AT_LIMIT_M and not spills:
            _let_one_way(laying, laying.place[words[0]], into=False)


def _let_one_way(laying: Laying, tank: int, *, into: bool) -> None:
    for k, (a, b) in enumerate(laying.ends):
        if tank not in {a, b}:
            continue
        if laying.kind[k] in {PIPE, CHECK}:
            stands = laying.kind[k] == PIPE or (b == tank) == into
            laying.is_open[k] = laying.is_open[k] and stands
            if (b == tank) != into:
                laying.ends[k] = (b, a)
            laying.kind[k] = CHECK
        elif laying.kind[k] in ONE_WAY:
            laying.is_open[k] = laying.is_open[k] and (b == tank) == into
        else:
            raise NotSolvable("valve")


def _network(laying: Laying, heads: Mapping[str, float], drawn: Mapping[str, float]) -> Network:
    ends = np.array(laying.ends, np.int32).reshape(-1, 2)
    values = np.array(laying.values, np.float64).reshape(-1, 2)
    demand = [drawn.get(name, 0.0) * laying.units.flow for name in laying.place]
    return Network(
        ends[:, 0].copy(),
        ends[:, 1].copy(),
        np.array(laying.kind, np.int8),
        values[:, 0].copy(),
        values[:, 1].copy(),
        np.array(laying.param, np.float64).reshape(-1, 3),
        np.array(laying.is_open, np.bool_),
        np.array(list(laying.elevation.values()), np.float64),
        np.array([heads.get(name, math.nan) for name in laying.place], np.float64),
        np.array(demand, np.float64),
        laying.law,
        np.cumsum([0, *map(len, laying.curves)]).astype(np.int32),
        np.array([point for curve in laying.curves for point in curve], np.float64).reshape(-1, 2),
    )


def _service(tables: Tables, units: Units) -> Service:
    """Return the pressures of pressure-driven demand; usual ones where the file states none."""
    least = tables.number("MINIMUM", "PRESSURE", otherwise=0.0) * units.pressure
    full = tables.number("REQUIRED", "PRESSURE", otherwise=0.0) * units.pressure
    exponent = tables.number("PRESSURE", "EXPONENT", otherwise=0.5)
    # EPANET's own 0.1 psi says that nobody thought of it
    return Service(least, full if full > least + 1.0 else least + FULL_PRESSURE_M, exponent)
