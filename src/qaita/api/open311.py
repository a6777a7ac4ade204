"""Open311 GeoReport v2: services, definitions, requests, tokens; JSON and XML say the same.

A person's words are private here: `description` tells the public wording or the kind of trouble,
places are rounded, names and numbers are taken in and never given out.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from qaita.accounts.queries import actor_with_key
from qaita.accounts.services import count_passage
from qaita.appeals.models import Appeal, Category, Extent
from qaita.appeals.queries import (
    DONE,
    WAITING,
    Subject,
    code_with_key,
    public_appeals,
    subject_of,
    subjects,
)
from qaita.appeals.services import NewAppeal, file_appeal
from qaita.kernel.actor import PUBLIC, Actor
from qaita.kernel.clock import now
from qaita.kernel.errors import Refused, TooOften, Wrong, sentences_of
from qaita.kernel.text import LANGUAGES, in_language
from qaita.networks.models import ServiceKind
from qaita.territory.queries import settlements_matching

JURISDICTION = "kz"
SPAN = timedelta(days=90)
PER_PAGE, MAX_PER_PAGE = 100, 500
MAX_IDS = 100
TOO_MANY = 429
WHOLE = re.compile(r"[1-9][0-9]{0,4}")
ROOTS = {"services": "service", "service_requests": "request", "errors": "error"}
# an attribute's values, and the lines of a list, by what holds them
INSIDE = {"attributes": "attribute", "values": "value", "keywords": ""}


class Fault(Exception):
    """What the asker must mend: a code of HTTP and sentences."""

    def __init__(self, status: int, *texts: str) -> None:
        self.status = status
        self.texts = texts
        super().__init__(status, *texts)


# ------------------------------------------------------------------ answers


def _answer(root: str, body: Any, kind: str, status: int = 200) -> HttpResponse:
    if kind == "json":
        text = json.dumps(body, ensure_ascii=False)
        return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")
    tree = ET.Element(root)
    if isinstance(body, list):
        for row in body:
            _fill(ET.SubElement(tree, ROOTS[root]), row)
    else:
        _fill(tree, body)
    text = ET.tostring(tree, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, status=status, content_type="text/xml; charset=utf-8")


def _fill(parent: ET.Element, row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        child = ET.SubElement(parent, name)
        if isinstance(value, list):
            for item in value:
                _fill(ET.SubElement(child, INSIDE[name]), item)
        elif value is not None:
            child.text = str(value).lower() if isinstance(value, bool) else str(value)


Answer = Callable[..., HttpResponse]


def _door(view: Answer) -> Answer:
    """Check the jurisdiction and the form asked for, and answer faults as the standard says."""

    def wrapped(request: HttpRequest, kind: str, **words: str) -> HttpResponse:
        with override(_language(request)):
            try:
                _require_known(request, kind)
                return view(request, kind, **words)
            except Fault as fault:
                rows = [{"code": fault.status, "description": text} for text in fault.texts]
                shape = kind if kind in ("json", "xml") else "xml"
                return _answer("errors", rows, shape, fault.status)
            except TooOften as error:
                rows = [{"code": TOO_MANY, "description": str(error.text)}]
                answer = _answer("errors", rows, kind, TOO_MANY)
                answer.headers["Retry-After"] = str(error.wait_s)
                return answer

    return wrapped


def _require_known(request: HttpRequest, kind: str) -> None:
    if kind not in ("json", "xml"):
        raise Fault(404, _("Ask for .json or .xml."))
    told = (request.path_info, *request.GET.values(), *request.POST.values())
    if any("\0" in word for word in told):
        raise Fault(400, _("This holds a character that no text has."))
    asked = request.POST.get("jurisdiction_id") or request.GET.get("jurisdiction_id")
    if asked and asked != JURISDICTION:
        raise Fault(404, _("jurisdiction_id was not found."))


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("locale", request.POST.get("locale", ""))[:2]
    return asked if asked in LANGUAGES else get_language_from_request(request)


# ------------------------------------------------------------------ services


def _service(subject: Subject) -> dict[str, Any]:
    words = {str(kind): str(label) for kind, label in ServiceKind.choices}
    group = words[subject.service]
    return {
        "service_code": subject.code,
        "service_name": f"{group.capitalize()}: {str(Category(subject.category).label).lower()}",
        "description": str(Category(subject.category).label),
        "metadata": True,
        "type": "realtime",
        "keywords": f"{subject.service},{subject.category}",
        "group": group,
    }


@_door
def services(_request: HttpRequest, kind: str) -> HttpResponse:
    """List what can be reported."""
    return _answer("services", [_service(subject) for subject in subjects()], kind)


@_door
def service(_request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Tell what is asked besides the place and the words."""
    if subject_of(code) is None:
        raise Fault(404, _("service_code was not found."))
    values = [{"key": str(key), "name": str(name)} for key, name in Extent.choices]
    attribute = {
        "variable": True,
        "code": "extent",
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": _("Choose one."),
        "order": 1,
        "description": _("How far does it reach?"),
        "values": values,
    }
    body = {"service_code": code, "attributes": [attribute]}
    return _answer("service_definition", body, kind)


# ------------------------------------------------------------------ requests


def _stamp(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _request_row(appeal: Appeal) -> dict[str, Any]:
    subject = Subject(appeal.service, appeal.category)
    named = _service(subject)
    place = appeal.settlement or appeal.region
    agency = in_language(appeal.organisation, "name", "ru") if appeal.organisation else None
    return {
        "service_request_id": appeal.code,
        "status": "closed" if appeal.state in DONE else "open",
        "status_notes": str(appeal.get_outcome_display()) or None,
        "service_name": named["service_name"],
        "service_code": subject.code,
        "description": appeal.statement or named["description"],
        "agency_responsible": agency,
        "service_notice": None,
        "requested_datetime": _stamp(appeal.received_at),
        "updated_datetime": _stamp(appeal.updated_at),
        "expected_datetime": f"{appeal.due_on.isoformat()}T13:00:00Z",
        "address": in_language(place, "name", "ru"),
        "address_id": None,
        "zipcode": None,
        "lat": appeal.lat_deg,
        "long": appeal.lon_deg,
        "media_url": None,
    }


@csrf_exempt
@sensitive_post_parameters()
def requests(request: HttpRequest, kind: str) -> HttpResponse:
    """List appeals, or take one."""
    return take(request, kind) if request.method == "POST" else many(request, kind)


@_door
def many(request: HttpRequest, kind: str) -> HttpResponse:
    """List the appeals asked for: by codes, or by service, status and time."""
    rows = public_appeals()
    codes = request.GET.get("service_request_id", "")
    rows = (
        rows.filter(code__in=codes.split(",")[:MAX_IDS])
        if codes
        else rows.filter(**_conditions(request))
    )
    size = min(_whole(request, "page_size", PER_PAGE), MAX_PER_PAGE)
    start = (_whole(request, "page", 1) - 1) * size
    found = [_request_row(appeal) for appeal in rows[start : start + size]]
    return _answer("service_requests", found, kind)


def _whole(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, str(default))
    if not WHOLE.fullmatch(text):
        raise Fault(400, _("%(name)s must be a whole number above zero.") % {"name": name})
    return int(text)


def _conditions(request: HttpRequest) -> dict[str, Any]:
    start, end = _instant(request, "start_date"), _instant(request, "end_date")
    end = end or (start + SPAN if start else now())
    start = start or end - SPAN
    if end - start > SPAN:
        raise Fault(400, _("The span may not exceed 90 days."))
    found: dict[str, Any] = {"received_at__gte": start, "received_at__lte": end}
    if codes := request.GET.get("service_code"):
        wanted = [subject for code in codes.split(",") if (subject := subject_of(code))]
        found["service__in"] = {subject.service for subject in wanted}
        found["category__in"] = {subject.category for subject in wanted}
    if status := request.GET.get("status"):
        states = {"open": WAITING, "closed": DONE}
        asked = status.split(",")
        if not set(asked) <= set(states):
            raise Fault(400, _("status is open or closed."))
        found["state__in"] = [state for word in asked for state in states[word]]
    return found


def _instant(request: HttpRequest, name: str) -> datetime | None:
    text = request.GET.get(name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1900 < found.year < 9000:
        raise Fault(400, _("%(name)s must be like 2026-01-31T00:00:00Z.") % {"name": name})
    return found


@_door
def one(_request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Tell of one appeal."""
    rows = [_request_row(appeal) for appeal in public_appeals().filter(code=code)]
    if not rows:
        raise Fault(404, _("service_request_id was not found."))
    return _answer("service_requests", rows, kind)


@_door
def token(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Tell which appeal a token belongs to: the token is the person's key."""
    count_passage("follow", request.address, at=now())  # type: ignore[attr-defined]  # set by the middleware
    code = code_with_key(key)
    if code is None:
        raise Fault(404, _("token was not found."))
    return _answer("service_requests", [{"service_request_id": code, "token": key}], kind)


@_door
def take(request: HttpRequest, kind: str) -> HttpResponse:
    """Take an appeal from another program."""
    by = _asker(request)
    new = _new_appeal(request)
    door, who = ("appeal", request.address) if by is PUBLIC else ("open311", by.code)  # type: ignore[attr-defined]  # set by the middleware
    count_passage(door, who, at=now())
    try:
        filed = file_appeal(new, by=by, at=now())
    except Wrong as wrong:
        raise Fault(400, *_sentences(wrong)) from None
    except Refused as refused:
        raise Fault(400, *sentences_of(refused)) from None
    notice = _("Keep this key to read the answer: %(key)s") % {"key": filed.key}
    row = {"service_request_id": filed.appeal.code, "service_notice": notice, "account_id": None}
    return _answer("service_requests", [row], kind, 201)


def _sentences(wrong: Wrong) -> Sequence[str]:
    return [f"{name}: {text}" for name, texts in wrong.fields.items() for text in texts]


def _asker(request: HttpRequest) -> Actor:
    """Return who asks: anybody, or the holder of a key with the right to file."""
    secret = request.POST.get("api_key") or request.GET.get("api_key")
    if not secret:
        return PUBLIC
    found = actor_with_key(secret, "appeals", at=now())
    if not found.grants:
        raise Fault(403, _("api_key is not valid here."))
    return Actor(found.code, found.grants | PUBLIC.grants)


def _new_appeal(request: HttpRequest) -> NewAppeal:
    told = request.POST
    faults = []
    subject = subject_of(told.get("service_code", ""))
    if not told.get("service_code"):
        faults.append(_("service_code was not provided."))
    elif subject is None:
        faults.append(_("service_code was not found."))
    lon, lat = _number(told.get("long")), _number(told.get("lat"))
    address = told.get("address_string", "")
    placed = lon is not None and lat is not None  # a point says more than a name
    town = settlements_matching(address.partition(",")[0], 1) if address and not placed else []
    if not placed and not town:
        faults.append(_("Give lat and long, or address_string that begins with a known town."))
    if not told.get("description", "").strip():
        faults.append(_("description was not provided."))
    if faults or subject is None:
        raise Fault(400, *faults)
    extent = told.get("attribute[extent]", "unknown")
    names = (told.get("first_name", ""), told.get("last_name", ""))
    return NewAppeal(
        service=subject.service,
        category=subject.category,
        statement=told["description"],
        channel="open311",
        settlement=town[0] if town else None,
        lon_deg=lon if placed else None,
        lat_deg=lat if placed else None,
        address=address,
        name=" ".join(names).strip(),
        phone=told.get("phone", ""),
        email=told.get("email", ""),
        extent=extent if extent in Extent.values else "unknown",
        is_safe=told.get("attribute[called_104]") == "true",
    )


def _number(text: str | None) -> float | None:
    """Return a coordinate, or None for what is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if -180 <= value <= 180 else None


urlpatterns: list[URLPattern] = [
    path("services.<str:kind>", services, name="services"),
    path("services/<str:code>.<slug:kind>", service, name="service"),
    path("requests.<str:kind>", requests, name="requests"),
    path("requests/<str:code>.<slug:kind>", one, name="request"),
    path("tokens/<str:key>.<slug:kind>", token, name="token"),
]
