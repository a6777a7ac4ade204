"""Failure models: known truths are found again, forecasts know only the past, rules are beaten."""

from dataclasses import replace

import numpy as np
import pytest

from qaita.engine.wear.backtest import (
    USUAL,
    chosen,
    forecasts,
    leaderboard,
    looked_back,
    yearly_totals,
)
from qaita.engine.wear.counting import (
    covariance_of,
    drawn_between,
    expected_between,
    fit_process,
    interval_of,
)
from qaita.engine.wear.histories import Histories, failures_between, known_by
from qaita.engine.wear.judging import (
    area_under,
    caught_within,
    interval_of_year,
    judge,
    unrest_of,
)
from qaita.engine.wear.processes import CELLS, design_of, log_posterior, size_of
from qaita.engine.wear.rules import RULES
from tests.engine.worlds import World, histories_of, random_world

FROM, UNTIL = 2004.0, 2024.0


def lived(kind, *, n=3000, shape=1.6, k=0.8, gamma=0.8, seed=3) -> Histories:
    """Let sections fail by the very process, from laying on, and watch the last 20 years only."""
    chance = np.random.default_rng(seed)
    laid = chance.uniform(1960, 1970, n)  # one vintage: levels are then the cohorts' alone
    length = np.minimum(np.exp(chance.normal(-2.3, 0.8, n)), 0.8)
    cohort = chance.integers(0, 2, n)
    levels = np.array([0.2, 1.0] if kind == "nhpp" else [-1.6, -1.1])
    scale = np.exp(levels[cohort]) * (length / 0.1) ** gamma
    factor = chance.gamma(k, 1 / k, n)
    count, rows, years = np.zeros(n), [], []
    for year in range(1960, int(UNTIL)):
        ages = np.maximum(np.array([year - laid, year + 1 - laid]), 0) / 50
        step = np.diff(scale * ages**shape, axis=0)[0]
        if kind == "nhpp":
            new = chance.poisson(factor * step)
        else:
            new = chance.negative_binomial(k + count, np.exp(-step / k))
        count += new
        rows.append(np.repeat(np.arange(n), new))
        years.append(year + chance.random(int(new.sum())))
    row, when = np.concatenate(rows), np.concatenate(years)
    seen = when >= np.maximum(FROM, laid[row])
    gone = np.full(n, np.inf)
    kept = row[seen], when[seen]
    return Histories(laid, length, np.full(n, 150.0), cohort, *kept, FROM, UNTIL, gone)


@pytest.mark.parametrize("kind", ["nhpp", "leyp"])
def test_a_process_is_found_again_though_its_first_decades_were_not_watched(kind):
    histories = lived(kind)
    fitted = fit_process(histories, kind, 2)
    covariance = covariance_of(fitted, histories)
    truth = {"shape": np.log(1.6), "length": -0.2, "k": np.log(0.8)}
    picks = {name: np.zeros(len(fitted.theta)) for name in truth}
    picks["shape"][1] = picks["shape"][4] = 1.0  # the common one and the first cohort's
    picks["length"][-3] = picks["k"][-1] = 1.0
    for name, value in truth.items():
        middle, low, high = interval_of(fitted, covariance, picks[name], sd=2.6)
        assert low < value < high, (name, middle)
        assert high - low < 1.2, name


@pytest.mark.parametrize("kind", ["nhpp", "leyp"])
def test_the_slope_of_the_likelihood_is_exact(kind):
    design = design_of(histories_of(World(sections=300, materials=3), 1), 3)
    theta = np.random.default_rng(0).normal(0, 0.3, size_of(3))
    slope = log_posterior(theta, design, kind)[1]
    for place in (0, 1, 3, 6, 8, 8 + CELLS, -3, -2, -1):
        nudge = np.zeros(len(theta))
        nudge[place] = 1e-5
        above, below = (log_posterior(theta + s * nudge, design, kind)[0] for s in (1, -1))
        assert slope[place] == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-3)


def test_a_section_that_failed_often_expects_more_than_its_like_that_never_did():
    histories = lived("nhpp")
    twins = replace(
        histories,
        laid_year=np.r_[histories.laid_year, 1965.0, 1965.0],
        length_km=np.r_[histories.length_km, 0.1, 0.1],
        diameter_mm=np.r_[histories.diameter_mm, 150.0, 150.0],
        cohort=np.r_[histories.cohort, 1, 1],
        gone_year=np.full(len(histories.laid_year) + 2, np.inf),
        event_section=np.r_[histories.event_section, np.full(6, len(histories.laid_year))],
        event_year=np.r_[histories.event_year, np.linspace(2005, 2020, 6)],
    )
    fitted = fit_process(twins, "nhpp", 2)
    often, never = expected_between(fitted, twins, 3.0)[-2:]
    k = np.exp(fitted.theta[-1])
    assert often / never == pytest.approx((k + 6) / k, rel=1e-6)  # the gamma posterior's own ratio


def test_totals_of_the_years_to_come_lie_in_the_interval_of_the_draws():
    inside = 0
    for seed in range(6):
        histories = lived("nhpp", n=1200, seed=seed)
        past = known_by(histories, 2021.0)
        drawn = drawn_between(fit_process(past, "nhpp", 2), past, 3.0, draws=100, seed=1)
        totals = np.random.default_rng(seed).poisson(drawn.sum(1))
        low, high = np.quantile(totals, [0.025, 0.975])
        inside += low <= failures_between(histories, 2021.0, 2024.0).sum() <= high
    assert inside >= 5


def test_draws_come_back_the_same_and_spread_about_the_mean():
    histories = lived("nhpp", n=400)
    fitted = fit_process(histories, "nhpp", 2)
    drawn = drawn_between(fitted, histories, 1.0, draws=200, seed=9)
    assert drawn.shape == (200, 400)
    assert np.array_equal(drawn, drawn_between(fitted, histories, 1.0, draws=200, seed=9))
    assert drawn.mean() == pytest.approx(expected_between(fitted, histories, 1.0).mean(), rel=0.1)


def test_a_forecast_does_not_change_with_what_came_after():
    histories = histories_of(World(sections=900, failures=600), 5)
    later = histories.event_year >= 2020
    other = replace(
        histories,
        event_section=np.where(later, histories.event_section[::-1], histories.event_section),
    )
    one, two = (forecasts(known_by(h, 2020.0), 3.0, seed=1) for h in (histories, other))
    for name, expected in one.expected.items():
        assert np.array_equal(expected, two.expected[name]), name


def test_the_blend_beats_every_plain_rule_where_sections_differ():
    better = 0
    for seed in range(4):
        world = World(sections=2500, failures=1800, years=14, materials=4, frailty=0.8)
        histories = histories_of(world, seed)
        past = known_by(histories, 2021.0)
        came = failures_between(histories, 2021.0, 2024.0)
        made = forecasts(past, 3.0, seed=1)
        entries = leaderboard(made, past, came, yearly_totals(histories, 2021.0))
        blend = next(entry for entry in entries if entry.name == USUAL)
        rules = [entry.judgement for entry in entries if not entry.is_model]
        assert len(rules) == len(RULES)
        better += blend.judgement.caught[3] >= max(rule.caught[3] for rule in rules)
        assert blend.judgement.area > max(rule.area for rule in rules)
        ratio = blend.judgement.expected.sum() / blend.judgement.observed.sum()
        assert 0.6 < ratio < 1.6
    assert better >= 3


@pytest.mark.parametrize("seed", range(100, 104))
def test_a_world_of_any_kind_gives_finite_forecasts(seed):
    past = known_by(histories_of(replace(random_world(seed), sections=600), seed), 2021.0)
    for name, expected in forecasts(past, 3.0, seed=1).expected.items():
        assert np.isfinite(expected).all(), name
        assert (expected >= 0).all(), name


def test_one_failure_and_one_section_are_enough_to_say_something():
    one = np.ones(1)
    tiny = Histories(
        np.array([np.nan]), 0.2 * one, np.nan * one, np.zeros(1, np.int64),
        np.zeros(1, np.int64), np.array([2020.5]), 2020.0, 2021.0, np.inf * one,
    )  # fmt: skip
    assert all((v > 0).all() for v in forecasts(tiny, 3.0, seed=1).expected.values())
    assert looked_back(tiny, 3.0, seed=1) == []
    assert chosen([]) == "mixed"


def test_equal_scores_are_judged_by_the_mean_over_their_orders():
    length, came = np.ones(10), np.r_[1.0, np.zeros(9)]
    assert caught_within(np.zeros(10), length, came, 0.1) == pytest.approx(0.1)
    assert area_under(np.zeros(10), length, came) == pytest.approx(0.5)
    assert caught_within(np.r_[1.0, np.zeros(9)], length, came, 0.1) == 1.0


def test_unrest_of_years_widens_the_interval_of_a_total():
    calm, restless = np.array([50.0, 51, 52, 53, 54, 55]), np.array([20.0, 90, 30, 95, 25, 100])
    assert unrest_of(calm) < 0.05 < 0.1 < unrest_of(restless)
    assert unrest_of(calm[:3]) > unrest_of(calm)
    wide, narrow = interval_of_year(50.0, 0.1), interval_of_year(50.0, 0.0)
    assert wide[0] < narrow[0] < 50 < narrow[1] < wide[1]
    assert interval_of_year(0.0, 0.1) == (0.0, 0.0)


def test_coverage_counts_the_years_within_the_interval():
    judged = judge(np.full(10, 3.0), np.ones(10), np.ones(10), np.array([10.0, 10.0, 90.0]))
    assert judged.coverage == pytest.approx(2 / 3)
    assert judged.expected.sum() == pytest.approx(30.0)
