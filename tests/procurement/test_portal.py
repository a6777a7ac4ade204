"""What everybody sees of tenders, contracts and the register, on pages and by the API."""

import pytest
from django.test import Client

from qaita.procurement import services
from qaita.procurement.models import Contract

from . import make
from .test_run_tender import signing_day

pytestmark = pytest.mark.django_db


def made_contract() -> tuple[make.Procedure, Contract]:
    made = make.make_procedure()
    made.bid("OR-CHEAP", "100000000.00")
    made.bid("OR-SKILLED", "101000000.00", years_main=3)
    award = made.award()
    contract = services.draft_contract(
        award, starts_on=make.day_of(make.AFTER), by=made.head, at=make.AFTER
    )
    return made, made.sign(contract, signing_day(award))


def text(address: str, language: str = "en") -> str:
    answer = Client().get(f"/{language}/{address}")
    assert answer.status_code == 200, address
    assert not answer.cookies, "a portal page carries no cookie"
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    return answer.content.decode()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_is_shown_in_every_language(language: str) -> None:
    made, contract = made_contract()
    for address in (
        "tenders/", f"tenders/{made.tender.code}/", "contracts/", f"contracts/{contract.code}/",
        "producers/", "catalogue/", "catalogue/?q=труба",
    ):  # fmt: skip
        text(address, language)


def test_before_the_closing_a_bid_is_a_hash_and_an_hour() -> None:
    made = make.make_procedure()
    bid = made.bid("OR-CHEAP", "100000000.00")
    shown = text(f"tenders/{made.tender.code}/")
    assert bid.envelope_sha256 in shown
    assert "OR-CHEAP" not in shown
    told = Client().get(f"/api/v1/tenders/{made.tender.code}").json()
    assert told["lots"][0]["bids"][0]["supplier"] is None
    assert told["lots"][0]["bids"][0]["price_kzt"] is None


def test_after_the_opening_prices_and_the_winner_without_preferences_are_told() -> None:
    made, contract = made_contract()
    shown = text(f"tenders/{made.tender.code}/")
    assert "Without preferences Demo OR-CHEAP would win with the price" in shown
    assert contract.code in shown
    told = Client().get(f"/api/v1/tenders/{made.tender.code}").json()
    bids = told["lots"][0]["bids"]
    assert [(b["supplier"], b["rank"], b["rank_without_preferences"]) for b in bids] == [
        ("OR-SKILLED", 1, 2),
        ("OR-CHEAP", 2, 1),
    ]


def test_drafts_are_nobodys_business() -> None:
    made = make.make_draft()
    assert Client().get(f"/en/tenders/{made.tender.code}/").status_code == 404
    assert Client().get(f"/api/v1/tenders/{made.tender.code}").status_code == 404
    assert Client().get("/api/v1/contracts/CN-NONE").status_code == 404


def test_lists_download_and_ask_a_bounded_number_of_queries(django_assert_max_num_queries) -> None:
    made_contract()
    for address in ("tenders/", "contracts/", "producers/", "catalogue/"):
        with django_assert_max_num_queries(14):
            text(address)
        for form in ("csv", "xlsx"):
            assert Client().get(f"/en/{address}?format={form}").status_code == 200
    assert Client().get("/api/v1/tenders").json()["count"] == 1
    assert Client().get("/api/v1/contracts?state=signed").json()["count"] == 1
    assert Client().get("/api/v1/products?q=труба").json()["count"] == 0
