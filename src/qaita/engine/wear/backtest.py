"""Which model of failures is believed: the one that did best on years it had not seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qaita.engine.wear.boosting import expected_by_trees
from qaita.engine.wear.counting import expected_between, fit_process
from qaita.engine.wear.histories import (
    Floats,
    Histories,
    failures_between,
    in_service,
    known_by,
)
from qaita.engine.wear.judging import Judgement, judge
from qaita.engine.wear.rules import RULES, rule_forecast

Forecaster = Callable[[Histories, float], "Floats | None"]
DECIDING_SHARE = 0.10  # the length that the choice looks at, beside the area
FEW_FAILURES = 20  # a back-test on fewer says nothing


@dataclass(frozen=True)
class Entry:
    """A line of the leaderboard."""

    name: str
    judgement: Judgement
    is_model: bool

    @property
    def merit(self) -> float:
        """What the choice is made by: caught at a tenth of length, and the area."""
        return float(self.judgement.caught[3] + self.judgement.area)


def forecasts(histories: Histories, years: float, *, seed: int) -> dict[str, Floats]:
    """Return every model's failures expected per section in the `years` after the records."""
    cohorts = int(histories.cohort.max(initial=0)) + 1
    found: dict[str, Floats] = {}
    for kind in ("nhpp", "leyp"):
        fitted = fit_process(histories, kind, cohorts)
        found[kind] = expected_between(fitted, histories, years)
    trees = expected_by_trees(histories, cohorts, years, seed=seed)
    if trees is not None:
        found["trees"] = trees
        found["blend"] = _blend([found["nhpp"], found["leyp"], trees])
    return found


def leaderboard(histories: Histories, since: float, *, seed: int) -> list[Entry]:
    """Return models and plain rules, best first, fit to what was known at `since`.

    They are judged on the failures from then to the end of the records.
    """
    past = known_by(histories, since)
    years = histories.until_year - since
    there = in_service(past)
    happened = failures_between(histories, since, histories.until_year)
    whole = [float(happened_in) for happened_in in _yearly(histories, since)]
    entries = []
    models = forecasts(past, years, seed=seed)
    rules = {name: rule_forecast(rule, past, years) for name, rule in RULES.items()}
    for name, expected in [*models.items(), *rules.items()]:
        score = expected[there]
        entries.append(
            Entry(
                name,
                judge(score, histories.length_km[there], happened[there], np.array(whole)),
                name in models,
            )
        )
    return sorted(entries, key=lambda entry: (-entry.merit, entry.name))


def best_model(histories: Histories, years: float, *, seed: int) -> tuple[str, list[Entry]]:
    """Return the model that did best on the last `years` of the records, and the leaderboard.

    With fewer than `FEW_FAILURES` to judge by, the counting process, which needs the least.
    """
    since = histories.until_year - years
    if since <= histories.from_year:
        return "nhpp", []
    judged_by = failures_between(histories, since, histories.until_year).sum()
    if judged_by < FEW_FAILURES:
        return "nhpp", []
    entries = leaderboard(histories, since, seed=seed)
    return next(entry.name for entry in entries if entry.is_model), entries


def _blend(rates: Sequence[Floats]) -> Floats:
    """Return the geometric mean, set to the first one's total."""
    mean = np.exp(np.mean(np.log(np.maximum(np.array(rates), 1e-12)), axis=0))
    return np.asarray(mean * (rates[0].sum() / mean.sum()))


def _yearly(histories: Histories, since: float) -> list[float]:
    starts = np.arange(since, histories.until_year - 0.999, 1.0)
    return [float(failures_between(histories, s, s + 1.0).sum()) for s in starts]
