"""Every pipe of a network closed in turn: ours against EPANET's toolkit and against WNTR; CPU time.

EPANET is driven in the tightest loop it allows, once keeping the flows of the closure before
("warm"), once anew for each ("cold"); reading its answers is not counted. For cities a random
sample of closures is timed and multiplied up; EPANET also judges our answers on it.
QAITA_BENCH_CITIES names the cities by columns × rows of copies of ky4: 4x3 has 13,898 pipes that
can be closed, 9x10 has 104,344.
"""

import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qaita.console.benching import Line
from qaita.console.place import ROOT
from qaita.engine.flow.closures import n_minus_1
from qaita.engine.flow.graph import make_graph
from qaita.engine.flow.network import PIPE
from qaita.engine.flow.segments import isolate
from qaita.networks.criticality.water import Water, water_of

CITIES = os.environ.get("QAITA_BENCH_CITIES", "4x3,9x10").split(",")
REAL = ("Net3", "ky4", "ky10", "Net6")
SAMPLE, FEWER, WNTR_SAMPLE = 40, 6, 5
MANY = 50_000


@dataclass
class Ours:
    """What closing every pipe gave us, and what it cost."""

    pipes: Any
    names: list[str]
    total: Any
    demand: float
    unsettled: int
    cpu_s: float
    wall_s: float


def measure() -> list[Line]:
    """Return the figures of real networks, cities, and valve segments."""
    sys.path.insert(0, str(ROOT))
    try:
        import wntr

        from bench._city import tiled
        from bench._epanet import freeze
    except ModuleNotFoundError as missing:
        raise SystemExit(f"The peers are among the packages of the tests: {missing}.") from None

    library = Path(wntr.__file__).parent / "library" / "networks"
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as folder:
        frozen = {name: Path(folder) / f"{name}.inp" for name in REAL}
        for name, path in frozen.items():
            freeze(library / f"{name}.inp", path)
        _ours(frozen["ky4"])  # compiled before the clock
        for name, path in frozen.items():
            lines += _compared(name, path, goal="≥ 10×" if name != "Net3" else "–", sample=0)
        for city in CITIES:
            columns, rows = map(int, city.split("x"))
            path = Path(folder) / f"city{city}.inp"
            tiled(frozen["ky4"], columns, rows, path)
            sample = SAMPLE if columns * rows < 40 else FEWER
            goal = "≥ 100×" if columns * rows < 40 else "≥ 500×"
            lines += _compared("city", path, goal=goal, sample=sample)
        lines.append(_against_wntr(library / "ky4.inp", frozen["ky4"]))
    return [*lines, *_segments()]


def _read(path: Path) -> Water:
    from bench._city import tables_of

    return water_of(tables_of(path), at_start=True)


def _ours(path: Path) -> Ours:
    read = _read(path)
    net = read.net
    pipes = np.flatnonzero((net.kind == PIPE) & net.is_open).astype(np.int32)
    n_minus_1(net, read.service, pipes[:40])
    cpu, wall = time.process_time(), time.perf_counter()
    found = n_minus_1(net, read.service, pipes, threads=2)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    names = [read.links[k] for k in pipes]
    unsettled = int((~found.converged).sum())
    return Ours(pipes, names, found.total_m3s, net.demand_m3s.sum(), unsettled, cpu, wall)


def _compared(name: str, path: Path, *, goal: str, sample: int) -> list[Line]:
    from bench._epanet import closed_in_turn

    ours = _ours(path)
    count = len(ours.names)
    picked = list(range(count))
    if sample:
        heavy = np.argsort(-ours.total)[: sample // 4].tolist()
        picked = random.Random(3).sample(picked, sample) + heavy
    names = [ours.names[i] for i in picked]
    times = count / len(names)
    warm = closed_in_turn(path, names, warm=True).cpu_s * times
    cold = closed_in_turn(path, names).cpu_s * times
    judge = closed_in_turn(path, names, sharp=True, told=True)
    settled = judge.relative_error < 1e-4
    apart = np.abs(judge.unserved_m3s - ours.total[picked])[settled] / ours.demand
    title = f"{name}, {count:,} pipes closed"
    city = bool(sample)
    wall = "< 0.8 s" if city and count < MANY else "< 12 s" if city else ""
    return [
        Line(f"{title}, CPU", ours.cpu_s, "s", "EPANET, warm", warm, goal, more_is_better=False),
        Line(f"{title}, CPU again", ours.cpu_s, "s", "EPANET, cold", cold,
             "≥ 200×" if city and count < MANY else "", more_is_better=False),
        Line(f"{title}, wall on 2 threads", ours.wall_s, "s", goal=wall, more_is_better=False),
        Line(f"{name}: unserved apart from EPANET's, at most ({settled.sum():,} judged)",
             float(apart.max()), "of demand", goal="≤ 0.001", more_is_better=False),
        Line(f"{name}: closures that did not come to rest", ours.unsettled, "", goal="0",
             more_is_better=False),
    ]  # fmt: skip


def _against_wntr(path: Path, frozen: Path) -> Line:
    """Time WNTR's own loop with EPANET inside: reset, close, run."""
    import wntr

    ours = _ours(frozen)
    net = wntr.network.WaterNetworkModel(str(path))
    net.options.time.duration = 0
    net.options.hydraulic.demand_model = "PDD"
    pipes = random.Random(1).sample(net.pipe_name_list, WNTR_SAMPLE)
    with tempfile.TemporaryDirectory() as folder:
        cpu = time.process_time()
        for name in pipes:
            net.reset_initial_values()
            link = net.get_link(name)
            before, link.initial_status = link.initial_status, wntr.network.LinkStatus.Closed
            wntr.sim.EpanetSimulator(net).run_sim(file_prefix=str(Path(folder) / "w"))
            link.initial_status = before
        cpu = time.process_time() - cpu
    each = cpu / len(pipes) * 1e6
    mine = ours.cpu_s / len(ours.names) * 1e6
    return Line("ky4, one closure, CPU", mine, "µs", "WNTR with EPANET", each, more_is_better=False)


def _segments(side: int = 900) -> list[Line]:
    """Valve segments of a made-up million pipes, beside networkx' articulation points."""
    import networkx as nx

    rng = np.random.default_rng(1)
    at = np.arange(side * side).reshape(side, side)
    a = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    b = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    kept = rng.random(len(a)) < 0.62
    a, b = a[kept], b[kept]
    ends = [np.flatnonzero(rng.random(len(a)) < 0.35) for _ in range(2)]
    edge = np.concatenate(ends)
    to = np.repeat([False, True], [len(x) for x in ends])
    weight = np.ones(side * side)
    graph = make_graph(side * side, a, b)
    isolate(make_graph(2, [0], [1]), [0], [1.0, 1.0], valve_edge=[0], valve_at_to=[False])
    cpu = time.process_time()
    isolate(graph, [0], weight, valve_edge=edge, valve_at_to=to)
    cpu = time.process_time() - cpu
    small = 90
    part = nx.Graph(zip(a[a < small * side].tolist(), b[a < small * side].tolist(), strict=True))
    peer = time.process_time()
    sum(1 for _ in nx.articulation_points(part))
    peer = (time.process_time() - peer) * len(a) / part.number_of_edges()
    title = f"valve segments and who each cuts off, {len(a):,} pipes, {len(edge):,} valves, CPU"
    return [Line(title, cpu, "s", "networkx, articulation points alone", peer, "≤ 0.2 s",
                 more_is_better=False)]  # fmt: skip
