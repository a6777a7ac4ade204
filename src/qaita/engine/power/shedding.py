"""Whom a grid that cannot carry its load must switch off: by overloaded lines and low voltage.

A dispatcher's rule, so that its answer is one that can be done, hence an upper bound of the least
possible: what an overloaded line carries too much is taken from those it feeds, each by the share
of its supply that comes by that line (proportional sharing; Bialek, IEE Proc. C 143(4), 1996);
whose voltage lies below the band is switched off until it does not. Then as much as possible is
given back by bisection.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qaita.engine.compiling import compiled
from qaita.engine.power.grid import Flags, Floats, Grid, Ints
from qaita.engine.power.loadflow import Cases, Flows, Solver

ROUNDS, PATIENCE, HALVINGS = 30, 12, 6
FAIR = 1e-4  # above a limit counts as at it
MORE = 1.05  # times the excess is taken, so that the rounds end
LEAST_CUT = 0.25  # of the load of a bus with low voltage, in a round


@dataclass(frozen=True)
class Carried:
    """What each bus keeps in k states so that lines and voltages hold, and how it was at first."""

    keep: Floats  # (k, n) 0…1; 0 where nothing feeds the bus
    settled: Flags  # (k,)
    overloaded: Ints  # (k,) lines above their limit before anything was switched off
    loading: Floats  # (k,) the worst of all lines, as a share of its limit
    least_pu: Floats  # (k,) the lowest voltage where somebody is fed; NaN: nobody is


def carry(solver: Solver, cases: Cases) -> Carried:
    """Switch off in each state what the grid cannot carry, and give back what it can."""
    flows = solver.flows(cases)
    asked = np.where(flows.volts > 0, cases.keep, 0.0)
    first = _first_sight(solver, asked, flows)
    kept, before = asked.copy(), asked.copy()
    left = np.flatnonzero(~_holds(solver, asked, flows))
    shed, now = left, flows.of(left)
    for number in range(ROUNDS):
        if not len(left):
            break
        before[left] = kept[left]
        kept[left] *= 1.0 - _taken(solver, kept[left], now, patient=number < PATIENCE)
        now = solver.flows(replace(cases.of(left), keep=kept[left]))
        held = _holds(solver, kept[left], now)
        left, now = left[~held], now.of(~held)
    shed = np.setdiff1d(shed, left)
    kept[shed] = _given_back(solver, cases.of(shed), kept[shed], before[shed])
    settled = np.ones(len(kept), np.bool_)
    settled[left] = False
    return replace(first, keep=kept, settled=settled)


def _first_sight(solver: Solver, keep: Floats, flows: Flows) -> Carried:
    fed = (keep * solver.grid.load_kw > 0) & (flows.volts > 0)
    lowest = np.where(fed, flows.volts, np.inf).min(1, initial=np.inf)
    return Carried(
        keep,
        flows.converged,
        (flows.loading > 1.0 + FAIR).sum(1),
        flows.loading.max(1, initial=0.0),
        np.where(np.isinf(lowest), np.nan, lowest),
    )


def _holds(solver: Solver, keep: Floats, flows: Flows) -> Flags:
    """Tell in which states every line and every fed bus is within its limits."""
    first = _first_sight(solver, keep, flows)
    enough = np.isnan(first.least_pu) | (first.least_pu >= solver.band.least - FAIR)
    return np.asarray(flows.converged & (first.loading <= 1.0 + FAIR) & enough)


def _taken(solver: Solver, keep: Floats, flows: Flows, *, patient: bool) -> Floats:
    """Return which share of what each bus keeps is to be switched off: (k, n)."""
    grid, least = solver.grid, solver.band.least
    over = np.maximum(1.0 - 1.0 / np.maximum(flows.loading, 1e-9), 0.0) * MORE
    over[flows.loading <= 1.0 + FAIR] = 0.0
    by_line = _downstream(grid, flows.power_kw, over)
    fed = (keep * grid.load_kw > 0) & (flows.volts > 0)
    low = fed & (flows.volts < least - FAIR)
    depth = (least - flows.volts) / (solver.band.source - flows.volts + 1e-9)
    by_volts = np.where(low, np.maximum(depth, LEAST_CUT), 0.0)
    taken = np.maximum(by_line, by_volts)
    helpless = ~flows.converged & (taken.max(1, initial=0.0) <= 0.0)
    taken[helpless] = LEAST_CUT
    return np.asarray(np.minimum(taken, 1.0) if patient else np.where(taken > 0, 1.0, 0.0))


def _given_back(solver: Solver, cases: Cases, kept: Floats, before: Floats) -> Floats:
    """Go back towards the last state that did not hold as far as the grid holds."""
    share, step = np.zeros(len(kept)), 0.5
    for _ in range(HALVINGS if len(kept) else 0):
        tried = kept + (share + step)[:, None] * (before - kept)
        flows = solver.flows(replace(cases, keep=tried))
        share += np.where(_holds(solver, tried, flows), step, 0.0)
        step /= 2
    return np.asarray(kept + share[:, None] * (before - kept))


def _downstream(grid: Grid, power: Floats, over: Floats) -> Floats:
    """Return the mean of the shares on the ways to each bus, by how much comes on each: (k, n).

    On a line it is the greater of the line's own share and that of the bus it comes from.
    """
    out = np.zeros((len(power), grid.buses))
    for case in np.flatnonzero(over.any(1)):
        forward = power[case] >= 0
        begin = np.where(forward, grid.from_bus, grid.to_bus)
        end = np.where(forward, grid.to_bus, grid.from_bus)
        moving = np.flatnonzero(power[case] != 0.0)
        order = moving[np.argsort(begin[moving], kind="stable")]
        starts = np.searchsorted(begin[order], np.arange(grid.buses + 1))
        _sweep(starts, order, end, (np.abs(power[case]), over[case]), out[case])
    return out


@compiled(nogil=True)
def _sweep(starts: Any, order: Any, end: Any, lines: Any, out: Any) -> None:
    """Take buses as soon as all their inflows are known (Kahn, Comm. ACM 5, 1962)."""
    size, over = lines
    buses = len(out)
    waiting = np.zeros(buses, np.int64)
    for k in order:
        waiting[end[k]] += 1
    inflow, weighed = np.zeros(buses), np.zeros(buses)
    queue = np.empty(buses, np.int64)
    fed_by_none = np.flatnonzero(waiting == 0)
    head, tail = 0, len(fed_by_none)
    queue[:tail] = fed_by_none
    while head < tail:
        here = queue[head]
        head += 1
        if inflow[here] > 0.0:
            out[here] = weighed[here] / inflow[here]
        for x in range(starts[here], starts[here + 1]):
            k = order[x]
            there = end[k]
            inflow[there] += size[k]
            weighed[there] += size[k] * max(over[k], out[here])
            waiting[there] -= 1
            if waiting[there] == 0:
                queue[tail] = there
                tail += 1
    for i in range(buses):  # flows in circles, if any
        if waiting[i] > 0 and inflow[i] > 0.0:
            out[i] = weighed[i] / inflow[i]
