"""Where the counting processes err: learnt at landmarks, by a ridge regression and by trees.

Both only correct the processes' forecast and are drawn to leaving it as it is, so that with few
failures nothing is learnt and nothing is lost. Totals stay the processes' business: they count,
the corrections rank.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from qaita.engine.wear.histories import Floats
from qaita.engine.wear.landmarks import Landmark, View

CORRECTION_SD = 0.03  # of the weight of a trait of variance one, before anything is seen
FARTHEST_SDS = 4.0  # a trait farther from the middle speaks as if it were this far
TREES, LEAVES, STEP = 100, 4, 0.04
FAILURES_A_LEAF = 50.0  # that must argue for a leaf's own rate, by the penalty on it
FEW_FAILURES = 60  # with fewer in the learning years trees only learn noise
LEAST = 1e-7


@dataclass(frozen=True)
class Correction:
    """A log-linear correction of the processes' forecast."""

    weights: Floats
    centre: Floats
    scale: Floats

    def factor(self, view: View) -> Floats:
        """Return by what to multiply each section's forecast; an unknown trait says nothing."""
        x = np.nan_to_num((view.columns - self.centre) / self.scale)
        return np.asarray(np.exp(np.clip(x, -FARTHEST_SDS, FARTHEST_SDS) @ self.weights))


def learn_correction(landmarks: list[Landmark]) -> Correction:
    """Learn weights of the traits from landmarks: Poisson regression with a normal prior about 0.

    The forecast enters as the offset with a free level, so that the likelihood is multinomial.
    """
    columns = np.concatenate([mark.view.columns for mark in landmarks])
    count = np.concatenate([mark.failures for mark in landmarks])
    mean = np.concatenate([_levelled(mark) for mark in landmarks])
    centre, scale = _moments(columns, mean)
    x = np.clip(np.nan_to_num((columns - centre) / scale), -FARTHEST_SDS, FARTHEST_SDS)

    def downhill(weights: Floats) -> tuple[float, Floats]:
        told = x @ weights
        expected = mean * np.exp(told)
        total = expected.sum()
        value = float(count.sum() * np.log(total) - count @ told)
        slope = count.sum() / total * (expected @ x) - count @ x
        away = weights / CORRECTION_SD
        return value + 0.5 * float(away @ away), slope + away / CORRECTION_SD

    found = minimize(downhill, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B")
    return Correction(np.asarray(found.x), centre, scale)


def learn_trees(
    landmarks: list[Landmark], correction: Correction, *, seed: int
) -> HistGradientBoostingRegressor | None:
    """Learn by Poisson boosting what the correction leaves; None with too few failures.

    The target is failures per failure expected, weighed by the expected: trees of constant one
    leave the forecast as it is.
    """
    count = np.concatenate([mark.failures for mark in landmarks])
    if count.sum() < FEW_FAILURES:
        return None
    corrected = [_levelled(mark, correction.factor(mark.view)) for mark in landmarks]
    mean = np.maximum(np.concatenate(corrected), LEAST)
    trees = HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=STEP,
        max_iter=TREES,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=max(30, int(FAILURES_A_LEAF * len(count) / count.sum() / 4.0)),
        l2_regularization=FAILURES_A_LEAF,
        early_stopping=False,
        random_state=seed,
    )
    columns = np.concatenate([mark.view.columns for mark in landmarks])
    columns[:, np.isnan(columns).all(0)] = 0.0  # a trait that nobody wrote down splits nothing
    with threadpool_limits(1):  # the same sums in the same order, and no waiting threads
        trees.fit(
            columns,
            count / mean,
            sample_weight=mean,
        )
    return trees


def trees_factor(trees: HistGradientBoostingRegressor, view: View) -> Floats:
    """Return by what the trees multiply the forecast of each section."""
    with threadpool_limits(1):
        return np.asarray(np.maximum(trees.predict(view.columns), 1e-3))


def _moments(columns: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return the mean and the spread of each column where it is known."""
    known = ~np.isnan(columns)
    filled = np.where(known, columns, 0.0)
    mass = np.maximum(weight @ known, LEAST)
    centre = (weight @ filled) / mass
    scale = np.sqrt((weight @ (known * (filled - centre) ** 2)) / mass)
    return centre, scale + 1e-6


def _levelled(mark: Landmark, factor: Floats | float = 1.0) -> Floats:
    """Return the forecast set to what came in all: a bad year is not the sections' doing."""
    mean = mark.view.mixed * mark.km_years * factor
    return np.asarray(mean * (max(float(mark.failures.sum()), 0.5) / mean.sum()))
