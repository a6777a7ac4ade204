"""How sure the country's plan is, when failures are drawn from what is known of them.

Each draw multiplies what a package avoids by a gamma factor of mean one, as unsure as the forecasts
of its sections. The rival renews the oldest first, within the same caps.
"""

import numpy as np

from qaita.engine.plan.national.pricing import tables_of
from qaita.engine.plan.national.robust import oldest_first, sureness
from qaita.planning.national.assembling import Assembled
from qaita.planning.national.country import Floats
from qaita.planning.national.solving import Certainty, Solved

DRAWS = 200
SEED = 20_261_123
TAIL = 0.05


def certainty_of(asked: Assembled, solved: Solved) -> Certainty | None:
    """Judge a plan at draws; None where there is no plan."""
    if len(solved.broken) or not asked.problem.size:
        return None
    shape = _shapes(asked)
    chance = np.random.default_rng(SEED)
    draws = (chance.standard_gamma(shape) / shape for _ in range(DRAWS))
    rival = oldest_first(asked.problem, _ages(asked))
    found = sureness(tables_of(asked.problem), solved.prices, solved.option, rival, draws)
    low, high = np.quantile(found.worth_mkzt, [TAIL, 1 - TAIL]).tolist()
    share = found.included_share.astype(np.float64)
    return Certainty(share, DRAWS, found.beats_share, low, high)


def _shapes(asked: Assembled) -> Floats:
    """Return the gamma shape of each package: mean² over variance of its sections' failures."""
    rate, shape = asked.needs.old_per_year, asked.needs.shape
    sums = _summed(asked, np.stack([rate, rate**2 / shape], axis=1))
    return np.clip(sums[:, 0] ** 2 / np.maximum(sums[:, 1], 1e-300), 0.02, 1e4)


def _ages(asked: Assembled) -> Floats:
    """Return the mean age of each package by length, years."""
    length = asked.country.length_m
    sums = _summed(asked, np.stack([length * asked.country.age_years, length], axis=1))
    return np.asarray(sums[:, 0] / np.maximum(sums[:, 1], 1e-9))


def _summed(asked: Assembled, values: Floats) -> Floats:
    """Add up values of sections over every package of every pack."""
    own = asked.packages.sum_of(values)
    return np.concatenate([own[one.package].sum(1) for one in asked.packs])
