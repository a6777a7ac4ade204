"""Prices of a large country, begun on a sample of it.

While the temperature is high, a package in eight tells as much as all of them: the limits of a
sampled country are an eighth as wide, so its prices are nearly the country's. Only the last, cold
stages read every package. Whatever they begin from, the prices prove their bound.
"""

from collections.abc import Callable
from dataclasses import replace

from qaita.engine.plan.national.packs import National, Pack
from qaita.engine.plan.national.pricing import Pace, Priced, Tables, find_prices, tables_of

EVERY = 8
WARM = 4e-3  # the temperature at which the whole country takes over
SAMPLE_WORK = 0.3  # share of the work that the sample takes

Told = Callable[[float], None]


def sampled(problem: National, every: int) -> National:
    """Return the country of every so many packages, its limits as much narrower."""
    packs = tuple(_thinned(pack, every) for pack in problem.packs)
    return replace(problem, packs=packs, rows=replace(problem.rows, most=problem.rows.most / every))


def _thinned(pack: Pack, every: int) -> Pack:
    return pack._replace(
        cluster=pack.cluster[::every],
        length_km=pack.length_km[::every],
        cost=pack.cost[::every],
        deficit=pack.deficit[::every],
        benefit=pack.benefit[::every],
    )


def prices_by_sample(
    tables: Tables, pace: Pace, *, every: int = EVERY, watch: Told | None = None
) -> Priced:
    """Return prices found on a sample first, then on all; `watch` is told the share done."""
    tell = watch or (lambda _share: None)
    part = find_prices(
        tables_of(sampled(tables.problem, every)),
        pace=replace(pace, last=WARM),
        watch=lambda share: tell(SAMPLE_WORK * share),
    )
    found = find_prices(
        tables,
        start=part.soft_prices,
        pace=replace(pace, first=WARM, steps_first=4),
        watch=lambda share: tell(SAMPLE_WORK + (1 - SAMPLE_WORK) * share),
    )
    return replace(found, passes=found.passes + part.passes // every)
