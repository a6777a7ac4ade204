"""Generated mains and failures whose truth is known: everything here is invented by chance.

Worlds differ as utilities do: how many materials and when they were laid, how strongly sections of
one material differ, how failures cluster in place and time, how long records were kept, how badly
the inventory was written down, and whether what failed often was renewed and forgotten.
"""

from dataclasses import dataclass

import numpy as np

from qaita.engine.wear.histories import Floats, Histories

TODAY = 2024.0


@dataclass(frozen=True)
class World:
    """How a world is made; `random_world` draws one at random."""

    sections: int = 4000
    materials: int = 5
    years: int = 15  # of records
    failures: int = 1500  # about so many in them
    material_sd: float = 0.8  # of the log rate
    vintage_sd: float = 0.3  # of the log rate by material and decade of laying
    shape: tuple[float, float] = (1.0, 2.5)
    length_exponent: float = 0.85
    diameter_exponent: float = -0.4
    frailty: float = 1.0  # k of the gamma law; small is very unequal
    zone_sd: float = 0.3
    excitation: float = 0.3  # how much a failure raises the rate of the two years after
    weather_sd: float = 0.15
    drift: float = 0.0  # how fast a section's own factor is forgotten, 0…1 a year
    renewed: float = 0.05  # chance that a failure ends with renewal
    forgotten: bool = True  # what was renewed leaves the inventory with its failures
    misread: float = 0.05  # share of materials written down wrong
    unknown_years: float = 0.1
    median_length_m: float = 80.0


def random_world(seed: int) -> World:
    """Draw a kind of world."""
    chance = np.random.default_rng([seed, 7])
    return World(
        sections=int(np.exp(chance.uniform(np.log(1500), np.log(9000)))),
        materials=int(chance.integers(1, 9)),
        years=int(chance.choice([7, 8, 9, 11, 14, 18, 25])),
        failures=int(np.exp(chance.uniform(np.log(300), np.log(5000)))),
        material_sd=chance.uniform(0.1, 1.3),
        vintage_sd=chance.choice([0.0, 0.3, 0.6]),
        shape=tuple(sorted(chance.uniform(0.7, 3.0, 2))),
        length_exponent=chance.uniform(0.5, 1.0),
        diameter_exponent=chance.uniform(-0.9, 0.0),
        frailty=float(chance.choice([0.3, 0.6, 1.0, 2.0, 5.0])),
        zone_sd=chance.choice([0.0, 0.4, 0.9]),
        excitation=chance.choice([0.0, 0.5, 1.5]),
        weather_sd=chance.uniform(0.05, 0.3),
        drift=chance.choice([0.0, 0.05, 0.2]),
        renewed=chance.choice([0.0, 0.05, 0.2]),
        forgotten=bool(chance.random() < 0.5),
        misread=chance.choice([0.0, 0.05, 0.2]),
        unknown_years=chance.choice([0.0, 0.1, 0.4]),
        median_length_m=chance.uniform(30, 150),
    )


def histories_of(world: World, seed: int) -> Histories:
    """Let a world live and return what its utility wrote down."""
    chance = np.random.default_rng(seed)
    n = world.sections
    material = chance.choice(world.materials, n, p=chance.dirichlet(np.full(world.materials, 2.0)))
    middle = chance.uniform(1945, 2005, world.materials)
    laid = np.clip(chance.normal(middle[material], 10.0), 1900, TODAY - 1).round(2)
    length = np.clip(world.median_length_m * np.exp(chance.normal(0, 1.0, n)), 2, 3000) / 1000
    diameter = chance.choice([80.0, 100, 150, 200, 300, 500], n, p=[0.1, 0.3, 0.3, 0.15, 0.1, 0.05])
    log_rate = chance.normal(0, world.material_sd, world.materials)[material]
    log_rate += chance.normal(0, world.vintage_sd, (world.materials, 14))[
        material, ((laid - 1900) // 10).astype(int)
    ]
    zone = (np.arange(n) * 60 // n + chance.integers(0, 2, n)) % 60
    log_rate += chance.normal(0, world.zone_sd, 60)[zone]
    log_rate += world.length_exponent * np.log(length / 0.1)
    log_rate += world.diameter_exponent * np.log(diameter / 150)
    shape = chance.uniform(*world.shape, world.materials)[material]
    factor = chance.gamma(world.frailty, 1 / world.frailty, n)
    start = int(TODAY) - world.years
    scale = _scale(world, log_rate, shape, laid, start)
    recent, section, year = np.zeros(n), [], []
    alive_laid, lost = laid.copy(), np.zeros(n, bool)
    for now in range(start, int(TODAY)):
        age = np.maximum(now + 0.5 - alive_laid, 0.0)
        weather = np.exp(chance.normal(0, world.weather_sd))
        rate = scale * np.exp(log_rate) * shape * factor * weather
        rate *= (np.maximum(age, 0.1) / 40) ** (shape - 1)
        count = chance.poisson(np.where(age > 0, rate * (1 + world.excitation * recent), 0.0))
        rows = np.repeat(np.arange(n), count)
        section.append(rows)
        year.append(now + chance.random(len(rows)))
        recent = np.minimum(0.5 * recent + count, 3.0)
        fresh = chance.random(n) < world.drift
        factor = np.where(fresh, chance.gamma(world.frailty, 1 / world.frailty, n), factor)
        gone = (count > 0) & (chance.random(n) < world.renewed)
        alive_laid = np.where(gone, now + 0.999, alive_laid)
        factor, recent = np.where(gone, 0.3, factor), np.where(gone, 0.0, recent)
        lost |= gone
    return _written(
        world,
        chance,
        (laid, alive_laid, length, diameter, material, lost),
        (np.concatenate(section), np.concatenate(year)),
    )


def _scale(world: World, log_rate: Floats, shape: Floats, laid: Floats, start: int) -> float:
    middle = np.maximum(start + world.years / 2 - laid, 1.0)
    expected = np.exp(log_rate) * shape * (middle / 40) ** (shape - 1) * world.years
    return float(world.failures / expected.sum())


def _written(
    world: World,
    chance: np.random.Generator,
    pipes: tuple[Floats, Floats, Floats, Floats, Floats, Floats],
    events: tuple[Floats, Floats],
) -> Histories:
    laid, laid_now, length, diameter, material, lost = pipes
    section, year = events
    n = len(laid)
    kept = np.ones(n, bool)
    if world.forgotten:
        kept = ~lost  # the inventory of today knows nothing of them
    else:
        laid = laid_now  # the id goes on; what failed before is told of the old pipe
    told = kept[section] & (year >= laid[section])
    wrong = chance.random(n) < world.misread
    material = np.where(wrong, chance.integers(0, world.materials, n), material)
    unknown = chance.random(n) < world.unknown_years
    place = np.cumsum(kept) - 1
    return Histories(
        np.where(unknown, np.nan, laid)[kept],
        length[kept],
        diameter[kept],
        material[kept].astype(np.int64),
        place[section[told]],
        year[told],
        TODAY - world.years,
        TODAY,
        np.full(int(kept.sum()), np.inf),
    )
