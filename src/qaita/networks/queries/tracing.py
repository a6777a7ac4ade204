"""Whom a closure cuts off: the graph of a network asked from its rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaita.engine.flow.bridges import find_bridges
from qaita.engine.flow.graph import Graph, make_graph
from qaita.engine.flow.reach import cut_off, isolation
from qaita.networks.models import LIVING, SOURCES, EquipmentUnit, Network, Node, Section

VALVE, SUBSTATION, POWER = "valve", "substation", "power"


@dataclass(frozen=True)
class Trace:
    """What a closure leaves without supply: codes of sections and nodes, and the consumers.

    `valves` are codes of the valve nodes that shut the section in (none for closed nodes).
    `known_source` is False when the network names no source: then only the closed parts count.
    """

    sections: tuple[str, ...]
    nodes: tuple[str, ...]
    consumers: int
    valves: tuple[str, ...] = ()
    known_source: bool = True


@dataclass(frozen=True)
class Plan:
    """The living graph of a network with its rows' codes."""

    graph: Graph
    sections: Sequence[tuple[int, str]]
    nodes: Sequence[tuple[int, str]]
    kinds: NDArray[np.str_]
    consumers: NDArray[np.int64]
    service: str = ""

    @property
    def sources(self) -> NDArray[np.int64]:
        """The numbers of the nodes that feed the network.

        A grid that names no plant is fed by its substations: by those without consumers of their
        own, where there are such.
        """
        fed = np.isin(self.kinds, SOURCES)
        if self.service == POWER and not fed.any():
            fed = self.kinds == SUBSTATION
            pure = fed & (self.consumers == 0)
            fed = pure if pure.any() else fed
        return np.flatnonzero(fed)


def plan_of(network: Network) -> Plan:
    """Return the graph of a network's living sections.

    Pumps and valves that the register keeps as equipment between two nodes join those nodes.
    """
    rows = list(Node.objects.filter(network=network).values_list("pk", "code", "kind", "consumers"))
    place = {row[0]: number for number, row in enumerate(rows)}
    living = list(
        Section.objects.filter(network=network, state__in=LIVING)
        .order_by("pk")
        .values_list("pk", "code", "from_node", "to_node")
    )
    links = EquipmentUnit.objects.filter(network=network, to_node__isnull=False)
    joined = list(links.values_list("node", "to_node"))
    ends = [(row[2], row[3]) for row in living] + [pair for pair in joined if None not in pair]
    graph = make_graph(len(rows), [place[a] for a, _ in ends], [place[b] for _, b in ends])
    return Plan(
        graph,
        [(row[0], row[1]) for row in living],
        [(row[0], row[1]) for row in rows],
        np.array([row[2] for row in rows], dtype=np.str_),
        np.array([row[3] for row in rows], np.int64),
        network.utility_service.service,
    )


def downstream_consumers(
    closed: Section | Iterable[str], network: Network | None = None, *, by_valves: bool = True
) -> Trace:
    """Return what a closed section, or closed nodes given by their codes, cut off.

    A section is shut in by the nearest valves around it; where the network has no valves, or
    `by_valves` is False, the section alone is closed. Only the way from the sources is asked
    for, not pressure.
    """
    if isinstance(closed, Section):
        return _section_trace(closed, by_valves=by_valves)
    codes = set(closed)
    if network is None:
        known = Node.objects.filter(code__in=codes).select_related("network").first()
        if known is None:
            return Trace((), (), 0, known_source=False)
        network = known.network
    plan = plan_of(network)
    shut = np.array([code in codes for _pk, code in plan.nodes], bool)
    return _trace(plan, np.zeros(len(plan.graph.from_node), bool), shut)


def _section_trace(section: Section, *, by_valves: bool) -> Trace:
    plan = plan_of(section.network)
    at = [number for number, row in enumerate(plan.sections) if row[0] == section.pk]
    if not at:
        return Trace((), (), 0)
    shut_edges = np.zeros(len(plan.graph.from_node), bool)
    shut_edges[at[0]] = True
    valves = plan.kinds == VALVE
    shut_nodes = np.zeros(plan.graph.nodes, bool)
    if by_valves and valves.any():
        around = isolation(plan.graph, at[0], valves)
        shut_nodes, shut_edges = around.valves, around.edges
    return _trace(plan, shut_edges, shut_nodes)


def _trace(plan: Plan, shut_edges: NDArray[np.bool_], shut_nodes: NDArray[np.bool_]) -> Trace:
    sources = plan.sources
    begin = sources if len(sources) else np.arange(0)
    lost = cut_off(
        plan.graph, begin, plan.consumers, closed_edges=shut_edges, closed_nodes=shut_nodes
    )
    nodes, edges, count = lost.nodes, lost.edges, lost.consumers
    if not len(sources):
        nodes, edges = shut_nodes, shut_edges
        count = int(plan.consumers[nodes].sum())
    own = edges[: len(plan.sections)]
    return Trace(
        tuple(plan.sections[i][1] for i in np.flatnonzero(own).tolist()),
        tuple(plan.nodes[i][1] for i in np.flatnonzero(nodes).tolist()),
        count,
        tuple(plan.nodes[i][1] for i in np.flatnonzero(shut_nodes).tolist()),
        known_source=bool(len(sources)),
    )


def consumers_behind(network: Network) -> dict[int, int]:
    """Return for every living section (row key) the consumers that it alone carries."""
    plan = plan_of(network)
    found = find_bridges(plan.graph, plan.sources, plan.consumers)
    behind = found.consumers_behind.tolist()
    return {row[0]: behind[number] for number, row in enumerate(plan.sections)}
