"""Homes of the producer and the administrator: what they must know, in few questions."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client

from qaita.accounts.services import make_api_key
from qaita.jobs.models import Job
from qaita.kernel.actor import CLOCK, Actor
from qaita.kernel.clock import now
from qaita.ledger.services import publish_log, record
from qaita.procurement import services
from qaita.procurement.queries import address_of
from qaita.procurement.services import Offered, offer_of, seal_offer
from qaita.producers.models import Producer, Product
from tests.accounts.make import make_organisation as make_office
from tests.accounts.make import make_person
from tests.procurement.make import AT, make_organisation, make_procedure, security_of
from tests.producers.make import make_producer, make_product_entry

pytestmark = pytest.mark.django_db
MOST = 12


def home(role: str, organisation=None) -> Client:
    person = make_person(role, organisation, f"one-{role}")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(client: Client) -> str:
    return client.get("/en/desk/").content.decode()


@pytest.fixture
def maker(db):
    return make_producer(1, make_product_entry(service="water"))


def test_a_producer_finds_entry_products_and_tenders_that_fit(maker, monkeypatch) -> None:
    made = make_procedure()
    monkeypatch.setattr("qaita.web.middleware.now", lambda: AT + timedelta(days=1))
    Product.objects.filter(producer=maker).update(valid_until=(AT + timedelta(days=30)).date())
    page = page_of(home("producer", maker.organisation))
    assert maker.register_no in page and "Products in force" in page
    assert "until 01.04.2026" in page
    assert f"/en/tenders/{made.tender.code}/" in page
    assert "No contract in force names a product of yours." in page


def test_a_producer_finds_the_contracts_that_name_its_products(maker) -> None:
    made = make_procedure()
    product = maker.products.get()
    offer = offer_of(Decimal("98765432.10"), [Offered(Decimal(1200), product=product.code)])
    services.submit_bid(
        made.lot, supplier=make_organisation("OR-CHEAP"),
        sealed=(seal_offer(offer, address_of(made.lot, "OR-CHEAP")), security_of(made.lot)),
        by=made.supplier("OR-CHEAP"), at=AT,
    )  # fmt: skip
    award = made.award()
    signed_at = now()
    contract = services.draft_contract(
        award, starts_on=signed_at.date(), by=made.head, at=AT + timedelta(days=60)
    )
    made.sign(contract, signed_at)
    page = page_of(home("producer", maker.organisation))
    assert f"/en/contracts/{contract.code}/" in page and "1,200 m" in page


def test_a_producer_without_an_entry_is_led_to_the_register(db) -> None:
    page = page_of(home("producer", make_organisation("OR-NEW", "producer")))
    assert "Your organisation has no entry yet." in page
    assert "No open tender asks for your goods now." in page


def test_an_administrator_sees_what_failed_and_what_is_wanting(db) -> None:
    at = now()
    Job.objects.create(
        kind="networks.load", actor="PN-X", queued_at=at, ended_at=at, outcome="failed",
        message="the file is gone",
    )  # fmt: skip
    Job.objects.create(kind="planning.country", actor="PN-X", queued_at=at, outcome="waiting")
    client = home("sysadmin")
    page = page_of(client)
    assert "A job failed" in page and "the file is gone" in page
    assert "Make a backup" in page and "No backup was made from here yet." in page
    assert "not run yet" in page
    listed = client.get("/en/desk/jobs/?outcome=failed").content.decode()
    assert (
        "Loading a network into the register" in listed
        and "Planning" not in listed.split("<tbody>")[1]
    )
    assert client.get("/en/desk/jobs/?format=xlsx").status_code == 200


def test_an_administrator_sees_a_backup_a_checkpoint_and_the_replay(db, settings) -> None:
    at = now()
    record("ledger.replay", "LEDGER", by=CLOCK, at=at, facts={"drifts": 3, "first": ["TN-1"]})
    publish_log()
    told = {"at": at.isoformat(), "bytes": 12_300_000, "files": 41, "sha256": "ab" * 32}
    settings.BACKUP_MARK.write_text(json.dumps(told))
    client = home("sysadmin")
    page = page_of(client)
    assert "3 rows differ" in page and "entries signed" in page
    assert "12.3 MB, 41 files" in page and "Make a backup" not in page
    settings.BACKUP_MARK.write_text("no mark")
    assert "Make a backup" in page_of(client)


def test_an_administrator_finds_who_has_no_second_factor_and_which_keys_live(db) -> None:
    person = make_person(username="keyholder")
    own = Actor(person.code)
    make_api_key(person, "Robot", ["read"], by=own, at=now())
    client = home("sysadmin")
    page = page_of(client)
    assert "Robot" in page and "Without a second factor" in page
    listed = client.get("/en/desk/accounts/people/?factor=none").content.decode()
    assert "keyholder" in listed
    assert "keyholder" in client.get("/en/desk/accounts/people/?seen=never").content.decode()


@pytest.mark.parametrize("role", ["producer", "sysadmin"])
def test_the_homes_ask_few_questions_however_much_there_is(
    maker, role, django_assert_max_num_queries
) -> None:
    make_procedure()
    for number in range(8):
        at = now()
        Job.objects.create(
            kind="networks.load", actor="PN-X", queued_at=at, ended_at=at, outcome="failed"
        )
        make_producer(number + 2)
    client = home(role, maker.organisation if role == "producer" else None)
    page_of(client)
    with django_assert_max_num_queries(MOST):
        page_of(client)


def test_only_an_administrator_sees_the_jobs(maker) -> None:
    assert home("producer", maker.organisation).get("/en/desk/jobs/").status_code == 403
    assert Client().get("/en/desk/jobs/").status_code == 302


def test_a_backup_leaves_its_mark(settings, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(
        "qaita.console.management.commands.backup.write_backup",
        lambda _data, target, _about, _store: target.write_bytes(b"all") and {"a": "b"},
    )
    monkeypatch.setattr(
        "qaita.console.management.commands.backup.kept_database", lambda _data: None
    )
    call_command("backup", str(tmp_path / "all.tar.gz"))
    told = json.loads(settings.BACKUP_MARK.read_text())
    assert (told["bytes"], told["files"], len(told["sha256"])) == (3, 1, 64)


def test_a_queue_longer_than_the_page_says_how_many_more_there_are_and_leads_to_them() -> None:
    for number in range(1, 24):
        make_producer(number)
    Producer.objects.update(state="applied")
    page = page_of(home("programme_office", make_office("programme_office")))
    assert page.count("Decide an application to the register") == 21  # the last stands for three
    assert "Waits for me · 23" in page
    assert '<a href="/en/desk/producers/?state=applied">and 3 more</a>' in page
