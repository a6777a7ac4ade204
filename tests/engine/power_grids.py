"""Small grids for the tests of power, and a load flow of our own to judge by."""

import numpy as np
from hypothesis import strategies as st

from qaita.engine.power.grid import Grid


def grid_of(lines, *, load, sources=(0,), ties=(), kv=10.0, limit=np.inf, power_factor=0.95):
    """Return a grid of lines (from, to, r, x); load in kW, ties by their number."""
    count, buses = len(lines), len(load)
    rows = np.array(lines, float).reshape(-1, 4)
    kw = np.array(load, float)
    return Grid(
        rows[:, 0].astype(np.int64),
        rows[:, 1].astype(np.int64),
        rows[:, 2].copy(),
        rows[:, 3].copy(),
        np.broadcast_to(np.asarray(limit, float), count).copy(),
        np.broadcast_to(np.asarray(kv, float), count).copy(),
        np.isin(np.arange(count), ties),
        np.isin(np.arange(buses), sources),
        kw,
        kw * np.tan(np.arccos(power_factor)),
    )


@st.composite
def grids(draw, most=10, limits=True):
    """Random grids with rings, one or two sources, and now and then too little room."""
    buses = draw(st.integers(3, most))
    ends = [(draw(st.integers(0, i - 1)), i) for i in range(1, buses)]
    extra = st.tuples(st.integers(0, buses - 1), st.integers(0, buses - 1))
    ends += [pair for pair in draw(st.lists(extra, max_size=5)) if pair[0] != pair[1]]
    ohm = st.sampled_from([0.1, 0.3, 0.7, 1.5])
    lines = [(a, b, draw(ohm), draw(ohm) * 0.8) for a, b in ends]
    load = [draw(st.sampled_from([0.0, 50.0, 150.0, 400.0])) for _ in range(buses)]
    limit = [draw(st.sampled_from([40.0, 90.0, 1e4])) if limits else 1e4 for _ in lines]
    sources = (0, buses - 1) if draw(st.booleans()) else (0,)
    return grid_of(lines, load=load, sources=sources, limit=np.array(limit))


def own_flow(grid, keep, closed, source=1.05):
    """Return voltages (complex, per unit of 10 kV) by Gauss's method on Z: ours, not the library's.

    The currents of the loads at the last voltages give the next ones, until nothing moves.
    """
    scale = 100.0 / grid.rated_kv**2  # of impedances, to 10 kV
    admittance = np.zeros((grid.buses, grid.buses), complex)
    for k in np.flatnonzero(closed):
        a, b = grid.from_bus[k], grid.to_bus[k]
        y = 100.0 / ((grid.r_ohm[k] + 1j * grid.x_ohm[k]) * scale[k])  # per unit of 1 MVA
        admittance[[a, b], [a, b]] += y
        admittance[a, b] -= y
        admittance[b, a] -= y
    free = np.flatnonzero(~grid.is_source)
    held = np.flatnonzero(grid.is_source)
    power = (grid.load_kw + 1j * grid.load_kvar) * keep / 1e3
    volts = np.full(grid.buses, source, complex)
    z = np.linalg.inv(admittance[np.ix_(free, free)])
    into = admittance[np.ix_(free, held)] @ volts[held]
    for _ in range(500):
        last = volts[free]
        volts[free] = z @ (-np.conj(power[free] / last) - into)
        if np.abs(volts[free] - last).max(initial=0.0) < 1e-13:
            break
    return volts


def own_loading(grid, volts, closed):
    """Return the currents of lines over their limits."""
    fall = np.abs(volts[grid.from_bus] - volts[grid.to_bus]) * 10.0 / np.sqrt(3)  # kV of a phase
    ohm = np.abs(grid.r_ohm + 1j * grid.x_ohm) * 100.0 / grid.rated_kv**2
    amperes = fall * 1e3 / ohm * 10.0 / grid.rated_kv
    return np.where(closed, amperes / grid.limit_a, 0.0)
