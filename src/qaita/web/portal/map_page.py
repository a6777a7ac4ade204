"""The page of the map and the shapes it draws from afar; the tiles come from their own address."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from qaita.kernel.clock import day_of
from qaita.kernel.text import in_language
from qaita.networks.models import Network, Section
from qaita.networks.queries import middles_of_networks, wear_of_every_network
from qaita.territory.models import Region, RegionBorder, Settlement
from qaita.web.formats import language
from qaita.web.links import link
from qaita.web.middleware import Request
from qaita.web.portal import region_maps
from qaita.web.portal.wear import wear_by_region

TILES = "/tiles/{service}/{z}/{x}/{y}.mvt"
PLACES = 400


def map_page(request: Request) -> HttpResponse:
    """Show the map, its choices and the same figures as a list."""
    maps = region_maps.wear_maps(day_of(request.at))
    context = {
        "table": region_maps.wear_table(maps),
        "services": [one.service for one in maps.maps],
        "tiles": TILES,
        "section_url": link("section", "CODE"),
        "region_url": link("region", "KATO"),
        "address_url": link("address"),
        "has_networks": Section.objects.exists(),
    }
    return render(request, "portal/map.html", context)


def _answer(features: list[dict[str, Any]]) -> JsonResponse:
    answer = JsonResponse({"type": "FeatureCollection", "features": features})
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def regions_geojson(request: Request) -> JsonResponse:
    """Answer the regions with their wear by service in per cent."""
    wear = wear_by_region(day_of(request.at))
    features = []
    drawn = dict(RegionBorder.objects.values_list("region__kato", "outline"))
    for region in Region.objects.all():
        shares = {
            f"wear_{service}": round(share * 100, 1)
            for service, found in wear.items()
            if region.kato in found and (share := found[region.kato].share_past_norm) is not None
        }
        name = in_language(region, "name", language())
        features.append(
            {
                "type": "Feature",
                "properties": {"kato": region.kato, "name": name, **shares},
                "geometry": {
                    "type": "MultiPolygon",
                    "coordinates": [[ring] for ring in drawn.get(region.kato, ())],
                },
            }
        )
    return _answer(features)


def places_geojson(request: Request) -> JsonResponse:
    """Answer the biggest towns with their names and people."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "name": in_language(place, "name", language()),
                "people": place.population,
            },
            "geometry": {"type": "Point", "coordinates": [place.lon_deg, place.lat_deg]},
        }
        for place in Settlement.objects.order_by("-population", "code")[:PLACES]
    ]
    return _answer(features)


def networks_geojson(request: Request) -> JsonResponse:
    """Answer the middle of every network: from afar its lines are too small to be seen."""
    on = day_of(request.at)
    middles, figures = middles_of_networks(on), wear_of_every_network(on)
    features = [
        {
            "type": "Feature",
            "properties": {
                "name": in_language(network, "name", language()),
                "service": figures[network.pk].service,
                "km": round(figures[network.pk].length_m / 1_000, 1),
                **_share(figures[network.pk].share_past_norm),
            },
            "geometry": {"type": "Point", "coordinates": [round(deg, 5) for deg in middle]},
        }
        for network in Network.objects.order_by("pk")
        if (middle := middles.get(network.pk))
    ]
    return _answer(features)


def _share(share: float | None) -> dict[str, float]:
    return {} if share is None else {"wear": round(share * 100, 1)}


urlpatterns: list[URLPattern] = [
    path("map/", map_page, name="map"),
    path("map/regions.json", regions_geojson, name="map_regions"),
    path("map/places.json", places_geojson, name="map_places"),
    path("map/networks.json", networks_geojson, name="map_networks"),
]
