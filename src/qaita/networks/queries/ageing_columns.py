"""What ages of a network's sections, as columns; those of utilities are kept in memory.

A forecast of wear asks the same of every section on every day: when it was laid, how long it lives,
how worn it is. A utility's columns are read anew when the ledger tells anything of its networks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import Any

import numpy as np
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast
from numpy.typing import NDArray

from qaita.networks.ageing import SHAPES, USUAL_SHAPE
from qaita.networks.models import LIVING, Network, Section, UtilityService
from qaita.networks.queries.totals import height_of_log, is_unsure, networks_told_since

Floats = NDArray[np.float64]
NAMES = ("laid_day", "norm_life_years", "length_m", "material", "condition")
CHUNK = 5_000
MOST_ROWS = 4_000_000  # kept at once, 36 bytes each


@dataclass(frozen=True)
class Ageing:
    """Sections of known age and norm, in the order of their rows; unknown wear is NaN."""

    laid_on: NDArray[np.datetime64]
    norm_life_years: Floats
    length_m: Floats
    shape: Floats
    wear_share: Floats


@dataclass(frozen=True)
class Kept:
    """The columns of a utility's service, as they stood at a height of the log."""

    height: int
    columns: Ageing


_kept: dict[int, Kept] = {}
_lock = Lock()


def ageing_of_utility_service(owner: UtilityService) -> Ageing:
    """Return the living sections of a utility's service, from memory where nothing changed."""
    with _lock:
        kept = _kept.get(owner.pk)
    networks = set(Network.objects.filter(utility_service=owner).values_list("pk", flat=True))
    if kept is not None and _is_as_it_was(kept, networks):
        return kept.columns
    height = height_of_log()
    columns = ageing_of(Section.objects.filter(network__in=networks, state__in=LIVING))
    if not is_unsure():
        _keep(owner.pk, Kept(height, columns))
    return columns


def ageing_of(living: QuerySet[Section]) -> Ageing:
    """Return what ages of these sections.

    Days come as text, and rows as one long list: a million of them are read in two seconds.
    """
    rows = living.filter(laid_on__isnull=False, norm_life_years__isnull=False).order_by("pk")
    cells: Sequence[Any] = list(
        chain.from_iterable(
            rows.annotate(laid_day=Cast("laid_on", CharField()))
            .values_list(*NAMES)
            .iterator(chunk_size=CHUNK)
        )
    )
    laid, norm, length, material, worn = (cells[at :: len(NAMES)] for at in range(len(NAMES)))
    return Ageing(
        np.array(laid, "datetime64[D]"),
        np.array(norm, np.float64),
        np.array(length, np.float64),
        np.array([SHAPES.get(name, USUAL_SHAPE) for name in material], np.float64),
        np.array(worn, np.float64),  # None becomes NaN
    )


def forget_ageing() -> None:
    """Drop the columns kept in memory."""
    with _lock:
        _kept.clear()


def _is_as_it_was(kept: Kept, networks: set[int]) -> bool:
    told = networks_told_since(kept.height)
    return told is not None and not told & networks


def _keep(owner: int, kept: Kept) -> None:
    with _lock:
        _kept[owner] = kept
        total = sum(len(one.columns.length_m) for one in _kept.values())
        while total > MOST_ROWS:
            total -= len(_kept.pop(next(iter(_kept))).columns.length_m)
