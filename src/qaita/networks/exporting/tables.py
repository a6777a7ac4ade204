"""A network as tables: CSV and GeoPackage."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from qaita.kernel.cells import safe_text
from qaita.networks.geometry import unpack
from qaita.networks.models import LIVING, Network, Node, Section

COLUMNS = (
    "code",
    "name",
    "state",
    "length_m",
    "material",
    "material_imputed",
    "diameter_mm",
    "voltage_kv",
    "laid_on",
    "laid_precision",
    "laid_imputed",
    "pipe_count",
    "norm_life_years",
    "past_norm_on",
    "condition",
    "born_of",
)
# what a section carries, where it was computed
CARRIED = {
    "consumers_off": "criticality__consumers_off",
    "lost_m3h": "criticality__lost_m3h",
    "criticality_method": "criticality__method",
}
NAMES = (*COLUMNS, *CARRIED)
NODE_COLUMNS = ("code", "name", "kind", "elevation_m", "consumers")


def _rows(network: Network) -> Iterator[tuple[Any, ...]]:
    living = Section.objects.filter(network=network, state__in=LIVING)
    wanted = (*COLUMNS, *CARRIED.values(), "from_node__code", "to_node__code", "geometry")
    yield from living.order_by("pk").values_list(*wanted).iterator(chunk_size=5_000)


def network_as_csv(network: Network) -> Iterator[str]:
    """Yield the lines of a CSV file of the living sections, their lines as WKT."""
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow([*NAMES, "from_node", "to_node", "line"])
    for *values, packed in _rows(network):
        cells = [safe_text(value) if isinstance(value, str) else value for value in values]
        writer.writerow([*cells, shapely.to_wkt(_line(packed), 7)])
        yield held.getvalue()
        held.seek(0)
        held.truncate()
    yield held.getvalue()


def _line(packed: bytes) -> Any:
    return shapely.linestrings(unpack(packed))


def write_network_geopackage(network: Network, path: Path) -> None:
    """Write the living sections and the nodes as the two layers of a GeoPackage."""
    rows = list(_rows(network))
    fields = [_column([row[i] for row in rows]) for i in range(len(NAMES) + 2)]
    shapes = np.array([shapely.to_wkb(_line(row[-1])) for row in rows], dtype=object)
    names = [*NAMES, "from_node", "to_node"]
    _write(path, "sections", (shapes, fields, names), "LineString")
    nodes = list(
        Node.objects.filter(network=network)
        .order_by("pk")
        .values_list(*NODE_COLUMNS, "lon_deg", "lat_deg")
    )
    points = shapely.points(np.array([row[-2:] for row in nodes], dtype=np.float64))
    columns = [_column([row[i] for row in nodes]) for i in range(len(NODE_COLUMNS))]
    _write(path, "nodes", (shapely.to_wkb(points), columns, list(NODE_COLUMNS)), "Point")


def _write(path: Path, layer: str, table: tuple[Any, list[Any], list[str]], shape: str) -> None:
    shapes, fields, names = table
    pyogrio.raw.write(
        path,
        shapes,
        fields,
        fields=names,
        layer=layer,
        driver="GPKG",
        crs="EPSG:4326",
        geometry_type=shape,
        append=path.exists(),
    )


def _column(values: list[Any]) -> Any:
    """Return a column for the writer: numbers as numbers, the rest as text."""
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, float) for value in known):
        return np.array([np.nan if value is None else value for value in values])
    if known and all(isinstance(value, int) for value in known):  # truths are written as 0 and 1
        return np.array(values, dtype=np.int64)
    return np.array([None if value is None else str(value) for value in values], dtype=object)
