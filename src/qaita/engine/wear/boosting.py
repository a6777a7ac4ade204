"""Failures learnt by trees: Poisson gradient boosting on what was known at past days.

Every section is shown as it was known at several past days (landmarks), with what it did in the
years after each: van Houwelingen, Scandinavian Journal of Statistics 34(1), 2007. The trees see
the counting process's own forecast among the features, so they learn where it errs; their total
is set to its total (the trees rank, the process counts).
"""

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from qaita.engine.wear.counting import expected_between, fit_process
from qaita.engine.wear.histories import (
    Floats,
    Histories,
    ages_watched,
    failures_between,
    in_service,
    known_by,
    laid_or_guessed,
)

LANDMARKS = 6
RECENT_YEARS = (1.0, 3.0, 8.0)
NEVER_YEARS = 99.0  # "years since the last failure" of a section without one
FEW_FAILURES = 30  # with fewer in the learning years trees only learn noise
MONOTONE = (0, 0, 0, 0, 1, 1, 1, 1, 1, 0)  # order of `features_of`: more failures, more to come


def features_of(histories: Histories, cohorts: int) -> Floats:
    """Return what trees see of each section on the last day of the records: (n, 10).

    Age (years, NaN where unknown), log length, log diameter, length-weighted rate of the cohort,
    failures per km-year of records (shrunk), the same for the last 1, 3 and 8 years, the counting
    process's forecast per km, and years since the last failure.
    """
    until, length = histories.until_year, histories.length_km
    young, old = ages_watched(histories)
    watched = np.maximum(old - young, 0.25)
    total = failures_between(histories, histories.from_year, until)
    exposure = np.bincount(histories.cohort, watched * length, cohorts)
    rate = (np.bincount(histories.cohort, total, cohorts) + 1.0) / (exposure + 10.0)
    shrunk = [(total + rate[histories.cohort]) / (watched * length + 1.0)]
    for years in RECENT_YEARS:
        recent = failures_between(histories, until - years, until)
        shrunk.append((recent + 0.5 * rate[histories.cohort]) / (years * length + 0.5))
    process = expected_between(fit_process(histories, "nhpp", cohorts), histories, 1.0) / length
    last = np.full(len(length), -np.inf)
    np.maximum.at(last, histories.event_section, histories.event_year)
    since = np.minimum(until - last, NEVER_YEARS)
    with np.errstate(divide="ignore"):
        wide = np.log(np.where(histories.diameter_mm > 0, histories.diameter_mm, np.nan))
    age = until - histories.laid_year
    return np.column_stack(
        [age, np.log(length), wide, rate[histories.cohort], *shrunk, np.log(process + 1e-9), since]
    )


def expected_by_trees(
    histories: Histories, cohorts: int, years: float, *, seed: int
) -> Floats | None:
    """Return the failures expected of each section in the `years` after the records: (n,).

    None where the records are too short or hold too few failures to learn from.
    """
    seen, happened, weights = _landmarks(histories, cohorts, years)
    if not seen or sum(float(count.sum()) for count in happened) < FEW_FAILURES:
        return None
    exposure = np.concatenate(weights)
    counts = np.concatenate(happened)
    trees = HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=0.06,
        max_iter=120,
        max_leaf_nodes=12,
        min_samples_leaf=max(20, len(counts) // 400),
        l2_regularization=2.0,
        monotonic_cst=list(MONOTONE),
        random_state=seed,
    )
    middle = float(np.average(exposure))
    trees.fit(np.concatenate(seen), counts / exposure, sample_weight=exposure / middle)
    alive = np.minimum(histories.until_year + years - laid_or_guessed(histories), years)
    serves = histories.gone_year >= histories.until_year
    span = np.maximum(alive, 0.0) * histories.length_km * serves
    raw = np.maximum(trees.predict(features_of(histories, cohorts)), 1e-9) * span
    process = expected_between(fit_process(histories, "nhpp", cohorts), histories, years)
    return np.asarray(raw * (process.sum() / raw.sum()))


def _landmarks(
    histories: Histories, cohorts: int, years: float
) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Return features, failures in the span after, and km-years of it, landmark by landmark."""
    span = min(years, 3.0, (histories.until_year - histories.from_year) / 3.0)
    room = histories.until_year - histories.from_year - 2.0 * span
    days = histories.until_year - span * (1.0 + np.arange(min(LANDMARKS, 1 + int(room // span))))
    seen, happened, weights = [], [], []
    for day in days:
        past = known_by(histories, float(day))
        there = in_service(past)
        seen.append(features_of(past, cohorts)[there])
        happened.append(failures_between(histories, float(day), float(day) + span)[there])
        weights.append(span * histories.length_km[there])
    return seen, happened, weights
