"""How well a ranking of sections found the failures that came: catch curve, area, calibration."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from qaita.engine.wear.histories import Floats

SHARES = (0.01, 0.02, 0.05, 0.10, 0.20)
USUAL_UNREST, USUAL_YEARS = 0.03, 5  # of years; how many years' worth the usual unrest is
# of the level that is forecast for the years: what stays unknown, and what a year of records takes
LEVEL_UNREST, LEVEL_A_YEAR = 0.01, 0.12


@dataclass(frozen=True)
class Judgement:
    """Caught shares at `SHARES` of length, the area under the whole curve, and calibration.

    `expected` and `observed` are failures by tenth of length, the tenth ranked first in front.
    `coverage` is the share of years whose total lay in the 95 % interval; NaN without years.
    """

    caught: Floats  # (5,)
    area: float
    expected: Floats  # (10,)
    observed: Floats  # (10,)
    coverage: float


def catch_curve(score: Floats, length_km: Floats, failures: Floats) -> tuple[Floats, Floats]:
    """Return shares of length and of failures caught when sections go by falling score.

    Sections with the same score are taken together: between them the curve is straight, which is
    the mean over all orders. Both begin with 0; without failures the second is NaN.
    """
    order = np.argsort(-score, kind="stable")
    last = np.r_[np.diff(score[order]) != 0, True]
    length = np.cumsum(length_km[order])[last]
    found = np.cumsum(failures[order])[last]
    total = found[-1] if found[-1] > 0 else np.nan
    return np.r_[0.0, length / length[-1]], np.r_[0.0, found / total]


def caught_within(score: Floats, length_km: Floats, failures: Floats, share: float) -> float:
    """Return the share of failures on the first `share` of length."""
    x, y = catch_curve(score, length_km, failures)
    return float(np.interp(share, x, y))


def area_under(score: Floats, length_km: Floats, failures: Floats) -> float:
    """Return the area under the catch curve: 0.5 is chance."""
    x, y = catch_curve(score, length_km, failures)
    return float(np.trapezoid(y, x))


def judge(
    expected: Floats,
    length_km: Floats,
    failures: Floats,
    yearly: Floats | None = None,
    *,
    score: Floats | None = None,
    unrest: float = 0.0,
) -> Judgement:
    """Judge a forecast of failures per section (n,) by what happened (n,).

    `yearly` holds the totals of the years that were forecast; each is held against a negative
    binomial law with the mean of a year and variance mean + `unrest` × mean² (Poisson at 0).
    Sections are ranked by expected failures per km, or by `score`.
    """
    score = expected / length_km if score is None else score
    caught = np.array([caught_within(score, length_km, failures, share) for share in SHARES])
    tenth = _tenths(score, length_km)
    coverage = float("nan")
    if yearly is not None and len(yearly):
        low, high = interval_of_year(float(expected.sum()) / len(yearly), unrest)
        coverage = float(np.mean((yearly >= low) & (yearly <= high)))
    return Judgement(
        caught,
        area_under(score, length_km, failures),
        np.bincount(tenth, expected, 10).astype(np.float64),
        np.bincount(tenth, failures, 10).astype(np.float64),
        coverage,
    )


def interval_of_year(mean: float, unrest: float) -> tuple[float, float]:
    """Return the interval that holds 95 % of years of such a mean."""
    if unrest <= 0.0 or mean <= 0.0:
        low, high = stats.poisson.interval(0.95, max(mean, 0.0))
    else:
        size = 1.0 / unrest
        low, high = stats.nbinom.interval(0.95, size, size / (size + mean))
    return float(low), float(high)


def unrest_of(yearly: Floats) -> float:
    """Return how much more than by chance the totals of years vary, relative and squared.

    By moments about a straight line through the totals, drawn to what utilities usually have (a
    hard winter moves a year by a sixth) as if five more years were known. The level of years to
    come is itself known the less the fewer years were.
    """
    years = len(yearly)
    found = USUAL_UNREST
    if years > 2 and yearly.sum() > 0:
        line = np.polyval(np.polyfit(np.arange(years), yearly, 1), np.arange(years))
        line = np.maximum(line, 0.2 * yearly.mean())
        found = float(((yearly - line) ** 2 * years / (years - 2) - line).sum() / (line**2).sum())
    drawn = (years * found + USUAL_YEARS * USUAL_UNREST) / (years + USUAL_YEARS)
    return LEVEL_UNREST + LEVEL_A_YEAR / max(years, 3) + max(0.0, drawn)


def _tenths(score: Floats, length_km: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    order = np.argsort(-score, kind="stable")
    share = (np.cumsum(length_km[order]) - length_km[order] / 2) / length_km.sum()
    tenth = np.empty(len(score), np.int64)
    tenth[order] = np.minimum((share * 10).astype(np.int64), 9)
    return tenth
