"""One place where refusals become pages."""

from collections.abc import Iterable, Mapping
from html import unescape
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import is_valid_path

from qaita.kernel.errors import (
    Missing,
    NotYours,
    QaitaError,
    Refused,
    Stale,
    TooOften,
    Unready,
    Wrong,
)
from qaita.web.desk.forms import tell_again

STATUS: dict[type[QaitaError], int] = {
    Refused: 409,
    Stale: 409,
    Missing: 404,
    NotYours: 403,
    Wrong: 422,
    TooOften: 429,
    Unready: 503,
}


def answer_error(request: HttpRequest, error: QaitaError) -> HttpResponse:
    """Render the refusal in the person's language, as a fragment for htmx."""
    kind = next((one for one in STATUS if isinstance(error, one)), type(error))
    template = "errors/_refusal.html" if getattr(request, "htmx", False) else "errors/refusal.html"
    context = {
        "kind": kind.__name__.lower(),
        "error": error,
        "reasons": getattr(error, "reasons", []),
        "fields": getattr(error, "fields", {}),
    }
    return render(request, template, context, status=STATUS.get(kind, 500))


def form_again(request: HttpRequest, error: QaitaError) -> HttpResponse | None:
    """Draw the form again with what was typed, when the refusal came of a form that was read.

    The page is asked once more; its form is not valid now, so that nothing can be done twice.
    """
    match = request.resolver_match
    if request.method != "POST" or match is None or not tell_again(request.POST, _words(error)):
        return None
    try:
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except QaitaError:
        return None
    if answer.status_code != STATUS[Wrong] or not _says(answer, _words(error)):
        return None
    answer.status_code = STATUS[type(error)]
    return answer


def _says(answer: HttpResponse, faults: Mapping[str, Iterable[object]]) -> bool:
    """Tell whether the page says what is wrong: one without that form would be silent."""
    page = unescape(answer.content.decode())
    return any(str(text) in page for texts in faults.values() for text in texts)


def _words(error: QaitaError) -> Mapping[str, Iterable[object]]:
    if isinstance(error, Wrong):
        return error.fields
    if isinstance(error, Refused):
        return {"": [reason.text for reason in error.reasons]}
    if isinstance(error, TooOften):
        return {"": [error.text]}
    return {}


def page_of_step(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Lead a person who opens the address of a step (another language, a reload) to its page."""
    if answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET":
        return answer
    parts = request.path.strip("/").split("/")
    while "desk" in parts[:-1]:
        parts.pop()
        path = "/" + "/".join(parts) + "/"
        if is_valid_path(path):
            return redirect(path)
    return answer


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return render(request, "errors/refusal.html", {"kind": "missing"}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours."""
    return render(request, "errors/fault.html", status=500)
