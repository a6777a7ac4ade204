"""The open data for machines: OCDS and OC4IDS at their fixed addresses.

The publisher writes the same bytes as files; these answers are for a site that is not published.
"""

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request, override

from qaita.disclosure.bulk.files import as_json, as_line
from qaita.disclosure.contracting import (
    oc4ids_package,
    ocds_package,
    ocds_package_count,
    releases,
)
from qaita.disclosure.contracting.parts import Json, Place


def site_place() -> Place:
    """Return where this site is reached."""
    return Place(settings.PUBLIC_ADDRESS)


def _answer(body: Json) -> HttpResponse:
    return HttpResponse(as_json(body), content_type="application/json")


def data_page(request: HttpRequest) -> HttpResponse:
    """Lead to the list of files in the reader's language."""
    with override(get_language_from_request(request)):
        answer = redirect("portal:data")
    patch_vary_headers(answer, ["Accept-Language"])
    return answer


def ocds_newest(request: HttpRequest) -> HttpResponse:
    """Answer the newest releases."""
    place = site_place()
    return _answer(ocds_package(place, list(releases(place))))


def ocds_numbered(request: HttpRequest, number: int) -> HttpResponse:
    """Answer one package of releases, counted from the oldest."""
    place = site_place()
    found = list(releases(place))
    if not 1 <= number <= ocds_package_count(len(found)):
        raise Http404
    return _answer(ocds_package(place, found, number))


def ocds_lines(request: HttpRequest) -> HttpResponseBase:
    """Answer every release, one a line."""

    def lines() -> Iterator[str]:
        for one in releases(site_place()):
            yield as_line(one)

    return StreamingHttpResponse(lines(), content_type="application/x-ndjson")


def oc4ids(request: HttpRequest) -> HttpResponse:
    """Answer all public projects."""
    place = site_place()
    return _answer(oc4ids_package(place, list(releases(place))))


urlpatterns: list[URLPattern] = [
    path("data/", data_page, name="data"),
    path("data/ocds/package.json", ocds_newest, name="ocds"),
    path("data/ocds/package/<int:number>.json", ocds_numbered, name="ocds_package"),
    path("data/ocds/releases.jsonl", ocds_lines, name="ocds_releases"),
    path("data/oc4ids/package.json", oc4ids, name="oc4ids"),
]
