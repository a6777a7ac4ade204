"""Power: load flow against our own, outages against solving the grid without the line."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qaita.engine.power.grid import GRAPH, SOLVED, Band
from qaita.engine.power.loadflow import Cases, solver_of
from qaita.engine.power.outages import line_outages, stand
from tests.engine.power_grids import grid_of, grids, own_flow, own_loading

BAND = Band()


def flows_with(grid, out, keep=1.0):
    cases = Cases(np.array([out]), np.array([-1]), np.full((1, grid.buses), keep))
    return solver_of(grid, BAND, threads=1).flows(cases)


def connected(grid, out=-1):
    """Return which lines are in service, and which buses they join to a source."""
    closed = ~grid.is_tie
    if out >= 0:
        closed[out] = False
    seen = grid.is_source.copy()
    for _ in range(grid.buses):
        for a, b in zip(grid.from_bus[closed], grid.to_bus[closed], strict=True):
            seen[a] = seen[b] = seen[a] | seen[b]
    return closed, seen


@settings(deadline=None, max_examples=25)
@given(grids())
def test_voltages_and_currents_are_those_of_another_method(grid):
    closed, seen = connected(grid)
    told = flows_with(grid, -1)
    volts = own_flow(grid, 1.0, closed)
    assert told.converged.all() and seen.all()
    assert np.allclose(told.volts[0], np.abs(volts), atol=1e-7)
    assert np.allclose(told.loading[0], own_loading(grid, volts, closed), atol=2e-4, rtol=1e-5)


def test_one_line_loses_what_the_closed_form_says():
    # V² − V·E·… for a load of power factor 1 behind pure resistance: V = (E + √(E² − 4·P·R)) / 2
    grid = grid_of([(0, 1, 2.0, 1e-9)], load=[0, 1000.0], power_factor=1.0)
    wanted = (10.5 + np.sqrt(10.5**2 - 4 * 1.0 * 2.0)) / 2
    assert flows_with(grid, -1).volts[0, 1] * 10 == pytest.approx(wanted, abs=1e-6)


def test_levels_join_as_if_by_transformers_of_nominal_ratio():
    # 1 ohm at 0.4 kV is 625 ohm at 10 kV
    low = grid_of([(0, 1, 0.5, 0.3), (1, 2, 0.1, 0.05)], load=[0, 0, 20.0], kv=np.array([10, 0.4]))
    same = grid_of([(0, 1, 0.5, 0.3), (1, 2, 62.5, 31.25)], load=[0, 0, 20.0])
    one, two = flows_with(low, -1), flows_with(same, -1)
    assert np.allclose(one.volts, two.volts)
    same = dataclasses.replace(low, limit_a=np.array([100.0, 40.0]))
    amperes = 20.0 / 0.95 / (np.sqrt(3) * 0.4 * one.volts[0, 2])
    assert flows_with(same, -1).loading[0, 1] == pytest.approx(amperes / 40.0, rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(grids())
def test_what_is_left_after_an_outage_holds_and_what_is_cut_off_is_counted(grid):
    found = line_outages(grid)
    assert found.converged.all()
    for i, line in enumerate(found.line.tolist()):
        closed, seen = connected(grid, line)
        unserved = np.zeros(grid.buses)
        part = slice(found.starts[i], found.starts[i + 1])
        unserved[found.bus[part]] = found.unserved_kw[part]
        assert (unserved >= 0).all()
        assert (unserved <= grid.load_kw + 1e-9).all()
        assert found.total_kw[i] == pytest.approx(unserved.sum())
        assert found.cut_kw[i] == pytest.approx(grid.load_kw[~seen].sum(), abs=1e-6)
        left = np.flatnonzero(seen)
        kept = np.ones(grid.buses) - np.divide(
            unserved, grid.load_kw, out=np.zeros(grid.buses), where=grid.load_kw > 0
        )
        number = np.full(grid.buses, -1)
        number[left] = np.arange(len(left))
        inside = np.flatnonzero(closed & seen[grid.from_bus])
        part_grid = dataclasses.replace(
            grid,
            **{
                name: getattr(grid, name)[inside]
                for name in ("r_ohm", "x_ohm", "limit_a", "rated_kv", "is_tie")
            },
            from_bus=number[grid.from_bus[inside]],
            to_bus=number[grid.to_bus[inside]],
            **{name: getattr(grid, name)[left] for name in ("is_source", "load_kw", "load_kvar")},
        )
        every = np.ones(len(inside), bool)
        volts = own_flow(part_grid, kept[left], every)
        assert own_loading(part_grid, volts, every).max(initial=0.0) <= 1.0 + 1e-3
        fed = (part_grid.load_kw * kept[left]) > 1e-6
        assert np.abs(volts)[fed].min(initial=1.0) >= BAND.least - 1e-3


@settings(deadline=None, max_examples=25)
@given(grids(limits=False))
def test_the_graph_and_the_load_flow_say_the_same_of_a_bridge(grid):
    found = line_outages(grid)
    bridges = np.flatnonzero(found.method == GRAPH)
    assert stand(grid).unserved_kw.sum() < 1e-6
    if not len(bridges):
        return
    cases = Cases(
        found.line[bridges], np.full(len(bridges), -1), np.ones((len(bridges), grid.buses))
    )
    told = solver_of(grid, BAND, threads=1).flows(cases)
    dead = np.where(told.volts > 0, 0.0, grid.load_kw).sum(1)
    assert np.allclose(found.total_kw[bridges], dead)


def test_a_ring_with_room_loses_nobody_and_a_tight_one_what_it_cannot_carry():
    lines = [(0, 1, 0.1, 0.1), (1, 2, 0.1, 0.1), (2, 0, 0.1, 0.1)]
    wide = grid_of(lines, load=[0, 600.0, 600.0], limit=200.0)
    assert line_outages(wide).total_kw.tolist() == [0, 0, 0]
    tight = grid_of(lines, load=[0, 600.0, 600.0], limit=50.0)
    found = line_outages(tight)
    assert found.cut_kw.tolist() == [0, 0, 0]
    assert found.overloaded.tolist() == [1, 0, 1]
    # one line of 50 A at 10.5 kV carries √3 · 10.5 · 50 · 0.95 = 864 kW of 1,200
    assert found.total_kw[[0, 2]] == pytest.approx(1200 - 864, rel=0.02)
    assert found.loading[0] == pytest.approx(1200 / 864, rel=0.02)


def test_a_voltage_below_the_band_is_no_supply():
    lines = [(0, 1, 0.5, 0.2), (1, 2, 4.0, 2.0), (2, 3, 4.0, 2.0), (3, 0, 0.5, 0.2)]
    grid = grid_of(lines, load=[0, 500.0, 300.0, 1400.0])
    found = line_outages(grid)
    assert stand(grid).unserved_kw.sum() == 0
    assert found.least_pu[3] < BAND.least
    assert 0 < found.total_kw[3] < 2200
    assert found.cut_kw[3] == 0


def test_a_tie_is_closed_where_it_helps_and_the_best_is_taken():
    # two feeders 0-1-2 and 0-3-4; ties 2-4 (wide) and 2-3 (narrow)
    lines = [(0, 1, 0.1, 0.1), (1, 2, 0.1, 0.1), (0, 3, 0.1, 0.1), (3, 4, 0.1, 0.1),
             (2, 4, 0.1, 0.1), (2, 3, 0.1, 0.1)]  # fmt: skip
    limit = np.array([200.0, 200, 200, 200, 150, 10])
    grid = grid_of(lines, load=[0, 500.0, 500, 500, 500], ties=(4, 5), limit=limit)
    found = line_outages(grid)
    assert found.line.tolist() == [0, 1, 2, 3]
    assert found.tie.tolist() == [4, 4, 4, 4]
    assert found.total_kw.tolist() == pytest.approx([0, 0, 0, 0], abs=1e-6)
    without = line_outages(grid_of(lines[:4], load=grid.load_kw, limit=limit[:4]))
    assert without.total_kw.tolist() == pytest.approx([1000, 500, 1000, 500])
    assert (without.method == GRAPH).all() and (found.method == SOLVED).all()


def test_too_much_load_for_any_voltage_is_switched_off_until_there_is_one():
    grid = grid_of([(0, 1, 4.0, 3.0), (0, 1, 4.0, 3.0)], load=[0, 9000.0])
    found = line_outages(grid)
    assert stand(grid).unserved_kw.sum() > 0
    assert found.converged.all()
    assert (found.added_kw > 0).all()


@settings(deadline=None, max_examples=30)
@given(grids(), st.data())
def test_one_thread_and_two_say_the_same_and_so_does_another_order(grid, data):
    one, two = line_outages(grid, threads=1), line_outages(grid, threads=2)
    assert (one.total_kw == two.total_kw).all()
    order = np.array(data.draw(st.permutations(range(grid.lines))))
    columns = ("from_bus", "to_bus", "r_ohm", "x_ohm", "limit_a", "rated_kv", "is_tie")
    other = dataclasses.replace(grid, **{name: getattr(grid, name)[order] for name in columns})
    again = line_outages(other).total_kw
    assert np.allclose(again, one.total_kw[order], atol=1e-3 * grid.load_kw.sum() + 1e-6)


@pytest.mark.parametrize(
    ("what", "value"),
    [("load_kw", -1.0), ("r_ohm", np.nan), ("limit_a", 0.0), ("rated_kv", 0.0), ("is_source", 0)],
)
def test_what_no_grid_has_is_refused(what, value):
    grid = grid_of([(0, 1, 1.0, 1.0)], load=[0, 10.0])
    column = getattr(grid, what).copy()
    column[0] = value
    with pytest.raises(ValueError, match=r"."):
        line_outages(dataclasses.replace(grid, **{what: column}))


def test_a_part_without_a_source_is_nobodys_loss():
    grid = grid_of([(0, 1, 1, 1), (2, 3, 1, 1)], load=[0, 10.0, 10, 10])
    assert line_outages(grid).total_kw.tolist() == [10, 0]
