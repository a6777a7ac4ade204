"""Questions about places."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import shapely

from qaita.kernel.errors import Missing
from qaita.territory.models import Region, RegionBorder, Settlement
from qaita.territory.names import closeness, folded
from qaita.territory.outlines import places_inside

NEAR_KM = 60.0
KM_PER_DEGREE = 111.32
LIKE_ENOUGH = 0.7


@lru_cache(maxsize=1)
def _borders(_seen: int) -> tuple[tuple[str, ...], shapely.STRtree]:
    rows = list(RegionBorder.objects.values_list("region__kato", "wkb").order_by("region__kato"))
    katos = tuple(kato for kato, _ in rows)
    return katos, shapely.STRtree(shapely.from_wkb([bytes(wkb) for _, wkb in rows]))


def forget_borders() -> None:
    """Drop the borders kept in memory, after they were loaded anew."""
    _borders.cache_clear()


def katos_at(lon_deg: Sequence[float], lat_deg: Sequence[float]) -> list[str | None]:
    """Return for each point the KATO of the region it lies in: the bulk form of `region_at`."""
    katos, tree = _borders(RegionBorder.objects.count())
    return [katos[i] if i >= 0 else None for i in places_inside(tree, lon_deg, lat_deg).tolist()]


def region_at(lon_deg: float, lat_deg: float) -> Region | None:
    """Return the region the point lies in."""
    kato = katos_at([lon_deg], [lat_deg])[0]
    return Region.objects.filter(kato=kato).first() if kato else None


def get_region(kato: str) -> Region:
    """Return exactly one region, or raise Missing."""
    region = Region.objects.filter(kato=kato).first()
    if region is None:
        raise Missing("region", kato)
    return region


def settlement_near(
    lon_deg: float, lat_deg: float, within_km: float = NEAR_KM
) -> Settlement | None:
    """Return the nearest town or village within the distance."""
    lat_span = within_km / KM_PER_DEGREE
    lon_span = lat_span / max(0.2, float(np.cos(np.radians(lat_deg))))
    around = Settlement.objects.select_related("region").filter(
        lon_deg__range=(lon_deg - lon_span, lon_deg + lon_span),
        lat_deg__range=(lat_deg - lat_span, lat_deg + lat_span),
    )
    ranked = [(_distance_km(lon_deg, lat_deg, place), place.code, place) for place in around]
    nearest = min(ranked, default=None)
    return nearest[2] if nearest and nearest[0] <= within_km else None


def _distance_km(lon_deg: float, lat_deg: float, place: Settlement) -> float:
    """Return the distance on a plane: good to a percent within a hundred kilometres."""
    narrowing = float(np.cos(np.radians((lat_deg + place.lat_deg) / 2)))
    return KM_PER_DEGREE * float(
        np.hypot((lon_deg - place.lon_deg) * narrowing, lat_deg - place.lat_deg)
    )


def settlements_matching(text: str, limit: int = 10) -> list[Settlement]:
    """Return places whose name in any language is near the typed text, best first."""
    asked = folded(text)
    if not asked:
        return []
    ranked: list[tuple[float, int, str, Settlement]] = []
    for place in Settlement.objects.select_related("region"):
        names = {folded(name) for name in (place.name_kk, place.name_ru, place.name_en)}
        likeness = max(closeness(asked, name) for name in names)
        if likeness >= LIKE_ENOUGH:
            ranked.append((-likeness, -place.population, place.code, place))
    return [row[3] for row in sorted(ranked)[:limit]]
