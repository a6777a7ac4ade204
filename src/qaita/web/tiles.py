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
    return tile_answer(request, tile_of(layer, z, x, y, at=request.at))


def tile_answer(request: Request, body: bytes, *, kept: str = "public") -> HttpResponse:
    """Answer a gzipped tile; `kept` says whose caches may hold it: public or private."""
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {
        "ETag": etag,
        "Cache-Control": f"{kept}, max-age=300",
        "Vary": "Accept-Encoding",
    }
    if kept == "public":
        headers["Access-Control-Allow-Origin"] = "*"
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(gzip.decompress(body), content_type=TYPE, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return HttpResponse(body, content_type=TYPE, headers=headers)


urlpatterns: list[URLPattern] = [
    path("tiles/<slug:layer>/<int:z>/<int:x>/<int:y>.mvt", tile, name="tile"),
]
