"""Affiliations declared at the desk, and the in-country value of a contract."""

from decimal import Decimal

import pytest
from django.urls import reverse

from qaita.ledger.queries import timeline
from qaita.procurement.models import Affiliation
from tests.procurement.make import make_organisation
from tests.procurement.test_desk import sign_in
from tests.works.make import make_ground

pytestmark = pytest.mark.django_db
DOOR = "/en/desk/procurement/affiliations/"


def test_a_supplier_declares_for_itself_and_the_control_for_any():
    own, other, third = (make_organisation(f"OR-{name}") for name in ("CHEAP", "DEAR", "THIRD"))
    supplier = sign_in("PN-OR-CHEAP", "supplier", own)
    assert DOOR in supplier.get("/en/desk/procurement/").content.decode()
    page = supplier.post(DOOR, {"second": other.bin, "ground": "One owner"}, follow=True)
    assert "One owner" in page.content.decode()
    assert timeline(own.code)[-1].kind == "supplier.affiliation"
    for given in ({"second": "1", "ground": "x"}, {"second": own.bin, "ground": "x"}):
        wrong = supplier.post(DOOR, given)
        assert wrong.status_code == 422 and 'value="x"' in wrong.content.decode()
    office = sign_in("PN-OFFICE", "programme_office", None)
    office.post(DOOR, {"first": other.bin, "second": third.bin, "ground": "Brothers"})
    office.post(DOOR, {"first": third.bin, "second": other.bin, "ground": "Brothers"})
    assert Affiliation.objects.count() == 2
    assert "Brothers" not in supplier.get(DOOR).content.decode()
    head = sign_in("PN-HEAD", "utility_head", make_organisation("OR-BUYER", "utility"))
    assert head.post(DOOR, {"second": other.bin, "ground": "x"}).status_code == 403


def test_the_in_country_value_of_a_contract_explains_every_tenge():
    contract = make_ground().contract
    client = sign_in("PN-WINNER", "supplier", contract.supplier)
    door = reverse("procurement:local_value", args=[contract.code])
    whole = reverse("procurement:contract", args=[contract.code])
    assert door in client.get(whole).content.decode()
    part = contract.sum_kzt / 4
    asked = {"staff_percent": "80", "good1_kzt": part, "sub1_kzt": part, "sub1_percent": "50"}
    value = client.get(door, asked).context["value"]
    assert value.sum_kzt == contract.sum_kzt and value.percent == Decimal("52.50")
    assert [line.has_extract for line in value.lines] == [True, False, True]
    for wrong in ({"good1_kzt": contract.sum_kzt + 1}, {"good1_code": "PD-NONE"}):
        assert client.get(door, {**asked, **wrong}).status_code == 422
    stranger = sign_in("PN-STRANGER", "supplier", make_organisation("OR-STRANGER"))
    assert stranger.get(door).status_code in (403, 404)
