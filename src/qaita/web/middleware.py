"""What every request passes: policy headers, published pages, who and when, kind errors."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from traceback import format_tb
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse

from qaita.accounts.queries import actor_of
from qaita.kernel.actor import PUBLIC, Actor
from qaita.kernel.clock import now
from qaita.kernel.errors import QaitaError, Stale, TooOften, Unready, is_closed, is_taken
from qaita.web.errors import answer_error, form_again, page_of_step
from qaita.web.health import HEALTH, health
from qaita.web.published import published_answer

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
ANSWERED = (Http404, PermissionDenied, SuspiciousOperation, BadRequest)  # Django has pages for them


class Request(HttpRequest):
    """A request after the middleware: for type hints of views."""

    actor: Actor
    address: str
    at: datetime
    htmx: bool


def content_security_policy(get_response: Answer) -> Answer:
    """Forbid everything that does not come from this site, on every answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(self)"
        )
        return response

    return middleware


def published_pages(get_response: Answer) -> Answer:
    """Answer health, and portal pages asked for without filters, from what lies ready.

    Neither needs the table of addresses: they are answered while it is still being read.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info == HEALTH:
            return health(request)
        return published_answer(request) or get_response(request)

    return middleware


def actor_and_instant(get_response: Answer) -> Answer:
    """Set `request.actor` and `request.at` once."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # the publisher tells pages of one edition one instant
        request.at = request.META.get("qaita.at") or now()  # type: ignore[attr-defined]  # Request above is for hints only
        request.actor = (  # type: ignore[attr-defined]  # same
            actor_of(request.user) if request.user.is_authenticated else PUBLIC
        )
        request.address = address_of(request.META)  # type: ignore[attr-defined]  # same
        return get_response(request)

    return middleware


def way_to(exception: BaseException) -> str:
    """Return where a fault arose; never its message, which may hold a person's words."""
    frames = "".join(format_tb(exception.__traceback__))
    cause = exception.__cause__ or exception.__context__
    before = f"{way_to(cause)}then " if cause else ""
    return f"{before}{type(exception).__name__}\n{frames}"


def address_of(meta: Mapping[str, Any]) -> str:
    """Return from where a request comes: what the outermost believed proxy says, else the peer."""
    told = [part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    believed = settings.PROXIES
    if believed and len(told) >= believed and told[-believed]:
        return str(told[-believed])[:45]
    return str(meta.get("REMOTE_ADDR", ""))


def _told(request: HttpRequest, refusal: QaitaError) -> HttpResponse:
    """Answer a refusal of the rooms: by its form when there is one, else by a page."""
    answer = form_again(request, refusal) or answer_error(request, refusal)
    if isinstance(refusal, TooOften):
        answer.headers["Retry-After"] = str(refusal.wait_s)
    return answer


def kind_errors(get_response: Answer) -> Answer:
    """Answer every refusal of the rooms with a page that says what to do next."""

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return page_of_step(request, get_response(request))

        def process_exception(
            self, request: HttpRequest, exception: Exception
        ) -> HttpResponse | None:
            if isinstance(exception, IntegrityError) and is_taken(exception):
                log.warning("two at once: %s", request.path)  # never the row: it may be personal
                exception = Stale()
            if is_closed(exception) or isinstance(exception, Unready):
                # a row or a file name may be personal: only what the system itself said is kept
                log.error("%s: nothing can be written (%s)", request.path, type(exception).__name__)
                exception = Unready()
            if isinstance(exception, QaitaError):
                return _told(request, exception)
            if not isinstance(exception, ANSWERED):
                log.error("fault at %s: %s", request.path, way_to(exception))
            return None

    return Middleware()
