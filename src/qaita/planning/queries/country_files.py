"""Questions that the files of a country's run answer: its packages, their sections, its limits."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qaita.engine.plan.national.packs import FORBIDDEN
from qaita.kernel.errors import Missing, Refused
from qaita.planning.errors import LOST_FILES
from qaita.planning.models import CountryRun
from qaita.planning.queries.country_plans import folder_of

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class LimitRow:
    """One row of a run as its file tells it. A least amount is as it was asked for, not negated."""

    row: int
    kind: str
    region: str
    utility: str
    service: str
    year: int | None
    unit: str
    is_least: bool
    amount: float
    used: float
    price: float  # million tenge for one unit more (less, of a least amount)
    product: str = ""  # KPVED code
    is_assumed: bool = False


@dataclass(frozen=True)
class Wanted:
    """Which packages to show; empty means any."""

    service: str = ""
    region: str = ""
    utility: str = ""
    network: str = ""
    year: int | None = None
    reason: str = ""
    method: str = ""
    is_chosen: bool | None = None


@dataclass(frozen=True)
class PackageLine:
    """One package of a run: what was decided, what it costs and brings in that year, and why.

    Of a package that is not in the plan: the figures of its first option that is there.
    """

    code: str
    networks: tuple[str, ...]
    clusters: tuple[Mapping[str, str], ...]  # utility, region, service of each
    option: int
    year: int | None
    method: str
    length_km: tuple[float, ...]
    cost_mkzt: float
    benefit_mkzt: float
    regret_mkzt: float
    reason: str
    row: int | None
    flip_share: float
    failures_per_year: float
    consequence_kzt: float
    wear: float
    in_red_zone: bool
    lon_deg: float
    lat_deg: float
    included_share: float  # of draws in which the prices would renew it; NaN: not judged
    plant: str = ""  # what is said of the plant it hangs on: a kind of plants.py
    plant_year: int = 0


@dataclass(frozen=True)
class Page:
    """Some packages of a run, and how many there are in all."""

    total: int
    lines: list[PackageLine]


def run_facts(run: CountryRun) -> dict[str, Any]:
    """Return what `run.json` says."""
    path = folder_of(run) / "run.json"
    if not path.is_file():
        raise Missing("run", run.code)
    return dict(json.loads(path.read_text(encoding="utf-8")))


def lost_files(run: CountryRun) -> list[str]:
    """Return the files of a run that are gone: those that `run.json` names, or itself."""
    folder = folder_of(run)
    if not (folder / "run.json").is_file():
        return ["run.json"]
    named = _named_files(folder, run.result_digest)
    return [name for name in named if not (folder / name).is_file()]


@lru_cache(maxsize=8)
def _named_files(folder: Path, _digest: str) -> tuple[str, ...]:
    """Return what `run.json` names; a folder never changes."""
    return tuple(json.loads((folder / "run.json").read_text(encoding="utf-8"))["sha256"])


def require_files(run: CountryRun) -> CountryRun:
    """Return a run that has its files, or refuse what needs them."""
    if lost_files(run):
        raise Refused("open", [LOST_FILES])
    return run


def _csv(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def limit_rows(run: CountryRun) -> list[LimitRow]:
    """Return the rows of a run in their order."""
    rows = []
    for line in _csv(folder_of(run) / "limits.csv"):
        sign = -1.0 if line["sense"] == "least" else 1.0
        rows.append(
            LimitRow(
                int(line["row"]),
                line["kind"],
                line["region"],
                line["utility"],
                line["service"],
                int(line["year"]) if line["year"] else None,
                line["unit"],
                sign < 0,
                sign * float(line["amount"]),
                sign * float(line["used"]),
                float(line["price"]),
                line.get("product", ""),
                line.get("assumed") == "1",
            )
        )
    return rows


def _networks(pack: Mapping[str, Any]) -> int:
    """Return how many networks a package of the pack has; its other members are goods."""
    return int(pack.get("networks", pack["members"]))


def _clusters(folder: Path) -> list[dict[str, str]]:
    return list(_csv(folder / "clusters.csv"))


@lru_cache(maxsize=6)
def _sieve(folder: Path, pack: int, members: int, _digest: str) -> dict[str, NDArray[Any]]:
    """Return the columns by which packages are chosen."""
    plan = pq.read_table(
        folder / f"plan-{pack}.parquet", columns=["code", "option", "year", "method", "reason"]
    )
    names = [f"{name}_{m}" for m in range(members) for name in ("cluster", "network")]
    facts = pq.read_table(folder / f"packages-{pack}.parquet", columns=names)
    columns = {name: facts[name].to_numpy() for name in names}
    columns["option"] = plan["option"].to_numpy()
    columns["year"] = plan["year"].fill_null(0).to_numpy()
    for name in ("code", "method", "reason"):
        columns[name] = plan[name].to_numpy()
    return columns


def _fitting(
    sieve: Mapping[str, NDArray[Any]], members: int, wanted: Wanted, clusters: NDArray[np.bool_]
) -> Ints:
    """Return the places of the packages that are wanted."""
    keep = np.zeros(len(sieve["option"]), dtype=bool)
    for m in range(members):
        own = clusters[sieve[f"cluster_{m}"]]
        if wanted.network:
            own = own & (sieve[f"network_{m}"] == wanted.network)
        keep |= own
    for name in ("year", "reason", "method"):
        if value := getattr(wanted, name):
            keep &= sieve[name] == value
    if wanted.is_chosen is not None:
        keep &= (sieve["option"] > 0) == wanted.is_chosen
    return np.flatnonzero(keep)


def packages_of_run(
    run: CountryRun, wanted: Wanted | None = None, *, offset: int = 0, limit: int = 50
) -> Page:
    """Return a page of the packages of a run, in the order of its files."""
    wanted, folder, facts = wanted or Wanted(), folder_of(run), run_facts(run)
    clusters = _clusters(folder)
    fits = np.array(
        [
            all(getattr(wanted, k) in ("", one[k]) for k in ("service", "region", "utility"))
            for one in clusters
        ],
        dtype=bool,
    )
    total = 0
    lines: list[PackageLine] = []
    for n, pack in enumerate(facts["packs"]):
        sieve = _sieve(folder, n, _networks(pack), run.result_digest)
        places = _fitting(sieve, _networks(pack), wanted, fits)
        begin = max(offset - total, 0)
        end = min(begin + limit - len(lines), len(places))
        if end > begin:
            lines += _lines(folder, n, facts, places[begin:end], clusters)
        total += len(places)
    return Page(total, lines)


def package_in_run(run: CountryRun, code: str) -> PackageLine:
    """Return exactly one package of a run, by its code or a member's, or raise Missing."""
    folder, facts = folder_of(run), run_facts(run)
    for n, pack in enumerate(facts["packs"]):
        found = np.flatnonzero(
            _sieve(folder, n, _networks(pack), run.result_digest)["code"] == code
        )
        if not len(found) and _networks(pack) > 1:
            names = [f"member_{m}" for m in range(_networks(pack))]
            table = pq.read_table(folder / f"packages-{n}.parquet", columns=names)
            own = np.stack([table[name].to_numpy() == code for name in names])
            found = np.flatnonzero(own.any(0))
        if len(found):
            return _lines(folder, n, facts, found[:1], _clusters(folder))[0]
    raise Missing("package", code)


def sections_in_package(run: CountryRun, code: str) -> list[tuple[int, str, float]]:
    """Return (member, section, share) of a package, along the street."""
    folder = folder_of(run)
    for n in range(len(run_facts(run)["packs"])):
        path = folder / f"sections-{n}.parquet"
        table = pq.read_table(path, filters=[("code", "=", code)])
        if len(table):
            columns = (table[name].to_pylist() for name in ("member", "section", "share"))
            return list(zip(*columns, strict=True))
    raise Missing("package", code)


def _lines(
    folder: Path,
    number: int,
    facts: Mapping[str, Any],
    places: Ints,
    clusters: list[dict[str, str]],
) -> list[PackageLine]:
    plan = _rows_at(folder / f"plan-{number}.parquet", places)
    whole = _rows_at(folder / f"packages-{number}.parquet", places)
    pack, years = facts["packs"][number], len(facts["years"])
    return [
        _line({**own, **decided}, pack, years, clusters)
        for own, decided in zip(whole, plan, strict=True)
    ]


def _rows_at(path: Path, places: Ints) -> list[dict[str, Any]]:
    """Read some rows of a file: only the groups of rows in which they stand."""
    file = pq.ParquetFile(path)
    sizes = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    begins = np.concatenate([[0], np.cumsum(sizes)])
    group = np.searchsorted(begins, places, side="right") - 1
    parts = [
        file.read_row_group(int(n)).take(pa.array(places[group == n] - begins[n]))
        for n in np.unique(group)
    ]
    return list(pa.concat_tables(parts).to_pylist())


def _line(
    row: Mapping[str, Any], pack: Mapping[str, Any], years: int, clusters: list[dict[str, str]]
) -> PackageLine:
    choice, year = _shown(row, pack, years)
    members = range(_networks(pack))
    taken = [(m, pack["take"][choice][m]) for m in members if pack["take"][choice][m] >= 0]
    return PackageLine(
        code=row["code"],
        networks=tuple(row[f"network_{m}"] for m in members),
        clusters=tuple(clusters[row[f"cluster_{m}"]] for m in members),
        option=row["option"],
        year=row["year"],
        method=row["method"],
        length_km=tuple(row[f"length_km_{m}"] for m in members),
        cost_mkzt=sum(row[f"cost_{m}_{k}_{year}"] for m, k in taken),
        benefit_mkzt=max(row[f"benefit_{choice}_{year}"], 0.0),
        plant=row.get("plant", ""),
        plant_year=row.get("plant_year", 0),
        **{name: row[name] for name in PLAIN},
    )


def _shown(row: Mapping[str, Any], pack: Mapping[str, Any], years: int) -> tuple[int, int]:
    """Return choice and year of the chosen option, or of the first one that is there."""
    if row["option"] > 0:
        return divmod(int(row["option"]) - 1, years)
    every = ((choice, year) for choice in range(pack["choices"]) for year in range(years))
    return next((at for at in every if row["benefit_{}_{}".format(*at)] > 0.5 * FORBIDDEN), (0, 0))


PLAIN = (
    "regret_mkzt",
    "reason",
    "row",
    "flip_share",
    "failures_per_year",
    "consequence_kzt",
    "wear",
    "in_red_zone",
    "lon_deg",
    "lat_deg",
    "included_share",
)
