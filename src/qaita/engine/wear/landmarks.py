"""Sections as they were known at past days, with what they did in the years after each.

Learning from landmarks: van Houwelingen, Scandinavian Journal of Statistics 34(1), 2007. Forecasts
of the counting processes at a landmark know nothing of what came after it, so that what is learnt
of their errors there holds for the years to come.
"""

from dataclasses import dataclass

import numpy as np

from qaita.engine.wear.counting import Fitted, expected_between, fit_process
from qaita.engine.wear.histories import (
    Floats,
    Histories,
    ages_watched,
    failures_between,
    in_service,
    known_by,
)

LANDMARKS = 6
SPAN_YEARS = 3.0
RECENT_YEARS = (1.0, 3.0, 8.0)
NEVER_YEARS = 99.0  # "years since the last failure" of a section without one
LEAST = 1e-9


@dataclass(frozen=True)
class Processes:
    """Both counting processes fitted to the same histories."""

    nhpp: Fitted
    leyp: Fitted


@dataclass(frozen=True)
class View:
    """n sections as known at one day.

    `mixed` is the geometric mean of both processes' forecasts per km and year, set to the first
    one's total; `columns` are what the corrections learn from: (n, 12), see `view_of`.
    """

    mixed: Floats  # (n,)
    columns: Floats


@dataclass(frozen=True)
class Landmark:
    """A view of sections in service and what came: failures in so many km-years."""

    view: View
    failures: Floats
    km_years: Floats


def fit_processes(histories: Histories, cohorts: int, like: Processes | None = None) -> Processes:
    """Fit both processes; beginning at what was fitted to like histories saves time."""
    begin = (like.nhpp.theta, like.leyp.theta) if like else (None, None)
    nhpp = fit_process(histories, "nhpp", cohorts, start=begin[0])
    return Processes(nhpp, fit_process(histories, "leyp", cohorts, start=begin[1]))


def mixed_between(fitted: Processes, histories: Histories, years: float) -> Floats:
    """Return the geometric mean of both forecasts, set to the first one's total: (n,)."""
    first = expected_between(fitted.nhpp, histories, years)
    mean = np.sqrt(first * expected_between(fitted.leyp, histories, years))
    return np.asarray(mean * (first.sum() / max(float(mean.sum()), LEAST)))


def view_of(histories: Histories, fitted: Processes) -> View:
    """Return the sections as known on the last day of the records.

    Columns: log of the mixed forecast, by how much (log) the first process lies above the second,
    age (years, NaN unknown), log length, log diameter (NaN unknown), years since the last
    failure, failures less the expected in the last 1, 3 and 8 years and in all (log ratios,
    shrunk), log of failures per km-year of the cohort, and of the section itself (shrunk).
    """
    until, length = histories.until_year, histories.length_km
    nhpp = expected_between(fitted.nhpp, histories, 1.0) + LEAST
    leyp = expected_between(fitted.leyp, histories, 1.0) + LEAST
    mixed = np.sqrt(nhpp * leyp)
    young, old = ages_watched(histories)
    watched = np.maximum(old - young, 0.25)
    total = failures_between(histories, histories.from_year, until)
    cohorts = int(histories.cohort.max(initial=0)) + 1
    exposure = np.bincount(histories.cohort, watched * length, cohorts)
    rate = (np.bincount(histories.cohort, total, cohorts) + 1.0) / (exposure + 10.0)
    own = rate[histories.cohort]
    news = [
        np.log((failures_between(histories, until - back, until) + 0.5) / (mixed * span + 0.5))
        for back in RECENT_YEARS
        for span in [np.minimum(back, watched)]
    ]
    news.append(np.log((total + 0.5) / (own * watched * length + 0.5)))
    with np.errstate(divide="ignore"):
        wide = np.log(np.where(histories.diameter_mm > 0, histories.diameter_mm, np.nan))
    shrunk = np.log((total + own) / (watched * length + 1.0))
    per_km = mixed * (nhpp.sum() / mixed.sum()) / length
    traits = [until - histories.laid_year, np.log(length), wide, _quiet_years(histories), *news]
    lean = np.log(nhpp / leyp)
    return View(per_km, np.column_stack([np.log(per_km), lean, *traits, np.log(own), shrunk]))


def landmarks_of(histories: Histories, cohorts: int, last: Processes) -> list[Landmark]:
    """Return past views with what came after each, the latest first; few where records are short.

    A view needs as many years of records before it as are judged after it.
    """
    whole = histories.until_year - histories.from_year
    span = min(SPAN_YEARS, whole / 3.0)
    count = min(LANDMARKS, 1 + int((whole - 2.0 * span) // span + 1e-9))
    found, fitted = [], last
    for day in histories.until_year - span * (1.0 + np.arange(count)):
        past = known_by(histories, float(day))
        there = in_service(past)
        if not len(past.event_year) or not there.any():
            break
        fitted = fit_processes(past, cohorts, fitted)
        view = view_of(past, fitted)
        happened = failures_between(histories, float(day), float(day) + span)
        kept = View(view.mixed[there], view.columns[there])
        found.append(Landmark(kept, happened[there], span * histories.length_km[there]))
    return found


def _quiet_years(histories: Histories) -> Floats:
    last = np.full(len(histories.length_km), -np.inf)
    np.maximum.at(last, histories.event_section, histories.event_year)
    return np.minimum(histories.until_year - last, NEVER_YEARS)
