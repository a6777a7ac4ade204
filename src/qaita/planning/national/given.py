"""What a run was asked, apart from the register it came from: enough to plan, write and judge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from qaita.engine.plan.national.packs import FORBIDDEN, National, Pack, cluster_prices
from qaita.planning.national.country import Cluster, Flags, Floats, Ints
from qaita.planning.national.goods import Good
from qaita.planning.national.limits import Limit
from qaita.planning.national.options import OptionPack


@dataclass(frozen=True)
class Screened:
    """Options that are not there though they would bring something, and what that is."""

    pack: int
    place: np.ndarray
    choice: np.ndarray
    year: np.ndarray
    benefit: np.ndarray


@dataclass(frozen=True)
class Given:
    """A problem and what its numbers stand for."""

    on: date
    clusters: Sequence[Cluster]
    in_red_zone: Flags  # (clusters,)
    goods: Sequence[Good]  # their clusters come after those
    limits: list[Limit]
    problem: National
    packs: Sequence[OptionPack]
    codes: Sequence[Sequence[str]]  # of the packages, pack by pack
    screened: Sequence[Screened]
    closed: Sequence[Screened]  # options of years in which pipes wait for their plant
    counts: dict[str, int]  # sections, packages, streets
    rates: Sequence[dict[str, Any]]  # whose records taught the failure rates
    failure_shape: Floats  # of every package, pack after pack: how unsure its failures are
    laid_year: Floats  # on average over its length
    write: Callable[[Path], None]  # writes the files of the packages
    begun_from: str = ""  # digest of the result of the run whose plan this one began from


def screened_options(before: Sequence[Pack], after: Sequence[Pack]) -> list[Screened]:
    """Return the options that screening took out, pack by pack."""
    found = []
    for n, (was, now) in enumerate(zip(before, after, strict=True)):
        gone = (was.benefit > 0.5 * FORBIDDEN) & (now.benefit <= 0.5 * FORBIDDEN)
        place, choice, year = np.nonzero(gone)
        found.append(Screened(n, place, choice, year, was.benefit[gone]))
    return found


def with_screened(packs: Sequence[Pack], screened: Sequence[Screened]) -> tuple[Pack, ...]:
    """Return the packs with the options that screening had taken out."""
    whole = []
    for pack, gone in zip(packs, screened, strict=True):
        benefit = pack.benefit
        if len(gone.place):
            benefit = benefit.copy()
            benefit[gone.place, gone.choice, gone.year] = gone.benefit
        whole.append(pack._replace(benefit=benefit))
    return tuple(whole)


def is_shut(given: Given, pack: int) -> Flags:
    """Tell of every package of a pack whether its plants alone leave it no option."""
    benefit = given.packs[pack].pack.benefit
    there: Flags = np.asarray((benefit > 0.5 * FORBIDDEN).any(axis=(1, 2)))
    shut = np.zeros(len(there), dtype=bool)
    shut[given.closed[pack].place] = True
    shut[given.screened[pack].place] = False
    return np.asarray(shut & ~there)


def worth_of_screened(given: Given, prices: Floats, option: Ints) -> float:
    """Return by how much a bound at these prices rises if the screened options were there.

    Wider limits may let some of them in, so a forecast of such limits counts them all.
    """
    problem, start, more = given.problem, 0, 0.0
    local = cluster_prices(problem, prices)
    for pack, gone in zip(problem.packs, given.screened, strict=True):
        own = option[start : start + len(pack.cluster)]
        start += len(own)
        if not len(gone.place):
            continue
        worth = np.zeros(len(pack.cluster))
        profit = gone.benefit - _paid(pack, local, gone, problem.years)
        np.maximum.at(worth, gone.place, profit)
        touched = np.unique(gone.place)
        best = _best(pack, local, touched, problem.years)
        more += float(np.maximum(worth[touched] - best, 0.0).sum())
    return more


def _paid(pack: Pack, local: Floats, asked: Screened, years: int) -> Floats:
    """Return what options pay for what they use of the limits."""
    paid = np.zeros(len(asked.place))
    for m in range(pack.cluster.shape[1]):
        method = pack.take[asked.choice, m]
        taken = method >= 0
        price = local[pack.cluster[asked.place, m]]
        at = np.arange(len(paid))
        cost = pack.cost[asked.place, m, method, asked.year].astype(np.float64)
        deficit = pack.deficit[asked.place, m, method] * price[:, 2 * years]
        length = pack.length_km[asked.place, m] * price[at, years + asked.year]
        paid += np.where(taken, cost * (price[at, asked.year] + deficit) + length, 0.0)
    return paid


def _best(pack: Pack, local: Floats, places: Ints, years: int) -> Floats:
    """Return the best reduced profit of some packages, nothing included."""
    best = np.zeros(len(places))
    for choice in range(pack.take.shape[0]):
        for year in range(years):
            each = np.full(len(places), choice), np.full(len(places), year)
            asked = Screened(0, places, *each, pack.benefit[places, choice, year])
            profit = asked.benefit - _paid(pack, local, asked, years)
            best = np.maximum(best, np.where(asked.benefit > 0.5 * FORBIDDEN, profit, 0.0))
    return best
