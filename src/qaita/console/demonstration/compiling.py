"""Compiles what closes sections and plans a country, beside the making of a demonstration.

A first time takes long. `python -m qaita.console.demonstration.compiling` closes the pipes of a
made-up town and plans a made-up street; Numba keeps what it compiled, and who does so later in
another process finds it there.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import scipy.sparse as sp

from qaita.engine.flow.graph import make_graph
from qaita.engine.flow.heating import Design, Heat, heat_outages
from qaita.engine.flow.segments import isolate
from qaita.engine.packing.corridors import run_together
from qaita.engine.packing.gathering import Streets, gather_sections
from qaita.engine.plan.national.packs import National, Pack, Rows, resources_of
from qaita.engine.plan.national.pricing import tables_of
from qaita.engine.plan.national.room import make_room
from qaita.engine.plan.national.solving import plan_again, plan_country
from qaita.engine.verdicts import judge_packs

YEARS = 5


@contextmanager
def compiled_beside() -> Iterator["subprocess.Popen[bytes]"]:
    """Compile in a process of its own while the body runs; the body may wait for it."""
    process = subprocess.Popen(
        [sys.executable, "-m", __spec__.name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def close_a_town() -> None:
    """Close each pipe of a grid of streets once: all that Numba compiles for it."""
    side = 4
    node = np.arange(side * side, dtype=np.int32).reshape(side, side)
    begin = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel(), node[-1, -1:]])
    end = np.concatenate([node[:, 1:].ravel(), node[1:].ravel(), [node.size]]).astype(np.int32)
    load = np.full(node.size + 1, 20_000.0)
    long, wide = np.full(len(begin), 100.0), np.full(len(begin), 0.2)
    heat_outages(Heat(begin, end, long, wide, load, np.arange(len(load)) == 0), Design())
    graph, at_to = make_graph(len(load), begin, end), np.arange(4) % 2 == 1
    isolate(graph, np.zeros(1, np.int32), load, valve_edge=np.arange(4), valve_at_to=at_to)


def plan_a_street() -> None:
    """Plan a street: all that Numba compiles for a country."""
    count = 6
    node = np.arange(count + 1)
    streets = Streets(
        node[:-1],
        node[1:],
        np.tile([0.0, np.pi], (count, 1)),
        np.full(count, 120.0),
        np.zeros(count),
        np.ones(count, dtype=bool),
    )
    gather_sections(streets, least_m=200, most_m=500)
    lines = np.arange(2 * count, dtype=np.int32) * 1_000
    run_together(
        (lines, lines, np.arange(count + 1) * 2),
        (np.arange(count), np.arange(count)),
        np.arange(count) % 2,
        bounds=(15.0, 0.6),
        most=2,
    )
    problem = _problem()
    answer = plan_country(problem, search=False)
    judge_packs(problem, answer.prices, answer.plan.option)
    plan_again(tables_of(problem), answer.prices, answer.plan.option)
    make_room(problem, answer.plan.option, np.zeros(1, np.int64), 0.9 * problem.rows.most)


def _problem() -> National:
    chance = np.random.default_rng(1)
    packs = []
    for members, take in ((1, [[0]]), (1, [[0], [1]]), (2, [[0, -1], [-1, 0], [1, 1]])):
        methods, count = int(np.max(take)) + 1, 40
        shape = (count, members, methods)
        cost = chance.uniform(5, 9, (*shape, YEARS)).astype(np.float32)
        worth = chance.uniform(5, 12, (count, len(take), YEARS)).astype(np.float32)
        cluster = np.zeros((count, members), np.int64)
        cluster[:, 1:] = 1
        packs.append(
            Pack(
                np.array(take, dtype=np.int64),
                cluster,
                np.full((count, members), 0.3, np.float32),
                cost,
                np.zeros(shape, np.float32),
                worth,
            )
        )
    width = resources_of(YEARS)
    weights = np.zeros((2 * YEARS, 2 * width))
    for year in range(YEARS):
        weights[year, [year, width + year]] = 1.0
        weights[YEARS + year, [YEARS + year]] = -1.0
    most = np.r_[np.full(YEARS, 60.0), np.full(YEARS, -0.3)]
    rows = Rows(sp.csr_matrix(weights), most, most > 0)
    return National(tuple(packs), rows, YEARS, 2)


if __name__ == "__main__":
    close_a_town()
    plan_a_street()
