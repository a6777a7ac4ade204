"""Loads the territory: regions with outlines, towns with names in three languages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import shapely
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from qaita.kernel.actor import Actor
from qaita.kernel.errors import Missing, Refused
from qaita.territory import outlines
from qaita.territory.errors import NO_SOURCE, NOT_YOUR_ROLE
from qaita.territory.models import Region, RegionBorder, Settlement
from qaita.territory.names import PlaceName, choose_name
from qaita.territory.queries import forget_borders
from qaita.territory.sources import gazetteer_rows, read_names, region_outlines

TWIN_DEG = 0.25  # two records of one name nearer than this are one place


def load_territory(*, by: Actor, at: datetime) -> dict[str, int]:
    """Load or refresh regions and settlements; running it twice changes nothing.

    Borders and towns come from the installed packages, names from our own lists.
    """
    if not by.roles & {"system", "sysadmin"}:
        raise Refused("territory.load", [NOT_YOUR_ROLE])
    try:
        shapes = outlines.joined(region_outlines())
        rows = list(gazetteer_rows())
    except Missing as missing:
        raise Refused("territory.load", [NO_SOURCE]) from missing
    with transaction.atomic():
        katos, borders = _load_regions(shapes)
        towns = _load_settlements(rows, katos, borders, at=at)
    forget_borders()
    return {"regions": len(katos), "settlements": towns}


def _load_regions(shapes: dict[str, BaseGeometry]) -> tuple[list[str], list[BaseGeometry]]:
    names = read_names("region_names.yaml")
    overview = outlines.simplified(shapes, outlines.OVERVIEW_DEG)
    fine = outlines.simplified(shapes, outlines.BORDER_DEG)
    regions = [
        _region(kato, name, overview[name["outline"]]) for kato, name in sorted(names.items())
    ]
    fields = ["iso", "name_kk", "name_ru", "name_en", "centre_lon_deg", "centre_lat_deg"]
    Region.objects.bulk_create(
        regions, update_conflicts=True, unique_fields=["kato"], update_fields=fields
    )
    keys = dict(Region.objects.values_list("kato", "pk"))
    borders = [fine[names[kato]["outline"]] for kato in sorted(names)]
    RegionBorder.objects.bulk_create(
        [
            RegionBorder(
                region_id=keys[kato],
                outline=outlines.rings_of(overview[names[kato]["outline"]]),
                wkb=shapely.to_wkb(border),
            )
            for kato, border in zip(sorted(names), borders, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["region"],
        update_fields=["outline", "wkb"],
    )
    return sorted(names), borders


def _region(kato: str, name: dict[str, str], shape: BaseGeometry) -> Region:
    inside = shape.representative_point()
    return Region(
        kato=kato,
        iso=f"KZ-{kato}",
        name_kk=name["kk"],
        name_ru=name["ru"],
        name_en=name["en"],
        centre_lon_deg=round(inside.x, 4),
        centre_lat_deg=round(inside.y, 4),
    )


def _load_settlements(
    rows: list[dict[str, Any]], katos: list[str], borders: list[BaseGeometry], *, at: datetime
) -> int:
    ours = read_names("town_names.yaml")
    keys = dict(Region.objects.values_list("kato", "pk"))
    places = list(_without_twins(rows))
    tree = shapely.STRtree(borders)
    lon, lat = [p["longitude"] for p in places], [p["latitude"] for p in places]
    inside = outlines.places_inside(tree, lon, lat).tolist()
    settlements = []
    for place, index in zip(places, inside, strict=True):
        at_border = shapely.Point(place["longitude"], place["latitude"])
        kato = katos[index if index >= 0 else int(tree.nearest(at_border))]
        given = ours.get(place["geonameid"])
        name = PlaceName(*given) if given else choose_name(place["name"], place["alternatenames"])
        settlements.append(_settlement(place, name, keys[kato], at))
    fields = ["region", "name_kk", "name_ru", "name_en", "lon_deg", "lat_deg", "population"]
    Settlement.objects.bulk_create(
        settlements,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[*fields, "names_transliterated", "loaded_at"],
    )
    return len(settlements)


def _settlement(place: dict[str, Any], name: PlaceName, region_id: int, at: datetime) -> Settlement:
    return Settlement(
        code=f"GN{place['geonameid']}",
        region_id=region_id,
        name_kk=name.kk,
        name_ru=name.ru,
        name_en=name.en,
        lon_deg=place["longitude"],
        lat_deg=place["latitude"],
        population=place["population"],
        names_transliterated=name.transliterated,
        loaded_at=at,
    )


def _without_twins(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Leave out the second record of one place: same name, near, smaller."""
    seen: dict[str, list[tuple[float, float]]] = {}
    for row in sorted(rows, key=lambda row: (-row["population"], row["geonameid"])):
        near = seen.setdefault(row["name"], [])
        if any(
            abs(lon - row["longitude"]) < TWIN_DEG and abs(lat - row["latitude"]) < TWIN_DEG
            for lon, lat in near
        ):
            continue
        near.append((row["longitude"], row["latitude"]))
        yield row
