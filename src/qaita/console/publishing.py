"""Publishing: asks the site's own doors for each page, as a stranger without a cookie would."""

import fcntl
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.test import RequestFactory

from qaita.console.sharing import reading_only, share_among_processes
from qaita.disclosure.contracting.parts import Place
from qaita.disclosure.publishing import (
    Published,
    Share,
    Site,
    check_edition,
    current_edition,
    one_by_one,
    publish,
)
from qaita.kernel.clock import KAZAKHSTAN, day_of
from qaita.kernel.remembering import one_state
from qaita.ledger.queries import height
from qaita.ledger.services import publish_log

ENDINGS = {".html", ".py", ".po", ".yaml"}


class CannotPublish(Exception):
    """A page did not answer as a page must."""


def bring_up(
    at: datetime, *, full: bool = False, bulk: bool = True, share: Share = one_by_one
) -> Published:
    """Publish the log and the pages that are behind it."""
    publish_log()
    if connection.in_atomic_block:
        share = one_by_one  # nobody else sees what is not committed
    with _alone(), _one_view():
        return publish(_site(at, share), on=day_of(at), full=full, bulk=bulk)


def check(at: datetime, *, share: Share = one_by_one) -> list[str]:
    """Publish, then make everything anew beside it; return the files that differ."""
    bring_up(at, share=share)
    with _alone(), _one_view():
        return check_edition(_site(at, share), on=day_of(at))


def republish(at: datetime) -> None:
    """Make the pages anew that entries of the ledger touched; nothing when there are none."""
    publish_log()
    if _is_behind(at):
        bring_up(at, bulk=False)


def publish_data(at: datetime) -> None:
    """Bring the large files of the open data up too."""
    if current_edition(settings.SITE_DIR) is not None:
        bring_up(at)


def _is_behind(at: datetime) -> bool:
    found = current_edition(settings.SITE_DIR)
    if found is None:
        return False  # nobody asked for a published site yet
    told = tuple(found[1].get(name) for name in ("height", "day", "sources"))
    return told != (height(), day_of(at).isoformat(), _sources())


def _site(at: datetime, share: Share) -> Site:
    """Return how pages are made: every one of a day at the same instant, its noon."""
    noon = at.astimezone(KAZAKHSTAN).replace(hour=12, minute=0, second=0, microsecond=0)
    handler = BaseHandler()
    handler.load_middleware()
    public = urlsplit(settings.PUBLIC_ADDRESS)
    factory = RequestFactory(SERVER_NAME=public.hostname or "localhost")

    def render(address: str, told: int, folder: Path) -> bytes:
        request = factory.get(address, secure=public.scheme == "https")
        request.META |= {"qaita.height": told, "qaita.at": noon, "qaita.folder": folder}
        response = handler.get_response(request)
        if response.status_code != 200 or response.cookies:
            raise CannotPublish(f"{address} answered {response.status_code}")
        return bytes(response.content)  # type: ignore[attr-defined]  # pages are never streamed

    return Site(settings.SITE_DIR, render, Place(settings.PUBLIC_ADDRESS), _sources(), share=share)


@cache
def _sources() -> str:
    """Return a digest of the program, its words and its browser files."""
    package = Path(__file__).resolve().parents[1]
    found = sorted(path for path in package.rglob("*") if path.suffix in ENDINGS)
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    total = hashlib.sha256(settings.PUBLIC_ADDRESS.encode())
    for path in [*found, *([manifest] if manifest.exists() else [])]:
        total.update(path.read_bytes())
    return total.hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """Let one publisher write at a time."""
    settings.SITE_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.SITE_DIR / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _one_view() -> Iterator[None]:
    """See one state of the data from the first page to the last."""
    if connection.in_atomic_block:
        with one_state():
            yield
        return
    with reading_only(), transaction.atomic(), one_state():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def timed(at: datetime, *, full: bool) -> tuple[Published, float]:
    """Publish on every core and return how many seconds it took."""
    began = time.perf_counter()
    done = bring_up(at, full=full, share=share_among_processes)
    return done, time.perf_counter() - began
