"""Prices of a large country, begun on a sample of it.

While the temperature is high, a package in eight tells as much as all of them: the limits of a
sampled country are an eighth as wide, so its prices are nearly the country's. Only the last, cold
stages read every package. Whatever they begin from, the prices prove their bound.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from qaita.engine.plan.national.lanes import lanes_of
from qaita.engine.plan.national.packs import Pack, chunks_of, even, resources_of
from qaita.engine.plan.national.passes import empty_reading
from qaita.engine.plan.national.pricing import Pace, Priced, Tables, find_prices

EVERY = 8
WARM = 4e-3  # the temperature at which the whole country takes over
SAMPLE_WORK = 0.3  # share of the work that the sample takes

Told = Callable[[float], None]


def sample_of(tables: Tables, every: int) -> Tables:
    """Return the country of every so many packages, its limits as much narrower.

    The nesting of the limits is that of the whole country.
    """
    whole = tables.problem
    packs = tuple(even(_thinned(pack, every)) for pack in whole.packs)
    chunks = tuple(chunks_of(pack) for pack in packs)
    knots = tuple(
        knot[np.searchsorted(all_of.start, own.start * every, side="right") - 1]
        for knot, all_of, own in zip(tables.knot_of_chunk, tables.chunks, chunks, strict=True)
    )
    width = resources_of(whole.years)
    return replace(
        tables,
        problem=replace(whole, packs=packs, rows=replace(whole.rows, most=whole.rows.most / every)),
        chunks=chunks,
        lanes=tuple(lanes_of(pack) for pack in packs),
        readings=tuple(empty_reading(*both, width) for both in zip(packs, chunks, strict=True)),
        knot_of_chunk=knots,
        scale=tables.scale / every,
    )


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
        sample_of(tables, every),
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
