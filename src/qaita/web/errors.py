"""One place where refusals become pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qaita.kernel.errors import Missing, NotYours, QaitaError, Refused, Stale, Wrong

STATUS: dict[type[QaitaError], int] = {
    Refused: 409,
    Stale: 409,
    Missing: 404,
    NotYours: 403,
    Wrong: 422,
}


def answer_error(request: HttpRequest, error: QaitaError) -> HttpResponse:
    """Render the refusal in the person's language, as a fragment for htmx."""
    kind = type(error).__name__.lower()
    template = "errors/_refusal.html" if getattr(request, "htmx", False) else "errors/refusal.html"
    context = {
        "kind": kind,
        "error": error,
        "reasons": getattr(error, "reasons", []),
        "fields": getattr(error, "fields", {}),
    }
    return render(request, template, context, status=STATUS.get(type(error), 500))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return render(request, "errors/refusal.html", {"kind": "missing"}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours."""
    return render(request, "errors/fault.html", status=500)
