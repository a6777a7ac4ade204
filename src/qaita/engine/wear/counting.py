"""Failures as a counting process: fitted, and what it expects of every section with its spread."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from qaita.engine.wear.histories import Floats, Histories
from qaita.engine.wear.processes import (
    AGE_YEARS,
    CELLS,
    LENGTH_KM,
    Design,
    Kind,
    design_of,
    further_mean,
    log_posterior,
    prior_sds,
    size_of,
)

FIRST_SHAPE, FIRST_K = 1.2, 3.0  # where the search begins
# how far it may go: of level, log shape, their departures, those of cells, exponents, log k
LEVELS, SHAPES, LOG_K = (-15.0, 6.0), (-1.6, 1.6), (-3.0, 6.0)
DEPARTS = (-3.0, 3.0), (-1.0, 1.0), (-1.5, 1.5)
EXPONENTS = (-1.5, 1.5)
PATIENCE = 300
MOST_SECTIONS = 20_000  # that the curvature is computed from
LEAST_CURVATURE = 1e-2


@dataclass(frozen=True)
class Fitted:
    """A fitted process: its parameters at the mode of the posterior (`processes.parts_of`)."""

    kind: Kind
    cohorts: int
    theta: Floats


def fit_process(
    histories: Histories, kind: Kind, cohorts: int, *, start: Floats | None = None
) -> Fitted:
    """Fit by maximum posterior; `cohorts` is their number, seen or not.

    `start` is where the search begins: the parameters of like histories save most of the steps.
    """
    design = design_of(histories, cohorts)

    def downhill(theta: Floats) -> tuple[float, Floats]:
        value, slope = log_posterior(theta, design, kind)
        return -value, -slope

    found = minimize(
        downhill,
        _beginning(histories, design) if start is None else start,
        jac=True,
        method="L-BFGS-B",
        bounds=_bounds(cohorts),
        options={"maxiter": PATIENCE, "maxcor": 20, "ftol": 1e-9},
    )
    return Fitted(kind, cohorts, np.asarray(found.x))


def _beginning(histories: Histories, design: Design) -> Floats:
    watched = np.maximum(design.old - design.young, 0.0) * AGE_YEARS * histories.length_km
    rate = (len(design.event_age) + 0.5) / max(float(watched.sum()), 1e-9)
    start = np.zeros(size_of(design.cohorts))
    start[0] = np.log(rate * AGE_YEARS * LENGTH_KM)
    start[1], start[-1] = np.log(FIRST_SHAPE), np.log(FIRST_K)
    return start


def _bounds(cohorts: int) -> list[tuple[float, float]]:
    level, shape, cell = ([pair] * cohorts for pair in DEPARTS)
    return [LEVELS, SHAPES, *level, *shape, *cell * CELLS, EXPONENTS, EXPONENTS, LOG_K]


def expected_between(fitted: Fitted, histories: Histories, years: float) -> Floats:
    """Return the failures expected of each section in the `years` after the records end: (n,)."""
    design = design_of(histories, fitted.cohorts)
    serves = histories.gone_year >= histories.until_year
    return serves * further_mean(
        fitted.theta, design, fitted.kind, _later(histories, design, years)
    )


def drawn_between(
    fitted: Fitted, histories: Histories, years: float, *, draws: int, seed: int
) -> Floats:
    """Return `draws` draws of the expected failures from the posterior: (draws, n).

    Parameters are drawn from their Laplace posterior and each section's factor from its gamma
    posterior, so that what is not known of either is in the spread.
    """
    return np.array(list(_draws(fitted, histories, years, draws, seed)))


def spread_between(
    fitted: Fitted, histories: Histories, years: float, *, draws: int, seed: int
) -> Floats:
    """Return the gamma shape (mean² / variance) of each section's expected failures: (n,).

    By moments of as many draws, one at a time: the memory is that of one.
    """
    total = square = np.zeros(len(histories.length_km))
    for row in _draws(fitted, histories, years, draws, seed):
        total, square = total + row, square + row**2
    mean = total / draws
    variance = np.maximum(square / draws - mean**2, 1e-6 * mean**2 + 1e-300)
    return np.clip(mean**2 / variance, 0.02, 1e4)


def _draws(
    fitted: Fitted, histories: Histories, years: float, draws: int, seed: int
) -> Iterator[Floats]:
    chance = np.random.default_rng(seed)
    design = design_of(histories, fitted.cohorts)
    later = _later(histories, design, years)
    serves = histories.gone_year >= histories.until_year
    covariance = covariance_of(fitted, histories)
    for theta in chance.multivariate_normal(fitted.theta, covariance, draws, method="eigh"):
        weight = np.exp(theta[-1]) + design.failures
        mean = further_mean(theta, design, fitted.kind, later)
        yield serves * mean * chance.gamma(weight) / weight


def covariance_of(fitted: Fitted, histories: Histories) -> Floats:
    """Return the inverse curvature of the posterior at its mode (Laplace's approximation).

    By central differences of the exact gradient; what nobody told of keeps its prior. Of very many
    sections every so-manieth speaks, and for the others: curvature is a sum over sections.
    """
    every = -(-len(histories.length_km) // MOST_SECTIONS)
    design = design_of(_thinned(histories, every), fitted.cohorts)
    prior = np.diag(prior_sds(fitted.cohorts) ** -2.0)
    step, size = 1e-4, len(fitted.theta)
    hessian = np.empty((size, size))
    for row in range(size):
        nudge = np.zeros(size)
        nudge[row] = step
        above = log_posterior(fitted.theta + nudge, design, fitted.kind)[1]
        below = log_posterior(fitted.theta - nudge, design, fitted.kind)[1]
        hessian[row] = (below - above) / (2.0 * step)
    hessian = every * (hessian - prior) + prior
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2.0)
    return np.asarray((vectors / np.maximum(values, LEAST_CURVATURE)) @ vectors.T)


def _thinned(histories: Histories, every: int) -> Histories:
    """Return every so-manieth section with its failures."""
    if every == 1:
        return histories
    kept = histories.event_section % every == 0
    return replace(
        histories,
        laid_year=histories.laid_year[::every],
        length_km=histories.length_km[::every],
        diameter_mm=histories.diameter_mm[::every],
        cohort=histories.cohort[::every],
        event_section=histories.event_section[kept] // every,
        event_year=histories.event_year[kept],
        gone_year=histories.gone_year[::every],
    )


def interval_of(
    fitted: Fitted, covariance: Floats, pick: Floats, *, sd: float = 1.96
) -> tuple[float, float, float]:
    """Return a linear combination `pick` of the parameters, and its interval."""
    middle = float(pick @ fitted.theta)
    half = sd * float(np.sqrt(pick @ covariance @ pick))
    return middle, middle - half, middle + half


def _later(histories: Histories, design: Design, years: float) -> Floats:
    """Return the age of each section `years` after the records end, in AGE_YEARS."""
    age = np.maximum(histories.until_year + years - design.laid, 0.0) / AGE_YEARS
    return np.maximum(age, design.old)
