"""All living sections of all networks as columns, read in bulk and put into one fixed order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qaita.kernel.clock import DAYS_A_YEAR
from qaita.law import zones
from qaita.networks.models import Network
from qaita.planning.national.reading import Columns, failures_in_window, read_sections

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Place:
    """One network: whose, where, of which service."""

    code: str
    cluster: int
    utility: str
    region: str
    service: str
    population: int  # of its settlement


@dataclass(frozen=True)
class Cluster:
    """One service of one utility in one region: its packages compete for the same limits."""

    code: str
    utility: str
    region: str
    service: str


@dataclass(frozen=True)
class Country:
    """Columns of sections, by network and code. Lengths in metres, sizes in mm (kV of a line)."""

    on: date
    places: Sequence[Place]
    clusters: Sequence[Cluster]
    in_red_zone: Flags  # (clusters,)
    key: Ints
    code: NDArray[np.bytes_]
    network: Ints  # its place among the places
    from_node: Ints
    to_node: Ints
    length_m: Floats
    material: NDArray[np.int8]  # place in reading.MATERIALS
    size: Floats  # NaN: unknown
    wear: Floats
    past_norm: Flags
    is_free: Flags  # in service, not in works
    laid_year: Floats  # of the calendar, with its part
    pipes: Ints  # side by side in one section
    failures: Ints  # counted in the window
    consumers_off: Floats  # on average in one of them; 0: none counted
    lon: NDArray[np.int32]  # 1e-7 degrees, all points of all lines
    lat: NDArray[np.int32]
    line: Ints  # (sections + 1,): where each line begins among the points

    def __len__(self) -> int:
        """Return how many sections there are."""
        return len(self.key)

    @property
    def services(self) -> list[str]:
        """Return the services of the country, by name."""
        return sorted({cluster.service for cluster in self.clusters})

    @property
    def cluster(self) -> Ints:
        """Return the cluster of every section."""
        return self.of_place("cluster")

    def is_of(self, service: str) -> Flags:
        """Tell which sections carry the service."""
        own = np.array([place.service == service for place in self.places], dtype=bool)
        return own[self.network]

    def of_place(self, name: str) -> NDArray[Any]:
        """Return a value of its network for every section."""
        kind = np.int64 if name in ("cluster", "population") else "U16"
        return np.array([getattr(place, name) for place in self.places], dtype=kind)[self.network]


def read_country(*, on: date) -> Country:
    """Read the country as it stands on the day. Not one model object is built for a section."""
    places, clusters, number = _places()
    columns = read_sections(on)
    network = np.array([number[key] for key in columns.network.tolist()], dtype=np.int64)
    order = np.lexsort((columns.code, network))
    network, columns = network[order], columns.in_order(order)
    nodes = np.stack([columns.from_node, columns.to_node])
    node = np.unique(nodes, return_inverse=True)[1].reshape(2, -1)
    counted, off = failures_in_window(columns.key, on)
    cluster = np.array([place.cluster for place in places], dtype=np.int64)[network]
    return Country(
        on=on,
        places=places,
        clusters=clusters,
        in_red_zone=_in_red_zone(clusters, cluster, columns, on),
        key=columns.key,
        code=columns.code,
        network=network,
        from_node=node[0],
        to_node=node[1],
        length_m=columns.length_m,
        material=columns.material,
        size=columns.size,
        wear=columns.wear,
        past_norm=columns.past_norm,
        is_free=columns.is_free,
        laid_year=_laid(columns, network, places),
        pipes=columns.pipes,
        failures=counted,
        consumers_off=off,
        lon=columns.lon,
        lat=columns.lat,
        line=columns.line,
    )


def _places() -> tuple[list[Place], list[Cluster], Mapping[int, int]]:
    """Return networks by code, clusters by code, and the place of a network by its key."""
    rows = list(
        Network.objects.order_by("code").values_list(
            "pk",
            "code",
            "utility_service__code",
            "utility_service__organisation__code",
            "utility_service__region__kato",
            "utility_service__service",
            "settlement__population",
        )
    )
    clusters = sorted({Cluster(*row[2:6]) for row in rows}, key=lambda cluster: cluster.code)
    number = {cluster.code: i for i, cluster in enumerate(clusters)}
    places = [Place(row[1], number[row[2]], row[3], row[4], row[5], row[6] or 0) for row in rows]
    return places, clusters, {row[0]: i for i, row in enumerate(rows)}


def _laid(columns: Columns, network: Ints, places: Sequence[Place]) -> Floats:
    """Return the year of laying, with its part; where nobody knows, the median of its service."""
    days = (columns.laid_on - np.datetime64(0, "D")).astype(np.float64)
    year = np.where(np.isnat(columns.laid_on), np.nan, 1970 + days / DAYS_A_YEAR)
    services = [place.service for place in places]
    for service in sorted(set(services)):
        own = np.array([one == service for one in services], dtype=bool)[network]
        known = year[own & ~np.isnan(year)]
        year[own & np.isnan(year)] = float(np.median(known)) if len(known) else 0.0
    return np.asarray(year)


def _in_red_zone(clusters: Sequence[Cluster], cluster: Ints, columns: Columns, on: date) -> Flags:
    """Tell of each cluster whether so much of its length is past its norm that it is red."""
    whole = np.bincount(cluster, columns.length_m, len(clusters))
    past = np.bincount(cluster, columns.length_m * columns.past_norm, len(clusters))
    most = np.array([zones(on=on).red_percent[one.service] for one in clusters])
    return np.asarray(100 * past > most * whole)
