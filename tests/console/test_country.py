"""Every sign-in of the demonstration finds its real work waiting, and can do it."""

import json
import re
from base64 import b64decode
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from qaita.accounts.models import Organisation, Person
from qaita.planning.models import Run
from qaita.procurement.models import Contract, Tender
from qaita.procurement.services import open_share
from qaita.turmys.models import Outage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
ROLES = (
    *("utility_engineer", "utility_head", "technical_operator", "financial_operator"),
    *("regulator", "akimat", "programme_office", "supplier", "committee_member", "supervisor"),
    *("dispatcher", "call_operator", "auditor"),
)
AT_HOME = "demo-head"


def signed_in(username: str) -> Client:
    client = Client()
    person = Person.objects.get(username=username)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sign_ins() -> dict[str, str]:
    rows = json.loads((Path(settings.DATA_DIR) / "demo" / "signins.json").read_text())
    return {row["code"]: row["username"] for row in rows}


def queue_of(client: Client, role: str) -> list[str]:
    page = client.get(f"/en/desk/?role={role}").content.decode()
    found = re.search(r'<ul class="q-queue">.*?</ul>', page, re.DOTALL)
    return re.findall(r'<a href="([^"]+)"', found.group()) if found else []


@pytest.mark.parametrize("role", ROLES)
def test_each_sign_in_finds_work_that_it_may_open(role):
    client = signed_in(sign_ins()[role])
    waiting = queue_of(client, role)
    assert waiting, f"nothing waits for {role}"
    for address in waiting:
        assert client.get(address).status_code == 200, address


def test_tenders_stand_at_every_step_a_person_takes():
    home = Organisation.objects.get(memberships__person__username=AT_HOME)
    states = set(Tender.objects.filter(buyer=home).values_list("state", flat=True))
    assert {"open", "closed", "admitted", "opened", "awarded", "concluded"} <= states
    assert set(Contract.objects.values_list("state", flat=True)) >= {"draft", "half_signed"}


def test_the_supplier_may_bid_for_what_is_open():
    client = signed_in("demo-supplier")
    for tender in Tender.objects.filter(state="open"):
        lot = tender.lots.get()
        page = client.get(f"/en/desk/procurement/lots/{lot.code}/bid/").content.decode()
        assert 'data-sealing="seal"' in page, "nothing stands against the bid"


def test_every_outage_cuts_somebody_off():
    assert Outage.objects.count() > 20
    assert not Outage.objects.filter(consumers_off=0).exists()


def test_every_utility_has_a_plan_in_force():
    owners = Organisation.objects.filter(kind="utility", utility_services__isnull=False).distinct()
    planned = Run.objects.filter(state="adopted").values("scenario__utility")
    assert not owners.exclude(pk__in=planned).exists()


def test_a_member_gives_the_last_share_with_the_key_of_the_demonstration():
    member = signed_in("demo-committee-1")
    tender = Tender.objects.get(state="admitted", members__person__username="demo-committee-1")
    shares = f"/en/desk/procurement/tenders/{tender.code}/shares/"
    assert "key/demonstration.json" in member.get(shares).content.decode()
    key = json.loads(member.get("/en/desk/procurement/key/demonstration.json").content)
    given = {
        bid.code: open_share(bytes(bid.envelope), key["person"], b64decode(key["private"]))
        for bid in tender.bids.filter(state="admitted")
    }
    answer = member.post(shares, {"shares_text": json.dumps(given)})
    assert answer.status_code == 302
    assert member.post(f"/en/desk/procurement/tenders/{tender.code}/open/").status_code == 302
    tender.refresh_from_db()
    assert tender.state == "opened"
    other = signed_in("demo-supplier")
    assert other.get("/en/desk/procurement/key/demonstration.json").status_code == 404
