"""A bid says which products it offers: sealed with the price, shown with their origin after."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client

from qaita.disclosure.contracting.parts import Place
from qaita.disclosure.contracting.releases import releases
from qaita.kernel.errors import Wrong
from qaita.ledger.queries import timeline
from qaita.procurement import services
from qaita.procurement.models import OfferedProduct
from qaita.procurement.queries import address_of
from qaita.procurement.services import Offered, offer_of, seal_offer
from qaita.producers.models import Product
from tests.producers.make import make_producer, make_product_entry

from .make import AFTER, AT, Procedure, make_organisation, make_procedure, security_of

pytestmark = pytest.mark.django_db
HALF = Decimal("0.5500")


@pytest.fixture
def pipe() -> Product:
    return make_producer(1, make_product_entry(in_country_share=HALF)).products.get()


def bid_with(made: Procedure, code: str, price: str, offer: dict[str, object]) -> None:
    envelope = seal_offer({"price_kzt": price, **offer}, address_of(made.lot, code))
    made.bids[code] = services.submit_bid(
        made.lot, supplier=make_organisation(code), sealed=(envelope, security_of(made.lot)),
        by=made.supplier(code), at=AT,
    )  # fmt: skip


def lines(*products: Offered) -> dict[str, object]:
    return {"products": offer_of(Decimal(1), products)["products"]}


def test_products_are_read_at_the_opening_with_what_the_register_says(pipe) -> None:
    made = make_procedure()
    ours = Offered(Decimal("1200.000"), product=pipe.code)
    theirs = Offered(Decimal(4), name="Gate valve", origin="CN", unit="pcs")
    bid_with(made, "OR-CHEAP", "98765432.10", lines(ours, theirs))
    assert not OfferedProduct.objects.exists()
    assert pipe.code.encode() not in bytes(made.bids["OR-CHEAP"].envelope)
    made.open()
    first, second = made.bids["OR-CHEAP"].products.all()
    assert (first.product, first.origin, first.unit) == (pipe, "KZ", pipe.unit)
    assert first.in_country_share == HALF and first.quantity == Decimal(1200)
    assert (second.product, second.name, second.origin) == (None, "Gate valve", "CN")
    assert second.in_country_share is None
    told = next(one for one in timeline(made.bids["OR-CHEAP"].code) if one.kind == "bid.open")
    assert told.facts["products"][0]["product"] == pipe.code
    assert told.facts["products"][0]["share"] == "0.5500"


def test_everybody_reads_them_after_the_opening_and_nobody_before(pipe) -> None:
    made = make_procedure()
    bid_with(made, "OR-CHEAP", "98765432.10", lines(Offered(Decimal(7), product=pipe.code)))
    address = f"/en/tenders/{made.tender.code}/"
    assert pipe.code not in Client().get(address).content.decode()
    made.award()
    page = Client().get(address).content.decode()
    assert f"/en/catalogue/{pipe.code}/" in page and "Kazakhstan, Kazakh share 55" in page
    told = Client().get(f"/api/v1/tenders/{made.tender.code}").json()["lots"][0]["bids"]
    assert {one["product"] for bid in told for one in bid["products"]} == {pipe.code}
    items = [
        item
        for release in releases(Place("https://qaita.example"))
        for award in release.get("awards", [])
        for item in award["items"]
    ]
    codes = [one.get("additionalClassifications", [{}])[0].get("id") for one in items]
    assert pipe.code in codes


def test_a_line_nobody_can_read_does_not_spoil_the_bid(pipe) -> None:
    made = make_procedure()
    told = [
        "not a line", {"product": "PD-UNKNOWN", "quantity": "3"}, {"name": "x", "quantity": "-1"},
        {"name": "y", "quantity": "many"}, {"quantity": "1"}, {"name": "z\0", "quantity": "NaN"},
        {"name": "Pump", "origin": "Neverland", "unit": "°", "quantity": "1e3"},
    ]  # fmt: skip
    bid_with(made, "OR-CHEAP", "98765432.10", {"products": told})
    made.open()
    made.bids["OR-CHEAP"].refresh_from_db()
    assert made.bids["OR-CHEAP"].state == "opened"
    rows = made.bids["OR-CHEAP"].products.all()
    assert [(row.name, row.origin, row.unit, row.quantity) for row in rows] == [
        ("PD-UNKNOWN", "", "", Decimal(3)), ("Pump", "", "", Decimal(1000)),
    ]  # fmt: skip
    assert "origin unsaid" in Client().get(f"/en/tenders/{made.tender.code}/").content.decode()


@pytest.mark.parametrize("told", ["everything", {"product": "PD-1"}, None, 5, [[]] * 40])
def test_products_that_are_no_list_of_lines_say_nothing(told) -> None:
    made = make_procedure()
    bid_with(made, "OR-CHEAP", "98765432.10", {"products": told})
    made.open()
    assert not OfferedProduct.objects.exists()


def test_an_extract_that_ended_before_the_closing_gives_no_share(pipe) -> None:
    Product.objects.filter(pk=pipe.pk).update(valid_until=date(2026, 3, 20))
    made = make_procedure()
    bid_with(made, "OR-CHEAP", "98765432.10", lines(Offered(Decimal(7), product=pipe.code)))
    made.open()
    row = OfferedProduct.objects.get()
    assert row.product == pipe and row.in_country_share is None
    assert AFTER.date() > date(2026, 3, 20)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Offered(Decimal(0), product="PD-00000000000"), "how much"),
        (Offered(Decimal("1.2345"), name="Pipe", origin="KZ", unit="m"), "three digits"),
        (Offered(Decimal(1), product="PD-7K3M9QX2AF4W"), "no code of the catalogue"),
        (Offered(Decimal(1)), "Name the product"),
        (Offered(Decimal(1), name="Pipe", origin="China", unit="m"), "in which country"),
        (Offered(Decimal(1), name="Pipe", origin="CN"), "in what unit"),
    ],
)
def test_before_sealing_the_bidder_hears_what_is_wrong(line, words) -> None:
    with pytest.raises(Wrong) as wrong:
        offer_of(Decimal(1), [line])
    assert words in str(wrong.value.fields["products"][0])


def test_the_command_line_seals_products_too(pipe, tmp_path) -> None:
    made = make_procedure()
    address, out = tmp_path / "address.json", tmp_path / "bid.json"
    address.write_text(json_of(address_of(made.lot, "OR-CHEAP").as_dict()))
    call_command(
        "bid", "seal", str(address), "--price", "98765432.10", "--out", str(out),
        "--product", f"{pipe.code}:1200", "--other", "Gate valve|cn|pcs:4",
    )  # fmt: skip
    services.submit_bid(
        made.lot, supplier=make_organisation("OR-CHEAP"),
        sealed=(out.read_bytes(), security_of(made.lot)), by=made.supplier("OR-CHEAP"), at=AT,
    )  # fmt: skip
    made.open()
    told = OfferedProduct.objects.values_list("product__code", "name", "origin", "quantity")
    assert list(told) == [
        (pipe.code, "", "KZ", Decimal(1200)), (None, "Gate valve", "CN", Decimal(4)),
    ]  # fmt: skip


def json_of(plain: dict[str, object]) -> str:
    return json.dumps(plain)
