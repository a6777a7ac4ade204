"""A run opened again from its folder: the same packages under other limits.

Only right sides may change, and rows come or go; what packages cost and bring stays as the run had
it. So a plan at other money begins from the old prices and the old plan, and changes little.
"""

import csv
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qaita.engine.plan.national.packs import Floats, National, Pack
from qaita.engine.plan.national.screening import without_impossible
from qaita.kernel.errors import Wrong
from qaita.planning.errors import OTHER_PACKAGES
from qaita.planning.national.country import Cluster, Flags
from qaita.planning.national.folder import BY_LIMIT, BY_PLANT, write_table
from qaita.planning.national.given import Given, Screened, screened_options, with_screened
from qaita.planning.national.goods import Good, goods_of
from qaita.planning.national.limits import (
    PLANTS,
    CountryLimits,
    limits_for,
    limits_of_json,
    rows_of,
)
from qaita.planning.national.published import Published, read_published, whole_folder

Key = tuple[str, ...]
COUNTS = ("sections", "packages", "streets")


@dataclass(frozen=True)
class Opened:
    """A run's packages, prices and plan, and what another question to them needs."""

    run: Published
    digest: str
    limits: CountryLimits
    clusters: Sequence[Cluster]  # of networks
    in_red_zone: Flags
    goods: list[Good]
    packs: tuple[Pack, ...]  # with the options that its limits screened out
    screened: list[Screened]
    closed: list[Screened]
    codes: list[list[str]]
    prices: dict[Key, float]
    failure_shape: Floats
    laid_year: Floats

    def begin(self, given: Given) -> Floats:
        """Return the run's prices for the rows of another question."""
        return np.array([self.prices.get(_key(vars(one)), 0.0) for one in given.limits])


def _key(row: Any) -> Key:
    names = ("kind", "region", "utility", "service", "product", "year")
    return tuple(str(row[name] or "") for name in names)


def open_run(folder: Path, digest: str) -> Opened:
    """Read a run's folder; the last one that was read is kept."""
    with whole_folder():
        return _open(folder, digest)


@lru_cache(maxsize=1)
def _open(folder: Path, digest: str) -> Opened:
    run = read_published(folder, digest)
    screened, closed = (
        _screened(pq.read_table(folder / "screened.parquet"), len(run.packs), cause)
        for cause in (BY_LIMIT, BY_PLANT)
    )
    code, shape, laid = [], [], []
    for told in run.facts["packs"]:
        names = ["code", "failure_shape", "laid_year"]
        table = pq.read_table(folder / told["file"], columns=names)
        code.append(table["code"].to_pylist())
        shape.append(table["failure_shape"].to_numpy())
        laid.append(table["laid_year"].to_numpy())
    clusters = _csv(folder / "clusters.csv")
    own = [one for one in clusters if not one["product"]]
    goods = [Good(one["service"], one["product"]) for one in clusters if one["product"]]
    return Opened(
        run,
        digest,
        limits_of_json(run.facts["limits"]),
        run.clusters[: len(own)],
        np.array([one["in_red_zone"] == "1" for one in own], dtype=bool),
        goods,
        with_screened(run.problem.packs, screened),
        screened,
        closed,
        code,
        {_key(row): float(row["price"]) for row in _csv(folder / "limits.csv")},
        np.concatenate(shape),
        np.concatenate(laid),
    )


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _screened(table: pa.Table, packs: int, cause: int) -> list[Screened]:
    """Return the options that are not there for one cause; older files know of limits alone."""
    if "cause" in table.column_names:
        table = table.filter(pc.equal(table["cause"], cause))
    elif cause != BY_LIMIT:
        table = table.slice(0, 0)
    columns = [table[name].to_numpy() for name in ("place", "choice", "year", "benefit")]
    pack = table["pack"].to_numpy()
    found = []
    for n in range(packs):
        place, choice, year, benefit = (one[pack == n] for one in columns)
        at = (place.astype(np.int64), choice.astype(np.int64), year.astype(np.int64))
        found.append(Screened(n, at[0], at[1], at[2], benefit))
    return found


def given_again(opened: Opened, wanted: CountryLimits) -> Given:
    """Put the question of other limits to the packages of a run."""
    run, was = opened.run, opened.limits
    kept = ("years", "domestic_shares", *PLANTS)
    same = all(getattr(wanted, name) == getattr(was, name) for name in kept)
    if not same or goods_of(wanted.supplies_km) != opened.goods:
        raise Wrong({"years": [OTHER_PACKAGES]})
    limits = limits_for(wanted, opened.clusters, opened.in_red_zone, opened.goods)
    rows = rows_of(limits, len(run.clusters), len(run.years))
    whole = National(opened.packs, rows, len(run.years), len(run.clusters))
    problem, _dropped = without_impossible(whole)
    screened = screened_options(opened.packs, problem.packs)
    packs = [replace(one, pack=p) for one, p in zip(run.packs, problem.packs, strict=True)]
    return Given(
        on=run.on,
        clusters=opened.clusters,
        in_red_zone=opened.in_red_zone,
        goods=opened.goods,
        limits=limits,
        problem=problem,
        packs=packs,
        codes=opened.codes,
        screened=screened,
        closed=opened.closed,
        counts={name: run.facts["counts"][name] for name in COUNTS},
        rates=run.facts["rates"],
        failure_shape=opened.failure_shape,
        laid_year=opened.laid_year,
        write=lambda part: _write(opened, problem.packs, screened, part),
        begun_from=opened.digest,
    )


def _write(opened: Opened, packs: Sequence[Pack], screened: Sequence[Screened], part: Path) -> None:
    """Put the files of the packages into another folder; those that do not change are linked."""
    folder = opened.run.folder
    for n, (pack, now, was) in enumerate(zip(packs, screened, opened.screened, strict=True)):
        told = opened.run.facts["packs"][n]
        _link(folder / told["sections"], part / told["sections"])
        if all(
            np.array_equal(getattr(now, k), getattr(was, k)) for k in ("place", "choice", "year")
        ):
            _link(folder / told["file"], part / told["file"])
        else:
            table = pq.read_table(folder / told["file"])
            write_table(part / told["file"], _with_benefit(table, pack))


def _link(path: Path, other: Path) -> None:
    """Give a file a second name, or copy it where that cannot be."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copy2(path, other)


def _with_benefit(table: pa.Table, pack: Pack) -> pa.Table:
    for choice in range(pack.benefit.shape[1]):
        for t in range(pack.benefit.shape[2]):
            name = f"benefit_{choice}_{t}"
            column = pa.array(np.ascontiguousarray(pack.benefit[:, choice, t]))
            table = table.set_column(table.column_names.index(name), name, column)
    return table
