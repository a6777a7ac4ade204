"""Rows to arrays and back for the engine of wear: what a section's age most likely is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from qaita.engine.wear.imputation import Estimate, impute, impute_class, neighbours
from qaita.kernel.clock import DAYS_A_YEAR
from qaita.law.wear import wear

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SIZES = (80.0, 160.0, 320.0, 640.0)  # classes of diameter in mm (or of voltage in kV, × 10)
# How steeply the cohort's hazard rises with age (Weibull shape), an assumption of engineers'
# practice: metal corrodes from the first day, plastic and concrete hold long and then go.
SHAPES = {
    "pe": 4.0,
    "pvc": 4.0,
    "preinsulated": 3.5,
    "glass_fibre": 3.5,
    "concrete": 3.5,
    "ceramic": 3.5,
    "asbestos_cement": 3.0,
    "steel": 2.5,
}
USUAL_SHAPE = 3.0
# With nothing known anywhere a section is taken to be one year short of its norm life, give or
# take half of that life: the country's published wear is about one half (programme/published.yaml),
# and nothing may be called past its norm without a reason.
PRIOR_SPREAD = 0.5
CONFIDENCE = 0.8
Z_AT_CONFIDENCE = 1.2815515655446004


@dataclass(frozen=True)
class Rows:
    """Sections as columns; `laid` is a decimal year or NaN, `material` "" when unknown."""

    material: Sequence[str]
    laid: Floats
    size: Floats
    length_m: Floats
    from_node: Ints
    to_node: Ints
    nodes: int


@dataclass(frozen=True)
class Aged:
    """Rows with nothing unknown: what was filled in is flagged."""

    material: list[str]
    material_imputed: NDArray[np.bool_]
    material_share: Floats
    laid: Estimate
    norm_life_years: Floats
    shape: Floats


def decimal_year(day: date | None) -> float:
    """Return a day as a decimal year, NaN for none."""
    return float("nan") if day is None else day.year + (day.timetuple().tm_yday - 1) / DAYS_A_YEAR


def day_of_year(year: float) -> date:
    """Return the day of a decimal year."""
    whole = int(year)
    start = date(whole, 1, 1).toordinal()
    return date.fromordinal(start + min(int((year - whole) * DAYS_A_YEAR), 364))


def days_after(day: date, years: float) -> date:
    """Return the day so many years after another."""
    return date.fromordinal(day.toordinal() + round(years * DAYS_A_YEAR))


def complete_rows(rows: Rows, *, service: str, on: date) -> Aged:
    """Fill in unknown materials and years from like sections and neighbours."""
    names = sorted({name for name in rows.material if name})
    number = {name: place for place, name in enumerate(names)}
    kind = np.array([number.get(name, -1) for name in rows.material], np.int64)
    sizes = np.digitize(np.nan_to_num(rows.size, nan=-1.0), SIZES)
    meeting = neighbours(rows.nodes, rows.from_node, rows.to_node)
    filled, share = impute_class(kind, sizes[:, None], rows.length_m, meeting)
    material = [names[place] if place >= 0 else "" for place in filled.tolist()]
    norm, shape = _lives(material, service, on)
    cohorts = np.stack([(filled + 1) * 8 + sizes, filled + 1], 1)
    laid = impute(rows.laid, cohorts, rows.length_m, meeting, CONFIDENCE)
    guessed = (kind < 0) & (filled >= 0)
    return Aged(material, guessed, share, _within(laid, norm, on), norm, shape)


def _lives(material: Sequence[str], service: str, on: date) -> tuple[Floats, Floats]:
    law = wear(on=on)
    lives = {name: law.life_years(service, name) for name in set(material)}
    norm = np.array([lives[name] for name in material], np.float64)
    return norm, np.array([SHAPES.get(name, USUAL_SHAPE) for name in material], np.float64)


def _within(laid: Estimate, norm: Floats, on: date) -> Estimate:
    """Keep estimates before the day; where nobody knew anything, take the wide prior."""
    today = decimal_year(on)
    nothing = np.isnan(laid.value)
    half = np.where(nothing, Z_AT_CONFIDENCE * PRIOR_SPREAD * norm, 0.0)
    value = np.where(nothing, today - norm + 1.0, laid.value)
    low = np.where(nothing, value - half, laid.low)
    high = np.where(nothing, value + half, laid.high)
    guess = laid.imputed | nothing
    clip = [np.where(guess, np.minimum(v, today), v) for v in (value, low, high)]
    return Estimate(clip[0], clip[1], clip[2], guess)
