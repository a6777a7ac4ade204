"""What a country's run says beyond its rows: needs by region, other money, what two runs change."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qaita.engine.plan.national.proving import forecast
from qaita.kernel.money import from_million
from qaita.planning.models import CountryRun
from qaita.planning.national.country import Cluster
from qaita.planning.national.goods import goods_of
from qaita.planning.national.limits import CountryLimits, Limit, limits_for
from qaita.planning.queries.country_columns import codes_of, words_of
from qaita.planning.queries.country_files import LimitRow, limit_rows, run_facts
from qaita.planning.queries.country_plans import folder_of, get_country_run

MOST_POINTS = 6_000


@dataclass(frozen=True)
class Change:
    """One package that two runs treat differently; a year of None: not in the plan."""

    code: str
    first_year: int | None
    second_year: int | None
    first_method: str
    second_method: str


@dataclass(frozen=True)
class Point:
    """Chosen packages of one year that lie close together."""

    lon_deg: float
    lat_deg: float
    year: int
    packages: int


def expected_losses_by_region(run: CountryRun) -> dict[str, float]:
    """Return million tenge a year that failures of all sections in need cost, by region."""
    return dict(_losses(folder_of(run), run.result_digest))


@lru_cache(maxsize=6)
def _losses(folder: Path, _digest: str) -> Mapping[str, float]:
    regions = regions_of_clusters(folder)
    found: defaultdict[str, float] = defaultdict(float)
    for path in sorted(folder.glob("packages-*.parquet")):
        networks = [n for n in pq.read_schema(path).names if n.startswith("network_")]
        own = [name.replace("network_", "cluster_") for name in networks]  # the rest are goods
        table = pq.read_table(path, columns=["failures_per_year", "consequence_kzt", *own])
        lost = table["failures_per_year"].to_numpy() * table["consequence_kzt"].to_numpy() / 1e6
        for name in own:
            sums = np.bincount(table[name].to_numpy(), lost / len(own), len(regions))
            for region, amount in zip(regions, sums.tolist(), strict=True):
                found[region] += amount
    return found


def regions_of_clusters(folder: Path) -> list[str]:
    """Return the region of every cluster of a run."""
    lines = (folder / "clusters.csv").read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index("region")
    return [line.split(",")[at] for line in lines[1:]]


@dataclass(frozen=True)
class _Rows:
    """What a forecast needs of a run, read once."""

    clusters: list[Cluster]
    in_red_zone: NDArray[np.bool_]
    key: list[tuple[Any, ...]]
    most: NDArray[np.float64]  # as the engine keeps them
    price: NDArray[np.float64]
    is_hard: NDArray[np.bool_]
    bound_mkzt: float
    screened_mkzt: float


def _row_key(row: LimitRow | Limit) -> tuple[Any, ...]:
    return row.kind, row.region, row.utility, row.service, row.year, row.product


def forecast_bound(run: CountryRun, limits: CountryLimits) -> Decimal:
    """Return what no plan can avoid more than at other limits: the stored prices prove it too.

    Where a cap is wider, options that no plan could take before are counted as if all were there.
    """
    rows = _rows(run.code, run.result_digest)
    goods = goods_of(limits.supplies_km)
    asked = limits_for(limits, rows.clusters, rows.in_red_zone, goods)
    wanted = {_row_key(one): one.most for one in asked}
    # a row that is not asked for any more was a least amount: nothing is asked
    changed = np.array([wanted.get(key, 0.0) for key in rows.key])
    bound = forecast(rows.bound_mkzt, rows.price, rows.most, changed)
    if (changed > rows.most)[rows.is_hard].any():
        bound += rows.screened_mkzt
    return from_million(bound)


@lru_cache(maxsize=4)
def _rows(code: str, _digest: str) -> _Rows:
    run = get_country_run(code)
    rows, facts = limit_rows(run), run_facts(run)
    with (folder_of(run) / "clusters.csv").open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.DictReader(file) if not line.get("product")]
    names = ("cluster", "utility", "region", "service")
    return _Rows(
        [Cluster(*(line[name] for name in names)) for line in lines],
        np.array([line.get("in_red_zone") == "1" for line in lines], dtype=bool),
        [_row_key(row) for row in rows],
        np.array([-row.amount if row.is_least else row.amount for row in rows]),
        np.array([row.price for row in rows]),
        np.array([not row.is_least for row in rows], dtype=bool),
        float(facts["bound_mkzt"]),
        float(facts.get("screened_mkzt") or 0.0),
    )


@lru_cache(maxsize=4)
def _decided(folder: Path, _digest: str) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return code, year (0: not in the plan) and method of every package, by code."""
    codes, years, methods = [], [], []
    for path in sorted(folder.glob("plan-*.parquet")):
        part = pq.read_table(path, columns=["code", "year", "method"])
        codes.append(codes_of(part["code"]))
        years.append(part["year"].fill_null(0).to_numpy())
        places, words = words_of(part["method"])
        methods.append(np.array(words, "S24")[places])
    code = np.concatenate(codes)
    order = np.argsort(code, kind="stable")
    return code[order], np.concatenate(years)[order], np.concatenate(methods)[order]


def changes_between(first: CountryRun, second: CountryRun) -> list[Change]:
    """Return the packages that one run renews otherwise than another: in, out, year or method."""
    a_code, a_year, a_method = _decided(folder_of(first), first.result_digest)
    b_code, b_year, b_method = _decided(folder_of(second), second.result_digest)
    if np.array_equal(a_code, b_code):  # as with every plan that began from the other
        both, at_a, at_b = a_code, np.arange(len(a_code)), np.arange(len(a_code))
    else:
        both, at_a, at_b = np.intersect1d(a_code, b_code, assume_unique=True, return_indices=True)
    other = (a_year[at_a] != b_year[at_b]) | (a_method[at_a] != b_method[at_b])
    found = [
        _change(code, (a_year[a], a_method[a]), (b_year[b], b_method[b]))
        for code, a, b in zip(both[other], at_a[other], at_b[other], strict=True)
    ]
    nothing = (0, b"")
    gone = _others(a_year > 0, at_a)
    found += [_change(a_code[a], (a_year[a], a_method[a]), nothing) for a in gone]
    new = _others(b_year > 0, at_b)
    found += [_change(b_code[b], nothing, (b_year[b], b_method[b])) for b in new]
    return sorted(found, key=lambda one: one.code)


def _others(chosen: NDArray[np.bool_], known: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of what is chosen and not known."""
    chosen[known] = False
    return np.flatnonzero(chosen)


def _change(code: bytes, first: tuple[Any, Any], second: tuple[Any, Any]) -> Change:
    pairs = [(int(year) or None, method.decode()) for year, method in (first, second)]
    (was, was_method), (now, now_method) = pairs
    return Change(code.decode(), was, now, was_method if was else "", now_method if now else "")


def points_of_plan(run: CountryRun) -> list[Point]:
    """Return where the chosen packages lie, by year; those close together are one point."""
    return list(_points(folder_of(run), run.result_digest))


@lru_cache(maxsize=6)
def _points(folder: Path, _digest: str) -> tuple[Point, ...]:
    lon, lat, year = [], [], []
    for path in sorted(folder.glob("plan-*.parquet")):
        when = pq.read_table(path, columns=["year"])["year"].fill_null(0).to_numpy()
        own = pq.read_table(
            folder / path.name.replace("plan-", "packages-"), columns=["lon_deg", "lat_deg"]
        )
        lon.append(own["lon_deg"].to_numpy()[when > 0])
        lat.append(own["lat_deg"].to_numpy()[when > 0])
        year.append(when[when > 0])
    spots = np.stack([np.concatenate(lon), np.concatenate(lat)], axis=1)
    return tuple(gathered(spots, np.concatenate(year)))


def gathered(spots: NDArray[np.float64], number: NDArray[np.int64]) -> list[Point]:
    """Return spots (n, 2: longitude, latitude) of one number that lie close together as one."""
    step = 0.2  # degrees: a few pixels of the country's map
    while True:
        keys = np.column_stack([np.round(spots / step).astype(np.int64), number])
        place, count = np.unique(keys, axis=0, return_counts=True)
        if len(place) <= MOST_POINTS:
            break
        step *= 1.5
    return [
        Point(x * step, y * step, t, n)
        for (x, y, t), n in zip(place.tolist(), count.tolist(), strict=True)
    ]
