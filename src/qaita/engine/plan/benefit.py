"""What renewing now saves: the present value of failures that do not happen."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def present_benefit(
    old_per_year: Floats,
    new_per_year: Floats,
    consequence_mkzt: Floats,
    *,
    growth_share: float,
    rates: tuple[float, float],
    years: tuple[int, int],
) -> Floats:
    """Return the benefit (packages, plan years) of renewing in each year of the plan.

    Sum over the horizon, from the year of renewal on, of (old failures - new failures) x cost of
    one failure, with prices rising by inflation and the sum discounted. The old pipe's failures
    grow by `growth_share` a year from today; the new one's from the year it was laid. A later
    renewal avoids fewer failures.

    `old_per_year`, `new_per_year`: failures per year of each package today and when new;
    `consequence_mkzt`: million tenge a failure; `rates`: (inflation, discount) as shares a year;
    `years`: (years in the plan, years of the horizon).
    """
    inflation, discount = rates
    plan_years, horizon_years = years
    when = np.arange(horizon_years)
    factor = ((1.0 + inflation) / (1.0 + discount)) ** when
    growth = (1.0 + growth_share) ** when
    benefit = np.empty((len(old_per_year), plan_years))
    for t in range(plan_years):
        later = when >= t
        old = old_per_year[:, None] * growth[None, :]
        new = new_per_year[:, None] * np.where(later, (1.0 + growth_share) ** (when - t), 0.0)
        saved = np.maximum(old - new, 0.0) * (factor * later)[None, :]
        benefit[:, t] = consequence_mkzt * saved.sum(axis=1)
    return benefit
