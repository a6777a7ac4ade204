"""Modelled wear of a section: the ageing curve, what inspections saw, what failures tell."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIN_SHARE = 1e-6


def modelled_wear(age_years: Floats, norm_life_years: Floats, shape: Floats) -> Floats:
    """Return modelled wear 0…1: the share of like sections whose life would have ended by now.

    wear(a) = 1 − 2^−(a / L)^k, a Weibull life (Weibull, J. Appl. Mech. 18, 1951) whose median is
    the norm life L, so that wear is one half on the day the norm life ends. k > 1 says that old
    sections age faster; it is a property of the cohort (material). Ages and lives in years; a NaN
    in either gives NaN; an age below 0 counts as 0.
    """
    ratio = np.maximum(age_years, 0.0) / norm_life_years
    return np.asarray(-np.expm1(-np.log(2.0) * ratio**shape))


def age_of_wear(wear_share: Floats, norm_life_years: Floats, shape: Floats) -> Floats:
    """Return the age in years at which the curve reaches a wear: the inverse of `modelled_wear`."""
    wear = np.clip(wear_share, 0.0, 1.0 - MIN_SHARE)
    return np.asarray(norm_life_years * (-np.log1p(-wear) / np.log(2.0)) ** (1.0 / shape))


def wear_after_inspection(
    seen_wear_share: Floats, since_years: Floats, norm_life_years: Floats, shape: Floats
) -> Floats:
    """Return wear today of sections that were inspected `since_years` ago.

    The inspection sets the age at which the curve has the seen wear; from there the section ages
    like its cohort. So an inspection of today is believed, and an old one fades by ageing only.
    """
    seen_at = age_of_wear(seen_wear_share, norm_life_years, shape)
    return modelled_wear(seen_at + np.maximum(since_years, 0.0), norm_life_years, shape)


def own_history(failures: Floats, expected_failures: Floats, prior_weight: float = 2.0) -> Floats:
    """Return how much faster or slower than its cohort a section fails.

    Posterior mean of a Poisson rate with a Gamma(prior_weight, prior_weight) factor:
    (prior_weight + failures) / (prior_weight + expected). No history gives 1. (The textbook
    Gamma-Poisson model, e.g. Gelman et al., Bayesian Data Analysis, §2.6.)
    """
    return np.asarray((prior_weight + failures) / (prior_weight + expected_failures))


def wear_with_history(wear_share: Floats, factor: Floats) -> Floats:
    """Return wear when the hazard is `factor` times the cohort's: 1 − (1 − wear)^factor."""
    return np.asarray(-np.expm1(factor * np.log1p(-np.clip(wear_share, 0.0, 1.0 - MIN_SHARE))))


def expected_failures(length_m: Floats, exposure_years: float, rate_per_km_year: Floats) -> Floats:
    """Return failures expected of each section: km × years × the rate of its cohort."""
    return np.asarray(length_m / 1000.0 * exposure_years * rate_per_km_year)
