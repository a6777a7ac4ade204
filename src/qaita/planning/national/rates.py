"""How often each section fails and what one failure costs.

Failures are those foretold by the model that did best on the utility's own past; where nothing was
foretold, by wear. A failure leaves without supply those counted in the section's own failures, or
those that its closure cuts off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qaita.law import planning
from qaita.networks.queries import believed_models, foretold_rates
from qaita.planning.national.country import Country, Flags, Floats
from qaita.planning.needs import consumers_hit, expected_per_year, failure_cost_kzt

BY_WEAR = "wear"


@dataclass(frozen=True)
class Taught:
    """Sections of one service whose rates come from one kind of records and one model.

    `learnt_from` is a circle of records (own, region, country), or "wear": no model, a rate that
    rises with wear, corrected by what was counted.
    """

    service: str
    learnt_from: str
    model: str
    utilities: int
    sections: int
    length_km: float


@dataclass(frozen=True)
class CountryNeeds:
    """Failures a year of each section as it lies and when new, and tenge of one failure."""

    old_per_year: Floats
    shape: Floats  # of the gamma law of the failures as it lies: 1/√shape is how unsure they are
    new_per_year: Floats
    failure_kzt: Floats
    wanted: Flags  # needs renewal: past its norm, worn, or failing
    taught: Sequence["Taught"] = ()  # where the rates come from

    @property
    def saved_kzt_a_year(self) -> Floats:
        """Return what renewing each section would save in the first year."""
        return (self.old_per_year - self.new_per_year) * self.failure_kzt


def find_needs(country: Country) -> CountryNeeds:
    """Return what every section of the country needs."""
    old, new, shape, known = failure_rates(country)
    worn = country.wear >= planning(on=country.on).need_wear_percent / 100
    return CountryNeeds(
        old_per_year=np.maximum(old, new),
        shape=shape,
        new_per_year=new,
        failure_kzt=failure_costs(country),
        wanted=country.is_free & (country.past_norm | worn | (country.failures > 0)),
        taught=_taught(country, known),
    )


def failure_rates(country: Country) -> tuple[Floats, Floats, Floats, Flags]:
    """Return failures a year of every section as it lies and when new, and the former's shape.

    Last: of which sections a model foretold them. Without a forecast the shape is that of the gamma
    posterior: its prior and what was counted.
    """
    law = planning(on=country.on)
    old, new = np.zeros(len(country)), np.zeros(len(country))
    for name in country.services:
        own = country.is_of(name)
        old[own], new[own] = expected_per_year(
            country.wear[own],
            country.length_m[own] / 1_000,
            country.failures[own],
            law=law,
            service=name,
        )
    foretold = foretold_rates(country.key, on=country.on)  # by the model that did best
    shape = np.where(foretold.known, foretold.shape, law.own_history_weight + country.failures)
    return np.where(foretold.known, foretold.expected, old), new, shape, foretold.known


def _taught(country: Country, known: Flags) -> list[Taught]:
    """Count the sections by who taught their rates; kilometres stay with their service."""
    models = {row[0]: row[1:] for row in believed_models()}
    sums: dict[tuple[str, str, str], list[float]] = {}
    cluster, length_km = country.cluster, country.length_m / 1_000
    counts = [np.bincount(cluster[f], minlength=len(country.clusters)) for f in (known, ~known)]
    metres = [np.bincount(cluster[f], length_km[f], len(country.clusters)) for f in (known, ~known)]
    for n, one in enumerate(country.clusters):
        ways = (models.get(one.code, (BY_WEAR, "")), (BY_WEAR, ""))
        for way, count, km in zip(ways, counts, metres, strict=True):
            if count[n]:
                own = sums.setdefault((one.service, *way), [0, 0, 0.0])
                for k, more in enumerate((1, count[n], km[n])):
                    own[k] += more
    return [
        Taught(*names, int(own[0]), int(own[1]), round(own[2], 3))
        for names, own in sorted(sums.items())
    ]


def failure_costs(country: Country) -> Floats:
    """Return what one failure of every section costs, tenge."""
    law = planning(on=country.on)
    cost = np.zeros(len(country))
    for name in country.services:
        own = country.is_of(name)
        counted, keys = country.consumers_off[own], country.key[own].tolist()
        off = consumers_hit(counted, keys, law.consumers_off[name])
        cost[own] = failure_cost_kzt(off, law=law, service=name)
    return cost
