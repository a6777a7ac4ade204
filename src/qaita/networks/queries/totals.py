"""Sums over the living sections of every network, kept in memory while nothing changes.

A page about the whole country adds up a million sections. Every change of a section writes an
entry about it, its network or its import, and an entry gets its place in the log when it is
committed: so the entries beyond the place at which sums were made name the networks to ask anew.
What is not committed yet is asked each time and never kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import count
from threading import Lock
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Q, QuerySet, Sum

from qaita.kernel.remembering import asked_once
from qaita.ledger.models import Entry
from qaita.networks.models import LIVING, Import, Network, Section

Totals = dict[str, Any]  # whose they are, and the names of `sums_of`
ABOUT = (
    Q(kind__startswith="section.") | Q(kind__startswith="network.") | Q(kind__startswith="import.")
)
WHOSE = {
    "service": "utility_service__service",
    "utility_service": "utility_service",
    "kato": "utility_service__region__kato",
}
DAYS_KEPT = 2
MOST_CHANGES = 500  # beyond it everything is asked at once


@dataclass(frozen=True)
class Held:
    """The sums of every network for a day, as of a place in the log."""

    place: int
    networks: dict[int, Totals]


_held: dict[date, Held] = {}
_looks = count(1)
_lock = Lock()


def sums_of(on: date) -> dict[str, Any]:
    """Return what is added up of sections: metres of several kinds, and how many there are."""
    return {
        "metres": Sum("length_m"),
        "pipes": Sum(F("length_m") * F("pipe_count")),
        "past": Sum("length_m", filter=Q(past_norm_on__lte=on)),
        "dated": Sum("length_m", filter=Q(past_norm_on__isnull=False)),
        "worn": Sum(F("length_m") * F("condition")),
        "modelled": Sum("length_m", filter=Q(condition__isnull=False)),
        "guessed": Sum("length_m", filter=Q(laid_imputed=True) | Q(material_imputed=True)),
        "rows": Count("pk"),
    }


def totals_by_network(on: date) -> dict[int, Totals]:
    """Return the sums of every network with living sections, by its row key."""
    with _lock:
        held = _held.get(on)
        anew = _told_since(held.place) if held else None
        if held and anew is not None and not anew:
            return held.networks
        place = _top()
        if held and anew is not None:
            rest = {key: row for key, row in held.networks.items() if key not in anew}
            found = dict(sorted({**rest, **_ask(on, anew)}.items()))
        else:
            found = _ask(on)
        if found and not is_unsure():
            _held[on] = Held(place, found)
            for day in sorted(_held)[:-DAYS_KEPT]:
                del _held[day]
        return found


def looks_by_utility_service(on: date) -> dict[int, tuple[int, ...]]:
    """Return for each service of a utility numbers that stay the same while its networks do.

    So whoever made something of their sections knows whether it has to be made anew.
    """
    found: dict[int, tuple[int, ...]] = {}
    for row in totals_by_network(on).values():
        found[row["utility_service"]] = (*found.get(row["utility_service"], ()), row["look"])
    return found


@asked_once
def networks_told_since(height: int) -> set[int] | None:
    """Return the networks about which anything is told from this height of the log on.

    What has no place in the log yet is told too. None when the log is not as high.
    """
    if height_of_log() < height:
        return None
    later = Entry.objects.filter(ABOUT, Q(index__gte=height) | Q(index=None)).order_by()
    codes = sorted(set(later.values_list("code", flat=True)))
    found = set[int]()
    for start in range(0, len(codes), MOST_CHANGES):
        found |= _networks_of(codes[start : start + MOST_CHANGES])
    return found


def forget_totals() -> None:
    """Drop the sums kept in memory."""
    with _lock:
        _held.clear()


def height_of_log() -> int:
    """Return how many entries have their place in the log."""
    return _top() + 1


def _top() -> int:
    top = Entry.objects.aggregate(top=Max("index"))["top"]
    return -1 if top is None else int(top)


def is_unsure() -> bool:
    """Tell whether we may be looking at changes that are not committed."""
    return connection.in_atomic_block and Entry.objects.filter(ABOUT, index=None).exists()


def _told_since(place: int) -> set[int] | None:
    """Return the networks about which something was told since; None when that cannot be said."""
    later = Entry.objects.filter(ABOUT, Q(index__gt=place) | Q(index=None)).order_by()
    codes = set(later.values_list("code", flat=True)[: MOST_CHANGES + 1])
    if not codes:
        return set()
    if len(codes) > MOST_CHANGES or _top() < place:
        return None
    return _networks_of(codes)


def _networks_of(codes: Collection[str]) -> set[int]:
    found = set(Network.objects.filter(code__in=codes).values_list("pk", flat=True))
    found |= set(Section.objects.filter(code__in=codes).values_list("network", flat=True))
    loads = Import.objects.filter(code__in=codes, network__isnull=False)
    return found | {key for key in loads.values_list("network", flat=True) if key is not None}


def _ask(on: date, networks: Collection[int] | None = None) -> dict[int, Totals]:
    rows: QuerySet[Section] = Section.objects.filter(state__in=LIVING)
    if networks is not None:
        rows = rows.filter(network__in=networks)
    summed = rows.order_by().values("network").annotate(**sums_of(on)).order_by("network")
    found: dict[int, Totals] = {row["network"]: {**row, "look": next(_looks)} for row in summed}
    if found:
        owners = Network.objects.values_list("pk", *WHOSE.values())
        for key, *whose in owners if networks is None else owners.filter(pk__in=networks):
            if key in found:
                found[key] |= dict(zip(WHOSE, whose, strict=True))
    return found
