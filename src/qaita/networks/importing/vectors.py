"""Files of lines: GeoPackage, Shapefile, GeoJSON, FlatGeobuf, DXF."""

import re
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import (
    CRSError,
    DataLayerError,
    DataSourceError,
    FeatureError,
    FieldError,
    GeometryError,
)

from qaita.networks.errors import FaultyNetwork
from qaita.networks.geometry import Coords
from qaita.networks.importing.archives import unpack_shapefile
from qaita.networks.importing.columns import NODES, SECTIONS, Table, settle_mapping
from qaita.networks.importing.options import Limits, ReadOptions
from qaita.networks.importing.placing import crs_of, to_degrees
from qaita.networks.importing.rows import RowReader, nodes_of_ends
from qaita.networks.importing.rules import Found, one_fault
from qaita.networks.parsed import ParsedNetwork, ParsedNode, ParsedSection

BROKEN = (
    DataSourceError,
    DataLayerError,
    FeatureError,
    FieldError,
    GeometryError,
    CRSError,
    sqlite3.DatabaseError,
    shapely.errors.ShapelyError,
)
# The first bytes tell the format; GDAL must not guess, for some of its formats open other files.
MAGIC = {
    ".gpkg": (b"SQLite format 3\0",),
    ".fgb": (b"fgb\x03fgb",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".dxf": (b"0", b" ", b"\t", b"999"),
    ".geojson": (b"{", b" ", b"\n", b"\r", b"\xef\xbb\xbf{"),
    ".json": (b"{", b" ", b"\n", b"\r", b"\xef\xbb\xbf{"),
}
TEXT_BYTES = 128 * 1024 * 1024  # GDAL holds such a file in memory several times
NAMED_CRS = re.compile(rb'"crs"\s*:\s*\{[^}]{0,400}?"name"\s*:\s*"([^"]{1,200})"')
SNAP = 1_000_000  # ends that agree to 1e-6 degree, some 10 cm, meet in one node


def read_vectors(
    path: Path, *, service: str, options: ReadOptions, limits: Limits
) -> ParsedNetwork:
    """Return the network of a file of lines, or raise FaultyNetwork."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # GDAL's remarks; what matters is checked here
        try:
            with opened(path, Path(folder), limits) as source:
                return _read(source, service, options, limits)
        except UnicodeDecodeError:
            raise FaultyNetwork(one_fault("file", "not_utf8")) from None
        except BROKEN as error:
            told = str(error).replace(f"{path.parent}/", "").replace(f"{folder}/", "")
            raise FaultyNetwork(one_fault("file", "broken", value=told)) from None


@contextmanager
def opened(path: Path, folder: Path, limits: Limits) -> Iterator[Path]:
    """Give the file GDAL may open: looked at, and unpacked when it is an archive."""
    source = unpack_shapefile(path, folder, limits) if path.suffix.lower() == ".zip" else path
    ending = source.suffix.lower()
    with source.open("rb") as file:
        head = file.read(64)
    if not head.startswith(MAGIC[ending]):
        raise FaultyNetwork(one_fault("file", "broken"))
    if ending in {".dxf", ".geojson", ".json"}:
        _check_text(source, limits)
    if ending == ".gpkg":
        _check_sqlite(source, head)
    yield source


def _check_text(source: Path, limits: Limits) -> None:
    if source.stat().st_size > min(TEXT_BYTES, limits.text_bytes):
        raise FaultyNetwork(one_fault("file", "too_big"))
    data = source.read_bytes()
    if b"\0" in data:
        raise FaultyNetwork(one_fault("file", "nul_bytes"))
    if source.suffix.lower() != ".dxf":
        data.decode("utf-8")
        if named := NAMED_CRS.search(data):
            crs_of(named.group(1).decode())  # GDAL takes one it does not know for WGS 84


def _check_sqlite(source: Path, head: bytes) -> None:
    """Refuse a database cut short, and layers that are queries and may never end."""
    page = int.from_bytes(head[16:18], "big")
    pages = int.from_bytes(head[28:32], "big")
    if source.stat().st_size < pages * (65_536 if page == 1 else page):
        raise FaultyNetwork(one_fault("file", "broken"))
    address = f"file:{quote(str(source.absolute()))}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as base:
        views = base.execute(
            "SELECT count(*) FROM gpkg_contents c JOIN sqlite_master m "
            "ON lower(m.name) = lower(c.table_name) WHERE m.type = 'view'"
        ).fetchone()[0]
    if views:
        raise FaultyNetwork(one_fault("file", "view_layer"))


def _read(source: Path, service: str, options: ReadOptions, limits: Limits) -> ParsedNetwork:
    layers = _layers(source)
    lines = layer_of(source, options)
    if lines is None:
        raise FaultyNetwork(one_fault("file", "no_lines"))
    found = Found()
    sections, mapping, crs = _sections(source, lines, _Reading(service, options, limits, found))
    nodes = _nodes(source, layers, _Reading(service, options, limits, found))
    if found:
        raise FaultyNetwork(found.faults())
    known = _meet(sections, nodes)
    return ParsedNetwork(
        list(known.values()),
        sections,
        kind=source.suffix.lower().removeprefix("."),
        crs=crs,
        mapping={"layer": lines, **mapping},
    )


def _layers(source: Path) -> dict[str, str]:
    return {str(name): str(kind or "") for name, kind in pyogrio.list_layers(source)}


def layer_of(source: Path, options: ReadOptions) -> str | None:
    """Return the layer that holds the sections."""
    return _layer(_layers(source), options.mapping.get("layer", ""), SECTIONS, "Line")


class _Reading:
    """What the parts of one reading share."""

    def __init__(self, service: str, options: ReadOptions, limits: Limits, found: Found) -> None:
        self.service, self.options, self.limits, self.found = service, options, limits, found

    def rows(self, table: str, mapping: dict[str, str]) -> RowReader:
        return RowReader(table, self.found, self.service, self.options, mapping)


def _layer(layers: dict[str, str], named: str, table: Table, shape: str) -> str | None:
    fitting = [name for name, kind in layers.items() if shape in kind or kind in {"", "Unknown"}]
    fitting += [name for name, kind in layers.items() if kind == "Geometry"]
    if named:
        return named if named in layers else None
    titled = [name for name in fitting if name.lower() in table.titles()]
    return next(iter([*titled, *fitting]), None)


def _load(
    source: Path, layer: str, table: Table, reading: _Reading
) -> tuple[dict[str, str], list[Any], dict[str, Any], str]:
    """Return the mapping, the shapes, the columns and the coordinate system of a layer."""
    options, limits = reading.options, reading.limits
    encoding = None if options.encoding.lower() in {"utf-8", "utf8"} else options.encoding
    info = pyogrio.read_info(source, layer=layer, encoding=encoding, force_feature_count=True)
    if info["features"] > limits.rows:
        raise FaultyNetwork(one_fault(table.name, "too_many_rows"))
    mapping = settle_mapping([str(name) for name in info["fields"]], table, options.mapping)
    crs = options.crs or info["crs"] or ""
    if not crs:
        raise FaultyNetwork(one_fault("file", "no_crs"))
    wanted = sorted(set(mapping.values()))
    meta, _, shapes, fields = pyogrio.raw.read(
        source, layer=layer, columns=wanted, force_2d=True, encoding=encoding
    )
    if len(shapes) < info["features"]:
        raise FaultyNetwork(one_fault("file", "broken"))
    names = [str(name) for name in meta["fields"]]
    columns = {name: _plain(values) for name, values in zip(names, fields, strict=True)}
    return mapping, shapely.from_wkb(shapes, on_invalid="ignore"), columns, crs


def _plain(values: Any) -> list[Any]:
    """Return the values of a column as Python's own; days as dates."""
    if values.dtype.kind == "M":
        return [None if value is None else value for value in values.astype("M8[s]").tolist()]
    return list(values.tolist())


def _sections(
    source: Path, layer: str, reading: _Reading
) -> tuple[list[ParsedSection], dict[str, str], str]:
    mapping, shapes, columns, crs = _load(source, layer, SECTIONS, reading)
    lines = _as_lines(shapes, reading.found)
    rows = reading.rows("sections", mapping)
    used = {name: columns[heading] for name, heading in mapping.items()}
    sections = []
    for i in range(len(lines)):
        section = rows.section({name: values[i] for name, values in used.items()}, i + 1)
        section.key = section.key or str(i + 1)
        sections.append(section)
    if reading.found:
        raise FaultyNetwork(reading.found.faults())
    points, owners = shapely.get_coordinates(lines, return_index=True)
    placed = to_degrees(points, crs_of(crs))
    starts = np.searchsorted(owners, np.arange(len(lines) + 1))
    for i, section in enumerate(sections):
        section.coords = placed[starts[i] : starts[i + 1]]
    return sections, mapping, crs


def _as_lines(shapes: Any, found: Found) -> Any:
    """Return the shapes as single lines; what is none is a fault."""
    kinds = shapely.get_type_id(shapes)
    many = kinds == 5
    if many.any():
        shapes = shapes.copy()
        shapes[many] = shapely.line_merge(shapes[many])
        kinds = shapely.get_type_id(shapes)
    points, owners = shapely.get_coordinates(shapes, return_index=True)
    endless = np.isin(np.arange(len(shapes)), owners[~np.isfinite(points).all(axis=1)])
    for i in np.flatnonzero((kinds != 1) | endless)[:100].tolist():
        rule = "many_parts" if kinds[i] == 5 else "no_geometry"
        found.add(("sections", "geometry"), rule, i + 1)
    return shapes


def _nodes(source: Path, layers: dict[str, str], reading: _Reading) -> list[ParsedNode]:
    titled = [name for name in layers if name.lower() in NODES.titles()]
    if not titled:
        return []
    mapping, shapes, columns, crs = _load(source, titled[0], NODES, reading)
    rows = reading.rows("nodes", mapping)
    used = {name: columns[heading] for name, heading in mapping.items()}
    placed = _points(shapes, crs, reading.found)
    nodes = []
    for i in range(len(shapes)):
        node = rows.node({name: values[i] for name, values in used.items()}, i + 1)
        node.lon_deg, node.lat_deg = placed[i].tolist()
        nodes.append(node)
    return nodes


def _points(shapes: Any, crs: str, found: Found) -> Coords:
    for i in np.flatnonzero(shapely.get_type_id(shapes) != 0)[:100].tolist():
        found.add(("nodes", "geometry"), "no_geometry", i + 1)
    if found:
        raise FaultyNetwork(found.faults())
    return to_degrees(shapely.get_coordinates(shapes), crs_of(crs))


def _meet(sections: list[ParsedSection], nodes: list[ParsedNode]) -> dict[str, ParsedNode]:
    """Join sections to the nodes at their ends; ends that fall together make one node."""
    known = {node.key: node for node in nodes}
    ends = np.array([point for s in sections for point in (s.coords[0], s.coords[-1])])
    at = np.array([(n.lon_deg, n.lat_deg) for n in nodes]).reshape(-1, 2)
    cells = np.round(np.vstack([at, ends.reshape(-1, 2)]) * SNAP).astype(np.int64)
    _, numbers = np.unique(cells, axis=0, return_inverse=True)
    numbers = numbers.ravel()
    named = {int(numbers[i]): node.key for i, node in enumerate(nodes)}
    pairs = [(first, last) for first, last in numbers[len(nodes) :].reshape(-1, 2).tolist()]
    for section, (first, last) in zip(sections, pairs, strict=True):
        section.from_key = section.from_key or named.get(first, "")
        section.to_key = section.to_key or named.get(last, "")
    nodes_of_ends(sections, known, pairs)
    return known
