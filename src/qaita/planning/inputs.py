"""From rows to arrays: what the engine is fed, and the exact bytes that name it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

import numpy as np
import rfc8785

from qaita.engine.plan import Problem, engine_version, present_benefit
from qaita.kernel.money import million_tenge
from qaita.law import planning
from qaita.planning.models import Package, Scenario
from qaita.planning.queries import packages_for

# Million tenge and kilometres are rounded before the engine sees them: a tenge, a millimetre.
PLACES = 6


@dataclass(frozen=True)
class Inputs:
    """One problem with the packages it speaks of."""

    packages: list[Package]
    years: list[int]
    problem: Problem
    text: str  # canonical JSON

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def _by_year(scenario_values: dict[str, str], years: list[int], otherwise: float) -> list[float]:
    return [float(scenario_values.get(str(year), otherwise)) for year in years]


def inputs_of(scenario: Scenario, *, on: date) -> Inputs:
    """Return the problem of the scenario over the present packages of its utility."""
    law = planning(on=on)
    packages = list(packages_for(scenario.utility, scenario.service))
    named = [int(year) for year in scenario.budgets_kzt]
    years = list(range(min(named), max(named) + 1))  # a year between without money is one too
    when = np.array([year - years[0] for year in years])
    inflation, discount = law.inflation_percent / 100, law.discount_percent / 100
    cost = np.array([million_tenge(p.cost_kzt) for p in packages])
    old = np.array([p.failures_per_year for p in packages])
    avoided = np.array([p.failures_avoided_per_year for p in packages])
    benefit = present_benefit(
        old,
        old - avoided,
        np.array([million_tenge(p.consequence_kzt) for p in packages]),
        growth_share=law.failure_growth_percent / 100,
        rates=(inflation, discount),
        years=(len(years), law.horizon_years),
    )
    budget = [float(v) / 1e6 for v in _by_year(scenario.budgets_kzt, years, 0.0)]
    problem = Problem(
        benefit_mkzt=benefit.round(PLACES),
        cost_mkzt=(cost[:, None] * (1 + inflation) ** when).round(PLACES),
        length_km=np.array([p.length_m / 1_000 for p in packages]).round(PLACES),
        in_red_zone=np.array([p.in_red_zone for p in packages], dtype=bool),
        budget_mkzt=np.array(budget).round(PLACES),
        capacity_km=np.array(_by_year(scenario.capacities_km, years, np.inf)),
        floor_km=np.array(_by_year(scenario.floors_km, years, 0.0)),
        red_zone_share=scenario.red_zone_share,
        carries_over=scenario.carries_over,
    )
    return Inputs(packages, years, problem, _text(packages, years, problem))


def _text(packages: list[Package], years: list[int], problem: Problem) -> str:
    facts = {
        "engine": engine_version(),
        "packages": [p.code for p in packages],
        "years": years,
        "benefit_mkzt": problem.benefit_mkzt.tolist(),
        "cost_mkzt": problem.cost_mkzt.tolist(),
        "length_km": problem.length_km.tolist(),
        "in_red_zone": problem.in_red_zone.tolist(),
        "budget_mkzt": problem.budget_mkzt.tolist(),
        "capacity_km": [v if np.isfinite(v) else None for v in problem.capacity_km.tolist()],
        "floor_km": problem.floor_km.tolist(),
        "red_zone_share": problem.red_zone_share,
        "carries_over": problem.carries_over,
    }
    return rfc8785.dumps(facts).decode()


def problem_of(text: str) -> tuple[Problem, list[int]]:
    """Return the problem and the years of a canonical text: a run can be computed again."""
    raw = json.loads(text)
    packages, years = len(raw["packages"]), len(raw["years"])
    capacity = [np.inf if value is None else value for value in raw["capacity_km"]]
    problem = Problem(
        benefit_mkzt=np.array(raw["benefit_mkzt"], dtype=float).reshape(packages, years),
        cost_mkzt=np.array(raw["cost_mkzt"], dtype=float).reshape(packages, years),
        length_km=np.array(raw["length_km"], dtype=float),
        in_red_zone=np.array(raw["in_red_zone"], dtype=bool),
        budget_mkzt=np.array(raw["budget_mkzt"], dtype=float),
        capacity_km=np.array(capacity, dtype=float),
        floor_km=np.array(raw["floor_km"], dtype=float),
        red_zone_share=raw["red_zone_share"],
        carries_over=raw["carries_over"],
    )
    return problem, raw["years"]
