"""Vector tiles over HTTP: gzip, ETag, and a short life."""

import gzip
import hashlib

from django.http import HttpResponse
from django.urls import URLPattern, path

from qaita.networks.queries.tiles import tile_of
from qaita.web.middleware import Request

TYPE = "application/vnd.mapbox-vector-tile"


def tile(request: Request, layer: str, z: int, x: int, y: int) -> HttpResponse:
    """Answer one tile of a service's networks."""
    body = tile_of(layer, z, x, y, at=request.at)
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "Access-Control-Allow-Origin": "*",
    }
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(gzip.decompress(body), content_type=TYPE, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return HttpResponse(body, content_type=TYPE, headers=headers)


urlpatterns: list[URLPattern] = [
    path("tiles/<slug:layer>/<int:z>/<int:x>/<int:y>.mvt", tile, name="tile"),
]
