"""The two counting processes of failures: their likelihoods with exact slopes.

Both are mixed Poisson processes, so one likelihood serves: the number of failures of a section
between two ages is Poisson with mean u·(m(b) − m(a)), u ~ Gamma(k, r), and u is integrated out.

- NHPP: m(t) = exp(η)·(t/50)^s, k = r: every section has its own frailty of mean 1
  (Kleiner and Rajani, Urban Water 3(3), 2001, for mains; Lawless, Technometrics 37(2), 1995).
- LEYP: m(t) = exp(α·exp(η)·(t/50)^s), k = 1/α, r = 1: every failure raises the intensity by α.
  Summing out what failed before the records began gives this form (Le Gat, Urban Water Journal
  11(2), 2014; Le Gat, Recurrent Event Modeling Based on the Yule Process, Wiley 2016).

η = cohort's level + (1 + γ)·log(length) + δ·log(diameter) + the level of the section's vintage
(cohort and decade of laying) + that of its size (cohort and class of diameter). Levels and shapes
of cohorts and the levels of vintages and sizes are drawn to a common mean by normal priors, so
that what had few failures speaks like the others.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import digamma, gammaln

from qaita.engine.wear.histories import Floats, Histories, Ints, ages_watched, laid_or_guessed

Kind = Literal["nhpp", "leyp"]

AGE_YEARS = 50.0  # ages are counted in these, so that levels are rates at a middling age
LENGTH_KM = 0.1
DIAMETER_MM = 150.0
LEAST = 1e-12
STEEPEST = 30.0  # the logarithm of a mean above this is no section's history and overflows
FIRST_DECADE, DECADES = 185, 19  # vintages: before 1860, …, from 2030, and unknown
SIZES_MM = (0.0, 90.0, 130.0, 180.0, 260.0, 450.0)  # classes of diameter; below the first unknown
CELLS = DECADES + len(SIZES_MM) + 1  # vintages and sizes of one cohort
# standard deviations of the priors: of a cohort's level and shape about the common ones, of a
# vintage's or size's level, of the two exponents, of log k; wide against what utilities publish
# (rates within a factor of ten)
LEVEL_SD, SHAPE_SD, CELL_SD, EXPONENT_SD, FRAILTY_SD = 1.0, 0.4, 0.3, 0.5, 2.0


@dataclass(frozen=True)
class Design:
    """What the likelihood needs of histories, computed once."""

    cohorts: int
    cohort: Ints  # (n,)
    cells: Ints  # (n, 2): vintage and size of the section, numbered together
    covariates: Floats  # (n, 2): log length and log diameter about their references
    young: Floats  # (n,) age at which watching began, in AGE_YEARS
    old: Floats  # (n,) age at which it ended
    laid: Floats  # (n,) decimal year
    event_section: Ints  # (m,)
    event_age: Floats  # (m,)
    failures: Floats  # (n,)


def design_of(histories: Histories, cohorts: int) -> Design:
    """Return the design of histories; `cohorts` is the number of cohorts, seen or not."""
    young, old = ages_watched(histories)
    laid = laid_or_guessed(histories)
    diameter = np.where(histories.diameter_mm > 0, histories.diameter_mm, np.nan)
    middle = np.nanmedian(diameter) if np.isfinite(diameter).any() else DIAMETER_MM
    wide = np.log(np.where(np.isnan(diameter), middle, diameter) / DIAMETER_MM)
    at = histories.event_section
    return Design(
        cohorts,
        histories.cohort,
        _cells(histories, cohorts),
        np.column_stack([np.log(histories.length_km / LENGTH_KM), wide]),
        young / AGE_YEARS,
        old / AGE_YEARS,
        laid,
        at,
        np.maximum(histories.event_year - laid[at], young[at]) / AGE_YEARS,
        np.bincount(at, minlength=len(laid)).astype(np.float64),
    )


def _cells(histories: Histories, cohorts: int) -> Ints:
    decade = np.clip(histories.laid_year // 10 - FIRST_DECADE, 0, DECADES - 2)
    vintage = np.where(np.isnan(decade), DECADES - 1, decade).astype(np.int64)
    size = np.digitize(np.nan_to_num(histories.diameter_mm, nan=-1.0), SIZES_MM)
    first = histories.cohort * DECADES + vintage
    second = cohorts * DECADES + histories.cohort * (len(SIZES_MM) + 1) + size
    return np.column_stack([first, second])


# ------------------------------------------------------------------ the vector of parameters


def size_of(cohorts: int) -> int:
    """Return how many parameters there are."""
    return 5 + (2 + CELLS) * cohorts


def parts_of(theta: Floats, design: Design) -> tuple[Floats, Floats, float]:
    """Return η and the shape of every section, and k.

    `theta` holds, in order: common level and shape; cohorts' departures of level and of shape;
    those of vintages and sizes; the exponents of length (less one) and diameter; log k.
    """
    c = design.cohorts
    level = theta[0] + theta[2 : 2 + c]
    shape = np.exp(theta[1] + theta[2 + c : 2 + 2 * c])
    cells = theta[2 + 2 * c : -3]
    exponents = np.array([1.0 + theta[-3], theta[-2]])
    eta: Floats = level[design.cohort] + design.covariates @ exponents
    eta = eta + cells[design.cells[:, 0]] + cells[design.cells[:, 1]]
    return eta, shape[design.cohort], float(np.exp(theta[-1]))


def prior_sds(cohorts: int) -> Floats:
    """Return the standard deviations of the priors, in the order of the parameters."""
    free = 10.0  # the common level: as good as no prior
    levels = np.repeat([LEVEL_SD, SHAPE_SD, CELL_SD], np.array([1, 1, CELLS]) * cohorts)
    return np.asarray(np.r_[free, 1.0, levels, EXPONENT_SD, EXPONENT_SD, FRAILTY_SD])


def _gather(eta: Floats, shape: Floats, k: float, design: Design) -> Floats:
    c = design.cohorts
    cells = np.bincount(design.cells[:, 0], eta, c * CELLS)
    cells += np.bincount(design.cells[:, 1], eta, c * CELLS)
    levels, shapes = np.bincount(design.cohort, eta, c), np.bincount(design.cohort, shape, c)
    ends = design.covariates.T @ eta
    return np.asarray(np.r_[eta.sum(), shape.sum(), levels, shapes, cells, ends, k])


# ------------------------------------------------------------------ the likelihood


def log_posterior(theta: Floats, design: Design, kind: Kind) -> tuple[float, Floats]:
    """Return the log posterior density (without constants) and its gradient."""
    eta, shape, k = parts_of(theta, design)
    law = _nhpp if kind == "nhpp" else _leyp
    spent, events = law(eta, shape, k, design)
    n = design.failures
    total = gammaln(k + n) - gammaln(k) - (k + n) * spent.log
    own = digamma(k + n) - digamma(k) - spent.log - (k + n) * spent.by_k
    if kind == "nhpp":
        total, own = total + k * np.log(k), own + np.log(k) + 1.0
    at = design.event_section
    grad_eta = np.bincount(at, events.by_eta, len(n)) - (k + n) * spent.by_eta
    grad_shape = np.bincount(at, events.by_shape, len(n)) - (k + n) * spent.by_shape
    value = float(total.sum()) + float(events.log.sum())
    slope = _gather(grad_eta, grad_shape, k * (float(own.sum()) + events.by_k), design)
    sds = prior_sds(design.cohorts)
    away = theta / sds
    return value - 0.5 * float(away @ away), slope - away / sds


def further_mean(theta: Floats, design: Design, kind: Kind, later: Floats) -> Floats:
    """Return the failures expected of each section up to the age `later` (in AGE_YEARS).

    The mean of the posterior given the section's own history: (k + n) / (r + m) × the further
    mean of the process.
    """
    eta, shape, k = parts_of(theta, design)
    scaled = eta if kind == "nhpp" else eta - np.log(k)
    upper, middle, lower = (
        _power(scaled, shape, age)[0] for age in (later, design.old, design.young)
    )
    if kind == "nhpp":
        return np.asarray((k + design.failures) / (k + middle - lower) * (upper - middle))
    further = np.expm1(np.minimum(upper - middle, STEEPEST))
    return np.asarray(
        (k + design.failures) * further / (np.exp(-middle) - np.expm1(lower - middle))
    )


# ------------------------------------------------------------------ the two mean functions


@dataclass(frozen=True)
class _Spent:
    """log(r + m) over the years watched, and its slopes by η, log shape and k."""

    log: Floats
    by_eta: Floats
    by_shape: Floats
    by_k: Floats


@dataclass(frozen=True)
class _Events:
    """The log intensities of the failures and their slopes."""

    log: Floats
    by_eta: Floats
    by_shape: Floats
    by_k: float  # slope by k of the sum


def _nhpp(eta: Floats, shape: Floats, k: float, design: Design) -> tuple[_Spent, _Events]:
    upper, upper_shape = _power(eta, shape, design.old)
    lower, lower_shape = _power(eta, shape, design.young)
    whole = k + upper - lower
    spent = _Spent(
        np.log(whole),
        (upper - lower) / whole,
        (upper_shape - lower_shape) / whole,
        1.0 / whole,
    )
    at = design.event_section
    age = np.log(design.event_age)
    log = eta[at] + np.log(shape[at]) + (shape[at] - 1.0) * age
    return spent, _Events(log, np.ones(len(at)), 1.0 + shape[at] * age, 0.0)


def _leyp(eta: Floats, shape: Floats, k: float, design: Design) -> tuple[_Spent, _Events]:
    scaled = eta - np.log(k)  # log(α·exp(η))
    young, young_shape = _power(scaled, shape, design.young)
    old, old_shape = _power(scaled, shape, design.old)
    ratio = np.exp(young - old)  # of what had grown when watching began; all else would overflow
    whole = np.maximum(np.exp(-old) - np.expm1(young - old), LEAST)
    by_eta = (old - ratio * young) / whole
    by_shape = (old_shape - ratio * young_shape) / whole
    spent = _Spent(old + np.log(whole), by_eta, by_shape, -by_eta / k)
    at = design.event_section
    power, power_shape = _power(scaled[at], shape[at], design.event_age)
    age = np.log(design.event_age)
    log = scaled[at] + np.log(shape[at]) + (shape[at] - 1.0) * age + power
    by_k = -float((1.0 + power).sum()) / k
    return spent, _Events(log, 1.0 + power, 1.0 + shape[at] * age + power_shape, by_k)


def _power(eta: Floats, shape: Floats, age: Floats) -> tuple[Floats, Floats]:
    """Return Λ(age) = exp(η)·age^s and its slope by log s; linear where it would overflow."""
    power = eta + shape * np.log(age)
    value = np.exp(np.minimum(power, STEEPEST)) * (1.0 + np.maximum(power - STEEPEST, 0.0))
    return value, value * shape * np.log(age)
