"""A run as files: the published proof and the only store of its packages.

How each file is laid out: `docs/reference/plan-files.md`. Equal inputs give equal bytes.
"""

import csv
import hashlib
import json
import math
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from qaita.engine.plan.national.packs import resources_of
from qaita.planning.national.given import Given, is_shut, worth_of_screened
from qaita.planning.national.limits import Limit
from qaita.planning.national.materials import Demand
from qaita.planning.national.options import OptionPack
from qaita.planning.national.solving import Certainty, Solved
from qaita.planning.national.tables import plan_table
from qaita.planning.national.totals import Cell

FORMAT = 1
ROW_GROUP = 50_000
PART = ".part"
BY_LIMIT, BY_PLANT = 0, 1  # why an option is not there


@dataclass(frozen=True)
class Outcome:
    """All that a run is: what was asked, what came out, and the sums of it."""

    given: Given
    solved: Solved
    scenario: dict[str, Any]  # the limits as entered
    years: tuple[int, ...]
    engine: str
    cells: Sequence[Cell]
    demands: Sequence[Demand]
    relaxations: list[list[dict[str, Any]]]  # ways to make a plan possible, each a list of changes


@dataclass(frozen=True)
class Written:
    """The digests of a folder."""

    inputs_digest: str
    result_digest: str


def write_run(folder: Path, outcome: Outcome, *, code: str, scenario: str) -> Written:
    """Write a run's folder: all of it, or nothing. A folder of the same name is replaced."""
    part = folder.with_name(folder.name + PART)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        written = _write_files(part, outcome, {"run": code, "scenario": scenario})
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)
    return written


def _write_files(part: Path, outcome: Outcome, names: dict[str, str]) -> Written:
    given, solved = outcome.given, outcome.solved
    write_csv(part / "clusters.csv", CLUSTER_COLUMNS, _cluster_rows(given))
    _write_weights(part / "weights.csv", given)
    write_csv(part / "limits.csv", LIMIT_COLUMNS, _limit_rows(given.limits, outcome))
    write_csv(part / "summary.csv", CELL_COLUMNS, (asdict(cell) for cell in outcome.cells))
    write_csv(part / "materials.csv", DEMAND_COLUMNS, (asdict(one) for one in outcome.demands))
    given.write(part)
    write_table(part / "screened.parquet", _screened_table(given))
    start, inputs = 0, ["clusters.csv", "weights.csv"]
    for n, one in enumerate(given.packs):
        own = slice(start, start + len(one.package))
        start = own.stop
        words = (given.codes[n], one.labels)
        table = plan_table(words, solved, n, own, outcome.years, is_shut=is_shut(given, n))
        write_table(part / f"plan-{n}.parquet", table)
        inputs += [f"packages-{n}.parquet", f"sections-{n}.parquet"]
    digests = {path.name: sha256_of(path) for path in sorted(part.iterdir())}
    facts = _facts(outcome, digests, inputs)
    text = json.dumps({**names, **facts}, ensure_ascii=False, indent=1, sort_keys=True)
    (part / "run.json").write_text(text + "\n", encoding="utf-8")
    return Written(facts["inputs_digest"], facts["result_digest"])


CLUSTER_COLUMNS = ("cluster", "utility", "region", "service", "product", "in_red_zone")
LIMIT_COLUMNS = (
    "row",
    "kind",
    "region",
    "utility",
    "service",
    "year",
    "unit",
    "sense",
    "amount",
    "used",
    "price",
    "proof_price",
    "product",
    "assumed",
)
CELL_COLUMNS = tuple(Cell.__dataclass_fields__)
DEMAND_COLUMNS = tuple(Demand.__dataclass_fields__)


def _cluster_rows(given: Given) -> Iterable[dict[str, Any]]:
    for n, (one, red) in enumerate(zip(given.clusters, given.in_red_zone.tolist(), strict=True)):
        names = {"utility": one.utility, "region": one.region, "service": one.service}
        yield {"cluster": n, **names, "product": "", "in_red_zone": int(red)}
    for n, good in enumerate(given.goods, len(given.clusters)):
        names = {"utility": "", "region": "", "service": good.service}
        yield {"cluster": n, **names, "product": good.kpved, "in_red_zone": 0}


def _screened_table(given: Given) -> pa.Table:
    """Return the options that are not there, and why: a limit, or a plant that pipes wait for."""
    parts = [
        {
            "pack": np.full(len(one.place), one.pack, np.int8),
            "cause": np.full(len(one.place), cause, np.int8),
            "place": one.place.astype(np.int32),
            "choice": one.choice.astype(np.int8),
            "year": one.year.astype(np.int8),
            "benefit": one.benefit.astype(np.float32),
        }
        for cause, every in ((BY_LIMIT, given.screened), (BY_PLANT, given.closed))
        for one in every
    ]
    return pa.table({name: np.concatenate([one[name] for one in parts]) for name in parts[0]})


def _limit_rows(limits: Sequence[Limit], outcome: Outcome) -> Iterable[dict[str, Any]]:
    solved = outcome.solved
    for n, limit in enumerate(limits):
        yield {
            "row": n,
            "kind": limit.kind,
            "region": limit.region,
            "utility": limit.utility,
            "service": limit.service,
            "year": "" if limit.year is None else limit.year,
            "unit": limit.unit,
            "sense": "least" if limit.is_least else "most",
            "amount": repr(float(outcome.given.problem.rows.most[n])),
            "used": repr(float(solved.used[n])),
            "price": repr(float(solved.prices[n])),
            "proof_price": repr(float(solved.why.prices[n])) if solved.why else "",
            "product": limit.product,
            "assumed": int(limit.is_assumed),
        }


def _write_weights(path: Path, given: Given) -> None:
    """Write the entries of the rows, sorted by row, cluster and resource."""
    matrix = given.problem.rows.weights.tocsr()
    matrix.sort_indices()
    entries = matrix.tocoo()
    width = resources_of(given.problem.years)
    rows = (
        {"row": row, "cluster": column // width, "resource": column % width, "weight": repr(value)}
        for row, column, value in zip(
            entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True
        )
    )
    write_csv(path, ("row", "cluster", "resource", "weight"), rows)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows as a table of text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table of packages."""
    pq.write_table(table, path, compression="zstd", row_group_size=ROW_GROUP)


def sha256_of(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(facts: object) -> str:
    """Return the digest of plain values, whatever their order was."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _facts(outcome: Outcome, digests: dict[str, str], inputs: Sequence[str]) -> dict[str, Any]:
    """Return what run.json says, without the names of the run and its scenario."""
    given, solved = outcome.given, outcome.solved
    amounts = [(row["kind"], row["amount"]) for row in _limit_rows(given.limits, outcome)]
    inputs_digest = digest_of(
        [outcome.engine, outcome.years, {name: digests[name] for name in inputs}, amounts]
    )
    facts = {
        "format": FORMAT,
        "engine": outcome.engine,
        "on": given.on.isoformat(),
        "years": list(outcome.years),
        "limits": outcome.scenario,
        "counts": {
            **given.counts,
            "rows": len(given.limits),
            "clusters": given.problem.clusters,
            "chosen": int((solved.option > 0).sum()),
        },
        "bound_mkzt": solved.bound_mkzt,
        "solver_bound_mkzt": _finite(solved.solver_bound_mkzt),
        "value_mkzt": solved.worth_mkzt,
        "gap_share": solved.gap_share,
        "solver_gap_share": _finite(solved.solver_gap_share),
        "rates": list(given.rates),
        "certainty": certainty_facts(solved.certainty),
        "broken": solved.broken.tolist(),
        "proof_mkzt": solved.why.value if solved.why else None,
        "relaxations": outcome.relaxations,
        "screened_mkzt": worth_of_screened(given, solved.prices, solved.option),
        "begun_from": given.begun_from or None,
        "packs": [_pack_facts(n, one) for n, one in enumerate(given.packs)],
        "sha256": digests,
        "inputs_digest": inputs_digest,
    }
    return {**facts, "result_digest": digest_of(facts)}


def certainty_facts(found: Certainty | None) -> dict[str, Any] | None:
    """Return what run.json says of how sure a plan is."""
    if found is None:
        return None
    return {
        "draws": found.draws,
        "beats_oldest_first_share": found.beats_oldest_first_share,
        "low_mkzt": found.low_mkzt,
        "high_mkzt": found.high_mkzt,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _pack_facts(n: int, one: OptionPack) -> dict[str, Any]:
    return {
        "file": f"packages-{n}.parquet",
        "plan": f"plan-{n}.parquet",
        "sections": f"sections-{n}.parquet",
        "size": len(one.package),
        "members": int(one.pack.cluster.shape[1]),
        "networks": one.members,
        "methods": list(one.methods),
        "choices": len(one.labels),
        "take": one.pack.take.tolist(),
        "labels": list(one.labels),
    }
