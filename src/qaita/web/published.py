"""Published pages: the folder the publisher writes, served without touching the database."""

from django.http import HttpRequest, HttpResponse


def published_answer(request: HttpRequest) -> HttpResponse | None:
    """Return the published page of this address, or None when it must be made now."""
    return None
