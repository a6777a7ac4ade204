"""What a section's unknown year and material most likely are, and what follows from them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from qaita.engine.wear.ageing import modelled_wear
from qaita.networks.ageing import Rows, complete_rows, day_of_year, days_after, decimal_year
from qaita.networks.parsed import ParsedSection


class Completed(NamedTuple):
    """What is stored of a section's age: known values as they are, unknown ones imputed."""

    material: str
    material_imputed: bool
    laid_on: date | None
    laid_imputed: bool
    norm_life_years: float | None
    past_norm_on: date | None
    condition: float | None


def complete(sections: Sequence[ParsedSection], *, service: str, on: date) -> list[Completed]:
    """Return what is stored of every section, in the same order.

    `on` is the day whose law gives the norm lives and for which wear is modelled.
    """
    rows = _rows(sections)
    aged = complete_rows(rows, service=service, on=on)
    years = decimal_year(on) - aged.laid.value
    worn = modelled_wear(years, aged.norm_life_years, aged.shape).tolist()
    found = []
    for i, row in enumerate(sections):
        guess = row.laid_on is None
        laid_on = day_of_year(float(aged.laid.value[i])) if row.laid_on is None else row.laid_on
        norm = float(aged.norm_life_years[i])
        unsure = bool(aged.material_imputed[i])
        past_on = days_after(laid_on, norm)
        found.append(Completed(aged.material[i], unsure, laid_on, guess, norm, past_on, worn[i]))
    return found


def _rows(sections: Sequence[ParsedSection]) -> Rows:
    place: dict[str, int] = {}
    start = [place.setdefault(row.from_key, len(place)) for row in sections]
    end = [place.setdefault(row.to_key, len(place)) for row in sections]
    sizes = [row.diameter_mm or (row.voltage_kv or 0.0) * 10 or np.nan for row in sections]
    lengths = [1.0 if row.length_m is None else row.length_m for row in sections]
    return Rows(
        [row.material for row in sections],
        np.array([decimal_year(row.laid_on) for row in sections], np.float64),
        np.array(sizes, np.float64),
        np.array(lengths, np.float64),
        np.array(start, np.int64),
        np.array(end, np.int64),
        len(place),
    )
