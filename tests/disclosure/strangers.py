"""Questions of strangers to the interfaces for programs: by their description and against it.

Schemathesis makes them of the OpenAPI description; the same questions every time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, models
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error

from qaita.api.features.describing import description as features
from qaita.api.v1.main import api
from qaita.appeals.models import Appeal
from qaita.config.refusing import FOR_PROGRAMS
from qaita.networks.models import Network, Section, UtilityService
from qaita.planning.models import CountryRun, Run
from qaita.procurement.models import Contract, Tender
from qaita.producers.models import Producer, Product
from qaita.programme.models import Project
from qaita.turmys.models import Outage
from qaita.web.disclosure.problems import PROBLEMS
from qaita.works.models import Act, Site

QUESTIONS = 8  # of each kind to each operation
PROBLEM = "application/problem+json"
SAME_EVERY_TIME = settings(
    max_examples=QUESTIONS,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# the beginning of an address → whose codes stand in it
OWNERS: dict[str, type[models.Model]] = {
    "/api/v1/networks/": Network,
    "/api/v1/sections/": Section,
    "/api/v1/trace/": Section,
    "/api/v1/tenders/": Tender,
    "/api/v1/contracts/": Contract,
    "/api/v1/producers/": Producer,
    "/api/v1/products/": Product,
    "/api/v1/projects/": Project,
    "/api/v1/plans/": Run,
    "/api/v1/country-plan/runs/": CountryRun,
    "/api/v1/wear/utilities/": UtilityService,
    "/api/v1/sites/": Site,
    "/api/v1/acts/": Act,
    "/api/v1/appeals/": Appeal,
    "/api/v1/outages/": Outage,
    "/open311/v2/requests/": Appeal,
}
# Open311 has no description of its own: this is ours, after GeoReport v2
WORD = {"schema": {"type": "string"}}
KIND = {"name": "kind", "in": "path", "required": True, "schema": {"enum": ["json", "xml"]}}


def _asked(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", **WORD} for name in names]


def _given(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, **WORD}


def _get(*parameters: dict[str, Any]) -> dict[str, Any]:
    answers = {"200": {"description": "as asked"}}
    return {"get": {"parameters": [KIND, *parameters], "responses": answers}}


TOLD = (
    "service_code", "lat", "long", "address_string", "description", "first_name", "phone",
    "email", "attribute[extent]", "api_key", "jurisdiction_id",
)  # fmt: skip
FORM = {"type": "object", "properties": {name: {"type": "string"} for name in TOLD}}
OPEN311 = {
    "openapi": "3.0.3",
    "info": {"title": "GeoReport", "version": "2"},
    "paths": {
        "/open311/v2/services.{kind}": _get(*_asked("jurisdiction_id", "locale")),
        "/open311/v2/services/{code}.{kind}": _get(_given("code")),
        "/open311/v2/requests.{kind}": _get(
            *_asked("service_request_id", "service_code", "start_date", "end_date"),
            *_asked("status", "page", "page_size"),
        )
        | {
            "post": {
                "parameters": [KIND],
                "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": FORM}}},
                "responses": {"201": {"description": "taken"}},
            }
        },
        "/open311/v2/requests/{code}.{kind}": _get(_given("code")),
        "/open311/v2/tokens/{key}.{kind}": _get(_given("key")),
    },
}


def descriptions() -> list[dict[str, Any]]:
    """Return the description of every interface for programs."""
    ogc = features("/ogc")
    ogc["paths"] = {f"/ogc{path}": told for path, told in ogc.pop("paths").items()}
    return [dict(api.get_openapi_schema()), OPEN311, ogc | {"servers": [{"url": "/"}]}]


@cache
def operations() -> dict[str, Any]:
    """Return every operation by its method and address."""
    found = {}
    for description in descriptions():
        schema = schemathesis.openapi.from_dict(description)
        schema.app = get_wsgi_application()
        for result in schema.get_all_operations():
            operation = result.ok()
            found[operation.label] = operation
    return found


def codes_for(path: str) -> list[str]:
    """Return a few real codes that an address may carry."""
    owner = next((OWNERS[start] for start in OWNERS if path.startswith(start)), None)
    if owner is None or "{code}" not in path:
        return []
    return list(owner._default_manager.order_by("code").values_list("code", flat=True)[:2])


def _modes(operation: Any) -> Iterator[st.SearchStrategy[Case]]:
    yield operation.as_strategy(GenerationMode.POSITIVE)
    if _can_be_wrong(operation):
        yield operation.as_strategy(GenerationMode.NEGATIVE)
    codes = codes_for(operation.path)
    yield from (operation.as_strategy(path_parameters={"code": code}) for code in codes)


@contextmanager
def _inside_one_transaction() -> Iterator[None]:
    """Keep answers from closing the connection that holds the country, as Django's client does."""
    both = (request_started, request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in both:
            signal.connect(close_old_connections)


def _can_be_wrong(operation: Any) -> bool:
    """Tell whether a question can go against the description: any word may stand in a path."""
    return bool(operation.body) or any(one.location == "query" for one in _parameters(operation))


def _parameters(operation: Any) -> list[Any]:
    return list(operation.iter_parameters())


def ask(operation: Any, judge: Callable[[Case, Any], None]) -> None:
    """Ask the operation everything; no answer may be a fault of ours."""
    for questions in _modes(operation):

        @SAME_EVERY_TIME
        @given(case=questions)
        def answers(case: Case) -> None:
            answer = case.call()
            case.validate_response(answer, checks=[not_a_server_error])
            judge(case, answer)

        with _inside_one_transaction():
            answers()


# what breaks careless programs: NUL, half a letter, other people's digits, numbers without end
ODD_WORDS = (
    "%00", "a%00b", "%ED%A0%80", "%FF%FE", "%D9%A3", "-1", "0", "9" * 30, "1e999", "NaN", "null",
    "true", "%27", "%25", "..%2f..%2fetc", "2026-02-30", "0001-01-01", "9999-12-31T23%3A59%3A59Z",
    "2026-01-01T00%3A00%3A00%2B99%3A99", "x" * 5000, "%F0%9F%92%A7", "%E2%80%AE", ",", ",,,", "%20",
)  # fmt: skip


def ask_oddly(operation: Any, judge: Callable[[Any, str], None]) -> int:
    """Put every odd word where a word may stand; return how many questions that were."""
    asked = 0
    stranger = Client(raise_request_exception=False)
    for address in _odd_addresses(operation):
        answer = stranger.generic(operation.method.upper(), address)
        assert answer.status_code < 500, (operation.method, address, answer.status_code)
        judge(answer, address)
        asked += 1
    return asked


def _odd_addresses(operation: Any) -> Iterator[str]:
    known = codes_for(operation.path)
    plain = {"code": known[0] if known else "AB-1", "kind": "json", "index": "0"}
    for parameter in _parameters(operation):
        name = parameter.name
        for word in ODD_WORDS:
            filled = plain | {name: word} if parameter.location == "path" else plain
            path = operation.path
            for key, value in filled.items():
                path = path.replace(f"{{{key}}}", value)
            path = path.replace(f"{{{name}}}", word)
            yield path if parameter.location == "path" else f"{path}?{name}={word}"


def refusals_are_problems(case: Case, answer: Any) -> None:
    """See that the interface refuses by problem details, and Open311 by its own errors."""
    if answer.status_code < 400:
        return
    if case.path.startswith(FOR_PROGRAMS):
        require_problem(answer, answer.headers["content-type"][0])


def require_problem(answer: Any, kind: str) -> None:
    """See that a refusal is told by problem details that lead to a page."""
    assert kind == PROBLEM, (answer.status_code, kind)
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"].removeprefix("/problems/") in PROBLEMS


def odd_refusals_are_problems(answer: Any, address: str) -> None:
    """See the same of an answer of our own client."""
    if answer.status_code >= 400 and address.startswith(FOR_PROGRAMS):
        require_problem(answer, answer.headers["content-type"])
