"""What a run's plan would become at other limits: a plan close to it, not stored anywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from qaita.engine.plan.national.pricing import tables_of
from qaita.engine.plan.national.solving import plan_again
from qaita.planning.national.country import Ints
from qaita.planning.national.given import Given
from qaita.planning.national.limits import CountryLimits
from qaita.planning.national.reopening import given_again, open_run
from qaita.planning.national.totals import cells_of_packs

Told = Callable[[float, str], None]
Priced = Callable[[float], None]
STAGES = {"prices": ("pricing", 0.2, 0.3), "plan": ("building", 0.5, 0.45)}
MOST_BROKEN = 12


def try_limits(
    folder: Path, digest: str, limits: CountryLimits, hear: tuple[Told, Priced]
) -> dict[str, Any]:
    """Return what the plan of a run becomes at other limits, as plain values.

    `hear`: the first is told how far it is and may raise to stop; the second hears the new bound as
    soon as it is proven.
    """
    told, priced = hear
    told(0.02, "opening")
    opened = open_run(folder, digest)
    told(0.15, "options")
    given = given_again(opened, limits)

    def watch(stage: str, share: float) -> None:
        name, begin, width = STAGES[stage]
        told(begin + width * share, name)

    before = opened.run.option
    answer = plan_again(
        tables_of(given.problem), opened.begin(given), before, watch=watch, priced=priced
    )
    plan = answer.plan
    told(0.97, "reasons")
    return {
        "bound_mkzt": answer.bound_mkzt,
        "value_mkzt": plan.worth_mkzt,
        "gap_share": answer.gap_share,
        "packages": len(before),
        "chosen": int((plan.option > 0).sum()),
        **_changed(before, plan.option),
        "years": _money(given, plan.option, limits.years),
        "broken": _broken(given, plan.used),
    }


def _changed(before: Ints, after: Ints) -> dict[str, int]:
    """Count the packages that come in, go out, or move to another year or way."""
    other = before != after
    return {
        "entered": int((other & (before == 0)).sum()),
        "left": int((other & (after == 0)).sum()),
        "moved": int((other & (before > 0) & (after > 0)).sum()),
    }


def _money(given: Given, option: Ints, years: tuple[int, ...]) -> dict[str, float]:
    spent = dict.fromkeys(map(str, years), 0.0)
    for cell in cells_of_packs(given.clusters, given.packs, option, years):
        spent[str(cell.year)] += cell.cost_mkzt
    return {year: round(cost, 6) for year, cost in spent.items()}


def _broken(given: Given, used: np.ndarray) -> list[dict[str, Any]]:
    """Return the limits that the plan found does not keep, the largest part first."""
    most = given.problem.rows.most
    over = (used - most) / np.maximum(np.abs(most), 1e-9)
    rows = [n for n in np.argsort(-over).tolist() if used[n] > most[n]]
    names = ("kind", "region", "utility", "service", "product", "year", "unit")
    return [
        {
            **{name: getattr(given.limits[n], name) for name in names},
            "short": round(float(used[n] - most[n]), 6),
        }
        for n in rows[:MOST_BROKEN]
    ]
