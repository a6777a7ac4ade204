"""A plant and the network that hangs on it: in which years its pipes may be renewed.

Which size the pipes need, and whether they are needed at all, is decided with the plant: pipes laid
before it may be of the wrong size, or lead nowhere. So the pipes of a network are not renewed

- before the year in which its plant is renewed or a new one comes into use;
- from the year on in which all equipment at its sources is past its norm life, as long as no such
  year is known (an application for them is refused then as well);
- at all where its plant closes and nothing is to take its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from qaita.engine.plan.national.packs import FORBIDDEN
from qaita.kernel.clock import DAYS_A_YEAR
from qaita.networks.models import SOURCES, EquipmentUnit
from qaita.planning.national.country import Flags, Ints, Place
from qaita.planning.national.given import Screened
from qaita.planning.national.limits import CountryLimits
from qaita.planning.national.options import OptionPack

NONE, READY, PAST_LIFE, CLOSING = "", "plant_ready", "plant_past_life", "plant_closing"
PLANT_KINDS = (NONE, PAST_LIFE, READY, CLOSING)  # of two that are said the later one holds


@dataclass(frozen=True)
class Plants:
    """What is said of the plant of every network; `kind` is a place in PLANT_KINDS."""

    kind: Ints  # (networks,)
    year: Ints  # (networks,): of the calendar; 0 where nothing is said
    closed: Flags  # (networks, years): pipes are not renewed


def closed_years(kind: str, year: int, years: Sequence[int]) -> list[int]:
    """Return the years in which the pipes behind a plant are not renewed."""
    if kind == READY:
        return [one for one in years if one < year]
    if kind == PAST_LIFE:
        return [one for one in years if one >= year]
    return list(years) if kind == CLOSING else []


def said_of_plants(limits: CountryLimits) -> dict[str, tuple[str, int]]:
    """Return what a scenario says of the plants of networks, by the network's code."""
    said = {
        PAST_LIFE: limits.plants_past_life,
        READY: limits.plants_ready,
        CLOSING: limits.plants_closing,
    }
    return {
        network: (kind, year)
        for kind in PLANT_KINDS[1:]
        for network, year in sorted(said[kind].items())
    }


def plants_of(limits: CountryLimits, places: Sequence[Place]) -> Plants:
    """Return what a scenario says of the plants, network by network."""
    said = said_of_plants(limits)
    told = [said.get(place.code, (NONE, 0)) for place in places]
    closed = np.zeros((len(places), len(limits.years)), dtype=bool)
    for n, (kind, year) in enumerate(told):
        if kind:
            closed[n] = np.isin(limits.years, closed_years(kind, year, limits.years))
    kinds = np.array([PLANT_KINDS.index(kind) for kind, _year in told], dtype=np.int64)
    return Plants(kinds, np.array([year for _kind, year in told], dtype=np.int64), closed)


def without_closed(
    packs: Sequence[OptionPack], network: Ints, plants: Plants
) -> tuple[list[OptionPack], list[Screened]]:
    """Return the packs without options in closed years, and these options, pack by pack.

    `network`: of every package. A street waits for the plants of all networks that it digs up.
    """
    kept, gone = [], []
    for n, one in enumerate(packs):
        pack, shut = one.pack, plants.closed[network[one.package]]
        touched = np.flatnonzero(shut.any(axis=(1, 2)))
        taken = (pack.take[:, : one.members] >= 0).astype(np.int64)
        closed = np.einsum("cm,gmt->gct", taken, shut[touched].astype(np.int64)) > 0
        closed &= pack.benefit[touched] > 0.5 * FORBIDDEN
        place, choice, year = np.nonzero(closed)
        benefit = pack.benefit
        if len(place):
            benefit = benefit.copy()
            benefit[touched[place], choice, year] = FORBIDDEN
        gone.append(
            Screened(n, touched[place], choice, year, pack.benefit[touched[place], choice, year])
        )
        kept.append(replace(one, pack=pack._replace(benefit=benefit)))
    return kept, gone


def plants_past_life(years: Sequence[int]) -> dict[str, int]:
    """Return from which year on all equipment at the sources of a network is past its norm life.

    By network, where that is so within the years. Only what the register knows counts: a network
    without dated equipment at a source, or with some whose norm life nobody knows, is left open.
    """
    own = ("network__code", "installed_on", "norm_life_years")
    rows = EquipmentUnit.objects.filter(node__kind__in=SOURCES, parent=None)
    last: dict[str, int] = {}
    for network, since, life_years in rows.exclude(installed_on=None).values_list(*own):
        last[network] = max(last.get(network, 0), _first_year_past(since, life_years))
    return {network: year for network, year in sorted(last.items()) if year <= years[-1]}


def _first_year_past(since: date, life_years: float | None) -> int:
    """Return the first year at whose beginning the equipment is past its life."""
    if life_years is None or life_years > date.max.year - since.year - 2:
        return date.max.year
    return (since + timedelta(days=round(life_years * DAYS_A_YEAR))).year + 1
