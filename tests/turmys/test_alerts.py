"""CAP 1.2: alert, update, cancel, in three languages, as a foreign parser reads them."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import capparser
import pytest

from qaita.accounts.models import Organisation
from qaita.turmys.services import Times, restore_outage, start_outage, update_outage
from tests.turmys.make import AT, make_dispatcher, make_fed_network, make_outage

pytestmark = pytest.mark.django_db
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
# the order in which the standard's schema wants the elements of each part
ORDER = {
    "alert": "identifier sender sent status msgType source scope restriction addresses code note "
    "references incidents info",
    "info": "language category event responseType urgency severity certainty audience eventCode "
    "effective onset expires senderName headline description instruction web contact parameter "
    "resource area",
    "area": "areaDesc polygon circle geocode altitude ceiling",
}
WORDS = {
    "status": {"Actual", "Exercise", "System", "Test", "Draft"},
    "msgType": {"Alert", "Update", "Cancel", "Ack", "Error"},
    "scope": {"Public", "Restricted", "Private"},
    "category": {"Infra"},
    "responseType": {"Prepare", "Monitor", "AllClear"},
    "urgency": {"Immediate", "Expected", "Future", "Past", "Unknown"},
    "severity": {"Extreme", "Severe", "Moderate", "Minor", "Unknown"},
    "certainty": {"Observed", "Likely", "Possible", "Unlikely", "Unknown"},
}


def message(client, outage) -> ET.Element:
    answer = client.get(f"/alerts/{outage.code}.xml")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/cap+xml")
    assert capparser.parse(stringXML=answer.content.decode()) is not None
    return ET.fromstring(answer.content)


def text(node: ET.Element, name: str) -> str:
    return node.findtext(f"{CAP}{name}") or ""


def names(node: ET.Element) -> list[str]:
    return [child.tag.removeprefix(CAP) for child in node]


def keeps_the_standard(root: ET.Element) -> None:
    for part, order in ORDER.items():
        for node in [root, *root.iter()]:
            if node.tag == f"{CAP}{part}":
                places = [order.split().index(name) for name in names(node)]
                assert places == sorted(places), part
    for node in root.iter():
        name = node.tag.removeprefix(CAP)
        if name in WORDS:
            assert node.text in WORDS[name], (name, node.text)
        if name in {"sent", "effective", "onset", "expires"}:
            assert node.text and node.text.endswith("-00:00") and "." not in node.text


def test_alert_update_and_cancel_follow_each_other(client):
    network = make_fed_network()
    by = make_dispatcher(network)
    outage = make_outage(network)
    alert = message(client, outage)
    keeps_the_standard(alert)
    assert (text(alert, "msgType"), text(alert, "references")) == ("Alert", "")
    start_outage(outage, by=by, at=AT)
    later = Times(outage.starts_at, AT + timedelta(hours=8))
    update_outage(outage, times=later, by=by, at=AT + timedelta(hours=1))
    update = message(client, outage)
    keeps_the_standard(update)
    assert text(update, "msgType") == "Update"
    first = f"{text(alert, 'sender')},{text(alert, 'identifier')},{text(alert, 'sent')}"
    assert text(update, "references").split()[0] == first
    restore_outage(outage, by=by, at=AT + timedelta(hours=3))
    cancel = message(client, outage)
    keeps_the_standard(cancel)
    assert text(cancel, "msgType") == "Cancel"
    assert len(text(cancel, "references").split()) == 3
    assert len({text(one, "identifier") for one in (alert, update, cancel)}) == 3


def test_every_message_speaks_three_languages_and_names_place_and_people(client):
    outage = make_outage(
        make_fed_network(), places=("Ломов көшесі", "улица Ломова", "Lomov street")
    )
    root = message(client, outage)
    infos = root.findall(f"{CAP}info")
    assert [text(info, "language") for info in infos] == ["kk-KZ", "ru-KZ", "en-GB"]
    places = [info.findtext(f"{CAP}area/{CAP}areaDesc") for info in infos]
    assert places == ["Ломов көшесі", "улица Ломова", "Lomov street"]
    assert len({text(info, "headline") for info in infos}) == 3
    circle = infos[0].findtext(f"{CAP}area/{CAP}circle") or ""
    point, radius_km = circle.split()
    assert point.startswith("52.28") and 0.05 <= float(radius_km) < 1
    assert infos[0].findtext(f"{CAP}parameter/{CAP}value") == "70"


def test_a_demonstration_never_says_actual(client):
    network = make_fed_network()
    outage = make_outage(network)
    assert text(message(client, outage), "status") == "Actual"
    Organisation.objects.update(is_demonstration=True)
    assert text(message(client, outage), "status") == "Exercise"


def test_the_index_lists_what_is_in_force(client):
    network = make_fed_network()
    outage = start_outage(make_outage(network), by=make_dispatcher(network), at=AT)
    atom = "{http://www.w3.org/2005/Atom}"
    root = ET.fromstring(client.get("/alerts/cap.xml").content)
    links = [node.attrib["href"] for node in root.findall(f"{atom}entry/{atom}link")]
    assert links == [f"http://testserver/alerts/{outage.code}.xml"]
    restore_outage(outage, by=make_dispatcher(network), at=AT + timedelta(hours=1))
    empty = ET.fromstring(client.get("/alerts/cap.xml").content)
    assert empty.findall(f"{atom}entry") == []
    assert client.get("/alerts/OT-0000000000.xml").status_code == 404
