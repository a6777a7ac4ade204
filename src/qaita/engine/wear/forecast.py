"""Wear year by year: what ages and what is renewed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qaita.engine.wear.ageing import modelled_wear

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Forecast:
    """Shares 0…1 at the end of each year; element 0 is the start, before the first year.

    `aged_share` and `renewed_share` are the parts of the length that passed their norm life in
    the year, and that were renewed in it (element 0 is 0).
    """

    past_norm_share: Floats
    modelled_wear_share: Floats
    aged_share: Floats
    renewed_share: Floats


def forecast_of_sections(
    age_years: Floats,
    norm_life_years: Floats,
    shape: Floats,
    length_m: Floats,
    renewed_m: Floats,
    *,
    worn_age_years: Floats | None = None,
) -> Forecast:
    """Return wear by years from the sections themselves, the worst renewed first.

    Each year every section grows a year older; then `renewed_m[t]` metres are renewed, in falling
    order of age / norm life, the last section in part. Renewed length starts anew with the norm
    life of the section that it replaces. Ages in years at the start, lengths in metres.
    `worn_age_years` is the age at which the curve has the section's wear of today, where that is
    known better than by its age (an inspection, failures). Sections of unknown age or norm are
    left out.
    """
    known = ~(np.isnan(age_years) | np.isnan(norm_life_years))
    worn_age = age_years if worn_age_years is None else worn_age_years
    age, worn, norm, curve, old = (
        v[known] for v in (age_years, worn_age, norm_life_years, shape, length_m)
    )
    total = max(float(old.sum()), 1e-9)
    young: list[Floats] = []  # metres of each section renewed in year 1, 2, …
    life = _Life(age, worn, norm, curve)
    rows = [life.standing(0, old, young)]
    flows = [(0.0, 0.0)]
    for year, metres in enumerate(renewed_m, start=1):
        before = life.past_norm(year - 1, old, young)
        young.append(np.zeros_like(old))
        after = life.past_norm(year, old, young)
        taken = _take_worst(old, (age + year) / norm, float(metres))
        young[-1] += taken
        old = old - taken
        rows.append(life.standing(year, old, young))
        flows.append((after - before, float(taken.sum())))
    standing, moved = np.array(rows) / total, np.array(flows) / total
    return Forecast(standing[:, 0], standing[:, 1], moved[:, 0], moved[:, 1])


def _take_worst(lengths: Floats, ratio: Floats, metres: float) -> Floats:
    """Return how much of each length is taken when `metres` go in falling order of the ratio."""
    if metres <= 0:
        return np.zeros_like(lengths)
    order = np.argsort(-ratio, kind="stable")
    ranked = lengths[order]
    taken = np.empty_like(lengths)
    taken[order] = np.clip(metres - (np.cumsum(ranked) - ranked), 0.0, ranked)
    return taken


@dataclass(frozen=True)
class _Life:
    """How the sections stand at the start, and so many years later."""

    age: Floats
    worn_age: Floats
    norm: Floats
    shape: Floats

    def standing(self, years: int, old: Floats, young: list[Floats]) -> tuple[float, float]:
        """Return metres past norm, and metres × modelled wear."""
        worn = float((old * modelled_wear(self.worn_age + years, self.norm, self.shape)).sum())
        for own, metres in self._renewed(young):
            worn += float((metres * modelled_wear(own, self.norm, self.shape)).sum())
        return self.past_norm(years, old, young), worn

    def past_norm(self, years: int, old: Floats, young: list[Floats]) -> float:
        """Return metres past norm."""
        past = float(old[self.age + years >= self.norm].sum())
        for own, metres in self._renewed(young):
            past += float(metres[own >= self.norm].sum())
        return past

    def _renewed(self, young: list[Floats]) -> Iterator[tuple[Floats, Floats]]:
        """Return the age and the metres of what was renewed in each year, the newest first."""
        for back, metres in enumerate(reversed(young)):
            if metres.any():
                yield np.full_like(self.norm, float(back)), metres
