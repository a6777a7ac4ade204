"""Which utility serves what in which town, so that no region is without a service."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qaita.territory.models import Settlement

SERVICES = ("heat", "water", "power", "wastewater")
PARTNERS = {"heat": "power", "power": "heat", "water": "wastewater", "wastewater": "water"}
# service → the topologies its networks take turns with
TOPOLOGIES: Mapping[str, tuple[str, ...]] = {
    "heat": ("ky10.inp", "sw_heat.json", "ky4.inp"),
    "water": ("ky4.inp", "ky10.inp", "Net6.inp"),
    "power": ("Net6.inp", "ky4.inp"),
    "wastewater": ("ky10.inp", "ky4.inp", "Net3.inp"),
}
LESSER: Mapping[str, tuple[str, ...]] = {
    service: ("sw_heat.json",) if service == "heat" else ("Net3.inp",) for service in SERVICES
}
# Further networks of a utility lie in the larger towns of its region, then around them.
TOWNS_OF_REGION = 5
RING_DEG = 0.11
GOLDEN_ANGLE = 2.399963


@dataclass(frozen=True)
class Area:
    """One network to be: whose, of which service, in which town, on which topology."""

    owner: int
    service: str
    town: Settlement
    topology: str
    number: int = 1  # of the owner's networks of this service
    aside_deg: tuple[float, float] = (0.0, 0.0)


def towns_for(count: int) -> list[Settlement]:
    """Return the largest town of each region, then the next largest ones."""
    rows = list(Settlement.objects.select_related("region").order_by("-population", "code"))
    first: dict[str, Settlement] = {}
    for row in rows:
        first.setdefault(row.region.kato, row)
    chief = sorted(first.values(), key=lambda row: -row.population)
    rest = [row for row in rows if row not in chief]
    # Pavlodar leads: its heat networks are the utility of the printed sign-ins.
    chief.sort(key=lambda row: row.region.kato != "55")
    return (chief + rest)[:count]


def main_areas(
    towns: Sequence[Settlement], topologies: Mapping[str, tuple[str, ...]]
) -> list[Area]:
    """Return one network for every utility."""
    areas = []
    for owner, town in enumerate(towns):
        service = SERVICES[owner % len(SERVICES)]
        names = topologies[service]
        areas.append(Area(owner, service, town, names[owner // len(SERVICES) % len(names)]))
    return areas


def filling_areas(areas: Sequence[Area]) -> list[Area]:
    """Give the services that a region lacks to its utilities: water goes with wastewater."""
    homes = {area.owner: area.town for area in areas}
    served: defaultdict[int, list[str]] = defaultdict(list)
    for area in areas:
        served[area.owner].append(area.service)
    owners: defaultdict[str, list[int]] = defaultdict(list)
    for owner, town in homes.items():
        owners[town.region.kato].append(owner)
    made = []
    for mine in owners.values():
        known = {service for owner in mine for service in served[owner]}
        for service in SERVICES:
            if service not in known:
                owner = min((*_fitness(served[one], service), -one, one) for one in mine)[-1]
                served[owner].append(service)
                made.append(Area(owner, service, homes[owner], LESSER[service][0]))
    return made


def _fitness(services: Sequence[str], wanted: str) -> tuple[bool, int]:
    return PARTNERS[wanted] not in services, len(services)


def further_areas(areas: Sequence[Area], copies: int) -> list[Area]:
    """Give every utility more networks: in the larger towns of its region, then around them."""
    towns: defaultdict[str, list[Settlement]] = defaultdict(list)
    rows = Settlement.objects.select_related("region").order_by("-population", "code")
    for row in rows:
        if len(towns[row.region.kato]) < TOWNS_OF_REGION:
            towns[row.region.kato].append(row)
    made = []
    for area in areas:
        names = TOPOLOGIES[area.service]
        others = [area.town, *(t for t in towns[area.town.region.kato] if t != area.town)]
        for copy in range(1, copies):
            ring, place = divmod(copy, len(others))
            topology = names[(names.index(area.topology) + copy) % len(names)]
            aside = _aside(ring, area.owner)
            made.append(Area(area.owner, area.service, others[place], topology, copy + 1, aside))
    return made


def _aside(ring: int, owner: int) -> tuple[float, float]:
    """Return how far from the town's middle, in degrees: a spiral, so that nothing covers it."""
    angle, far = GOLDEN_ANGLE * (ring + owner), RING_DEG * ring**0.5
    return float(far * np.cos(angle)), float(far * np.sin(angle) * 0.66)


def services_by_owner(areas: Sequence[Area]) -> dict[int, tuple[str, ...]]:
    """Return what every utility serves, its first service first."""
    found: defaultdict[int, dict[str, None]] = defaultdict(dict)
    for area in areas:
        found[area.owner][area.service] = None
    return {owner: tuple(services) for owner, services in found.items()}
