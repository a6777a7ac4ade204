"""Judges a plan with NumPy alone: it shares no code with any solver."""

import numpy as np

from qaita.engine.plan.problem import Floats, Limit, Plan, Problem, limits_of

TOLERANCE = 1e-6


def reduced_profits(problem: Problem, limits: list[Limit], prices: Floats) -> Floats:
    """Return each choice's benefit less what it uses of the limits at their prices."""
    profit = problem.benefit_mkzt.copy()
    for limit, price in zip(limits, prices, strict=True):
        profit -= price * limit.weight
    return profit


def price_bound(problem: Problem, limits: list[Limit], prices: Floats) -> float:
    """Return a value no plan can exceed, whatever the prices (>= 0) are.

    Weak duality: prices x limits + the best reduced profit of every package, or nothing.
    """
    most = np.array([limit.most for limit in limits])
    profit = reduced_profits(problem, limits, prices)
    best = np.maximum(profit.max(axis=1, initial=0.0), 0.0)
    return float(most @ prices + best.sum())


def check_plan(problem: Problem, plan: Plan) -> list[str]:
    """Return everything that is wrong with the plan; an empty list is a pass."""
    packages, years = problem.cost_mkzt.shape
    if plan.chosen.shape != (packages,) or not np.isin(plan.chosen, np.arange(-1, years)).all():
        return ["the choice names packages or years that do not exist"]
    taken = np.zeros((packages, years), dtype=bool)
    rows = np.flatnonzero(plan.chosen >= 0)
    taken[rows, plan.chosen[rows]] = True
    limits = limits_of(problem)
    faults = []
    for limit in limits:
        used = float(limit.weight[taken].sum())
        if used > limit.most + TOLERANCE * max(1.0, abs(limit.most)):
            faults.append(f"{limit.kind} {limit.year}: {used:.6f} > {limit.most:.6f}")
    objective = float(problem.benefit_mkzt[taken].sum())
    if abs(objective - plan.objective_mkzt) > TOLERANCE * max(1.0, objective):
        faults.append(f"objective {plan.objective_mkzt} is {objective}")
    if plan.bound_mkzt < objective - TOLERANCE * max(1.0, objective):
        faults.append(f"bound {plan.bound_mkzt} below the plan's own {objective}")
    if (plan.prices < 0).any():
        faults.append("a price is negative")
    elif plan.bound_mkzt > price_bound(problem, limits, plan.prices) * (1 + TOLERANCE) + TOLERANCE:
        faults.append("the prices do not prove the bound")
    return faults
