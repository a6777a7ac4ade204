"""Every kind of fitting against EPANET: every pipe of made-up towns closed in turn."""

import numpy as np
import pytest

from qaita.engine.flow import closures
from qaita.engine.flow.closures import n_minus_1
from qaita.engine.flow.network import CHECK
from qaita.networks.criticality.tables import NotSolvable
from qaita.networks.criticality.water import water_of
from tests.networks.inp_worlds import FITTINGS, inp_of

pytest.importorskip("epanet")
from bench._city import tables_of  # after the check that EPANET is there
from bench._epanet import closed_in_turn

SEEDS = range(3)


def compared(path):
    """Return how far closures are from EPANET's as a share of demand, and where it is a judge.

    The first by the whole network, the second by regions.
    """
    read = water_of(tables_of(path), at_start=True)
    # from a file in kW EPANET 2.2 and 2.3 take a pump to give more by 1 / 0.7457
    path.write_text(path.read_text().replace("POWER 3", f"POWER {3 * 0.7457}"))
    net = read.net
    pipes = np.flatnonzero((net.kind <= CHECK) & net.is_open).astype(np.int32)
    pipes = np.array([k for k in pipes if read.links[k].startswith("P")], np.int32)
    theirs = closed_in_turn(path, [read.links[k] for k in pipes], sharp=True, told=True)
    found = []
    for small in (closures.SMALL, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(closures, "SMALL", small)
            ours = n_minus_1(net, read.service, pipes)
        assert ours.converged.all()
        found.append(np.abs(ours.total_m3s - theirs.unserved_m3s) / net.demand_m3s.sum())
    return np.array(found).T, theirs.relative_error < 1e-4


@pytest.mark.parametrize("fitting", FITTINGS)
@pytest.mark.parametrize("headloss", ["H-W", "D-W", "C-M"])
def test_every_fitting_does_what_epanet_says(fitting, headloss, tmp_path):
    apart, judged = [], []
    for seed in SEEDS:
        path = tmp_path / f"{seed}.inp"
        path.write_text(inp_of(fitting, seed, headloss=headloss))
        for column, found in zip((apart, judged), compared(path), strict=True):
            column.append(found)
    far, sure = np.concatenate(apart), np.concatenate(judged)
    assert sure.mean() >= 0.99
    assert far[sure].max() <= 1e-3
    assert np.percentile(far[sure], 99) <= 1e-5


@pytest.mark.parametrize(
    ("part", "line", "reason"),
    [
        ("EMITTERS", "J3 0.5", "emitters"),
        ("LEAKAGE", "P0_1 1.2 0.5", "leakage"),
        ("DEMANDS", "J3 -2", "inflow"),
        ("VALVES", "W J1 J2 200 PCV 30 0", "valve"),
        ("VALVES", "W J1 J2 200 GPV none 0", "valve"),
        ("PUMPS", "W J1 J2 HEAD none", "pump_curve"),
    ],
)
def test_what_is_not_known_is_refused_by_name(part, line, reason, tmp_path):
    path = tmp_path / "town.inp"
    path.write_text(inp_of("none", 1).replace("[END]", f"[{part}]\n{line}\n[END]"))
    with pytest.raises(NotSolvable) as told:
        water_of(tables_of(path))
    assert told.value.code == reason
