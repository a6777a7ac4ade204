"""What the closure of each section takes: from the register's rows to the engine and back."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from qaita.networks.criticality.figures import Figures, by_way
from qaita.networks.criticality.heating import heat_figures
from qaita.networks.criticality.piping import water_figures
from qaita.networks.criticality.tables import NotSolvable
from qaita.networks.criticality.wiring import power_figures
from qaita.networks.models import Network
from qaita.networks.queries.tracing import Plan, plan_of

SOLVERS: Mapping[str, Callable[[Network, Plan, Figures, int], Figures]] = {
    "water": water_figures,
    "heat": heat_figures,
    "power": power_figures,
}


def figures_of(network: Network, *, threads: int = 2) -> Figures:
    """Compute what each section carries: by pressures or load flow where the register allows.

    Else a section takes the consumers that have no other way to a source, and `no_pressures` says
    what was missing.
    """
    plan = plan_of(network)
    known = by_way(plan)
    if not len(plan.sources):
        return replace(known, sections=[], method=[], no_pressures="source")
    try:
        return _solved(network, plan, known, threads)
    except NotSolvable as reason:
        return replace(known, no_pressures=reason.code)
    except ValueError:  # what the engine refuses
        return replace(known, no_pressures="values")


def _solved(network: Network, plan: Plan, known: Figures, threads: int) -> Figures:
    solver = SOLVERS.get(plan.service)
    if solver is None:
        raise NotSolvable("service")
    return solver(network, plan, known, threads)
