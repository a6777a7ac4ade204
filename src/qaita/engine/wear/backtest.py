"""Which model of failures is believed: the one that did best on years it had not seen.

The models, from the plainest: `nhpp` and `leyp`, the counting processes; `mixed`, their geometric
mean; `corrected`, that times what a ridge regression learnt of its errors; `trees`, that times what
boosted trees learnt; `blend`, corrected and trees as 2 to 1 (a geometric mean).
"""

from dataclasses import dataclass

import numpy as np

from qaita.engine.wear.correcting import learn_correction, learn_trees, trees_factor
from qaita.engine.wear.counting import expected_between
from qaita.engine.wear.histories import (
    Floats,
    Histories,
    failures_between,
    in_service,
    known_by,
)
from qaita.engine.wear.judging import Judgement, judge, unrest_of
from qaita.engine.wear.landmarks import (
    Processes,
    fit_processes,
    landmarks_of,
    mixed_between,
    view_of,
)
from qaita.engine.wear.rules import RULES, rule_forecast

DECIDING = 3  # place among the judged shares that the choice looks at, beside the area: a tenth
FEW_FAILURES = 20  # a back-test on fewer says nothing
USUAL, LEAN = "blend", "mixed"  # believed where no other did clearly better; with few failures
TREES_WEIGHT = 1.0 / 3.0
# × 1/√(failures judged by): about two standard errors of the difference of two merits. With less,
# what is chosen does worse on years to come than the blend, in worlds that judge nothing else.
CLEARLY = 0.6


@dataclass(frozen=True)
class Entry:
    """A line of the leaderboard."""

    name: str
    judgement: Judgement
    is_model: bool

    @property
    def merit(self) -> float:
        """What the choice is made by: caught at a tenth of length, and the area."""
        return float(self.judgement.caught[DECIDING] + self.judgement.area)


@dataclass(frozen=True)
class Forecasts:
    """What every model expects of each section in the `years` after the records, by its name."""

    years: float
    expected: dict[str, Floats]
    processes: Processes

    def of(self, name: str, past: Histories) -> Floats:
        """Return what a model, or a plain rule, expects; `past` is what this was made from."""
        if name in RULES:
            expected = rule_forecast(RULES[name], past, self.years)[1]
            return np.asarray(np.where(in_service(past), expected, 0.0))
        return self.expected[name]


def forecasts(histories: Histories, years: float, *, seed: int) -> Forecasts:
    """Return every model's failures expected per section in the `years` after the records.

    Where records are too short or too few to learn the processes' errors, the corrections leave
    the forecast as it is.
    """
    cohorts = int(histories.cohort.max(initial=0)) + 1
    fitted = fit_processes(histories, cohorts)
    mixed = mixed_between(fitted, histories, years)
    found = {
        "nhpp": expected_between(fitted.nhpp, histories, years),
        "leyp": expected_between(fitted.leyp, histories, years),
        "mixed": mixed,
    }
    factors = [np.ones_like(mixed), np.ones_like(mixed)]
    landmarks = landmarks_of(histories, cohorts, fitted)
    if landmarks:
        view = view_of(histories, fitted)
        correction = learn_correction(landmarks)
        trees = learn_trees(landmarks, correction, seed=seed)
        factors[0] = correction.factor(view)
        factors[1] = np.ones_like(mixed) if trees is None else trees_factor(trees, view)
    for name, weight in (("corrected", 0.0), ("trees", 1.0), ("blend", TREES_WEIGHT)):
        found[name] = _set_to(mixed * factors[0] * factors[1] ** weight, float(mixed.sum()))
    return Forecasts(years, found, fitted)


def leaderboard(made: Forecasts, past: Histories, happened: Floats, yearly: Floats) -> list[Entry]:
    """Return models and plain rules, best first, judged by the failures that came: (n,).

    `past` is what the forecasts were made from; `yearly` holds the totals of the years judged.
    """
    there = in_service(past)
    length, came = past.length_km[there], happened[there]
    unrest = unrest_of(yearly_totals(past, past.from_year))
    scale = len(yearly) / made.years if len(yearly) else 1.0
    entries = [
        Entry(
            name, judge(scale * expected[there], length, came, yearly, unrest=unrest), is_model=True
        )
        for name, expected in made.expected.items()
    ]
    for name, rule in RULES.items():
        score, expected = rule_forecast(rule, past, made.years)
        judged = judge(
            scale * expected[there], length, came, yearly, score=score[there], unrest=unrest
        )
        entries.append(Entry(name, judged, is_model=False))
    return sorted(entries, key=lambda entry: (-entry.merit, entry.name))


def looked_back(histories: Histories, years: float, *, seed: int) -> list[Entry]:
    """Return the leaderboard of the last `years` of the records, fit to what was known before.

    Empty where the records are too short or hold too few failures to judge by.
    """
    since = histories.until_year - years
    happened = failures_between(histories, since, histories.until_year)
    past = known_by(histories, since) if since > histories.from_year else None
    if past is None or happened.sum() < FEW_FAILURES or len(past.event_year) < FEW_FAILURES:
        return []
    made = forecasts(past, years, seed=seed)
    return leaderboard(made, past, happened, yearly_totals(histories, since))


def chosen(entries: list[Entry]) -> str:
    """Return the model, or the plain rule, to believe by a leaderboard.

    The blend, unless another did clearly better than chance would have it: a rule only where
    mains fail by a law that no model has. The mean of both processes, which needs the least, where
    nothing could be judged.
    """
    named = {entry.name: entry for entry in entries}
    if USUAL not in named:
        return LEAN
    best = max(entries, key=lambda entry: (entry.merit, entry.is_model, entry.name == USUAL))
    chance = CLEARLY / np.sqrt(max(float(best.judgement.observed.sum()), 1.0))
    return best.name if best.merit > named[USUAL].merit + chance else USUAL


def yearly_totals(histories: Histories, since: float) -> Floats:
    """Return the failures of each whole year from `since` to the end of the records."""
    starts = np.arange(since, histories.until_year - 0.999, 1.0)
    ends = np.minimum(starts + 1.0, histories.until_year)
    sums = [
        float(failures_between(histories, a, b).sum()) for a, b in zip(starts, ends, strict=True)
    ]
    return np.array(sums)


def _set_to(mean: Floats, total: float) -> Floats:
    return np.asarray(mean * (total / max(float(mean.sum()), 1e-12)))
