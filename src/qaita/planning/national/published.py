"""A published folder read back: the problem as the engine got it, its prices and its plan."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp
from numpy.typing import NDArray

from qaita.engine.plan.national.packs import National, Pack, Rows, resources_of
from qaita.kernel.errors import Refused
from qaita.planning.errors import LOST_FILES
from qaita.planning.national.country import Cluster, Floats, Ints
from qaita.planning.national.options import OptionPack


@dataclass(frozen=True)
class Published:
    """A run's files as arrays; packages stand pack after pack. Money in million tenge."""

    folder: Path
    facts: Mapping[str, Any]  # run.json
    clusters: Sequence[Cluster]
    packs: Sequence[OptionPack]  # `package` holds places in its own pack only
    code: NDArray[np.bytes_]
    problem: National
    prices: Floats
    used: Floats  # of every limit, as the engine keeps them
    option: Ints

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years of the calendar."""
        return tuple(self.facts["years"])

    @property
    def on(self) -> date:
        """Return the day whose register and law the plan follows."""
        return date.fromisoformat(self.facts["on"])

    @property
    def starts(self) -> Ints:
        """Return where each pack begins among all packages, and where the last one ends."""
        sizes = [len(one.package) for one in self.packs]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def place_of(self, at: int) -> tuple[int, int]:
        """Return the pack of a package and its place there."""
        pack = int(np.searchsorted(self.starts, at, side="right")) - 1
        return pack, at - int(self.starts[pack])

    def find(self, code: str) -> int | None:
        """Return the place of a package among all, by its code."""
        found = np.flatnonzero(self.code == code.encode("ascii", "replace"))
        return int(found[0]) if len(found) else None


@contextmanager
def whole_folder() -> Iterator[None]:
    """Refuse to begin from a folder that has lost files, or whose tables lack what is read today.

    Missing columns and broken files come as KeyError and ValueError, of pyarrow and json too.
    """
    try:
        yield
    except (FileNotFoundError, KeyError, ValueError) as error:
        raise Refused("open", [LOST_FILES]) from error


def read_published(folder: Path, digest: str) -> Published:
    """Read a folder; it never changes, so the last ones are kept in memory by their digest."""
    with whole_folder():
        return _read(folder, digest)


@lru_cache(maxsize=2)
def _read(folder: Path, _digest: str) -> Published:
    facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    clusters = [
        Cluster(f"{row['utility']}/{row['cluster']}", row["utility"], row["region"], row["service"])
        for row in _csv(folder / "clusters.csv")
    ]
    rows, prices, used = _rows(folder, len(clusters), len(facts["years"]))
    packs = [_pack(folder, one, len(facts["years"])) for one in facts["packs"]]
    plans = [
        pq.read_table(folder / one["plan"], columns=["code", "option"]) for one in facts["packs"]
    ]
    codes = [plan["code"].to_numpy().astype("S16") for plan in plans]
    options = [plan["option"].to_numpy().astype(np.int64) for plan in plans]
    problem = National(tuple(one.pack for one in packs), rows, len(facts["years"]), len(clusters))
    return Published(
        folder,
        facts,
        clusters,
        packs,
        np.concatenate([np.zeros(0, "S16"), *codes]),
        problem,
        prices,
        used,
        np.concatenate([np.zeros(0, np.int64), *options]),
    )


def _csv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _rows(folder: Path, clusters: int, years: int) -> tuple[Rows, Floats, Floats]:
    limits = list(_csv(folder / "limits.csv"))
    told = [
        [float(line[name]) for name in ("row", "cluster", "resource", "weight")]
        for line in _csv(folder / "weights.csv")
    ]
    row, cluster, resource, weight = np.array(told, dtype=np.float64).reshape(-1, 4).T
    width = resources_of(years)
    column = (cluster * width + resource).astype(np.int64)
    shape = (len(limits), clusters * width)
    weights = sp.csr_matrix((weight, (row.astype(np.int64), column)), shape=shape)
    most, price, used = (
        np.array([float(line[name]) for line in limits]) for name in ("amount", "price", "used")
    )
    hard = np.array([line["sense"] == "most" for line in limits], dtype=bool)
    return Rows(weights, most, hard), price, used


def _pack(folder: Path, told: Mapping[str, Any], years: int) -> OptionPack:
    members, methods, choices = told["members"], len(told["methods"]), told["choices"]
    table = pq.read_table(folder / told["file"])
    count = len(table)
    cluster = _columns(table, [f"cluster_{m}" for m in range(members)], np.int64)
    length = _columns(table, [f"length_km_{m}" for m in range(members)], np.float32)
    each = [(m, k) for m in range(members) for k in range(methods)]
    deficit = _columns(table, [f"deficit_{m}_{k}" for m, k in each], np.float32)
    costs = [f"cost_{m}_{k}_{t}" for m, k in each for t in range(years)]
    benefits = [f"benefit_{c}_{t}" for c in range(choices) for t in range(years)]
    pack = Pack(
        take=np.array(told["take"], dtype=np.int64).reshape(choices, members),
        cluster=cluster,
        length_km=length,
        cost=_columns(table, costs, np.float32).reshape(count, members, methods, years),
        deficit=deficit.reshape(count, members, methods),
        benefit=_columns(table, benefits, np.float32).reshape(count, choices, years),
    )
    networks = told.get("networks", members)  # the rest are goods
    own = np.repeat(np.arange(count)[:, None], networks, axis=1)
    return OptionPack(pack, own, tuple(told["methods"]), tuple(told["labels"]))


def _columns(table: pa.Table, names: Sequence[str], kind: Any) -> NDArray[Any]:
    """Return columns side by side, row by row in one piece."""
    whole = np.empty((len(table), len(names)), dtype=kind)
    for n, name in enumerate(names):
        whole[:, n] = table[name].to_numpy()
    return whole
