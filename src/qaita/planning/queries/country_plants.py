"""What a country's plan does with networks whose plants have dates, or should have."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from qaita.kernel.text import in_language
from qaita.networks.models import Network
from qaita.planning.models import CountryRun
from qaita.planning.national.limits import CountryLimits, limits_of_json
from qaita.planning.national.plants import READY, said_of_plants
from qaita.planning.queries.country_plans import folder_of
from qaita.planning.reasons import sentence


@dataclass(frozen=True)
class Plant:
    """What a scenario says of the plant of a network."""

    network: str
    name: str
    service: str
    kind: str
    year: int
    words: str


@dataclass(frozen=True)
class PlantLine:
    """A plant, and what a plan renews of the pipes that hang on it."""

    plant: Plant
    need_m: float  # of packages that were there to choose from
    chosen_m: float
    first_year: int | None
    is_left_alone: bool  # the plant is renewed within the plan's years and its worn pipes are not


def plants_of_scenario(limits: CountryLimits, language: str) -> list[Plant]:
    """Return what a scenario says of plants, by the code of the network."""
    said = said_of_plants(limits)
    known = {
        one.code: one
        for one in Network.objects.filter(code__in=list(said)).select_related("utility_service")
    }
    return [
        Plant(
            code,
            in_language(known[code], "name", language) if code in known else code,
            known[code].utility_service.service if code in known else "",
            kind,
            year,
            sentence(kind, language, {"year": year}),
        )
        for code, (kind, year) in sorted(said.items())
    ]


def plants_of_run(run: CountryRun, language: str) -> list[PlantLine]:
    """Return the plants of a run's scenario with what its plan does behind each."""
    limits = limits_of_json(run.scenario.limits)
    plants = plants_of_scenario(limits, language)
    if not plants:
        return []
    sums = _sums(folder_of(run), run.result_digest, tuple(one.network for one in plants))
    found = []
    for plant in plants:
        need, chosen, first = sums[plant.network]
        need, chosen = 1_000 * need, 1_000 * chosen
        is_ready = plant.kind == READY and plant.year <= limits.years[-1]
        found.append(PlantLine(plant, need, chosen, first, is_ready and need > 0 and not chosen))
    return found


@lru_cache(maxsize=4)
def _sums(
    folder: Path, _digest: str, networks: tuple[str, ...]
) -> Mapping[str, tuple[float, float, int | None]]:
    """Return of every network: km in packages, km in the plan, and its first year there."""
    need, chosen = dict.fromkeys(networks, 0.0), dict.fromkeys(networks, 0.0)
    first: dict[str, int] = {}
    facts: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    for pack in facts["packs"]:
        plan = pq.read_table(folder / pack["plan"], columns=["option"])["option"].to_numpy()
        take = np.array(pack["take"], dtype=np.int64).reshape(pack["choices"], pack["members"])
        choice, year = np.divmod(plan.astype(np.int64) - 1, len(facts["years"]))
        for m in range(pack.get("networks", pack["members"])):
            table = pq.read_table(folder / pack["file"], columns=[f"network_{m}", f"length_km_{m}"])
            name, length = (table[one].to_numpy() for one in table.column_names)
            taken = (plan > 0) & (take[np.maximum(choice, 0), m] >= 0)
            for network in networks:
                own = name == network
                need[network] += float(length[own].sum())
                chosen[network] += float(length[own & taken].sum())
                if (own & taken).any():
                    earliest = facts["years"][int(year[own & taken].min())]
                    first[network] = min(first.get(network, earliest), earliest)
    return {one: (need[one], chosen[one], first.get(one)) for one in networks}
