"""Where a plan renews, or two plans differ, down to single sections: marks of vector tiles.

A plan's mark is 1 + the place of the year among its years. Of two plans: only in the first, only
in the second, or in both but in another year or way.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qaita.engine.tiles.keys import (
    CELL_BITS,
    degrees,
    home_keys,
    positions,
    unmorton,
)
from qaita.engine.tiles.lines import Lines, line_tile
from qaita.engine.tiles.marks import MarkedPoints, mark_tile
from qaita.engine.tiles.packed import line_positions
from qaita.kernel.errors import Missing
from qaita.networks.models import ServiceKind
from qaita.networks.queries.tiles import LINES_FROM, public_rows_in
from qaita.planning.models import CountryRun
from qaita.planning.queries.country_columns import codes_of
from qaita.planning.queries.country_files import run_facts
from qaita.planning.queries.country_plans import folder_of
from qaita.planning.queries.country_sums import Point, gathered, regions_of_clusters

Ints = NDArray[np.int64]

FROM_ZOOM, TO_ZOOM = 2, 16
ONLY_FIRST, ONLY_SECOND, OTHERWISE = 1, 2, 3
MOST_MARKS = 100
METHODS = ("replace", "retrofit", "joint")


@dataclass(frozen=True)
class Marks:
    """Sections by code with their marks, and packages as marked points."""

    section: NDArray[np.bytes_]  # in rising order
    mark: Ints
    points: MarkedPoints
    region: NDArray[np.bytes_]  # of each point

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return west, south, east and north of all points in degrees, if there are any."""
        if not len(self.points.home_key):
            return None
        x, y = unmorton(self.points.home_key)
        lon, lat = degrees(x << CELL_BITS, y << CELL_BITS)
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


@dataclass(frozen=True)
class _Decided:
    """What a run decides: sections and packages with a number for year and way (0: nothing)."""

    section: NDArray[np.bytes_]
    of_section: Ints
    package: NDArray[np.bytes_]
    of_package: Ints
    home_key: Ints
    region: NDArray[np.bytes_]  # of each package


def marks_of_plan(run: CountryRun) -> Marks:
    """Return the year of every section and package of a plan as marks."""
    return _plan_marks(folder_of(run), run.result_digest, int(run_facts(run)["years"][0]))


@lru_cache(maxsize=2)
def _plan_marks(folder: Path, digest: str, first_year: int) -> Marks:
    told = _decided(folder, digest)
    years = _year(told.of_section), _year(told.of_package)
    mark, points = (np.where(one > 0, one - first_year + 1, 0) for one in years)
    return _marks((told.section, mark), (told.home_key, points, told.region))


def marks_between(first: CountryRun, second: CountryRun) -> Marks:
    """Return what two plans do differently as marks."""
    return _marks_between(
        (folder_of(first), first.result_digest), (folder_of(second), second.result_digest)
    )


@lru_cache(maxsize=2)
def _marks_between(first: tuple[Path, str], second: tuple[Path, str]) -> Marks:
    a, b = _decided(*first), _decided(*second)
    sections, marks = _differing((a.section, a.of_section), (b.section, b.of_section))
    _packages, points = _differing((a.package, a.of_package), (b.package, b.of_package))
    same = np.array_equal(a.package, b.package)
    every = np.concatenate([a.package, b.package])
    at = np.arange(len(a.package)) if same else np.unique(every, return_index=True)[1]
    keys, regions = (
        np.concatenate([getattr(one, name) for one in (a, b)])[at]
        for name in ("home_key", "region")
    )
    return _marks((sections, marks), (keys, points, regions))


def _differing(
    first: tuple[NDArray[np.bytes_], Ints], second: tuple[NDArray[np.bytes_], Ints]
) -> tuple[NDArray[np.bytes_], Ints]:
    """Return the codes of both, and how the second differs from the first (0: not at all)."""
    if np.array_equal(first[0], second[0]):  # as with every plan that began from the other
        return first[0], _kinds(first[1], second[1])
    codes = np.union1d(first[0], second[0])
    both = []
    for code, number in (first, second):
        whole = np.zeros(len(codes), np.int64)
        whole[np.searchsorted(codes, code)] = number
        both.append(whole)
    return codes, _kinds(*both)


def _kinds(was: Ints, now: Ints) -> Ints:
    """Return how the second differs from the first, one by one (0: not at all)."""
    kinds = [was == now, now == 0, was == 0]
    return np.asarray(np.select(kinds, [0, ONLY_FIRST, ONLY_SECOND], OTHERWISE))


def _marks(
    sections: tuple[NDArray[np.bytes_], Ints], points: tuple[Ints, Ints, NDArray[np.bytes_]]
) -> Marks:
    code, mark = sections
    key, number, region = points
    shown, order = mark > 0, np.argsort(key, kind="stable")
    order = order[number[order] > 0]
    return Marks(code[shown], mark[shown], MarkedPoints(key[order], number[order]), region[order])


def _year(number: Ints) -> Ints:
    return np.asarray(number // len(METHODS))


@lru_cache(maxsize=2)
def _decided(folder: Path, _digest: str) -> _Decided:
    sections, packages = [], []
    for one in _packs(folder):
        number = one["number"].max(axis=1)
        packages.append((one["code"], number, one["home_key"], one["region"]))
        sections.append((one["section"], one["number"][one["place"], one["member"]]))
    code, number = (np.concatenate(parts) for parts in zip(*sections, strict=True))
    # a section in several stages counts in its first one: sort by code, what is done first
    order = np.lexsort((np.where(number > 0, number, np.iinfo(np.int64).max), code))
    code, number = code[order], number[order]
    first = np.flatnonzero(np.r_[True, code[1:] != code[:-1]][: len(code)])
    columns = [np.concatenate(parts) for parts in zip(*packages, strict=True)]
    by_code = np.argsort(columns[0], kind="stable")
    return _Decided(code[first], number[first], *(column[by_code] for column in columns))


def _packs(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield, pack by pack, packages with a number (k, networks) for year and way, and sections."""
    facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    regions = np.array(regions_of_clusters(folder), dtype="S9")
    for told in facts["packs"]:
        plan = pq.read_table(folder / told["plan"], columns=["code", "option"])
        where = pq.read_table(folder / told["file"], columns=["lon_deg", "lat_deg", "cluster_0"])
        parts = pq.read_table(folder / told["sections"], columns=["code", "member", "section"])
        code, owner = codes_of(plan["code"]), codes_of(parts["code"])
        lon, lat = (where[name].to_numpy() for name in ("lon_deg", "lat_deg"))
        yield {
            "code": code,
            "number": _numbers(plan["option"].to_numpy(), told, facts["years"]),
            "home_key": home_keys(*positions(lon, lat)),
            "region": regions[where["cluster_0"].to_numpy()],
            "section": codes_of(parts["section"]),
            "member": parts["member"].to_numpy().astype(np.int64),
            "place": _places(code, owner),
        }


def _places(code: NDArray[np.bytes_], owner: NDArray[np.bytes_]) -> Ints:
    """Return where the packages that own sections stand; a package's sections stand together."""
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]][: len(owner)])
    owners, times = owner[starts], np.diff(np.r_[starts, len(owner)])
    if np.array_equal(owners, code):  # in the order of the packages, as files are written
        return np.repeat(np.arange(len(code)), times)
    by_code = np.argsort(code, kind="stable")
    return np.repeat(by_code[np.searchsorted(code[by_code], owners)], times)


def _numbers(option: Ints, told: Mapping[str, Any], years: Sequence[int]) -> Ints:
    """Return year · methods + method of every network of each package; 0 where it is left alone."""
    method = np.array([METHODS.index(name) for name in told["methods"]], dtype=np.int64)
    take = np.array(told["take"], dtype=np.int64)[:, : told.get("networks", told["members"])]
    choice, when = np.divmod(np.maximum(option.astype(np.int64) - 1, 0), len(years))
    taken = take[choice]
    number = np.array(years)[when][:, None] * len(METHODS) + method[np.maximum(taken, 0)]
    return np.where((option > 0)[:, None] & (taken >= 0), number, 0)


def spots_of(marks: Marks) -> list[Point]:
    """Return the marked packages, those of one mark that lie close together as one point."""
    x, y = unmorton(marks.points.home_key)
    lon, lat = degrees(x << CELL_BITS, y << CELL_BITS)
    return gathered(np.stack([lon, lat], axis=1), marks.points.mark)


def counts_by_region(marks: Marks) -> dict[str, dict[int, int]]:
    """Return how many packages of each mark there are in each region."""
    found: dict[str, dict[int, int]] = {}
    for region in np.unique(marks.region).tolist():
        number, count = np.unique(marks.points.mark[marks.region == region], return_counts=True)
        found[region.decode()] = dict(zip(number.tolist(), count.tolist(), strict=True))
    return found


# ------------------------------------------------------------------ tiles


def marked_tile(marks: Marks, z: int, x: int, y: int) -> bytes:
    """Return a tile, gzipped: squares by their commonest mark from afar, then single sections.

    What is sensitive is drawn no nearer than on the public map.
    """
    if not (FROM_ZOOM <= z <= TO_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise Missing("tile", f"{z}/{x}/{y}")
    if z < LINES_FROM:
        return mark_tile(z, x, y, marks.points, np.arange(1, MOST_MARKS))
    shown = public_rows_in(ServiceKind.values, z, x, y)
    return line_tile(z, x, y, _lines(shown, marks)).gz


def _lines(rows: Sequence[Any], marks: Marks) -> Lines:
    """Return lines with their marks as their state; 0 for a section without one."""
    codes = [row[0] for row in rows]
    asked = np.array(codes, dtype="S16")
    at = np.searchsorted(marks.section, asked)
    known = np.minimum(at, max(len(marks.section) - 1, 0))
    has = marks.section[known] == asked if len(marks.section) else np.zeros(len(asked), bool)
    mark = np.where(has, marks.mark[known] if len(marks.mark) else 0, 0).astype(np.int64)
    east, south, starts = line_positions([row[1] for row in rows])
    none = np.zeros(len(rows), np.int64)
    return Lines(east, south, starts, none, none, mark, codes)
