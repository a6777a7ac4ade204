"""Refusals as RFC 9457 problem details; `type` is a page that says what to do."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from qaita.kernel.errors import Missing, NotYours, Refused, Stale, TooOften, Wrong, is_taken

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"


def problem(status: int, code: str, title: str, **extensions: Any) -> HttpResponse:
    """Return one problem answer."""
    body = {"type": f"/problems/{code}", "title": title, "status": status, **extensions}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def _refused(_request: HttpRequest, error: Refused) -> HttpResponse:
    reasons = [{"code": reason.code, "text": str(reason.text)} for reason in error.reasons]
    return problem(409, "refused", _("This cannot be done now."), reasons=reasons)


def _stale(_request: HttpRequest, error: Stale) -> HttpResponse:
    return problem(409, "stale", str(error.text))


def _taken(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    if not is_taken(error):
        raise error
    log.warning("two at once: %s", request.path)  # never the row: it may be personal
    return _stale(request, Stale())


def _missing(_request: HttpRequest, _error: Missing) -> HttpResponse:
    return problem(404, "missing", _("There is no such thing here."))


def _not_yours(_request: HttpRequest, _error: NotYours) -> HttpResponse:
    return problem(403, "not-yours", _("This belongs to another role or organisation."))


def _wrong(_request: HttpRequest, error: Wrong) -> HttpResponse:
    errors = [
        {"pointer": f"#/{field}", "detail": str(text)}
        for field, texts in error.fields.items()
        for text in texts
    ]
    return problem(422, "wrong", _("Some values break a rule."), errors=errors)


def _too_often(_request: HttpRequest, error: TooOften) -> HttpResponse:
    answer = problem(429, "too-often", str(error.text))
    answer.headers["Retry-After"] = str(error.wait_s)
    return answer


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"pointer": "#/" + "/".join(str(part) for part in item["loc"]), "detail": item["msg"]}
        for item in error.errors
    ]
    return problem(422, "wrong", _("Some values break a rule."), errors=errors)


def _unknown_caller(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return problem(401, "unknown-caller", _("Sign in or send a valid API key."))


def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    code = "unreadable" if error.status_code == 400 else "refused"
    return problem(error.status_code, code, str(error))


ANSWERS: dict[type[Exception], Callable[..., HttpResponse]] = {
    Refused: _refused,
    Stale: _stale,
    IntegrityError: _taken,
    Missing: _missing,
    NotYours: _not_yours,
    Wrong: _wrong,
    TooOften: _too_often,
    ValidationError: _invalid,
    AuthenticationError: _unknown_caller,
    HttpError: _http_error,
}


def teach_problems(api: NinjaAPI) -> None:
    """Make the interface answer every refusal of the rooms as a problem."""
    for kind, answer in ANSWERS.items():
        api.add_exception_handler(kind, answer)
