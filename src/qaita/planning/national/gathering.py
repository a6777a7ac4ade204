"""Sections of the country into packages: along streets, of like need, of a workable length."""

from dataclasses import dataclass

import numpy as np

from qaita.engine.packing.gathering import Gathered, Streets, gather_sections
from qaita.kernel.ids import derived_code
from qaita.law import planning
from qaita.planning.national.country import Country, Floats, Ints
from qaita.planning.national.rates import CountryNeeds

METRES_A_DEGREE = 111_320.0
LEAST_NEED = 1e-3  # tenge a metre and year: a need below it is none


@dataclass(frozen=True)
class Packages:
    """Packages of the country, each of one network, by network and first section.

    `section[start[p]:start[p + 1]]` are the sections of package p along its street and `share` is
    how much of each belongs to it: less than 1 where a dear section is renewed in stages.
    """

    code: list[str]
    network: Ints
    section: Ints
    share: Floats
    start: Ints

    @property
    def count(self) -> int:
        """Return how many packages there are."""
        return len(self.start) - 1

    @property
    def owner(self) -> Ints:
        """Return the package of every place in `section`."""
        return np.repeat(np.arange(self.count), np.diff(self.start))

    def sum_of(self, values: Floats) -> Floats:
        """Add up a value of sections, by their shares, over each package."""
        if not self.count:
            return np.zeros((0, *values.shape[1:]))
        taken = values[self.section]
        weighted = taken * self.share.reshape(-1, *[1] * (taken.ndim - 1))
        return np.asarray(np.add.reduceat(weighted, self.start[:-1], axis=0))


def gather_packages(country: Country, needs: CountryNeeds) -> Packages:
    """Gather every section in need into one package."""
    law = planning(on=country.on)
    per_metre = needs.saved_kzt_a_year / np.maximum(country.length_m, 1.0)
    streets = Streets(
        country.from_node,
        country.to_node,
        bearings(country),
        country.length_m,
        np.log(np.maximum(per_metre, LEAST_NEED)),
        needs.wanted,
    )
    found = gather_sections(streets, least_m=law.package_min_m, most_m=law.package_max_m)
    network = country.network[found.section[found.start[:-1]]]
    share = np.ones(len(found.section))
    return Packages(_codes(country, found), network, found.section, share, found.start)


def _codes(country: Country, found: Gathered) -> list[str]:
    """Return the code that always belongs to the very same sections of the same network."""
    codes = np.char.decode(country.code[found.section], "ascii").tolist()
    starts = found.start.tolist()
    owners = country.network[found.section[found.start[:-1]]].tolist()
    return [
        derived_code("PK", country.places[owner].code, *sorted(codes[begin:end]))
        for owner, begin, end in zip(owners, starts[:-1], starts[1:], strict=True)
    ]


def bearings(country: Country) -> Floats:
    """Return in which direction each section leaves its two nodes, radians."""
    first, last = country.line[:-1], country.line[1:] - 1
    begin = _direction(country, first, np.minimum(first + 1, last))
    end = _direction(country, last, np.maximum(last - 1, first))
    return np.stack([begin, end], axis=1)


def _direction(country: Country, here: Ints, there: Ints) -> Floats:
    east = (country.lon[there] - country.lon[here]) * np.cos(np.radians(country.lat[here] / 1e7))
    return np.asarray(np.arctan2(country.lat[there] - country.lat[here], east))
