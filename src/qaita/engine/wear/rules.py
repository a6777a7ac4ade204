"""Plain rules by which sections are ranked where nobody models: what a model has to beat."""

from collections.abc import Callable

import numpy as np

from qaita.engine.wear.histories import (
    Floats,
    Histories,
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


def rule_forecast(rule: Rule, histories: Histories, years: float) -> Floats:
    """Return the failures a rule expects of each section in the `years` after the records: (n,).

    A rule only ranks. Its score is given the rate that sections of that score had: the ten
    classes of equal length by score, each with its failures per km-year in the last `years` of
    the records, judged as it stood before them.
    """
    since = max(histories.until_year - years, histories.from_year)
    before = known_by(histories, since) if since > histories.from_year else histories
    edges, rates = _class_rates(rule(before), histories, since)
    return np.asarray(rates[np.searchsorted(edges, rule(histories))] * histories.length_km * years)


def _class_rates(score: Floats, histories: Histories, since: float) -> tuple[Floats, Floats]:
    order = np.argsort(score, kind="stable")
    share = np.cumsum(histories.length_km[order]) / histories.length_km.sum()
    edges = np.unique(score[order][np.searchsorted(share, np.arange(0.1, 0.95, 0.1))])
    of = np.searchsorted(edges, score)
    span = histories.until_year - since
    count = np.bincount(
        of, failures_between(histories, since, histories.until_year), len(edges) + 1
    )
    length = np.bincount(of, histories.length_km, len(edges) + 1)
    overall = count.sum() / length.sum()
    rate = (count + overall) / (length + 1.0) / span  # one km of the average shrinks thin classes
    return edges, np.asarray(rate)
