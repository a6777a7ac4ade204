"""Outages as CAP 1.2 alerts in three languages, with an Atom index of those in force.

Each notice is one message: the first an Alert, later ones Update, the last Cancel; the messages of
an outage refer to all before. A demonstration's messages say Exercise, never Actual.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from qaita.kernel.text import LANGUAGES, in_language
from qaita.turmys.models import Notice, NoticeKind, Outage, OutageKind, OutageReason
from qaita.turmys.queries import get_outage, open_outages
from qaita.web.formats import instant_words, number_text
from qaita.web.formats import language as current_language
from qaita.web.labels import service_of

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
LOCALES = {"kk": "kk-KZ", "ru": "ru-KZ", "en": "en-GB"}
SEVERE = 1_000  # consumers from whom on an outage is severe
METRES = 1_000


def _stamp(at: datetime) -> str:
    """Return an instant as CAP wants it: whole seconds and a numeric zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def _put(parent: ET.Element, name: str, text: object) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = str(text)
    return child


def _identifier(outage: Outage, number: int) -> str:
    return f"qaita.{outage.code}.{number}"


def _sender(outage: Outage) -> str:
    return f"{outage.network.utility_service.organisation.code}@qaita"


def alert_xml(outage: Outage, notices: Sequence[Notice], site: str) -> bytes:
    """Return the newest message of an outage, referring to those before."""
    last, sender = notices[-1], _sender(outage)
    organisation = outage.network.utility_service.organisation
    root = ET.Element("alert", {"xmlns": CAP})
    _put(root, "identifier", _identifier(outage, last.number))
    _put(root, "sender", sender)
    _put(root, "sent", _stamp(last.sent_at))
    _put(root, "status", "Exercise" if organisation.is_demonstration else "Actual")
    _put(root, "msgType", {"alert": "Alert", "update": "Update", "cancel": "Cancel"}[last.kind])
    _put(root, "scope", "Public")
    if organisation.is_demonstration:
        _put(root, "note", "Demonstration data")
    before = [
        f"{sender},{_identifier(outage, notice.number)},{_stamp(notice.sent_at)}"
        for notice in notices[:-1]
    ]
    if before:
        _put(root, "references", " ".join(before))
    if outage.incident_id and outage.incident:
        _put(root, "incidents", outage.incident.code)
    for language in LANGUAGES:
        with override(language):
            _add_info(root, outage, last, site)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _add_info(root: ET.Element, outage: Outage, notice: Notice, site: str) -> None:
    over = notice.kind == NoticeKind.CANCEL
    planned = outage.kind == OutageKind.PLANNED
    language = current_language()
    info = ET.SubElement(root, "info")
    _put(info, "language", LOCALES[language])
    _put(info, "category", "Infra")
    _put(info, "event", event_words(outage))
    _put(info, "responseType", "AllClear" if over else "Prepare" if planned else "Monitor")
    _put(info, "urgency", "Past" if over else "Future" if planned else "Immediate")
    _put(info, "severity", "Severe" if notice.consumers_off >= SEVERE else "Moderate")
    _put(info, "certainty", "Likely" if notice.outage_state == "announced" else "Observed")
    _put(info, "effective", _stamp(notice.sent_at))
    _put(info, "onset", _stamp(notice.starts_at))
    # a message that ends something must not itself be over when it is read
    if not over:
        _put(info, "expires", _stamp(notice.expected_at))
    _put(info, "senderName", in_language(organisation_of(outage), "name", language))
    _put(info, "headline", headline(outage, notice)[:160])
    _put(info, "description", description(outage, notice))
    if not over:
        _put(info, "instruction", instruction(outage.service))
    _put(info, "web", f"{site}/{language}/outages/{outage.code}/")
    parameter = ET.SubElement(info, "parameter")
    _put(parameter, "valueName", "consumers_off")
    _put(parameter, "value", notice.consumers_off)
    area = ET.SubElement(info, "area")
    _put(area, "areaDesc", in_language(outage, "place", language))
    radius_km = max(outage.radius_m, 50.0) / METRES
    _put(area, "circle", f"{outage.lat_deg:.5f},{outage.lon_deg:.5f} {radius_km:.3f}")


def organisation_of(outage: Outage) -> object:
    """Return the utility that runs the network."""
    return outage.network.utility_service.organisation


def event_words(outage: Outage) -> str:
    """Name the event: emergency outage: water supply."""
    kind = OutageKind(outage.kind).label
    return f"{str(kind).capitalize()}: {str(service_of(outage.service)).lower()}"


def headline(outage: Outage, notice: Notice) -> str:
    """Say in one line what happens, where and until when."""
    place = in_language(outage, "place", current_language())
    if notice.outage_state == "cancelled":
        return _("Called off: %(event)s, %(place)s") % {
            "event": event_words(outage),
            "place": place,
        }
    if notice.kind == NoticeKind.CANCEL:
        return _("Supply is back: %(service)s, %(place)s") % {
            "service": str(service_of(outage.service)).lower(),
            "place": place,
        }
    until = instant_words(notice.expected_at)
    return _("%(event)s, %(place)s, until %(until)s") % {
        "event": event_words(outage),
        "place": place,
        "until": until,
    }


def description(outage: Outage, notice: Notice) -> str:
    """Say why, whom and when in full sentences."""
    count = notice.consumers_off
    shown = number_text(count)
    whom = ngettext("%(n)s consumer is off.", "%(n)s consumers are off.", count) % {"n": shown}
    why = _("Reason: %(reason)s.") % {"reason": OutageReason(outage.reason).label}
    span = _("From %(start)s until %(end)s.") % {
        "start": instant_words(notice.starts_at),
        "end": instant_words(notice.expected_at),
    }
    return f"{why} {span} {whom}"


def instruction(service: str) -> str:
    """Say what to do meanwhile."""
    words = {
        "water": _("Keep some drinking water ready. Keep the taps closed."),
        "wastewater": _("Use as little water as you can until the works end."),
        "heat": _("Keep windows closed. Do not heat with a gas stove."),
        "power": _("Switch off sensitive devices. Keep away from fallen wires."),
        "gas": _("Close the taps of gas devices. If you smell gas, leave and call 104."),
    }
    return words[service]


def alert(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the newest message of one outage."""
    outage = get_outage(code)
    body = alert_xml(outage, list(outage.notices.all()), site_of(request))
    return HttpResponse(body, content_type="application/cap+xml; charset=utf-8")


def index(request: HttpRequest) -> HttpResponse:
    """Answer an Atom feed of the outages in force, each with its CAP message."""
    site = site_of(request)
    rows = list(open_outages().prefetch_related("notices"))
    root = ET.Element("feed", {"xmlns": ATOM})
    _put(root, "id", f"{site}/alerts/cap.xml")
    _put(root, "title", "Qaita: outages of utility networks (CAP 1.2)")
    ET.SubElement(root, "link", {"rel": "self", "href": f"{site}/alerts/cap.xml"})
    author = ET.SubElement(root, "author")
    _put(author, "name", "Qaita")
    told = [notice.sent_at for row in rows for notice in row.notices.all()]
    _put(root, "updated", _stamp(max(told, default=request.at)))  # type: ignore[attr-defined]  # set by our middleware
    with override("en"):
        for row in rows:
            _add_entry(root, row, site)
    ET.indent(root)
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")


def _add_entry(root: ET.Element, row: Outage, site: str) -> None:
    last = list(row.notices.all())[-1]
    entry = ET.SubElement(root, "entry")
    _put(entry, "id", f"{site}/alerts/{row.code}.xml")
    _put(entry, "title", headline(row, last))
    _put(entry, "updated", _stamp(last.sent_at))
    _put(entry, "published", _stamp(row.announced_at))
    _put(entry, "summary", description(row, last))
    link = {"rel": "alternate", "type": "application/cap+xml"}
    ET.SubElement(entry, "link", {**link, "href": f"{site}/alerts/{row.code}.xml"})


def site_of(request: HttpRequest) -> str:
    """Return the address of this site without a closing slash."""
    return f"{request.scheme}://{request.get_host()}"


urlpatterns: list[URLPattern] = [
    path("alerts/cap.xml", index, name="alerts"),
    path("alerts/<str:code>.xml", alert, name="alert"),
]
