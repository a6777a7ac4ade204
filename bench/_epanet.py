"""EPANET 2.3 through its toolkit: freezing a network at its start, and closing pipes in a loop.

Used by the measurement `criticality` and by tests that take EPANET as the judge.
"""

import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from epanet import toolkit as tk

PMIN_M, PREQ_M, EXPONENT = 0.0, 17.57, 0.5
PSI_PER_M = 0.4333 / 0.3048
CFS = 0.3048**3
US = {0: 1.0, 1: 1 / 448.831, 2: 1 / 0.64632, 3: 1 / 0.5382, 4: 1 / 1.9837}
FLOW_M3S = {number: CFS * feet for number, feet in US.items()}
FLOW_M3S |= {5: 1e-3, 6: 1e-3 / 60, 7: 1e3 / 86400, 8: 1 / 3600, 9: 1 / 86400}


def _opened(path: Path, folder: Path) -> Any:
    project = tk.createproject()
    tk.open(project, str(path), str(folder / "report.txt"), "")
    tk.setstatusreport(project, 0)
    return project


def _done(project: Any) -> None:
    tk.close(project)
    tk.deleteproject(project)


def freeze(path: Path, out: Path) -> None:
    """Write a network as it stands at its start: no controls, demand that depends on pressure."""
    project = _opened(path, out.parent)
    customary = tk.getflowunits(project) < 5
    scale = PSI_PER_M if customary else 1.0
    tk.setdemandmodel(project, tk.PDA, PMIN_M * scale, PREQ_M * scale, EXPONENT)
    tk.settimeparam(project, tk.DURATION, 0)
    tk.openH(project)
    tk.initH(project, tk.NOSAVE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tk.runH(project)
    links = range(1, tk.getcount(project, tk.LINKCOUNT) + 1)
    stand = {
        k: tk.getlinkvalue(project, k, tk.STATUS)
        for k in links
        if tk.getlinktype(project, k) in (tk.PIPE, tk.PUMP)
    }
    tk.closeH(project)
    while tk.getcount(project, tk.CONTROLCOUNT):
        tk.deletecontrol(project, 1)
    while tk.getcount(project, tk.RULECOUNT):
        tk.deleterule(project, 1)
    for k, status in stand.items():
        tk.setlinkvalue(project, k, tk.INITSTATUS, 1.0 if status > 0 else 0.0)
    tk.saveinpfile(project, str(out))
    _done(project)


@dataclass
class Loop:
    """What closing pipes in a loop gave: unserved demand, convergence, trials, CPU seconds."""

    unserved_m3s: Any
    relative_error: Any
    trials: Any
    cpu_s: float


def closed_in_turn(
    path: Path, pipes: list[str], *, warm: bool = False, sharp: bool = False, told: bool = False
) -> Loop:
    """Close pipes one at a time in one project.

    `warm` keeps the flows of the closure before, else each begins anew; `sharp` asks for an
    accuracy of 1e-6; `told` reads the unserved demand of every node, which is not in the CPU time
    that peers are judged by.
    """
    project = _opened(path, path.parent)
    options = {tk.ACCURACY: 1e-6, tk.TRIALS: 200} if sharp else {}
    for option, value in {**options, tk.UNBALANCED: 10}.items():
        tk.setoption(project, option, value)
    nodes = tk.getcount(project, tk.NODECOUNT)
    junctions = nodes - tk.getcount(project, tk.TANKCOUNT)
    short = tk.doubleArray(nodes + 1)
    numbers = [tk.getlinkindex(project, name) for name in pipes]
    unserved, error, trials = (np.zeros(len(pipes)) for _ in range(3))
    tk.openH(project)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tk.initH(project, 10)
        tk.runH(project)
        cpu = 0.0
        for i, k in enumerate(numbers):
            began = time.process_time()
            tk.setlinkvalue(project, k, tk.INITSTATUS, 0)
            tk.initH(project, 0 if warm else 10)
            tk.runH(project)
            cpu += time.process_time() - began
            if told:
                error[i] = tk.getstatistic(project, tk.RELATIVEERROR)
                trials[i] = tk.getstatistic(project, tk.ITERATIONS)
                tk.getnodevalues(project, tk.DEMANDDEFICIT, short)
                unserved[i] = sum(max(short[j], 0.0) for j in range(junctions))
            tk.setlinkvalue(project, k, tk.INITSTATUS, 1)
    scale = FLOW_M3S[tk.getflowunits(project)]
    tk.closeH(project)
    _done(project)
    return Loop(unserved * scale, error, trials, cpu)
