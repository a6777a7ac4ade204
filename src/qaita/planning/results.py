"""From arrays to rows: what a run decided for each package, and the exact bytes that say so."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import rfc8785

from qaita.engine.plan import Clash, Plan, limits_of, reduced_profits
from qaita.kernel.money import from_million
from qaita.planning.inputs import Inputs
from qaita.planning.models import Line, Run
from qaita.planning.reasons import sentence

PLACES = 6
TIE = 1e-4


@dataclass(frozen=True)
class Why:
    """The reason for one package: a code and the figures of its sentence."""

    code: str
    figures: dict[str, Any]


def result_text(inputs: Inputs, plan: Plan | None, clashes: list[Clash]) -> str:
    """Return the canonical result; it holds nothing that another run could change."""
    facts: dict[str, Any] = {"inputs": inputs.digest}
    if plan is None:
        facts["clashes"] = clash_rows(inputs, clashes)
        return rfc8785.dumps(facts).decode()
    facts |= {
        "objective_mkzt": round(plan.objective_mkzt, PLACES),
        "bound_mkzt": round(plan.bound_mkzt, PLACES),
        "prices": [round(price, PLACES) for price in plan.prices.tolist()],
        "years": [inputs.years[t] if t >= 0 else None for t in plan.chosen.tolist()],
    }
    return rfc8785.dumps(facts).decode()


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def clash_rows(inputs: Inputs, clashes: list[Clash]) -> list[dict[str, Any]]:
    """Return the clashing limits with their years, as plain values."""
    return [
        {
            "kind": clash.kind,
            "year": inputs.years[clash.year] if clash.year >= 0 else None,
            "limit": round(abs(clash.most), PLACES),
            "short": round(clash.short, PLACES),
            "alone": None if clash.alone is None else round(clash.alone, PLACES),
        }
        for clash in clashes
    ]


def ranks_of(inputs: Inputs) -> list[int]:
    """Return each package's place by benefit per tenge in the first year, from 1."""
    ratio = inputs.problem.benefit_mkzt[:, 0] / np.maximum(inputs.problem.cost_mkzt[:, 0], 1e-9)
    order = np.lexsort((np.arange(len(ratio)), -ratio))
    ranks = np.empty(len(ratio), dtype=np.int64)
    ranks[order] = np.arange(1, len(ratio) + 1)
    return [int(rank) for rank in ranks]


def whys_of(inputs: Inputs, plan: Plan) -> list[Why]:
    """Return why each package is in or not, from the prices that prove the plan."""
    problem, limits = inputs.problem, limits_of(inputs.problem)
    profit = reduced_profits(problem, limits, plan.prices)
    paid = {
        kind: sum(
            (
                price * np.maximum(limit.weight, 0.0)
                for limit, price in zip(limits, plan.prices, strict=True)
                if limit.kind == kind
            ),
            np.zeros_like(profit),
        )
        for kind in ("budget", "capacity", "red_zone")
    }
    return [_why(inputs, plan, g, profit, paid) for g in range(len(inputs.packages))]


def _why(
    inputs: Inputs, plan: Plan, g: int, profit: np.ndarray, paid: dict[str, np.ndarray]
) -> Why:
    package, t = inputs.packages[g], int(plan.chosen[g])
    figures: dict[str, Any] = {
        "avoided": package.failures_avoided_per_year,
        "ratio": float(inputs.problem.benefit_mkzt[g, 0] / inputs.problem.cost_mkzt[g, 0]),
    }
    if t >= 0:
        return Why("chosen", {**figures, "year": inputs.years[t]})
    best = int(profit[g].argmax())
    if inputs.problem.benefit_mkzt[g].max() <= 0:
        return Why("no_benefit", figures)
    # at a price of nothing, or within rounding of it, only wholeness stands in the way
    if profit[g, best] > -TIE * inputs.problem.benefit_mkzt[g, best]:
        return Why("does_not_fit", figures)
    kind = max(paid, key=lambda name: float(paid[name][g, best]))
    rise = -float(profit[g, best]) / float(inputs.problem.benefit_mkzt[g, best])
    return Why(f"no_{kind}", {**figures, "rise_percent": 100 * rise})


def lines_for(run: Run, inputs: Inputs, plan: Plan) -> list[Line]:
    """Return the lines of a run: option, year, money and one sentence in three languages."""
    ranks, whys = ranks_of(inputs), whys_of(inputs, plan)
    lines = []
    for g, package in enumerate(inputs.packages):
        t = int(plan.chosen[g])
        figures = {**whys[g].figures, "rank": ranks[g], "count": len(ranks)}
        lines.append(
            Line(
                run=run,
                package=package,
                option="replace" if t >= 0 else "nothing",
                year=inputs.years[t] if t >= 0 else None,
                rank=ranks[g],
                cost_kzt=from_million(inputs.problem.cost_mkzt[g, max(t, 0)]),
                benefit_kzt=from_million(inputs.problem.benefit_mkzt[g, max(t, 0)]),
                reason_code=whys[g].code,
                reason_kk=sentence(whys[g].code, "kk", figures),
                reason_ru=sentence(whys[g].code, "ru", figures),
                reason_en=sentence(whys[g].code, "en", figures),
            )
        )
    return lines
