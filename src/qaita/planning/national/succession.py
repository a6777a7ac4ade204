"""The folder of a plan that an official changed: the inputs of the first, another plan on them.

Inputs, limits, prices and so the bound stay as they were; value, gap, what is used of every limit,
and the regrets of the swapped packages are found anew, so that the checker passes here as well.
"""

import csv
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qaita.engine.verdicts import Verdicts, judge_packs
from qaita.planning.national.certainty import certainty_of_changed
from qaita.planning.national.country import Ints
from qaita.planning.national.folder import (
    CELL_COLUMNS,
    DEMAND_COLUMNS,
    LIMIT_COLUMNS,
    PART,
    Written,
    certainty_facts,
    digest_of,
    sha256_of,
    write_csv,
    write_table,
)
from qaita.planning.national.materials import Demand
from qaita.planning.national.published import Published
from qaita.planning.national.swapping import Swapped, Weighed
from qaita.planning.national.totals import Cell

PUT_IN, TAKEN_OUT, OTHERWISE = "official_in", "official_out", "official_otherwise"
NAMES = ("run", "scenario", "result_digest")


@dataclass(frozen=True)
class Succession:
    """What is written of a swap: the plan it changes, the swap, and the new sums."""

    plan: Published
    weighed: Weighed
    told: Mapping[str, Any]  # of the swap, for run.json
    cells: Sequence[Cell]
    demands: Sequence[Demand]

    @property
    def gap_share(self) -> float:
        """Return how much better a plan could be at most by the prices."""
        return gap_by(float(self.plan.facts["bound_mkzt"]), self.weighed.worth_mkzt)


def gap_by(bound_mkzt: float, worth_mkzt: float) -> float:
    """Return by which share of its worth a plan lies below a bound."""
    return max(bound_mkzt - worth_mkzt, 0.0) / worth_mkzt if worth_mkzt > 0 else 0.0


def reason_of(one: Swapped) -> str:
    """Return why a swapped package is in the plan or not."""
    if not one.after.option:
        return TAKEN_OUT
    return OTHERWISE if one.before.option else PUT_IN


def regret_of_swap(plan: Published, weighed: Weighed) -> float:
    """Return by how much the swap raises the sum of regrets: its price at the limits' prices."""
    before = _judged(plan, weighed, plan.option)
    after = _judged(plan, weighed, weighed.option)
    return float(sum(a.regret.sum() - b.regret.sum() for b, a in zip(before, after, strict=True)))


def _judged(plan: Published, weighed: Weighed, option: Ints) -> list[Verdicts]:
    """Judge the swapped packages alone, pack by pack."""
    own = [_places(plan, weighed, n) for n in range(len(plan.packs))]
    packs = tuple(
        one.pack._replace(
            **{
                name: np.ascontiguousarray(getattr(one.pack, name)[places])
                for name in ("cluster", "length_km", "cost", "deficit", "benefit")
            }
        )
        for one, places in zip(plan.packs, own, strict=True)
    )
    chosen = np.concatenate(
        [option[start + places] for start, places in zip(plan.starts[:-1], own, strict=True)]
    )
    return judge_packs(replace(plan.problem, packs=packs), plan.prices, chosen)


def _places(plan: Published, weighed: Weighed, pack: int) -> Ints:
    """Return the places of the swapped packages in a pack."""
    at = np.array([one.at for one in weighed.packages], dtype=np.int64)
    start, end = plan.starts[pack], plan.starts[pack + 1]
    return np.asarray(at[(at >= start) & (at < end)] - start)


def write_succession(folder: Path, asked: Succession, *, code: str, scenario: str) -> Written:
    """Write the folder of the changed plan: all of it, or nothing."""
    part = folder.with_name(folder.name + PART)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        written = _write(part, asked, {"run": code, "scenario": scenario})
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return written


def _write(part: Path, asked: Succession, names: Mapping[str, str]) -> Written:
    plan, weighed = asked.plan, asked.weighed
    for path in sorted(plan.folder.iterdir()):
        if path.name.startswith(("clusters", "weights", "packages-", "sections-", "screened")):
            _same(path, part / path.name)
    write_csv(part / "summary.csv", CELL_COLUMNS, (asdict(cell) for cell in asked.cells))
    write_csv(part / "materials.csv", DEMAND_COLUMNS, (asdict(one) for one in asked.demands))
    _write_limits(part, plan, weighed)
    for n, (told, verdict) in enumerate(
        zip(plan.facts["packs"], _judged(plan, weighed, weighed.option), strict=True)
    ):
        _write_plan(part / told["plan"], asked, n, verdict)
    digests = {path.name: sha256_of(path) for path in sorted(part.iterdir())}
    facts = _facts(asked, digests)
    result = digest_of(facts)
    text = json.dumps(
        {**names, **facts, "result_digest": result}, ensure_ascii=False, indent=1, sort_keys=True
    )
    (part / "run.json").write_text(text + "\n", encoding="utf-8")
    return Written(facts["inputs_digest"], result)


def _same(source: Path, target: Path) -> None:
    """Let the same bytes stand in both folders: once on the disk where it can be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _write_limits(part: Path, plan: Published, weighed: Weighed) -> None:
    with (plan.folder / "limits.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    used = weighed.used.tolist()
    rows = [{**line, "used": repr(used[n])} for n, line in enumerate(lines)]
    write_csv(part / "limits.csv", LIMIT_COLUMNS, rows)


def _write_plan(path: Path, asked: Succession, pack: int, verdict: Verdicts) -> None:
    plan, weighed = asked.plan, asked.weighed
    places = _places(plan, weighed, pack).tolist()
    if not places:
        _same(plan.folder / path.name, path)
        return
    table = pq.read_table(plan.folder / path.name)
    start = int(plan.starts[pack])
    swapped = {one.at - start: one for one in weighed.packages}
    rows = verdict.row.tolist()
    values = {
        "option": [swapped[p].after.option for p in places],
        "year": [swapped[p].after.year for p in places],
        "method": [swapped[p].after.method for p in places],
        "regret_mkzt": verdict.regret.tolist(),
        "reason": [reason_of(swapped[p]) for p in places],
        "row": [row if row >= 0 else None for row in rows],
        "flip_share": verdict.flip.tolist(),
    }
    for name, own in values.items():
        at = table.column_names.index(name)
        table = table.set_column(at, table.field(name), _with(table[name], places, own))
    write_table(path, table)


def _with(column: pa.ChunkedArray, places: Sequence[int], values: Sequence[Any]) -> pa.Array:
    """Return a column with other values at some places (given in rising order)."""
    mask = np.zeros(len(column), dtype=bool)
    mask[list(places)] = True
    whole = column.combine_chunks()
    return pc.replace_with_mask(whole, pa.array(mask), pa.array(values, type=whole.type))


def _facts(asked: Succession, digests: Mapping[str, str]) -> dict[str, Any]:
    """Return what run.json says, without the names of the run and its scenario."""
    before, weighed = asked.plan.facts, asked.weighed
    kept = {name: value for name, value in before.items() if name not in NAMES}
    told = {
        "value_mkzt": weighed.worth_mkzt,
        "gap_share": asked.gap_share,
        "counts": {**before["counts"], "chosen": int((weighed.option > 0).sum())},
        "certainty": certainty_facts(certainty_of_changed(asked.plan, weighed.option)),
        "swap": dict(asked.told),
        "sha256": dict(digests),
    }
    if before.get("solver_gap_share") is not None:
        told["solver_gap_share"] = gap_by(before["solver_bound_mkzt"], weighed.worth_mkzt)
    return kept | told
