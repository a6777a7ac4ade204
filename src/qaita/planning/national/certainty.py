"""How sure the country's plan is, when failures are drawn from what is known of them.

Each draw multiplies what a package avoids by a gamma factor of mean one, as unsure as the forecasts
of its sections. The rival renews the oldest first, within the same caps.
"""

import numpy as np

from qaita.engine.plan.national.pricing import tables_of
from qaita.engine.plan.national.robust import oldest_first, sureness
from qaita.planning.national.given import Given
from qaita.planning.national.solving import Certainty, Solved

DRAWS = 200
SEED = 20_261_123
TAIL = 0.05


def certainty_of(given: Given, solved: Solved) -> Certainty | None:
    """Judge a plan at draws; None where there is no plan."""
    if len(solved.broken) or not given.problem.size:
        return None
    shape = given.failure_shape
    chance = np.random.default_rng(SEED)
    draws = (chance.standard_gamma(shape) / shape for _ in range(DRAWS))
    rival = oldest_first(given.problem, -given.laid_year)
    found = sureness(tables_of(given.problem), solved.prices, solved.option, rival, draws)
    low, high = np.quantile(found.worth_mkzt, [TAIL, 1 - TAIL]).tolist()
    share = found.included_share.astype(np.float64)
    return Certainty(share, DRAWS, found.beats_share, low, high)
