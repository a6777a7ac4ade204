"""Annuities with a subsidised rate, and a household's share of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Debt:
    """Money of several sources, element by element.

    `amount_mkzt` million tenge; `rate_share` interest a year as 0…1; `subsidy_share` the part of
    that interest the State pays, in the same unit; `term_years` years of even payments.
    """

    amount_mkzt: Floats
    rate_share: Floats
    subsidy_share: Floats
    term_years: Floats


def yearly_payment_mkzt(amount_mkzt: Floats, rate_share: Floats, term_years: Floats) -> Floats:
    """Return the even yearly payment: amount x r / (1 - (1 + r)^-n), amount / n without interest.

    Source: the annuity formula of every textbook of finance (payments at the end of the year).
    """
    if (term_years <= 0).any() or (rate_share < 0).any():
        raise ValueError("terms must be positive and rates not negative")
    free = rate_share < 1e-12
    rate = np.where(free, 1.0, rate_share)
    factor = np.where(free, 1.0 / term_years, rate / -np.expm1(-term_years * np.log1p(rate)))
    return np.asarray(amount_mkzt * factor)


def yearly_cost_mkzt(debt: Debt) -> Floats:
    """Return what each source costs the tariff a year: interest less the State's part of it."""
    paid = np.maximum(debt.rate_share - debt.subsidy_share, 0.0)
    return yearly_payment_mkzt(debt.amount_mkzt, paid, debt.term_years)


def bill_rise_kzt(yearly_mkzt: float, household_share: float, households: int) -> float:
    """Return the rise of one household's monthly bill in tenge."""
    if households <= 0:
        raise ValueError("a rise per household needs households")
    return yearly_mkzt * 1e6 * household_share / households / 12.0
