"""Packages, their sections and the plan as tables of a run's folder."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qaita.engine.plan.national.packs import FORBIDDEN
from qaita.engine.verdicts import Verdicts
from qaita.kernel.ids import derived_code
from qaita.planning.national.assembling import Assembled
from qaita.planning.national.country import Flags, Floats, Ints
from qaita.planning.national.gathering import Packages
from qaita.planning.national.options import OptionPack
from qaita.planning.national.plants import PLANT_KINDS
from qaita.planning.national.prices import RETROFIT, retrofit_failures
from qaita.planning.national.solving import Solved

NOTHING = "nothing"
LEAST_SHAPE, MOST_SHAPE = 0.02, 1e4  # of a gamma law: beyond them nothing is told apart
TIE = 1e-6  # of the benefit: a regret below it is rounding
CHOSEN, RUNNER_UP, NO_FIT, NO_PRICE, NO_BENEFIT, NO_PLANT, TOO_LARGE = (
    "chosen",
    "chosen_near_best",
    "does_not_fit",
    "price",
    "no_benefit",
    "plant",
    "too_large",
)


def codes_of(asked: Assembled, one: OptionPack) -> list[str]:
    """Return the public code of every package of a pack; a street has one of both its packages."""
    code = asked.packages.code
    if one.members == 1:
        return [code[p] for p in one.package[:, 0].tolist()]
    return [derived_code("PK", *(code[p] for p in pair)) for pair in one.package.tolist()]


def packages_table(asked: Assembled, one: OptionPack, years: tuple[int, ...]) -> pa.Table:
    """Return the packages of a pack: who they are, and the numbers exactly as the engine got."""
    pack, packages = one.pack, asked.packages
    columns: dict[str, object] = {"code": codes_of(asked, one)}
    networks = [place.code for place in asked.country.places]
    for m in range(pack.cluster.shape[1]):
        if m < one.members:
            own = one.package[:, m]
            columns[f"member_{m}"] = [packages.code[p] for p in own.tolist()]
            columns[f"network_{m}"] = [networks[n] for n in packages.network[own].tolist()]
        columns[f"cluster_{m}"] = pack.cluster[:, m].astype(np.int32)
        columns[f"length_km_{m}"] = pack.length_km[:, m]
        for k in range(len(one.methods)):
            columns[f"deficit_{m}_{k}"] = pack.deficit[:, m, k]
            for t in range(len(years)):
                columns[f"cost_{m}_{k}_{t}"] = pack.cost[:, m, k, t]
    for choice in range(len(one.labels)):
        for t in range(len(years)):
            columns[f"benefit_{choice}_{t}"] = pack.benefit[:, choice, t]
    columns.update(_failures(asked, one))
    columns.update(_facts(asked, packages, one.package))
    columns.update(risks_of(asked, one))
    columns.update(_plants(asked, one))
    return pa.table(columns)


def _plants(asked: Assembled, one: OptionPack) -> dict[str, object]:
    """Return what is said of the plant of each package: of a street of the plant that closes most.

    Of two that close as many years the first member's.
    """
    network, plants = asked.packages.network[one.package], asked.plants
    most = (plants.closed[network].sum(2) * 2 + (plants.kind[network] > 0)).argmax(1)
    own = network[np.arange(len(network)), most]
    return {
        "plant": np.array(PLANT_KINDS)[plants.kind[own]],
        "plant_year": plants.year[own].astype(np.int32),
    }


def _failures(asked: Assembled, one: OptionPack) -> dict[str, object]:
    """Return the failures a year of each member: as it lies, and when new by each method."""
    needs, lined = asked.needs, asked.prices.can_retrofit
    often = np.where(lined, retrofit_failures(asked.country.on), 1.0)
    table = np.stack([needs.old_per_year, needs.new_per_year, needs.new_per_year * often], axis=1)
    sums = asked.packages.sum_of(table)
    columns: dict[str, object] = {}
    for m in range(one.members):
        own = sums[one.package[:, m]]
        columns[f"old_failures_{m}"] = own[:, 0]
        for k, method in enumerate(one.methods):
            columns[f"new_failures_{m}_{k}"] = own[:, 2 if method == RETROFIT else 1]
    return columns


def _facts(asked: Assembled, packages: Packages, members: Ints) -> dict[str, object]:
    """Return what people ask of a package: failures, consequence, wear, zone, where it lies."""
    country, needs = asked.country, asked.needs
    middle = _middles(asked)
    length = country.length_m
    table = np.stack(
        [
            length,
            needs.old_per_year,
            needs.old_per_year * needs.failure_kzt,
            length * country.wear,
            length * middle[:, 0],
            length * middle[:, 1],
        ],
        axis=1,
    )
    sums = packages.sum_of(table)[members].sum(1)
    whole = np.maximum(sums[:, 0], 1e-9)
    cluster = asked.offers.cluster[members]
    return {
        "failures_per_year": sums[:, 1],
        "consequence_kzt": sums[:, 2] / np.maximum(sums[:, 1], 1e-12),
        "wear": sums[:, 3] / whole,
        "in_red_zone": country.in_red_zone[cluster].any(1),
        "lon_deg": (sums[:, 4] / whole).round(6),
        "lat_deg": (sums[:, 5] / whole).round(6),
    }


def risks_of(asked: Assembled, one: OptionPack) -> dict[str, Floats]:
    """Return what draws of failures need of each package: its mean year, and how unsure it is.

    The gamma shape of a package is mean² over variance of its sections' failures.
    """
    length, rate = asked.country.length_m, asked.needs.old_per_year
    table = [length, length * asked.country.laid_year, rate, rate**2 / asked.needs.shape]
    sums = asked.packages.sum_of(np.stack(table, axis=1))[one.package].sum(1)
    shape = sums[:, 2] ** 2 / np.maximum(sums[:, 3], 1e-300)
    return {
        "laid_year": sums[:, 1] / np.maximum(sums[:, 0], 1e-9),
        "failure_shape": np.clip(shape, LEAST_SHAPE, MOST_SHAPE),
    }


def _middles(asked: Assembled) -> Floats:
    country = asked.country
    first, last = country.line[:-1], country.line[1:] - 1
    return np.stack(
        [(axis[first] + axis[last]) / 2e7 for axis in (country.lon, country.lat)], axis=1
    )


def sections_table(asked: Assembled, one: OptionPack) -> pa.Table:
    """Return which sections belong to which package, along the street, and how much of each.

    And what of which product a renewal takes: two pipes side by side count twice.
    """
    packages, prices, parts = asked.packages, asked.prices, []
    lined = np.where(prices.can_retrofit, prices.retrofit_product, prices.product)
    pipe_km = asked.country.length_m * asked.country.pipes / 1_000
    codes = np.array(codes_of(asked, one), dtype=str)
    for m in range(one.members):
        own = one.package[:, m]
        sizes = packages.start[own + 1] - packages.start[own]
        begins = np.concatenate([[0], np.cumsum(sizes)])
        places = np.arange(begins[-1]) + np.repeat(packages.start[own] - begins[:-1], sizes)
        parts.append(
            pa.table(
                {
                    "code": np.repeat(codes, sizes),
                    "member": np.full(len(places), m, np.int8),
                    "section": np.char.decode(
                        asked.country.code[packages.section[places]], "ascii"
                    ),
                    "share": packages.share[places],
                    "pipe_km": pipe_km[packages.section[places]] * packages.share[places],
                    "product": _named(prices.product[packages.section[places]], prices.products),
                    "product_lined": _named(lined[packages.section[places]], prices.products),
                }
            )
        )
    return pa.concat_tables(parts).combine_chunks()


def _named(place: NDArray[np.int8], names: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(place.astype(np.int8)), pa.array(names))


def plan_table(
    words: tuple[Sequence[str], Sequence[str]],
    solved: Solved,
    number: int,
    own: slice,
    years: tuple[int, ...],
    *,
    is_shut: Flags,
) -> pa.Table:
    """Return what was decided of every package of a pack, and why; `words`: codes and labels.

    `is_shut` tells of each whether its plant leaves it no option.
    """
    option, verdict = solved.option[own], solved.verdicts[number]
    choice, when = np.divmod(option - 1, len(years))
    labels = np.array([*words[1], NOTHING])
    chosen = option > 0
    return pa.table(
        {
            "code": words[0],
            "option": option.astype(np.int32),
            "year": pa.array(np.array(years)[when], pa.int32(), mask=~chosen),
            "method": labels[np.where(chosen, choice, len(words[1]))],
            "regret_mkzt": verdict.regret,
            "reason": _reasons(option, verdict, is_shut),
            "row": pa.array(verdict.row, pa.int32(), mask=verdict.row < 0),
            "flip_share": verdict.flip,
            "included_share": _included(solved, own),
        }
    )


def _included(solved: Solved, own: slice) -> Floats:
    """Return in which share of the draws each package is renewed; NaN without a plan."""
    if solved.certainty is None:
        return np.full(own.stop - own.start, np.nan)
    return solved.certainty.included_share[own]


def _reasons(option: Ints, verdict: Verdicts, is_shut: Flags) -> NDArray[np.str_]:
    """Return why each package is in the plan, or not."""
    best = verdict.best_benefit
    near = verdict.regret > TIE * np.maximum(best, 1e-9)
    chosen, nowhere = option > 0, best <= 0.5 * FORBIDDEN
    return np.select(
        [chosen & ~near, chosen, is_shut, nowhere, best <= 0, near],
        [CHOSEN, RUNNER_UP, NO_PLANT, TOO_LARGE, NO_BENEFIT, NO_FIT],
        NO_PRICE,
    )
