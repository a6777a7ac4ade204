"""The register: who is in it, what it makes, and how an entry ends."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from qaita.kernel.actor import Actor, Grant
from qaita.kernel.errors import NotYours, Refused, Wrong
from qaita.ledger.queries import timeline
from qaita.producers import services
from qaita.producers.models import Product
from qaita.producers.queries import extract_of, price_band, register_figures

from .make import AT, OFFICE, ON, make_entry, make_organisation, make_producer, own
from .make import make_product_entry as entry

pytestmark = pytest.mark.django_db


def test_a_producer_applies_is_entered_and_gives_an_extract() -> None:
    filed = replace(make_entry(), entered_on=None)
    applicant = Actor("PN-X", frozenset({Grant("producer", filed.organisation.code)}))
    producer = services.apply_to_register(filed, by=applicant, at=AT)
    assert extract_of(filed.organisation.code, "242010.111.000001", on=ON) is None
    services.enter_producer(producer, by=OFFICE, at=AT)
    assert extract_of(filed.organisation.code, "242010.111.000001", on=ON) is not None
    assert extract_of(filed.organisation.code, "999999.111.000001", on=ON) is None
    assert [m.action for m in timeline(producer.code)] == ["apply", "enter"]


def test_another_organisation_cannot_apply_for_you() -> None:
    stranger = Actor("PN-X", frozenset({Grant("producer", "OR-OTHER")}))
    with pytest.raises(NotYours):
        services.apply_to_register(make_entry(), by=stranger, at=AT)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ens_tru", "24201.335.000000"), ("ens_tru", "242010335000000"), ("tn_ved", "123"),
        ("tn_ved", "7305110000\n"),
        ("kpved", "99.99"), ("agsk3", "12"), ("in_country_share", Decimal("1.01")),
        ("price_kzt", Decimal(0)), ("capacity_per_year", Decimal(-1)),
        ("valid_until", date(2025, 1, 1)), ("name_kk", ""),
    ],
)  # fmt: skip
def test_a_broken_column_is_named_and_nothing_is_stored(column: str, value: object) -> None:
    bad = entry(**{column: value})
    with pytest.raises(Wrong) as wrong:
        make_producer(1, entry(), bad)
    assert f"2.{column}" in wrong.value.fields
    assert not Product.objects.exists()


def test_exclusion_follows_the_second_mismatch_only() -> None:
    producer = make_producer()
    services.suspend_producer(producer, reason="imports exceed output", by=OFFICE, at=AT)
    assert extract_of(producer.organisation.code, "242010.000.000000", on=ON) is None
    with pytest.raises(Refused, match="first_mismatch"):
        services.exclude_producer(producer, reason="again", by=OFFICE, at=AT)
    services.restore_producer(producer, by=OFFICE, at=AT)
    services.suspend_producer(producer, reason="again", by=OFFICE, at=AT)
    services.exclude_producer(producer, reason="not cured", by=OFFICE, at=AT)
    assert producer.state == "excluded"


def test_a_reason_is_asked_for() -> None:
    with pytest.raises(Refused, match="reason_needed"):
        services.suspend_producer(make_producer(), reason=" ", by=OFFICE, at=AT)


def test_a_product_changes_with_its_past_in_the_ledger() -> None:
    producer = make_producer()
    product = producer.products.get()
    changes = {"capacity_per_year": Decimal(10), "code": "PD-OTHER"}
    services.update_product(product, changes, by=own(producer), at=AT)
    facts = timeline(product.code)[-1].facts
    assert facts["was"] == {"capacity_per_year": "50000.000"}
    assert facts["is"] == {"capacity_per_year": "10"}
    with pytest.raises(NotYours):
        services.update_product(product, {}, by=own(make_producer(2)), at=AT)
    with pytest.raises(Wrong):
        services.update_product(product, {"tn_ved": "x"}, by=OFFICE, at=AT)


def test_a_withdrawn_product_gives_no_extract_from_that_day() -> None:
    producer = make_producer()
    services.withdraw_product(producer.products.get(), by=own(producer), at=AT)
    assert extract_of(producer.organisation.code, "242010.000.000000", on=ON) is None


def test_the_price_band_tells_where_prices_lie() -> None:
    for number, price in enumerate((100, 200, 300, 400, 500), 1):
        make_producer(number, entry(price_kzt=Decimal(price)))
    band = price_band(Product.objects.first())
    assert (band.low_kzt, band.middle_kzt, band.high_kzt) == (200, 300, 400)
    assert (band.producers, register_figures().single_source) == (5, 0)


def test_a_bulk_of_220_producers_and_2786_products_takes_a_bounded_number_of_queries(
    django_assert_max_num_queries,
) -> None:
    entries = [
        replace(make_entry(n), products=tuple(entry(i) for i in range(3))) for n in range(1, 41)
    ]
    assert make_organisation(40)
    with django_assert_max_num_queries(40 + 30):
        services.register_producers_many(entries, by=OFFICE, at=AT)


def test_an_entry_without_products_is_not_entered() -> None:
    filed = replace(make_entry(), entered_on=None, products=())
    applicant = Actor("PN-X", frozenset({Grant("producer", filed.organisation.code)}))
    producer = services.apply_to_register(filed, by=applicant, at=AT)
    with pytest.raises(Refused, match="has_no_product"):
        services.enter_producer(producer, by=OFFICE, at=AT)
    assert [m.action for m in timeline(producer.code)] == ["apply"]


def test_a_producer_applies_once() -> None:
    filed = replace(make_entry(), entered_on=None)
    applicant = Actor("PN-X", frozenset({Grant("producer", filed.organisation.code)}))
    services.apply_to_register(filed, by=applicant, at=AT)
    with pytest.raises(Refused, match="filed_already"):
        services.apply_to_register(filed, by=applicant, at=AT)
