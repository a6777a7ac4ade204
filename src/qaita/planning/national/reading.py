"""The register's rows as columns: sections and failures, many thousand at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from itertools import islice
from typing import Any

import numpy as np
from django.db.models import (
    Avg,
    Case,
    Count,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from numpy.typing import NDArray

from qaita.engine.tiles.packed import read_packed
from qaita.kernel.clock import DAYS_A_YEAR
from qaita.law import planning, wear
from qaita.networks.models import LIVING, Failure, Material, Section
from qaita.planning.needs import UNKNOWN_WEAR, share_of_life

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CHUNK = 20_000
MATERIALS = ("", *Material.values)
MATERIAL = {name: number for number, name in enumerate(MATERIALS)}
NAMES = (
    "pk",
    "code",
    "network_id",
    "from_node_id",
    "to_node_id",
    "length_m",
    "material",
    "size",
    "condition",
    "past",
    "free",
    "laid_on",
    "pipe_count",
    "geometry",
)


@dataclass(frozen=True)
class Columns:
    """Sections column by column; `lon`, `lat` hold the points of all lines, `line` their places."""

    key: Ints
    code: NDArray[np.bytes_]
    network: Ints
    from_node: Ints
    to_node: Ints
    length_m: Floats
    material: NDArray[np.int8]  # place in MATERIALS
    size: Floats
    wear: Floats
    past_norm: Flags
    is_free: Flags
    laid_on: NDArray[np.datetime64]  # NaT: nobody knows
    pipes: Ints
    lon: NDArray[np.int32]
    lat: NDArray[np.int32]
    line: Ints

    def in_order(self, order: Ints) -> "Columns":
        """Return the same sections in another order."""
        points, line = ragged(self.line, order)
        plain = [field.name for field in fields(self) if field.name not in ("lon", "lat", "line")]
        moved = {name: getattr(self, name)[order] for name in plain}
        return Columns(**moved, lon=self.lon[points], lat=self.lat[points], line=line)


def ragged(start: Ints, order: Ints) -> tuple[Ints, Ints]:
    """Return the places of the items of lists taken in an order, and where each list begins."""
    sizes = np.diff(start)[order]
    begins = np.concatenate([[0], np.cumsum(sizes)])
    places = np.arange(begins[-1]) + np.repeat(start[order] - begins[:-1], sizes)
    return places, begins


def _number(condition: Q) -> Case:
    """Return 1 where the condition holds: a number needs no conversion row by row."""
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def living_sections(on: date) -> QuerySet[Section]:
    """Return the sections that carry their service, with what the plan asks of each."""
    size = Case(
        When(service="power", then=F("voltage_kv")),
        default=F("diameter_mm"),
        output_field=FloatField(),
    )
    return Section.objects.filter(state__in=LIVING).annotate(
        size=size,
        past=_number(Q(past_norm_on__lte=on)),
        free=_number(Q(state="in_service")),
    )


def _chunks(rows: QuerySet[Any, Any]) -> Iterator[list[Any]]:
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def read_sections(on: date) -> Columns:
    """Read all living sections."""
    rows = living_sections(on).order_by().values_list(*NAMES)
    parts = [_columns(chunk) for chunk in _chunks(rows)] or [_columns([])]
    line = np.concatenate([[0], *(np.diff(part.line) for part in parts)]).cumsum()
    plain = [field.name for field in fields(Columns) if field.name != "line"]
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in plain}
    columns = Columns(**joined, line=line)
    return replace(columns, wear=_wear(columns, on))


def _columns(rows: list[Any]) -> Columns:
    """Turn some rows into columns."""
    columns = list(zip(*rows, strict=True)) or [()] * len(NAMES)
    named = dict(zip(NAMES, columns, strict=True))
    lon, lat, line = read_packed(named["geometry"])
    return Columns(
        key=np.array(named["pk"], dtype=np.int64),
        code=np.array(named["code"], dtype="S16"),
        network=np.array(named["network_id"], dtype=np.int64),
        from_node=np.array(named["from_node_id"], dtype=np.int64),
        to_node=np.array(named["to_node_id"], dtype=np.int64),
        length_m=np.array(named["length_m"], dtype=np.float64),
        material=np.fromiter(map(MATERIAL.__getitem__, named["material"]), np.int8),
        size=np.array(named["size"], dtype=np.float64),
        wear=np.array(named["condition"], dtype=np.float64),
        past_norm=np.array(named["past"], dtype=np.int64) == 1,
        is_free=np.array(named["free"], dtype=np.int64) == 1,
        laid_on=np.array(named["laid_on"], dtype="datetime64[D]"),
        pipes=np.array(named["pipe_count"], dtype=np.int64),
        lon=lon.astype(np.int32),
        lat=lat.astype(np.int32),
        line=line,
    )


def _wear(columns: Columns, on: date) -> Floats:
    """Return modelled wear; where none was modelled, the age over the norm life."""
    found = columns.wear.copy()
    missing = np.isnan(found)
    if not missing.any():
        return found
    rows = Section.objects.filter(state__in=LIVING, condition=None).order_by()
    wanted = rows.values_list("pk", "laid_on", "norm_life_years", "service", "material")
    law, known = wear(on=on), {}
    for key, laid_on, life_years, service, material in wanted.iterator(chunk_size=CHUNK):
        if laid_on is not None:
            life = life_years or law.life_years(service, material)
            known[key] = share_of_life(laid_on, life, on)
    found[missing] = [known.get(key, UNKNOWN_WEAR) for key in columns.key[missing].tolist()]
    return found


def failures_in_window(keys: Ints, on: date) -> tuple[Ints, Floats]:
    """Return each section's failures in the window and the consumers one of them left without."""
    since = on - timedelta(days=round(planning(on=on).failure_history_years * DAYS_A_YEAR))
    rows = (
        Failure.objects.filter(at__date__gt=since, at__date__lte=on)
        .order_by()
        .values_list("section")
        .annotate(n=Count("pk"), off=Avg("consumers_off"))
    )
    found = np.array(list(rows.iterator(chunk_size=CHUNK)), dtype=np.float64).reshape(-1, 3)
    counted, off = np.zeros(len(keys), np.int64), np.zeros(len(keys))
    by_key = np.argsort(keys)
    place = np.searchsorted(keys[by_key], found[:, 0])
    place = by_key[np.minimum(place, max(len(keys) - 1, 0))] if len(keys) else place[:0]
    lives = keys[place] == found[: len(place), 0]
    counted[place[lives]] = found[: len(place)][lives, 1]
    off[place[lives]] = found[: len(place)][lives, 2]
    return counted, off
