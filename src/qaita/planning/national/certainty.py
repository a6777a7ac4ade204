"""How sure the country's plan is, when failures are drawn from what is known of them.

Each draw multiplies what a package avoids by a gamma factor of mean one, as unsure as the forecasts
of its sections. The rival renews the oldest first, within the same caps.
"""

import numpy as np
import pyarrow.parquet as pq

from qaita.engine.plan.national.packs import National
from qaita.engine.plan.national.robust import oldest_first, sureness
from qaita.planning.national.country import Floats, Ints
from qaita.planning.national.given import Given
from qaita.planning.national.published import Published
from qaita.planning.national.solving import Certainty, Solved

DRAWS = 200
SEED = 20_261_123
TAIL = 0.05


def certainty_of(given: Given, solved: Solved) -> Certainty | None:
    """Judge a plan at draws; None where there is no plan."""
    if len(solved.broken) or not given.problem.size:
        return None
    risks = (given.failure_shape, given.laid_year)
    return _judged(given.problem, solved.prices, solved.option, risks)


def certainty_of_changed(plan: Published, option: Ints) -> Certainty | None:
    """Judge the plan that follows from another by hand, at the very draws that one was judged at.

    None where that one was not judged. At the same prices the same packages would be renewed, so
    what each draw would include stays as it was; the worth is that of the changed plan.
    """
    if not plan.facts.get("certainty"):
        return None
    columns = ["failure_shape", "laid_year"]
    tables = [
        pq.read_table(plan.folder / one["file"], columns=columns) for one in plan.facts["packs"]
    ]
    shape, laid = (np.concatenate([one[name].to_numpy() for one in tables]) for name in columns)
    return _judged(plan.problem, plan.prices, option, (shape, laid))


def _judged(
    problem: National, prices: Floats, option: Ints, risks: tuple[Floats, Floats]
) -> Certainty:
    """Draw failures of every package; `risks`: how unsure they are, and the year of laying."""
    shape, laid_year = risks
    chance = np.random.default_rng(SEED)
    draws = (chance.standard_gamma(shape) / shape for _ in range(DRAWS))
    rival = oldest_first(problem, -laid_year)
    found = sureness(problem, prices, option, rival, draws)
    low, high = np.quantile(found.worth_mkzt, [TAIL, 1 - TAIL]).tolist()
    share = found.included_share.astype(np.float64)
    return Certainty(share, DRAWS, found.beats_share, low, high)
