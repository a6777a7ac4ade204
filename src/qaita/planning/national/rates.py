"""How often each section fails and what one failure costs.

Failures are those foretold by the model that did best on the utility's own past; where nothing was
foretold, by wear. A failure leaves without supply those counted in the section's own failures, or
those that its closure cuts off.
"""

from dataclasses import dataclass

import numpy as np

from qaita.law import planning
from qaita.networks.queries import foretold_rates
from qaita.planning.national.country import Country, Flags, Floats
from qaita.planning.needs import consumers_hit, expected_per_year, failure_cost_kzt


@dataclass(frozen=True)
class CountryNeeds:
    """Failures a year of each section as it lies and when new, and tenge of one failure."""

    old_per_year: Floats
    shape: Floats  # of the gamma law of the failures as it lies: 1/√shape is how unsure they are
    new_per_year: Floats
    failure_kzt: Floats
    wanted: Flags  # needs renewal: past its norm, worn, or failing

    @property
    def saved_kzt_a_year(self) -> Floats:
        """Return what renewing each section would save in the first year."""
        return (self.old_per_year - self.new_per_year) * self.failure_kzt


def find_needs(country: Country) -> CountryNeeds:
    """Return what every section of the country needs."""
    old, new, shape = failure_rates(country)
    worn = country.wear >= planning(on=country.on).need_wear_percent / 100
    return CountryNeeds(
        old_per_year=np.maximum(old, new),
        shape=shape,
        new_per_year=new,
        failure_kzt=failure_costs(country),
        wanted=country.is_free & (country.past_norm | worn | (country.failures > 0)),
    )


def failure_rates(country: Country) -> tuple[Floats, Floats, Floats]:
    """Return failures a year of every section as it lies and when new, and the former's shape.

    Without a forecast the shape is that of the gamma posterior: its prior and what was counted.
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
    return np.where(foretold.known, foretold.expected, old), new, shape


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
