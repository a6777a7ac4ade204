"""The description of the features in OpenAPI 3.0."""

from typing import Any

import qaita
from qaita.api.features.asking import DEFAULT_LIMIT, MOST
from qaita.disclosure.features import COLLECTIONS, Collection

Json = dict[str, Any]
JSON = "application/json"
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
PROBLEM = "application/problem+json"
REFUSALS = {
    "400": "A parameter is unknown or is not of its form.",
    "404": "There is no such thing here.",
    "405": "The address does not take this method.",
    "500": "Something broke on our side.",
}
TEXT = {"type": "string"}


def description(address: str) -> Json:
    """Return the whole description; `address` is where the interface begins."""
    paths = {
        "/": _operation("landing", "What is here", JSON, "Landing"),
        "/conformance": _operation("conformance", "What is kept", JSON, "Conformance"),
        "/api": _operation("description", "This description", OPENAPI, "Anything"),
        "/collections": _operation("collections", "The collections", JSON, "Lists"),
    }
    for collection in COLLECTIONS.values():
        paths |= _paths_of(collection)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Qaita: networks and their renewal as features",
            "version": qaita.__version__,
            "description": "OGC API – Features of regions, utilities, sections, projects, outages.",
            "license": {
                "name": "CC BY 4.0",
                "url": "https://creativecommons.org/licenses/by/4.0/",
            },
        },
        "servers": [{"url": address}],
        "tags": [{"name": "features"}],
        "paths": paths,
        "components": {"schemas": SCHEMAS},
    }


def _paths_of(collection: Collection) -> Json:
    start, name = f"/collections/{collection.id}", collection.id
    key = {"name": "featureId", "in": "path", "required": True, "schema": TEXT}
    return {
        start: _operation(f"{name}.about", collection.title, JSON, "List"),
        f"{start}/items": _operation(
            f"{name}.items", collection.description, GEOJSON, "FeatureCollection",
            *_parameters(collection),
        ),
        f"{start}/items/{{featureId}}": _operation(
            f"{name}.item", f"One of: {collection.title}", GEOJSON, "Feature", key
        ),
    }  # fmt: skip


def _parameters(collection: Collection) -> list[Json]:
    box = {
        "type": "array",
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
        "items": {"type": "number"},
    }
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT}
    named = [
        _parameter("limit", "How many at most; more than the maximum gives the maximum.", limit),
        _parameter("bbox", "West, south, east, north in degrees of WGS 84.", box),
        _parameter("datetime", "An instant, or two with a slash; .. leaves an end open.", TEXT),
        _parameter("after", "The id behind which the page begins: follow the link “next”.", TEXT),
    ]
    for name, (_column, values) in collection.filters.items():
        schema = TEXT | {"enum": list(values)} if values else TEXT
        named.append(_parameter(name, f"Only those whose {name} is this.", schema))
    return named


def _parameter(name: str, text: str, schema: Json) -> Json:
    return {
        "name": name,
        "in": "query",
        "description": text,
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    }


def _operation(name: str, text: str, media_type: str, schema: str, *parameters: Json) -> Json:
    form = _parameter("f", "The form of the answer.", TEXT | {"enum": ["json"]})
    answers: Json = {
        "200": {
            "description": text,
            "content": {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        }
    }
    for status, words in REFUSALS.items():
        problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        answers[status] = {"description": words, "content": problem}
    return {
        "get": {
            "operationId": name,
            "summary": text,
            "tags": ["features"],
            "parameters": [form, *parameters],
            "responses": answers,
        }
    }


def _object(*required: str, **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


def _list(of: str) -> Json:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{of}"}}


LINKS = _list("Link")
SCHEMAS: Json = {
    "Anything": {"type": "object"},
    "Link": _object("href", "rel", href=TEXT, rel=TEXT, type=TEXT, title=TEXT, hreflang=TEXT),
    "Landing": _object("links", title=TEXT, description=TEXT, links=LINKS),
    "Conformance": _object("conformsTo", conformsTo={"type": "array", "items": TEXT}),
    "Lists": _object("links", "collections", links=LINKS, collections=_list("List")),
    "List": _object(
        "id", "links", id=TEXT, title=TEXT, description=TEXT, itemType=TEXT, links=LINKS,
        crs={"type": "array", "items": TEXT}, extent={"type": "object"},
    ),
    "Feature": _object(
        "type", "geometry", "properties", "id",
        type=TEXT | {"enum": ["Feature"]}, id=TEXT, links=LINKS,
        geometry={"type": "object", "nullable": True}, properties={"type": "object"},
    ),
    "FeatureCollection": _object(
        "type", "features", type=TEXT | {"enum": ["FeatureCollection"]},
        features=_list("Feature"), links=LINKS, timeStamp=TEXT | {"format": "date-time"},
        numberMatched={"type": "integer", "minimum": 0},
        numberReturned={"type": "integer", "minimum": 0},
    ),
    "Problem": _object(
        "type", "title", "status", type=TEXT, title=TEXT, status={"type": "integer"},
    ),
}  # fmt: skip
