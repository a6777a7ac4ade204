"""The ages of a network's sections as columns, and how sure an imputed one is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from qaita.networks.ageing import Rows, complete_rows, day_of_year, decimal_year
from qaita.networks.models import LIVING, Network, Node, Section

COLUMNS = (
    "pk", "material", "material_imputed", "laid_on", "laid_imputed", "diameter_mm", "voltage_kv",
    "length_m", "from_node", "to_node", "condition", "norm_life_years",
)  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """What stands behind an imputed year or material of a section.

    The true day of laying lies between `low_on` and `high_on` with confidence 0.8;
    `material_share` is the share of the votes that the material got.
    """

    low_on: date
    high_on: date
    material_share: float


def ages_of(network: Network) -> Mapping[str, Sequence[Any]]:
    """Return the living sections of a network as columns."""
    rows = Section.objects.filter(network=network, state__in=LIVING).order_by("pk")
    found = list(rows.values_list(*COLUMNS))
    columns = zip(*found, strict=True) if found else ([] for _name in COLUMNS)
    return dict(zip(COLUMNS, columns, strict=True))


def rows_of(network: Network, table: Mapping[str, Sequence[Any]]) -> Rows:
    """Return the columns as the engine takes them: what was imputed counts as unknown."""
    keys = Node.objects.filter(network=network).order_by("pk").values_list("pk", flat=True)
    place = {key: number for number, key in enumerate(keys)}
    guessed = zip(table["material"], table["material_imputed"], strict=True)
    laid = zip(table["laid_on"], table["laid_imputed"], strict=True)
    sizes = zip(table["diameter_mm"], table["voltage_kv"], strict=True)
    return Rows(
        ["" if imputed else name for name, imputed in guessed],
        np.array([decimal_year(None if imputed else day) for day, imputed in laid], np.float64),
        np.array([mm or (kv or 0.0) * 10 or np.nan for mm, kv in sizes], np.float64),
        np.array(table["length_m"], np.float64),
        np.array([place[key] for key in table["from_node"]], np.int64),
        np.array([place[key] for key in table["to_node"]], np.int64),
        len(place),
    )


def guess_of(section: Section, *, on: date) -> Guess | None:
    """Return how sure the imputed year or material of a living section is; None if both are known.

    It is computed anew from the network of today, so it may differ a little from what was stored.
    """
    if not (section.laid_imputed or section.material_imputed):
        return None
    table = ages_of(section.network)
    if section.pk not in table["pk"]:
        return None
    at = table["pk"].index(section.pk)
    aged = complete_rows(rows_of(section.network, table), service=section.service, on=on)
    low, high = float(aged.laid.low[at]), float(aged.laid.high[at])
    return Guess(day_of_year(low), day_of_year(high), float(aged.material_share[at]))
