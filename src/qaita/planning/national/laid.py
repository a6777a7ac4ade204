"""What a plan lays of every product, from the files of the run whose packages it has."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from qaita.engine.plan.national.packs import Floats, Ints
from qaita.law import unit_prices
from qaita.planning.national.materials import Demand, Supply, demand_rows
from qaita.planning.national.options import OptionPack
from qaita.planning.national.prices import RETROFIT
from qaita.planning.national.published import Published

NEEDED = ["code", "member", "pipe_km", "product", "product_lined"]
Key = tuple[str, str]  # service, product


def demands_of_plan(
    run: Published, option: Ints, found: Mapping[tuple[str, str], Supply]
) -> list[Demand]:
    """Return the bill of materials of a plan (an option of every package) of a run's packages."""
    sums: dict[Key, Floats] = {}
    service = np.array([one.service for one in run.clusters], dtype=str)
    for n, (one, start) in enumerate(zip(run.packs, run.starts[:-1].tolist(), strict=True)):
        table = pq.read_table(run.folder / run.facts["packs"][n]["sections"], columns=NEEDED)
        own = option[start : start + len(one.package)]
        for key, part in _laid(table, one, own, service):
            sums[key] = sums.get(key, np.zeros(len(run.years))) + part
    services, products = (sorted({key[n] for key in sums}) for n in range(2))
    whole = np.zeros((len(services), len(products), len(run.years)))
    for (name, product), part in sums.items():
        whole[services.index(name), products.index(product)] = part
    codes = unit_prices(on=run.on).product_kpved
    return demand_rows(whole, (services, products), run.years, codes, found)


def _laid(
    table: pa.Table, one: OptionPack, own: Ints, service: NDArray[np.str_]
) -> Iterator[tuple[Key, Floats]]:
    """Yield service, product and kilometres by year of one pack."""
    pack, years = one.pack, one.pack.cost.shape[3]
    # codes stand in the order of the packages, so the first sight of each tells its place
    place = table["code"].combine_chunks().dictionary_encode().indices.to_numpy()
    member = table["member"].to_numpy()
    choice, year = np.divmod(own - 1, years)
    method = np.where(own[place] > 0, pack.take[np.maximum(choice, 0)[place], member], -1)
    lined = method == (one.methods.index(RETROFIT) if RETROFIT in one.methods else -2)
    kinds, kind = np.unique(service, return_inverse=True)
    of = kind[pack.cluster[place, member]]
    km, when = table["pipe_km"].to_numpy(), year[place]
    for name, taken in (("product", ~lined), ("product_lined", lined)):
        coded = table[name].combine_chunks()
        coded = coded if pa.types.is_dictionary(coded.type) else coded.dictionary_encode()
        number = coded.indices.to_numpy()
        at = np.flatnonzero((method >= 0) & taken)
        for s, p in {*zip(of[at].tolist(), number[at].tolist(), strict=True)}:
            mine = at[(of[at] == s) & (number[at] == p)]
            sums = np.bincount(when[mine], km[mine], years).astype(np.float64)
            yield (str(kinds[s]), str(coded.dictionary[int(p)].as_py())), sums
