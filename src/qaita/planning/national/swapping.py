"""What an official's swap of packages costs, exactly, and what it does to every limit.

A swap gives some packages another option; all others stay. Its price is the benefit that the plan
loses, the money it spends more, and the failures it avoids less over the horizon of the law.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow.parquet as pq

from qaita.engine.plan import present_benefit
from qaita.engine.plan.national.moves import is_allowed, standing
from qaita.engine.plan.national.packs import Pack
from qaita.engine.plan.national.room import make_room
from qaita.law import planning
from qaita.planning.national.country import Floats, Ints
from qaita.planning.national.folder import ROW_GROUP
from qaita.planning.national.options import OptionPack
from qaita.planning.national.published import Published
from qaita.planning.national.tables import NOTHING

ROUNDING = 1e-9  # of a limit, as the checker allows


@dataclass(frozen=True)
class Side:
    """One option of a package. Money in million tenge; failures over the horizon of the law."""

    option: int
    year: int | None
    method: str
    cost_mkzt: float = 0.0
    benefit_mkzt: float = 0.0
    failures: float = 0.0  # avoided


@dataclass(frozen=True)
class Swapped:
    """A package with what the plan had for it and what an official wants."""

    at: int
    code: str
    before: Side
    after: Side


@dataclass(frozen=True)
class RowChange:
    """What a swap does to a limit. Least amounts are negated, as the engine keeps them."""

    row: int
    before: float
    after: float
    most: float

    @property
    def is_broken(self) -> bool:
        """Tell whether more is used than may be."""
        return self.after > self.most + ROUNDING * max(1.0, abs(self.most))

    @property
    def over(self) -> float:
        """Return by how much."""
        return max(self.after - self.most, 0.0)


@dataclass(frozen=True)
class Weighed:
    """A swap with its price and the plan that comes of it."""

    packages: Sequence[Swapped]
    option: Ints  # (n,): of every package, after the swap
    used: Floats  # (m,)
    worth_mkzt: float
    rows: Sequence[RowChange]  # the limits it changes, those it breaks first

    @property
    def lost_mkzt(self) -> float:
        """Return by how much less the plan avoids; below 0 where it avoids more."""
        return sum(one.before.benefit_mkzt - one.after.benefit_mkzt for one in self.packages)

    @property
    def more_cost_mkzt(self) -> float:
        """Return how much more is spent; below 0 where less is."""
        return sum(one.after.cost_mkzt - one.before.cost_mkzt for one in self.packages)

    @property
    def fewer_failures(self) -> float:
        """Return how many failures are not avoided any more; below 0 where more are."""
        return sum(one.before.failures - one.after.failures for one in self.packages)

    @property
    def broken(self) -> list[RowChange]:
        """Return the limits that are exceeded."""
        return [row for row in self.rows if row.is_broken]


def options_at(plan: Published, at: int) -> list[Side]:
    """Return everything that can be done with a package, nothing first."""
    pack, place = plan.place_of(at)
    one = plan.packs[pack]
    count = 1 + len(one.labels) * len(plan.years)
    allowed = [n for n in range(count) if is_allowed(one.pack, place, n)]
    gone = _failures(plan, pack, place)
    return [_side(plan, one, place, n, gone) for n in allowed]


def weigh_swap(plan: Published, wanted: Mapping[int, int]) -> Weighed:
    """Return what giving packages (their places) other options costs and changes."""
    packages = []
    for at, option in sorted(wanted.items()):
        sides = {side.option: side for side in options_at(plan, at)}
        code, now = plan.code[at].decode(), int(plan.option[at])
        packages.append(Swapped(at, code, sides[now], sides[option]))
    whole = plan.option.copy()
    whole[[one.at for one in packages]] = [one.after.option for one in packages]
    used, worth = standing(plan.problem, whole)
    rows = [
        RowChange(n, float(plan.used[n]), float(used[n]), float(plan.problem.rows.most[n]))
        for n in _touched(plan, packages)
    ]
    rows.sort(key=lambda row: (not row.is_broken, row.row))
    return Weighed(packages, whole, used, worth, rows)


def _touched(plan: Published, packages: Iterable[Swapped]) -> list[int]:
    """Return the limits that the packages' clusters stand in and whose use has changed."""
    width = 2 * len(plan.years) + 1
    delta = np.zeros(plan.problem.clusters * width)
    for one in packages:
        pack, place = plan.place_of(one.at)
        for side, sign in ((one.before, -1.0), (one.after, 1.0)):
            _add(plan.packs[pack].pack, place, side.option, sign, delta)
    change = np.asarray(plan.problem.rows.weights @ delta)
    return np.flatnonzero(np.abs(change) > ROUNDING).tolist()


def _add(pack: Pack, place: int, option: int, sign: float, used: Floats) -> None:
    if option == 0:
        return
    years = pack.cost.shape[3]
    width = 2 * years + 1
    choice, year = divmod(option - 1, years)
    for m, k in enumerate(pack.take[choice].tolist()):
        if k >= 0:
            base, cost = pack.cluster[place, m] * width, sign * float(pack.cost[place, m, k, year])
            used[base + year] += cost
            used[base + years + year] += sign * float(pack.length_km[place, m])
            used[base + 2 * years] += cost * float(pack.deficit[place, m, k])


def room_for_swap(plan: Published, weighed: Weighed) -> Weighed | None:
    """Return the same swap with the cheapest further changes that keep every limit.

    None where none was found.
    """
    pinned = np.array([one.at for one in weighed.packages], dtype=np.int64)
    moves = make_room(plan.problem, weighed.option, pinned, plan.problem.rows.most)
    if moves is None:
        return None
    wanted = {one.at: one.after.option for one in weighed.packages}
    return weigh_swap(plan, wanted | {move.package: move.option for move in moves})


def _side(plan: Published, one: OptionPack, place: int, option: int, gone: Floats) -> Side:
    if option == 0:
        return Side(0, None, NOTHING)
    pack, years = one.pack, plan.years
    choice, t = divmod(option - 1, len(years))
    networks = pack.take[choice, : one.members].tolist()  # goods cost nothing more
    taken = [(m, k) for m, k in enumerate(networks) if k >= 0]
    return Side(
        option,
        years[t],
        one.labels[choice],
        sum(float(pack.cost[place, m, k, t]) for m, k in taken),
        float(pack.benefit[place, choice, t]),
        sum(float(gone[m, k, t]) for m, k in taken),
    )


def _failures(plan: Published, pack: int, place: int) -> Floats:
    """Return failures avoided over the horizon (members, methods, years): counted, not paid for."""
    one = plan.packs[pack]
    file = plan.folder / plan.facts["packs"][pack]["file"]
    each = [(m, k) for m in range(one.members) for k in range(len(one.methods))]
    names = [f"old_failures_{m}" for m in range(one.members)]
    names += [f"new_failures_{m}_{k}" for m, k in each]
    group, within = divmod(place, ROW_GROUP)
    row = pq.ParquetFile(file).read_row_group(group, names).slice(within, 1).to_pylist()[0]
    law = planning(on=plan.on)
    avoided = present_benefit(
        np.array([row[f"old_failures_{m}"] for m, _k in each]),
        np.array([row[f"new_failures_{m}_{k}"] for m, k in each]),
        np.ones(len(each)),
        growth_share=law.failure_growth_percent / 100,
        rates=(0.0, 0.0),
        years=(len(plan.years), law.horizon_years),
    )
    return avoided.reshape(one.members, len(one.methods), len(plan.years))


def without_unchanged(weighed: Weighed) -> Weighed:
    """Return the swap without packages that keep what they had."""
    changed = [one for one in weighed.packages if one.before.option != one.after.option]
    return replace(weighed, packages=changed)
