"""What a plan needs of every product after an official's swap: only the swapped packages count."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow.parquet as pq

from qaita.law import unit_prices
from qaita.planning.national.materials import Demand, Supply, capacity_km_of
from qaita.planning.national.prices import RETROFIT
from qaita.planning.national.published import Published
from qaita.planning.national.swapping import Side, Weighed

Cell = tuple[str, str, int]  # service, product, year


def demands_after(
    before: Sequence[Mapping[str, Any]],
    plan: Published,
    weighed: Weighed,
    found: Mapping[tuple[str, str], Supply],
) -> list[Demand]:
    """Return the bill of materials of the plan after the swap."""
    change: defaultdict[Cell, float] = defaultdict(float)
    for pack, told in enumerate(plan.facts["packs"]):
        for cell, km in _changes(plan, weighed, pack, told):
            change[cell] += km
    known = {(one["service"], one["product"]): one for one in before}
    own: dict[Cell, float] = {
        (one["service"], one["product"], one["year"]): one["length_km"] for one in before
    }
    kpved = unit_prices(on=plan.on).product_kpved
    names = sorted({*known, *((service, product) for service, product, _year in change)})
    rows = []
    for service, product in names:
        code = kpved.get(product, "")
        for year in plan.years:
            cell = (service, product, year)
            km = round(max(own.get(cell, 0.0) + change.get(cell, 0.0), 0.0), 6)
            made = known.get((service, product), {}).get("capacity_km")
            made = made if made is not None else capacity_km_of(found, service, code)
            rows.append(Demand(service, product, code, year, km, made))
    return rows


def _changes(
    plan: Published, weighed: Weighed, pack: int, told: Mapping[str, Any]
) -> Iterator[tuple[Cell, float]]:
    """Yield what the swapped packages of a pack need more (or less) of a product in a year."""
    swapped = {one.code: one for one in weighed.packages if plan.place_of(one.at)[0] == pack}
    if not swapped:
        return
    rows = pq.read_table(plan.folder / told["sections"], filters=[("code", "in", list(swapped))])
    for row in rows.to_pylist():
        one = swapped[row["code"]]
        place = plan.place_of(one.at)[1]
        service = plan.clusters[int(plan.packs[pack].pack.cluster[place, row["member"]])].service
        for side, sign in ((one.before, -1.0), (one.after, 1.0)):
            product = _product(plan, pack, row, side)
            if product and side.year is not None:
                yield (service, product, side.year), sign * row["pipe_km"]


def _product(plan: Published, pack: int, row: Mapping[str, Any], side: Side) -> str:
    """Return what is laid in a section, empty where it is left alone."""
    if not side.option:
        return ""
    one = plan.packs[pack]
    method = int(one.pack.take[(side.option - 1) // len(plan.years), row["member"]])
    if method < 0:
        return ""
    return str(row["product_lined" if one.methods[method] == RETROFIT else "product"])
