"""Streets of two or more networks that can be dug once, and what one trench saves.

Each network of a street may be renewed alone, several of them in one trench, or all. What lies
beside one other network saves the law's share for two in a trench, what lies beside two others the
share for three, and so on; a stretch beside more is taken to be part of the one beside fewer, so
the saving is rather too small than too large.
"""

from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import numpy as np

from qaita.engine.packing.corridors import run_together
from qaita.law import national_plan
from qaita.planning.national.country import Country, Floats, Ints
from qaita.planning.national.gathering import Packages

ORDINALS = ("first", "second", "third", "fourth")
JOINT = "joint"
Subset = tuple[int, ...]


@dataclass(frozen=True)
class Streets:
    """Packages dug once: `member` (streets, most), −1 where there are fewer; metres beside."""

    member: Ints
    beside_m: Floats  # (streets, most, most): of a member beside another one

    def __len__(self) -> int:
        """Return how many streets there are."""
        return len(self.member)

    @property
    def size(self) -> Ints:
        """Return how many networks each street has."""
        return np.asarray((self.member >= 0).sum(1))

    @property
    def packages(self) -> Ints:
        """Return the packages of all streets."""
        return self.member[self.member >= 0]

    def of_size(self, size: int) -> "Streets":
        """Return the streets of so many networks."""
        own = self.size == size
        return Streets(self.member[own][:, :size], self.beside_m[own][:, :size, :size])

    def in_order(self, order: Ints) -> "Streets":
        """Return the same streets in another order, or some of them."""
        return Streets(self.member[order], self.beside_m[order])


def most_together(on: date) -> int:
    """Return how many networks the law knows the saving of, in one trench."""
    return max(int(count) for count in national_plan(on=on).dig_once_saving_percent)


def find_streets(country: Country, packages: Packages) -> Streets:
    """Find the streets of several services that can be dug once, region by region."""
    law, most = national_plan(on=country.on), most_together(country.on)
    kind = _numbered([place.service for place in country.places])
    region = _numbered([place.region for place in country.places])
    owner = packages.owner
    home = region[packages.network[owner]]
    found = [
        run_together(
            (country.lon, country.lat, country.line),
            (packages.section[home == one], owner[home == one]),
            kind[packages.network],
            bounds=(law.dig_once_m, law.dig_once_percent / 100),
            most=most,
        )
        for one in range(int(region.max(initial=-1)) + 1)
    ]
    return Streets(
        np.concatenate([one.member for one in found] or [np.zeros((0, most), np.int64)]),
        np.concatenate([one.beside_m for one in found] or [np.zeros((0, most, most))]),
    )


def _numbered(names: list[str]) -> Ints:
    return np.unique(np.array(names, dtype=str), return_inverse=True)[1].astype(np.int64)


def whole_streets(found: Streets, before: Packages, after: Packages) -> Streets:
    """Keep the streets whose packages were not cut into stages, by their new places."""
    if before is after:
        return found
    place = {code: p for p, code in enumerate(after.code)}
    moved = np.array([*(place.get(code, -1) for code in before.code), -1], dtype=np.int64)
    member = moved[found.member]
    kept = ((member >= 0) == (found.member >= 0)).all(1)
    return replace(found, member=member, beside_m=found.beside_m).in_order(np.flatnonzero(kept))


def subsets_of(size: int) -> list[Subset]:
    """Return which networks of a street may share a trench: some, and at last all of them."""
    return [one for count in range(2, size + 1) for one in combinations(range(size), count)]


def label_of(subset: Subset, size: int) -> str:
    """Return the name of the choice that renews these networks of a street in one trench."""
    if len(subset) == size:
        return JOINT
    return "_".join([JOINT, *(ORDINALS[m] for m in subset)])


def saved_share(streets: Streets, subset: Subset, m: int, length_m: Floats, on: date) -> Floats:
    """Return which share of a member's cost one trench with the others of the subset saves."""
    percent = national_plan(on=on).dig_once_saving_percent
    steps = [0.0, *(percent[str(count)] / 100 for count in range(2, len(subset) + 1))]
    others = [n for n in subset if n != m]
    metres = -np.sort(-streets.beside_m[:, m, others], axis=1)
    shares = np.minimum(metres / np.maximum(length_m[:, None], 1e-9), 1.0)
    return np.asarray(shares @ np.diff(steps))
