"""The whole tender walked by hand on the desk, by every role, without scripts."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from qaita.accounts.models import Membership, Organisation, Person
from qaita.procurement import services
from qaita.procurement.models import Award, Bid, Contract, Question, Share, Tender
from qaita.procurement.sealing import b64

from . import make
from .make import Procedure, make_organisation, make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DESK = "/en/desk/procurement/"


class Clock:
    """The hour the site believes it is."""

    at = NOW


@pytest.fixture
def clock(monkeypatch) -> Clock:
    held = Clock()
    monkeypatch.setattr("qaita.web.middleware.now", lambda: held.at)
    return held


def sign_in(code: str, role: str, organisation: Organisation | None) -> Client:
    person = make_person(code, organisation or make_organisation("OR-BUYER"))
    Membership.objects.get_or_create(person=person, organisation=organisation, role=role)
    client = Client(raise_request_exception=True)
    client.force_login(
        Person.objects.get(pk=person.pk),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


def people(made: Procedure) -> dict[str, Client]:
    buyer = made.tender.buyer
    return {
        "head": sign_in("PN-HEAD", "utility_head", buyer),
        "cheap": sign_in("PN-OR-CHEAP", "supplier", make_organisation("OR-CHEAP")),
        "dear": sign_in("PN-OR-DEAR", "supplier", make_organisation("OR-DEAR")),
        "office": sign_in("PN-OFFICE", "programme_office", None),
        **{code: sign_in(code, "committee_member", buyer) for code in made.keys},
    }


def page(client: Client, address: str) -> str:
    answer = client.get(DESK + address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def send(client: Client, address: str, **values: object) -> int:
    return client.post(DESK + address, values).status_code


def sealed_file(client: Client, lot: str, price: str, folder) -> SimpleUploadedFile:
    """Seal with the command line, as a bidder without scripts does."""
    address = folder / "address.json"
    address.write_bytes(client.get(f"{DESK}lots/{lot}/address.json").content)
    out = folder / f"bid-{price}.json"
    call_command("bid", "seal", str(address), "--price", price, "--out", str(out))
    return SimpleUploadedFile("bid.json", out.read_bytes())


def share_file(client: Client, tender: str, key: dict[str, str], folder) -> SimpleUploadedFile:
    envelopes = folder / f"{key['person']}-envelopes.json"
    envelopes.write_bytes(client.get(f"{DESK}tenders/{tender}/envelopes.json").content)
    key_file = folder / f"{key['person']}.json"
    key_file.write_text(json.dumps(key))
    out = folder / f"{key['person']}-shares.json"
    call_command("bid", "open-share", str(envelopes), "--key", str(key_file), "--out", str(out))
    return SimpleUploadedFile("shares.json", out.read_bytes())


def test_a_tender_is_walked_by_hand_from_draft_to_signed_contract(clock, tmp_path) -> None:
    made = make.make_draft()
    who, tender, lot = people(made), made.tender.code, made.lot.code
    assert send(who["head"], f"tenders/{tender}/announce/") == 302

    clock.at = NOW + timedelta(days=1)
    assert "Seal and send a bid" in page(who["cheap"], f"tenders/{tender}/")
    assert send(who["cheap"], f"tenders/{tender}/ask/", text="Which steel?") == 302
    question = Question.objects.get()
    assert "Which steel?" in page(who["head"], f"tenders/{tender}/")
    assert send(who["head"], f"questions/{question.code}/answer/", text="ST20") == 302
    for name, price in (("cheap", "90000000.00"), ("dear", "95000000.00")):
        file = sealed_file(who[name], lot, price, tmp_path)
        values = {"years_main": 0, "years_sub": 0, "statement": "Ten crews"}
        values |= {"security_kzt": "3600000", "security_no": "BG-7"}
        assert send(who[name], f"lots/{lot}/bid/", envelope_file=file, **values) == 302
    bid = Bid.objects.get(supplier__code="OR-CHEAP")
    assert bid.envelope_sha256 in page(who["cheap"], f"bids/{bid.code}/")
    assert who["dear"].get(f"{DESK}bids/{bid.code}/").status_code == 403
    seen = page(who["head"], f"tenders/{tender}/")
    assert "Demo OR-CHEAP" not in seen
    assert "Sealed bid" in seen

    clock.at = make.AFTER
    services.close_due(at=clock.at)
    for row in Bid.objects.all():
        assert send(who["PN-MEMBER1"], f"bids/{row.code}/judge/", verdict="admit") == 302
    assert send(who["PN-MEMBER1"], f"tenders/{tender}/admission/") == 302
    assert send(who["PN-MEMBER1"], f"tenders/{tender}/open/") == 409
    for code in list(made.keys)[:3]:
        key = {"person": code, "private": b64(made.keys[code])}
        file = share_file(who[code], tender, key, tmp_path)
        assert send(who[code], f"tenders/{tender}/shares/", shares_file=file) == 302
    assert Share.objects.count() == 6
    assert "enough members gave theirs" in page(who[code], f"tenders/{tender}/")
    assert send(who["PN-MEMBER1"], f"tenders/{tender}/open/") == 302
    assert send(who["head"], f"lots/{lot}/award/", explanation="") == 409  # a dumping price
    assert send(who["head"], f"lots/{lot}/award/", explanation="Own make") == 302

    award = Award.objects.get()
    assert award.bid == bid
    assert send(who["dear"], f"awards/{award.code}/complain/", text="Wrong") == 302
    complaint = award.complaints.get()
    decides = page(who["office"], f"complaints/{complaint.code}/")
    assert award.bid.supplier.name_en in decides and "Wrong" in decides and tender in decides
    values = {"verdict": "dismiss", "text": "All in order"}
    assert send(who["office"], f"complaints/{complaint.code}/", **values) == 302
    assert "All in order" in page(who["dear"], f"tenders/{tender}/")
    assert send(who["head"], f"awards/{award.code}/contract/", starts_on="2026-05-01") == 302
    contract = Contract.objects.get()
    waits = page(who["head"], f"contracts/{contract.code}/")
    assert "The supplier signs first" in waits
    assert "The days in which bidders may complain are not over." in waits
    assert "Sign for my side" not in waits
    assert send(who["cheap"], f"contracts/{contract.code}/sign/") == 409  # the standstill
    assert "nothing is signed up to" in page(who["head"], f"tenders/{tender}/")
    clock.at = make.AFTER + timedelta(days=30)
    assert "The days for complaints ended on" in page(who["head"], f"tenders/{tender}/")
    for name in ("cheap", "head"):
        assert "Sign for my side" in page(who[name], f"contracts/{contract.code}/")
        assert send(who[name], f"contracts/{contract.code}/sign/") == 302
    contract.refresh_from_db()
    assert contract.state == "signed"
    assert Tender.objects.get().state == "concluded"


def test_a_bid_form_without_an_envelope_is_shown_again_with_the_reason(clock) -> None:
    made = make.make_procedure()
    who = people(made)
    clock.at = NOW + timedelta(days=1)
    answer = who["cheap"].post(f"{DESK}lots/{made.lot.code}/bid/", {"years_main": 1})
    assert answer.status_code == 422
    assert "There is no sealed price yet." in answer.content.decode()


def test_the_price_field_has_no_name_so_a_browser_never_sends_it(clock) -> None:
    made = make.make_procedure()
    clock.at = NOW + timedelta(days=1)
    answer = people(made)["cheap"].get(f"{DESK}lots/{made.lot.code}/bid/")
    text = answer.content.decode()
    field = text[text.index("data-price ") - 80 : text.index("data-price ") + 80]
    assert "name=" not in field
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize("verdict", ["agree", "decline"])
def test_a_supplier_sees_what_a_change_makes_of_the_contract_and_answers(clock, verdict) -> None:
    made = make.make_procedure()
    made.bid("OR-CHEAP", "100000000.00")
    award = made.award()
    contract = services.draft_contract(
        award, starts_on=make.AFTER.date(), by=made.head, at=make.AFTER
    )
    clock.at = make.AFTER + timedelta(days=30)
    made.sign(contract, clock.at)
    who = people(made)
    address = f"contracts/{contract.code}/"
    last = contract.ends_on + timedelta(days=40)
    values = {"ground": "design_change", "reason": "Fewer valves", "new_ends_on": f"{last}"}
    again = who["head"].post(f"{DESK}{address}amend/", {**values, "change_kzt": "a little"})
    assert again.status_code == 422 and 'value="a little"' in again.content.decode()
    assert send(who["head"], f"{address}amend/", **values, change_kzt="-1,500,000.50") == 302
    assert "waits for the supplier" in page(who["head"], address)
    seen = page(who["cheap"], address)
    assert f"{last:%d.%m.%Y}</time> instead of <time" in seen
    assert "98,499,999.50" in seen and "Fewer valves" in seen
    amendment = contract.amendments.get()
    assert send(who["head"], f"amendments/{amendment.code}/{verdict}/") == 409
    assert send(who["cheap"], f"amendments/{amendment.code}/{verdict}/") == 302
    contract.refresh_from_db()
    agreed = verdict == "agree"
    assert (contract.ends_on == last) is agreed
    assert ("98,499,999.50" in page(who["cheap"], address)) is False
    assert "Do not agree" not in page(who["cheap"], address)


def test_a_key_that_is_none_comes_back_with_a_sentence(clock) -> None:
    member = people(make.make_procedure())["PN-MEMBER1"]
    for text in ("", "two words"):
        answer = member.post(f"{DESK}key/", {"public_key": text})
        shown = answer.content.decode()
        assert answer.status_code == 422 and "A public key has 32 bytes." in shown
        assert f'value="{text}"' in shown or not text


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"a": 1}', '{"a": {"b": 2}}', "\0"])
def test_a_broken_file_of_shares_is_refused_kindly(clock, text: str) -> None:
    made = make.make_procedure()
    made.bid("OR-CHEAP", "90000000.00")
    made.close()
    made.admit_all()
    member = people(made)["PN-MEMBER1"]
    answer = member.post(f"{DESK}tenders/{made.tender.code}/shares/", {"shares_text": text})
    assert answer.status_code == 422
    assert "This is not a file of shares." in answer.content.decode()
    assert not Share.objects.exists()


def test_nobody_else_enters(clock) -> None:
    made = make.make_procedure()
    contract = "CN-NONE"
    stranger = sign_in("PN-OR-CHEAP", "supplier", make_organisation("OR-CHEAP"))
    assert Client().get(DESK).status_code == 302
    for address, status in (
        (f"tenders/{made.tender.code}/shares/", 403),
        (f"tenders/{made.tender.code}/envelopes.json", 403),
        ("key/", 403),
        (f"contracts/{contract}/", 404),
        ("tenders/TN-NONE/", 404),
    ):
        assert stranger.get(DESK + address).status_code == status, address
    for address in ("announce", "admission", "open", "fail"):
        assert send(stranger, f"tenders/{made.tender.code}/{address}/") == 409


def test_a_tender_is_drafted_with_the_form(clock) -> None:
    made = make.make_draft()
    project = make.make_project("AP-FORM")
    head = people(made)["head"]
    committee = [member.person.code for member in made.tender.members.all()]
    values = {
        "title_kk": "Құбыр", "title_ru": "Труба", "committee": committee, "threshold": 3,
        "closes_at": "2026-05-01T18:00", "experience_years": 0, "lot1_title_kk": "Құбыр",
        "lot1_title_ru": "Труба", "lot1_category": "works", "lot1_ens_tru": make.ENS_TRU,
        "lot1_quantity": "100", "lot1_unit": "m", "lot1_estimate_kzt": "1000000",
        "lot2_category": "works", "lot2_unit": "m", "lot3_category": "works", "lot3_unit": "m",
    }  # fmt: skip
    assert send(head, f"new/{project.code}/", **values) == 302
    drafted = Tender.objects.get(project=project)
    assert drafted.lots.count() == 1
    assert drafted.closes_at == datetime(2026, 5, 1, 13, 0, tzinfo=UTC)


def test_further_lots_are_folded_and_half_a_lot_is_told_not_dropped(clock) -> None:
    made = make.make_draft()
    project = make.make_project("AP-LOTS")
    head = people(made)["head"]
    door = DESK + f"new/{project.code}/"
    page = head.get(door).content.decode()
    assert page.count('<details class="q-part" open>') == 1
    assert page.count('<details class="q-part">') == 2
    answer = head.post(door, {"lot2_title_kk": "Сорғы", "lot2_category": "goods"})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert "lot2_quantity" in form.errors
    assert "lot2_title_kk" not in form.errors
    assert not any(name.startswith("lot3") for name in form.errors)
    assert answer.content.decode().count('<details class="q-part" open>') == 2
    assert not Tender.objects.filter(project=project).exists()


def test_the_command_line_makes_a_key_nobody_else_reads(tmp_path) -> None:
    out = tmp_path / "key.json"
    call_command("bid", "key", "PN-X", "--out", str(out))
    assert out.stat().st_mode & 0o077 == 0
    assert set(json.loads(out.read_text())) == {"person", "private", "public", "v"}


def test_the_command_line_refuses_in_one_sentence(tmp_path) -> None:
    from django.core.management.base import CommandError

    broken = tmp_path / "x.json"
    broken.write_text("{}")
    for words in (
        ["seal", str(tmp_path / "no.json"), "--price", "1"],
        ["seal", str(broken), "--price", "1"],
        ["seal", str(broken), "--price", "-1"],
        ["open-share", str(broken), "--key", str(broken)],
        ["key", "PN-X"],
    ):
        out = broken if words[0] == "key" else tmp_path / "out.json"
        with pytest.raises(CommandError):
            call_command("bid", *words, "--out", str(out))
