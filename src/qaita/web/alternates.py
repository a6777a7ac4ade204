"""The same page for programs: which address tells as data what a page shows."""

from dataclasses import dataclass

from django.http import HttpRequest

JSON, GEOJSON = "application/json", "application/geo+json"
# page → address; the page's own code fills it
ADDRESSES = {
    "portal:programme": "/api/v1/programme",
    "portal:projects": "/data/oc4ids/package.json",
    "portal:project": "/api/v1/projects/{code}",
    "portal:run": "/api/v1/plans/{code}",
    "portal:tenders": "/data/ocds/package.json",
    "portal:tender": "/api/v1/tenders/{code}",
    "portal:contracts": "/data/ocds/package.json",
    "portal:contract": "/api/v1/contracts/{code}",
    "portal:producers": "/api/v1/producers",
    "portal:producer": "/api/v1/producers/{code}",
    "portal:catalogue": "/api/v1/products",
    "portal:product": "/api/v1/products/{code}",
    "portal:section": "/api/v1/sections/{code}",
    "portal:outage": "/api/v1/outages/{code}",
    "portal:effects": "/api/v1/effects",
    "portal:regions": "/ogc/collections/regions/items",
    "portal:region": "/ogc/collections/regions/items/{kato}",
    "portal:utilities": "/ogc/collections/utilities/items",
    "portal:ledger": "/api/v1/feed",
}


@dataclass(frozen=True)
class Alternate:
    """An address for programs and what it answers with."""

    address: str
    media_type: str


def as_data(request: HttpRequest) -> Alternate | None:
    """Return where this page is data, or None."""
    match = request.resolver_match
    address = ADDRESSES.get(match.view_name) if match else None
    if match is None or address is None:
        return None
    media_type = GEOJSON if address.startswith("/ogc/") else JSON
    return Alternate(address.format(**match.kwargs), media_type)
