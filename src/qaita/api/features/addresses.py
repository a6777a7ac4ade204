"""The addresses under /ogc/: landing page, conformance, collections, items."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qaita.api.features.asking import BadQuestion, question_of, require_known
from qaita.api.features.describing import GEOJSON, OPENAPI, description
from qaita.api.problems import problem
from qaita.disclosure.features import COLLECTIONS, Collection, Page, extent_deg
from qaita.kernel.clock import instant_text, now
from qaita.kernel.errors import Missing
from qaita.kernel.text import LANGUAGES

Json = dict[str, Any]
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CLASSES = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "oas30", "geojson")
]
JSON = "application/json"
View = Callable[..., HttpResponse]


def _door(view: View) -> View:
    """Refuse by problems and let other sites' pages read the answers."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **words: str) -> HttpResponse:
        try:
            answer = view(request, *args, **words)
        except BadQuestion as bad:
            errors = [{"pointer": f"#/query/{bad.name}", "detail": bad.text}]
            answer = problem(400, "unreadable", _("This question cannot be read."), errors=errors)
        except Missing:
            answer = problem(404, "missing", _("There is no such thing here."))
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    return require_safe(wrapped)


def _answer(body: Json, media_type: str = JSON) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type=media_type)


def _address(*parts: str) -> str:
    return "/".join((f"{settings.PUBLIC_ADDRESS}/ogc", *parts))


def _link(href: str, rel: str, media_type: str = JSON, **more: str) -> Json:
    return {"href": href, "rel": rel, "type": media_type, **more}


@_door
def landing(request: HttpRequest) -> HttpResponse:
    """Say what is here."""
    require_known(request)
    pages = f"{settings.PUBLIC_ADDRESS}/en/data-sets/"
    links = [
        _link(_address(""), "self", title="This page"),
        _link(_address("api"), "service-desc", OPENAPI, title="The description in OpenAPI 3.0"),
        _link(pages, "service-doc", "text/html", title="Open data, for people"),
        _link(_address("conformance"), "conformance", title="What of the standard is kept"),
        _link(_address("collections"), "data", title="The collections"),
    ]
    text = "Regions, utilities, sections of networks, projects and outages as features."
    return _answer({"title": "Qaita", "description": text, "links": links})


@_door
def conformance(request: HttpRequest) -> HttpResponse:
    """Say which parts of the standard are kept."""
    require_known(request)
    return _answer({"conformsTo": CLASSES})


@_door
def api_description(request: HttpRequest) -> HttpResponse:
    """Answer the description in OpenAPI 3.0."""
    require_known(request)
    return _answer(description(_address().rstrip("/")), OPENAPI)


@_door
def collections(request: HttpRequest) -> HttpResponse:
    """List the collections."""
    require_known(request)
    extent = extent_deg()
    return _answer(
        {
            "links": [_link(_address("collections"), "self")],
            "collections": [_told(one, extent) for one in COLLECTIONS.values()],
        }
    )


@_door
def collection(request: HttpRequest, name: str) -> HttpResponse:
    """Tell of one collection."""
    require_known(request)
    return _answer(_told(_known(name), extent_deg()))


def _known(name: str) -> Collection:
    if name not in COLLECTIONS:
        raise Missing("collection", name)
    return COLLECTIONS[name]


def _told(one: Collection, extent: tuple[float, ...]) -> Json:
    here = _address("collections", one.id)
    span: Json = {"temporal": {"interval": [[None, None]]}} if one.has_time else {}
    return {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"spatial": {"bbox": [list(extent)], "crs": CRS84}, **span},
        "links": [
            _link(here, "self", title=one.title),
            _link(f"{here}/items", "items", GEOJSON, title=one.title),
        ],
    }


@_door
def items(request: HttpRequest, name: str) -> HttpResponse:
    """Answer a page of a collection's features."""
    asked = _known(name)
    question = question_of(request, asked)
    if not asked.has_time:  # what has no time is there at every time
        question = replace(question, span=None)
    page = asked.page(question)
    matched = {} if page.matched is None else {"numberMatched": page.matched}
    body = {
        "type": "FeatureCollection",
        "links": _page_links(request, asked, page),
        "timeStamp": instant_text(now()),
        **matched,
        "numberReturned": len(page.features),
        "features": page.features,
    }
    return _answer(body, GEOJSON)


def _page_links(request: HttpRequest, asked: Collection, page: Page) -> list[Json]:
    here, told = _address("collections", asked.id, "items"), request.GET.dict()
    query = f"?{urlencode(told)}" if told else ""
    links = [
        _link(here + query, "self", GEOJSON),
        _link(_address("collections", asked.id), "collection"),
    ]
    if page.after:
        ahead = urlencode(told | {"after": page.after})
        links.append(_link(f"{here}?{ahead}", "next", GEOJSON))
    return links


@_door
def item(request: HttpRequest, name: str, code: str) -> HttpResponse:
    """Answer one feature."""
    asked = _known(name)
    require_known(request)
    found = asked.one(code)
    if found is None:
        raise Missing("feature", code)
    links = [
        _link(_address("collections", asked.id, "items", code), "self", GEOJSON),
        _link(_address("collections", asked.id), "collection"),
    ]
    if asked.kind:
        pages = f"{settings.PUBLIC_ADDRESS}/{{}}/{asked.kind}/{code}/"
        links += [
            _link(pages.format(language), "alternate", "text/html", hreflang=language)
            for language in LANGUAGES
        ]
    return _answer({**found, "links": links}, GEOJSON)


urlpatterns: list[URLPattern] = [
    path("", landing, name="landing"),
    path("conformance", conformance, name="conformance"),
    path("api", api_description, name="api"),
    path("collections", collections, name="collections"),
    path("collections/<str:name>", collection, name="collection"),
    path("collections/<str:name>/items", items, name="items"),
    path("collections/<str:name>/items/<str:code>", item, name="item"),
]
