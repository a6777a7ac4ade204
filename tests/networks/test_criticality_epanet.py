"""Every pipe of real networks closed in turn: EPANET is the judge."""

from pathlib import Path

import numpy as np
import pytest

from qaita.engine.flow import closures, nested
from qaita.engine.flow.closures import n_minus_1
from qaita.engine.flow.network import PIPE
from qaita.engine.flow.solving import solve
from qaita.networks.criticality.water import water_of
from qaita.networks.importing.inp_text import read_inp_text
from qaita.networks.importing.options import Limits
from qaita.networks.importing.rules import Found

wntr = pytest.importorskip("wntr")
pytest.importorskip("epanet")
from bench._city import tiled  # noqa: E402  # after the check that it is there
from bench._epanet import closed_in_turn, freeze  # noqa: E402  # likewise

LIBRARY = Path(wntr.__file__).parent / "library" / "networks"


def water(path):
    text = read_inp_text(path, Found(), encoding="utf-8", limits=Limits())
    return water_of(
        {name: [w for _, w in rows] for name, rows in text.parts.items()}, at_start=True
    )


@pytest.mark.parametrize(
    "name", ["Net3", "ky4", "ky10", pytest.param("Net6", marks=pytest.mark.slow)]
)
def test_every_pipe_takes_what_epanet_says(name, tmp_path, monkeypatch):
    frozen = tmp_path / "frozen.inp"
    freeze(LIBRARY / f"{name}.inp", frozen)
    read = water(frozen)
    net = read.net
    pipes = np.flatnonzero((net.kind == PIPE) & net.is_open).astype(np.int32)
    names = [read.links[k] for k in pipes]
    theirs = closed_in_turn(frozen, names, sharp=True, told=True)
    total = net.demand_m3s.sum()
    judged = theirs.relative_error < 1e-4
    for small, usual in ((closures.SMALL, 1e-5), (0, 1e-4)):
        monkeypatch.setattr(closures, "SMALL", small)
        ours = n_minus_1(net, read.service, pipes)
        apart = np.abs(ours.total_m3s - theirs.unserved_m3s) / total
        # pumps of Net6 keep switching in a few closures; what they take is right and marked unsure
        assert ours.converged.mean() > (0.995 if name == "Net6" else 0.99999)
        assert judged.mean() > 0.99
        assert apart[judged].max() <= 1e-3
        assert np.percentile(apart[judged], 99) <= usual


def test_a_network_stands_at_its_start_as_epanet_lets_it_stand(tmp_path):
    """Controls that act at once are applied when the file is read."""
    frozen = tmp_path / "frozen.inp"
    for name in ("Net3", "ky4"):
        freeze(LIBRARY / f"{name}.inp", frozen)
        one, two = water(LIBRARY / f"{name}.inp"), water(frozen)
        at = {link: i for i, link in enumerate(one.links)}
        order = [at[link] for link in two.links]
        assert one.net.is_open[order].tolist() == two.net.is_open.tolist()
        flows = solve(one.net, two.service).flow_m3s[order]
        same = one.net.from_node[order] == two.net.from_node
        flows = np.where(same, flows, -flows)
        assert np.allclose(flows, solve(two.net, two.service).flow_m3s, atol=1e-6)


@pytest.mark.parametrize(("tiles", "least"), [(0, 3.0), (6, 30.0)])
def test_closures_take_a_fraction_of_epanets_work(tiles, least, tmp_path, monkeypatch):
    """Work is nodes times steps of Newton's method: a ratio that no neighbour on the machine moves.

    Bridges cost nothing, the others begin from the state with all open, in a region of a large
    network; EPANET begins each closure anew with every node.
    """
    path = tmp_path / "frozen.inp"
    freeze(LIBRARY / "ky4.inp", path)
    if tiles:
        tiled(path, tiles // 2, 2, tmp_path / "city.inp")
        path = tmp_path / "city.inp"
    read = water(path)
    pipes = np.flatnonzero((read.net.kind == PIPE) & read.net.is_open).astype(np.int32)
    work = []
    for room in (closures, nested):
        real = room.run

        def counted(model, *rest, real=real):
            found = real(model, *rest)
            most = rest[-1]
            work.append(model.nodes * np.where(found.steps > 0, found.steps, most).sum())
            return found

        monkeypatch.setattr(room, "run", counted)
    n_minus_1(read.net, read.service, pipes, threads=1)
    names = [read.links[k] for k in pipes[:: max(len(pipes) // 40, 1)]]
    theirs = closed_in_turn(path, names, told=True).trials.mean() * read.net.nodes * len(pipes)
    assert theirs / sum(work) >= least
