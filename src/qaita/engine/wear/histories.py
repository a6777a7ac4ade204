"""What is known of sections and of their failures while records were kept."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

YOUNGEST_YEARS = 1 / 12  # a power law has no rate at age 0: nothing fails younger than a month


@dataclass(frozen=True)
class Histories:
    """n sections and m failures, all known within the half-open span of the records.

    Years are decimal (2019.5 is the middle of 2019). A laying year or a diameter may be NaN; what
    is gone by the end of the records expects no failures.
    `cohort` numbers what ages alike (service × material) from 0. Records begin at `from_year`,
    usually decades after the first section was laid, and end at `until_year`.
    """

    laid_year: Floats  # (n,)
    length_km: Floats  # (n,), above 0
    diameter_mm: Floats  # (n,)
    cohort: Ints  # (n,)
    event_section: Ints  # (m,), row of the section
    event_year: Floats  # (m,)
    from_year: float
    until_year: float
    gone_year: Floats  # (n,), taken out of service; infinite where it still serves

    def __post_init__(self) -> None:
        """Refuse what cannot be a history."""
        if not (self.length_km > 0).all():
            raise ValueError("every length must be above 0")
        if not self.from_year < self.until_year:
            raise ValueError("the records must span some time")
        outside = (self.event_year < self.from_year) | (self.event_year >= self.until_year)
        if outside.any():
            raise ValueError("every failure must lie within the records")


def known_by(histories: Histories, year: float) -> Histories:
    """Return the same sections as they were known at an instant: later failures are forgotten.

    Sections laid later keep their row (and have no exposure), so that rows stay comparable.
    """
    seen = histories.event_year < year
    return replace(
        histories,
        event_section=histories.event_section[seen],
        event_year=histories.event_year[seen],
        until_year=min(year, histories.until_year),
        gone_year=np.where(histories.gone_year < year, histories.gone_year, np.inf),
    )


def failures_between(histories: Histories, since: float, until: float) -> Floats:
    """Return how often each section failed in [since, until): (n,)."""
    inside = (histories.event_year >= since) & (histories.event_year < until)
    rows = histories.event_section[inside]
    return np.bincount(rows, minlength=len(histories.length_km)).astype(np.float64)


def in_service(histories: Histories) -> Flags:
    """Return which sections were laid and still serve when the records end: (n,)."""
    return np.asarray(
        (laid_or_guessed(histories) < histories.until_year)
        & (histories.gone_year >= histories.until_year)
    )


def laid_or_guessed(histories: Histories) -> Floats:
    """Return laying years with the unknown ones set to their cohort's mean by length.

    Sections laid after the end of the records do not speak for the others.
    """
    known = ~np.isnan(histories.laid_year)
    told = known & (histories.laid_year < histories.until_year)
    size = int(histories.cohort.max(initial=0)) + 1
    weight = np.bincount(histories.cohort[told], histories.length_km[told], size)
    moment = np.where(told, np.nan_to_num(histories.laid_year) * histories.length_km, 0.0)
    total = np.bincount(histories.cohort, moment, size)
    overall = total.sum() / weight.sum() if weight.sum() > 0 else histories.from_year
    mean = np.divide(total, weight, out=np.full(size, overall), where=weight > 0)
    return np.where(known, histories.laid_year, mean[histories.cohort])


def ages_watched(histories: Histories) -> tuple[Floats, Floats]:
    """Return the ages (years) between which each section was watched: (n,) and (n,).

    Histories are left-truncated: what failed before the records began is not known. A section
    laid after the end was not watched: both ages are the same.
    """
    laid = laid_or_guessed(histories)
    start = np.maximum(laid, histories.from_year)
    end = np.maximum(start, np.minimum(histories.until_year, histories.gone_year))
    return np.maximum(start - laid, YOUNGEST_YEARS), np.maximum(end - laid, YOUNGEST_YEARS)
