"""Open311 GeoReport v2, read by a foreign client and checked against the standard's text."""

from xml.etree import ElementTree as ET

import pytest
from georeport import GeoReport

from qaita.appeals.models import Appeal, Contact
from qaita.appeals.services import accept_appeal, close_unfixed
from qaita.kernel.actor import SYSTEM
from qaita.kernel.clock import now
from tests.appeals.make import EMAIL, MARKS, PHONE, WORDS, make_appeal, make_operator
from tests.turmys.make import AT, make_fed_network

ROOT = "/open311/v2"
NEW = {
    "service_code": "water.leak",
    "lat": "52.2801",
    "long": "76.9538",
    "description": WORDS,
    "first_name": "Zhanerke",
    "last_name": "Markedova",
    "email": EMAIL,
    "phone": PHONE,
    "attribute[extent]": "street",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("shape", ["json", "xml"])
def test_a_foreign_client_reads_what_we_serve(live_server, shape):
    network = make_fed_network()
    codes = {make_appeal(network, now()).appeal.code for _ in range(2)}
    reader = GeoReport(f"{live_server.url}{ROOT}", jurisdiction="kz", output_format=shape)
    listed = reader.get_service_list()
    assert "water.no_supply" in {row["service_code"] for row in listed}
    definition = reader.get_service_definition("water.no_supply")
    assert definition["service_code"] == "water.no_supply"
    assert {row["service_request_id"] for row in reader.get_service_requests()} == codes
    one = reader.get_service_request(min(codes))
    assert (one["status"], one["service_code"]) == ("open", "water.no_supply")


@pytest.mark.django_db
def test_xml_and_json_say_the_same(client):
    make_appeal(make_fed_network(), now())
    told = client.get(f"{ROOT}/requests.json").json()
    tree = ET.fromstring(client.get(f"{ROOT}/requests.xml").content)
    assert tree.tag == "service_requests"
    rows = [{node.tag: node.text for node in row} for row in tree]
    plain = [
        {name: None if value is None else str(value) for name, value in row.items()} for row in told
    ]
    assert rows == plain


@pytest.mark.django_db
@pytest.mark.parametrize("shape", ["json", "xml"])
def test_a_program_files_and_the_token_leads_back(client, shape):
    network = make_fed_network()
    answer = client.post(f"{ROOT}/requests.{shape}", NEW)
    assert answer.status_code == 201, answer.content
    appeal = Appeal.objects.get()
    assert (appeal.channel, appeal.extent) == ("open311", "street")
    assert appeal.organisation == network.utility_service.organisation
    assert Contact.objects.get().email == EMAIL
    text = answer.content.decode()
    assert appeal.code in text
    key = text.split(": ")[-1][:19] if shape == "xml" else answer.json()[0]["service_notice"][-19:]
    back = client.get(f"{ROOT}/tokens/{key}.json")
    assert back.json() == [{"service_request_id": appeal.code, "token": key}]
    assert not [mark for mark in MARKS if mark in text]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "x.y"}, 400, "service_code"),
        ({"lat": ""}, 400, "lat"),
        ({"lat": "0", "long": "0"}, 400, "place"),
        ({"description": " "}, 400, "description"),
        ({"email": "x"}, 400, "email"),
        ({"jurisdiction_id": "mars"}, 404, "jurisdiction"),
        ({"api_key": "wrong"}, 403, "api_key"),
        ({"service_code": "gas.gas_smell"}, 400, "104"),
    ],
)
def test_faults_are_told_as_the_standard_says(client, change, status, word):
    make_fed_network()
    answer = client.post(
        f"{ROOT}/requests.json", {**NEW, **change}, headers={"accept-language": "en"}
    )
    assert answer.status_code == status
    rows = answer.json()
    assert rows[0]["code"] == status and word in " ".join(row["description"] for row in rows)
    assert not Appeal.objects.exists()
    xml = client.post(f"{ROOT}/requests.xml", {**NEW, **change})
    assert ET.fromstring(xml.content).tag == "errors"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("services/none.json", 404),
        ("requests/AL-0000000000.json", 404),
        ("tokens/none.json", 404),
        ("services.yaml", 404),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-09-01T00:00:00Z", 400),
        ("requests.json?status=half", 400),
        ("requests.json?page=0", 400),
        ("requests.json?page_size=9&page=2", 200),
        ("requests.json?service_request_id=a,b", 200),
    ],
)
def test_questions_that_make_no_sense_are_answered_kindly(client, path, status):
    assert client.get(f"{ROOT}/{path}").status_code == status


@pytest.mark.django_db
def test_status_and_time_narrow_the_list(client):
    network = make_fed_network()
    filed, _other = make_appeal(network, now()), make_appeal(network, now())
    by = make_operator(network)
    accept_appeal(filed.appeal, by=by, at=now())
    close_unfixed(filed.appeal, reason="Next year", by=SYSTEM, at=now())
    closed = client.get(f"{ROOT}/requests.json?status=closed").json()
    assert [row["service_request_id"] for row in closed] == [filed.appeal.code]
    assert client.get(f"{ROOT}/requests.json?service_code=heat.leak").json() == []
    assert len(client.get(f"{ROOT}/requests.json?status=open,closed").json()) == 2
    old = client.get(f"{ROOT}/requests.json?end_date={AT:%Y}-01-01T00:00:00Z").json()
    assert old == []
