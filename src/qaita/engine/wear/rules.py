"""Plain rules by which sections are ranked where nobody models: what a model has to beat."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import isotonic_regression

from qaita.engine.wear.histories import (
    Floats,
    Histories,
    Ints,
    failures_between,
    known_by,
    laid_or_guessed,
)

Rule = Callable[[Histories], Floats]


def by_age(histories: Histories) -> Floats:
    """Rank the oldest first: age in years."""
    return np.asarray(histories.until_year - laid_or_guessed(histories))


def by_material(histories: Histories) -> Floats:
    """Rank by the past failures per km of the section's cohort."""
    failures, length = _past(histories), histories.length_km
    size = int(histories.cohort.max(initial=0)) + 1
    rate = np.bincount(histories.cohort, failures, size) / np.maximum(
        np.bincount(histories.cohort, length, size), 1e-9
    )
    return np.asarray(rate[histories.cohort])


def by_past(histories: Histories) -> Floats:
    """Rank by the section's own past failures per km."""
    return np.asarray(_past(histories) / histories.length_km)


def by_past_then_material(histories: Histories) -> Floats:
    """Rank by own past failures per km; among equals (most have none) by the cohort's rate."""
    own, cohort = by_past(histories), by_material(histories)
    order = np.lexsort((cohort, own))
    steps = (np.diff(own[order]) > 0) | (np.diff(cohort[order]) > 0)
    rank = np.empty(len(own))
    rank[order] = np.r_[0, np.cumsum(steps)]
    return rank


def _past(histories: Histories) -> Floats:
    return failures_between(histories, histories.from_year, histories.until_year)


RULES: dict[str, Rule] = {
    "age": by_age,
    "material": by_material,
    "past": by_past,
    "past_then_material": by_past_then_material,
}


def rule_forecast(rule: Rule, histories: Histories, years: float) -> tuple[Floats, Floats]:
    """Return a rule's score, and the failures it expects in the `years` after the records.

    A rule only ranks. Its ranks are given the rates that such ranks had: ten classes of length by
    score, each with its failures per km-year in the last `years` of the records, ranked as things
    stood before them, and made to rise with the score. Within a class the rates differ by less
    than anybody would see, so that they rank as the rule does.
    """
    score = rule(histories)
    since = max(histories.until_year - years, histories.from_year)
    before = known_by(histories, since) if since > histories.from_year else histories
    then = _classes(rule(before), histories.length_km)
    span = histories.until_year - since
    count = np.bincount(then, failures_between(histories, since, histories.until_year), CLASSES)
    length = np.bincount(then, histories.length_km, CLASSES)
    overall = count.sum() / length.sum()
    rate = (count + overall) / (length + 1.0) / span  # one km of the average shrinks thin classes
    rate = isotonic_regression(rate, weights=length + 1.0).x
    place = _places(score, histories.length_km)
    apart = 1.0 + HARDLY * (place - 0.5)
    now = _in_class(place)
    return score, np.asarray(rate[now] * apart * histories.length_km * years)


CLASSES, HARDLY = 10, 1e-4


def _places(score: Floats, length_km: Floats) -> Floats:
    """Return how much of the length has a lower score, 0…1; equal scores lie at their middle."""
    values, of = np.unique(score, return_inverse=True)
    mass = np.bincount(of, length_km, len(values))
    middle = (np.cumsum(mass) - mass / 2.0) / mass.sum()
    return np.asarray(middle[of])


def _in_class(place: Floats) -> Ints:
    return np.asarray(np.minimum((place * CLASSES).astype(np.int64), CLASSES - 1))


def _classes(score: Floats, length_km: Floats) -> Ints:
    """Return the tenth of length in which a score lies."""
    return _in_class(_places(score, length_km))
