"""The log's public files at their fixed addresses: checkpoint, key and tiles."""

import logging
import re

from django.db import DatabaseError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from qaita.kernel.errors import Unready
from qaita.ledger.queries import log_folder
from qaita.ledger.services import publish_log

log = logging.getLogger(__name__)
TILE = re.compile(r"(?:entries|[0-5])/(?:x\d{3}/)*\d{3}(?:\.p/(?:[1-9]\d{0,2}))?")
FOR_EVER = "public, max-age=31536000, immutable"


def checkpoint(request: HttpRequest) -> HttpResponse:
    """Answer the newest signed checkpoint, publishing what is committed first."""
    response = HttpResponse(_newest("checkpoint"), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def key(request: HttpRequest) -> HttpResponse:
    """Answer the verifier key of the log."""
    return HttpResponse(_newest("key"), content_type="text/plain; charset=utf-8")


def _newest(name: str) -> bytes:
    """Return the file after publishing, or as it was signed last when the log cannot grow."""
    try:
        publish_log()
    except (Unready, OSError, DatabaseError) as fault:
        if not (log_folder() / name).exists():
            raise
        log.error("the log cannot grow: %s", fault)  # noqa: TRY400 -- a sentence, no stack
    return (log_folder() / name).read_bytes()


def tile(request: HttpRequest, place: str) -> HttpResponseBase:
    """Answer one tile; a tile never changes."""
    file = log_folder() / "tile" / place
    if not TILE.fullmatch(place) or not file.is_file():
        raise Http404
    response = FileResponse(file.open("rb"), content_type="application/octet-stream")
    response["Cache-Control"] = FOR_EVER
    return response


urlpatterns: list[URLPattern] = [
    path("ledger/checkpoint", checkpoint, name="ledger_checkpoint"),
    path("ledger/key", key, name="ledger_key"),
    path("ledger/tile/<path:place>", tile, name="ledger_tile"),
]
