"""Failures as a counting process: a power law with gamma frailty, and Yule's linear extension.

Both are mixed Poisson processes, so one likelihood serves: the number of failures of a section
between two ages is Poisson with mean u·(m(b) − m(a)), u ~ Gamma(k, r), and u is integrated out.

- NHPP: m(t) = exp(η)·(t/50)^s, k = r: every section has its own frailty of mean 1
  (Kleiner and Rajani, Urban Water 3(3), 2001, for mains; Lawless, Technometrics 37(2), 1995).
- LEYP: m(t) = exp(α·exp(η)·(t/50)^s), k = 1/α, r = 1: every failure raises the intensity by α.
  Summing out what failed before the records began gives this form (Le Gat, Urban Water Journal
  11(2), 2014; Le Gat, Recurrent Event Modeling Based on the Yule Process, Wiley 2016).

η = cohort's level + (1 + γ)·log(length) + δ·log(diameter). Levels and shapes of cohorts are drawn
to a common mean by normal priors, so that a cohort with few failures speaks like the others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from qaita.engine.wear.histories import Floats, Histories, Ints, ages_watched, laid_or_guessed

Kind = Literal["nhpp", "leyp"]

AGE_YEARS = 50.0  # ages are counted in these, so that levels are rates at a middling age
LENGTH_KM = 0.1
DIAMETER_MM = 150.0
STEEPEST = 30.0  # α·Λ above this is no mains' history and overflows
# standard deviations of the priors: of a cohort's level and shape about the common ones, of the
# two exponents, of log k; wide against what utilities publish (rates within a factor of ten)
LEVEL_SD, SHAPE_SD, EXPONENT_SD, FRAILTY_SD = 1.0, 0.4, 1.0, 2.0


@dataclass(frozen=True)
class Design:
    """What the likelihood needs of histories, computed once."""

    cohort: Ints  # (n,)
    covariates: Floats  # (n, 2): log length and log diameter about their references
    young: Floats  # (n,) age at which watching began, in AGE_YEARS
    old: Floats  # (n,) age at which it ended
    event_section: Ints  # (m,)
    event_age: Floats  # (m,)
    failures: Floats  # (n,)


@dataclass(frozen=True)
class Fitted:
    """A fitted process.

    `theta` holds, in order: common level and shape, cohorts' departures of level and of shape,
    the exponents of length and diameter, log k (NHPP) or log 1/α (LEYP). `covariance` is the
    inverse curvature of the posterior at its mode (Laplace), same order.
    """

    kind: Kind
    cohorts: int
    theta: Floats
    covariance: Floats


def design_of(histories: Histories) -> Design:
    """Return the design of histories."""
    young, old = ages_watched(histories)
    laid = laid_or_guessed(histories)[histories.event_section]
    begun = young[histories.event_section]
    diameter = np.where(histories.diameter_mm > 0, histories.diameter_mm, np.nan)
    middle = np.nanmedian(diameter) if np.isfinite(diameter).any() else DIAMETER_MM
    wide = np.log(np.where(np.isnan(diameter), middle, diameter) / DIAMETER_MM)
    n = len(histories.length_km)
    return Design(
        histories.cohort,
        np.column_stack([np.log(histories.length_km / LENGTH_KM), wide]),
        young / AGE_YEARS,
        old / AGE_YEARS,
        histories.event_section,
        np.maximum(histories.event_year - laid, begun) / AGE_YEARS,
        np.bincount(histories.event_section, minlength=n).astype(np.float64),
    )


def fit_process(histories: Histories, kind: Kind, cohorts: int) -> Fitted:
    """Fit by maximum posterior; `cohorts` is their number, seen or not."""
    design = design_of(histories)
    watched = np.maximum(design.old - design.young, 0.0) * AGE_YEARS * histories.length_km
    rate = (len(design.event_age) + 0.5) / max(float(watched.sum()), 1e-9)
    start = np.zeros(2 * cohorts + 5)
    start[0] = np.log(rate * AGE_YEARS * LENGTH_KM)

    def downhill(theta: Floats) -> tuple[float, Floats]:
        value, slope = log_posterior(theta, design, kind, cohorts)
        return -value, -slope

    found = minimize(downhill, start, jac=True, method="L-BFGS-B", options={"maxiter": 400})
    theta = np.asarray(found.x)

    def slope(at: Floats) -> Floats:
        return downhill(at)[1]

    return Fitted(kind, cohorts, theta, _inverse_curvature(slope, theta))


def log_posterior(theta: Floats, design: Design, kind: Kind, cohorts: int) -> tuple[float, Floats]:
    """Return the log posterior density (without constants) and its gradient."""
    eta, shape, k = _parts(theta, design, cohorts)
    rate = k if kind == "nhpp" else 1.0
    law = _nhpp if kind == "nhpp" else _leyp
    mean, by_eta, by_shape, by_k, events = law(eta, shape, k, design)
    n = design.failures
    total = gammaln(k + n) - gammaln(k) + k * np.log(rate) - (k + n) * np.log(rate + mean)
    pull = -(k + n) / (rate + mean)
    grad_eta = pull * by_eta + np.bincount(design.event_section, events.by_eta, len(n))
    grad_shape = pull * by_shape + np.bincount(design.event_section, events.by_shape, len(n))
    own = digamma(k + n) - digamma(k) - np.log(rate + mean) + pull * by_k
    if kind == "nhpp":
        own = own + np.log(rate) + 1.0 + pull
    grad_k = k * (float(own.sum()) + events.by_k)
    value = float(total.sum()) + float(events.log.sum())
    slope = _gather(grad_eta, grad_shape, grad_k, design, cohorts)
    sds = _prior_sds(cohorts)
    away = theta / sds
    return value - 0.5 * float(away @ away), slope - away / sds


def expected_between(fitted: Fitted, histories: Histories, years: float) -> Floats:
    """Return the failures expected of each section in the `years` after the records end: (n,).

    The mean of the posterior given the section's own history: (k + n) / (r + m) × the further
    mean of the process.
    """
    return _expected(fitted.theta, fitted, design_of(histories), histories, years)


def drawn_between(
    fitted: Fitted, histories: Histories, years: float, *, draws: int, seed: int
) -> Floats:
    """Return `draws` draws of the expected failures from the posterior: (draws, n).

    Parameters are drawn from their Laplace posterior and each section's factor from its gamma
    posterior, so that what is not known of either is in the spread.
    """
    chance = np.random.default_rng(seed)
    design = design_of(histories)
    thetas = chance.multivariate_normal(fitted.theta, fitted.covariance, draws, method="eigh")
    rows = []
    for theta in thetas:
        mean = _expected(theta, fitted, design, histories, years)
        k = float(np.exp(theta[-1]))
        weight = k + design.failures
        rows.append(mean * chance.gamma(weight) / weight)
    return np.array(rows)


def shape_interval(fitted: Fitted, cohort: int, *, sd: float = 1.96) -> tuple[float, float, float]:
    """Return the exponent of age of a cohort and its interval."""
    pick = np.zeros_like(fitted.theta)
    pick[1] = pick[2 + fitted.cohorts + cohort] = 1.0
    middle = float(pick @ fitted.theta)
    half = sd * float(np.sqrt(pick @ fitted.covariance @ pick))
    return float(np.exp(middle)), float(np.exp(middle - half)), float(np.exp(middle + half))


# ------------------------------------------------------------------ the two mean functions


@dataclass(frozen=True)
class _Events:
    """The log intensities of the failures and their slopes."""

    log: Floats
    by_eta: Floats
    by_shape: Floats
    by_k: float  # slope by k of the sum


_Law = tuple[Floats, Floats, Floats, Floats, _Events]


def _nhpp(eta: Floats, shape: Floats, _: float, design: Design) -> _Law:
    mean, by_shape = _power_between(eta, shape, design.young, design.old)
    at = design.event_section
    age = np.log(design.event_age)
    log = eta[at] + np.log(shape[at]) + (shape[at] - 1.0) * age
    events = _Events(log, np.ones(len(at)), 1.0 + shape[at] * age, 0.0)
    return mean, mean, by_shape, np.zeros_like(mean), events


def _leyp(eta: Floats, shape: Floats, k: float, design: Design) -> _Law:
    alpha = 1.0 / k
    young, young_shape = _power(eta, shape, design.young)
    old, old_shape = _power(eta, shape, design.old)
    grown_young = np.exp(np.minimum(alpha * young, STEEPEST))
    grown_old = np.exp(np.minimum(alpha * old, STEEPEST))
    mean = grown_old - grown_young
    by_eta = alpha * (grown_old * old - grown_young * young)
    by_shape = alpha * (grown_old * old_shape - grown_young * young_shape)
    at = design.event_section
    power, power_shape = _power(eta[at], shape[at], design.event_age)
    age = np.log(design.event_age)
    log = np.log(alpha) + eta[at] + np.log(shape[at]) + (shape[at] - 1.0) * age + alpha * power
    by_k = -float((1.0 + alpha * power).sum()) / k
    events = _Events(log, 1.0 + alpha * power, 1.0 + shape[at] * age + alpha * power_shape, by_k)
    return mean, by_eta, by_shape, -by_eta / k, events


def _power(eta: Floats, shape: Floats, age: Floats) -> tuple[Floats, Floats]:
    """Return Λ(age) = exp(η)·age^s and its slope by log s."""
    value = np.exp(np.minimum(eta + shape * np.log(age), STEEPEST))
    return value, value * shape * np.log(age)


def _power_between(eta: Floats, shape: Floats, young: Floats, old: Floats) -> tuple[Floats, Floats]:
    upper, upper_shape = _power(eta, shape, old)
    lower, lower_shape = _power(eta, shape, young)
    return upper - lower, upper_shape - lower_shape


# ------------------------------------------------------------------ the vector of parameters


def _parts(theta: Floats, design: Design, cohorts: int) -> tuple[Floats, Floats, float]:
    level = theta[0] + theta[2 : 2 + cohorts]
    shape = np.exp(theta[1] + theta[2 + cohorts : 2 + 2 * cohorts])
    exponents = np.array([1.0 + theta[-3], theta[-2]])
    eta: Floats = level[design.cohort] + design.covariates @ exponents
    return eta, shape[design.cohort], float(np.exp(theta[-1]))


def _gather(eta: Floats, shape: Floats, k: float, design: Design, cohorts: int) -> Floats:
    slope: Floats = np.concatenate(
        [
            [eta.sum(), shape.sum()],
            np.bincount(design.cohort, eta, cohorts),
            np.bincount(design.cohort, shape, cohorts),
            design.covariates.T @ eta,
            [k],
        ]
    )
    return slope


def _prior_sds(cohorts: int) -> Floats:
    free = 10.0  # the common level and shape: as good as no prior
    ends = [EXPONENT_SD, EXPONENT_SD, FRAILTY_SD]
    return np.asarray(
        np.r_[free, 1.0, np.full(cohorts, LEVEL_SD), np.full(cohorts, SHAPE_SD), ends]
    )


def _inverse_curvature(slope: Callable[[Floats], Floats], theta: Floats) -> Floats:
    """Return the inverse Hessian by central differences of the gradient, made positive."""
    step = 1e-4
    size = len(theta)
    hessian = np.empty((size, size))
    for row in range(size):
        nudge = np.zeros(size)
        nudge[row] = step
        hessian[row] = (slope(theta + nudge) - slope(theta - nudge)) / (2.0 * step)
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2.0)
    return np.asarray((vectors / np.maximum(values, 1e-3)) @ vectors.T)


def _expected(
    theta: Floats, fitted: Fitted, design: Design, histories: Histories, years: float
) -> Floats:
    eta, shape, k = _parts(theta, design, fitted.cohorts)
    laid = laid_or_guessed(histories)
    later = np.maximum(histories.until_year + years - laid, 0.0) / AGE_YEARS
    later = np.maximum(later, design.old)
    upper, _ = _power(eta, shape, later)
    middle, _ = _power(eta, shape, design.old)
    lower, _ = _power(eta, shape, design.young)
    rate = k
    if fitted.kind == "leyp":
        upper, middle, lower = (
            np.exp(np.minimum(value / k, STEEPEST)) for value in (upper, middle, lower)
        )
        rate = 1.0
    serves = histories.gone_year >= histories.until_year
    return np.asarray(serves * (k + design.failures) / (rate + middle - lower) * (upper - middle))
