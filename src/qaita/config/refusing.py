"""How addresses for programs refuse what no view of theirs answers, and what nobody may ask."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from qaita.api.problems import CONTENT_TYPE, problem
from qaita.web.errors import not_found

Answer = Callable[[HttpRequest], HttpResponse]
FOR_PROGRAMS = ("/api/", "/ogc/")
CODES = {400: "unreadable", 404: "missing", 405: "no-such-method"}
FAULT = 500


def refusals(get_response: Answer) -> Answer:
    """Refuse questions that hold a NUL, which databases cannot, and tell programs by problems."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_for_program = request.path_info.startswith(FOR_PROGRAMS)
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return _unreadable() if is_for_program else not_found(request, Http404())
        response = get_response(request)
        if not is_for_program or response.status_code < min(CODES):
            return response
        if response.headers.get("Content-Type") == CONTENT_TYPE:
            return response
        return _as_problem(response)

    return middleware


def _unreadable() -> HttpResponse:
    return problem(400, "unreadable", _("This question cannot be read."))


def _as_problem(response: HttpResponse) -> HttpResponse:
    """Say the same refusal as a problem; what a caller needs of its headers stays."""
    titles = {
        400: _("This question cannot be read."),
        404: _("There is no such thing here."),
        405: _("This cannot be done here."),
    }
    status = response.status_code
    if status >= FAULT:
        told = problem(status, "fault", _("Something broke on our side."))
    else:
        code = CODES.get(status, "refused")
        told = problem(status, code, titles.get(status, _("This cannot be done now.")))
    if "Allow" in response.headers:
        told.headers["Allow"] = response.headers["Allow"]
    return told
