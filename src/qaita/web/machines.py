"""Addresses for machines that carry no language: health, data, ledger, tiles, alerts."""

from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, path

import qaita
from qaita.ledger.queries import height
from qaita.web.works.files import urlpatterns as picture_addresses


def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 with the versions of code and ledger."""
    return JsonResponse({"version": qaita.__version__, "ledger_height": height()})


urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    *picture_addresses,
]
