"""Which package is renewed in which year: an exact small plan, its checker, and the seam.

`Problem` in, `Plan` out. `solve_exactly` (HiGHS) serves one utility's packages, a few thousand at
most. The seam for the national plan is this pair of dataclasses: another solver takes a `Problem`
and returns a `Plan` whose `prices` prove its bound, and `check_plan` judges both alike without
knowing which solver made them.
"""

from qaita.engine.plan.benefit import present_benefit
from qaita.engine.plan.check import check_plan, price_bound, reduced_profits
from qaita.engine.plan.clash import Clash, find_clashes
from qaita.engine.plan.exact import engine_version, solve_exactly
from qaita.engine.plan.problem import Limit, Plan, Problem, limits_of

__all__ = [
    "Clash",
    "Limit",
    "Plan",
    "Problem",
    "check_plan",
    "engine_version",
    "find_clashes",
    "limits_of",
    "present_benefit",
    "price_bound",
    "reduced_profits",
    "solve_exactly",
]
