"""Published pages: the folder the publisher writes, served without touching the database."""

import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase

ADDRESS = re.compile(
    r"/(?:(?P<language>kk|ru|en)/(?:[A-Za-z0-9-]+/)*|data/(?:[a-z0-9-]+/)?[a-z0-9-]+\.[a-z]+)"
)
FRESH = "public, max-age=60, stale-while-revalidate=600"
PUBLISHED = "qaita.published"  # set on a question that the edition answered: its name
HELD_BYTES = 262_144  # larger files are streamed from the disk
ENDINGS = {"br": ".br", "gzip": ".gz", "": ""}
TYPES = {
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "jsonl": "application/x-ndjson",
}


@dataclass(frozen=True)
class Piece:
    """One published file in one encoding."""

    path: Path
    body: bytes | None  # None: too large to hold
    etag: str
    encoding: str


def published_answer(request: HttpRequest) -> HttpResponse | None:
    """Return the published page of this address, or None when it must be made now."""
    if request.method not in ("GET", "HEAD") or request.META.get("QUERY_STRING"):
        return None
    if "qaita.height" in request.META or "HTTP_HX_REQUEST" in request.META:
        return None  # being published, or a fragment
    address = ADDRESS.fullmatch(request.path_info)
    edition = current_name() if address else None
    if address is None or edition is None:
        return None
    accepted = encodings(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    piece = _best_piece(f"{settings.SITE_DIR}/{edition}", request.path_info, accepted)
    if piece and piece.body is not None and piece.encoding == accepted[0]:
        request.META[PUBLISHED] = edition
    return _answer(request, piece, address["language"]) if piece else None


def current_name() -> str | None:
    """Return the name of the edition people read now."""
    try:
        return os.readlink(os.path.join(settings.SITE_DIR, "current"))  # noqa: PTH115, PTH118 -- every request passes here
    except OSError:
        return None


@lru_cache(maxsize=256)
def encodings(accepted: str) -> tuple[str, ...]:
    """Return the encodings the reader takes, the best first."""
    taken = {
        name.strip().lower()
        for name, _semicolon, weight in (part.partition(";") for part in accepted.split(","))
        if weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    }
    return (*(name for name in ("br", "gzip") if name in taken), "")


@lru_cache(maxsize=1024)
def _best_piece(edition: str, address: str, accepted: tuple[str, ...]) -> Piece | None:
    """Return the file in the best encoding there is: those joined of pieces have no brotli."""
    found = (_piece(edition, address, encoding) for encoding in accepted)
    return next((piece for piece in found if piece), None)


def _piece(edition: str, address: str, encoding: str) -> Piece | None:
    name = f"{address}index.html" if address.endswith("/") else address
    path = Path(edition, name.lstrip("/") + ENDINGS[encoding])
    try:
        size = path.stat().st_size
        if size > HELD_BYTES:
            mark = f"{edition}{address}{encoding}{size}"
            return Piece(path, None, hashlib.sha256(mark.encode()).hexdigest()[:20], encoding)
        body = path.read_bytes()
    except OSError:
        return None
    return Piece(path, body, hashlib.sha256(body).hexdigest()[:20], encoding)


def _answer(request: HttpRequest, piece: Piece, language: str | None) -> HttpResponse | None:
    etag = f'"{piece.etag}"'
    headers = {"ETag": etag, "Cache-Control": FRESH, "Vary": "Accept-Encoding, HX-Request"}
    if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return HttpResponseNotModified(headers=headers)
    headers |= {"X-Frame-Options": "DENY"} | ({"Content-Language": language} if language else {})
    headers |= {"Content-Encoding": piece.encoding} if piece.encoding else {}
    kind = TYPES["html"] if language else TYPES[request.path_info.rpartition(".")[2]]
    if piece.body is not None:
        headers["Content-Length"] = str(len(piece.body))
        return HttpResponse(piece.body, content_type=kind, headers=headers)
    return _stream(piece, kind, headers)


def _stream(piece: Piece, kind: str, headers: dict[str, str]) -> HttpResponse | None:
    try:
        file = piece.path.open("rb")
    except OSError:
        return None  # its edition was taken away just now
    answer: HttpResponseBase = FileResponse(file, content_type=kind, headers=headers)
    return answer  # type: ignore[return-value]  # a streamed answer serves as well
