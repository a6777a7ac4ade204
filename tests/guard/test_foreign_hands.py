"""The right role in the wrong place: nobody writes into another utility, region or organisation.

The resolver finds every address of the desk; `tests/guard/addresses.py` says what stands in it.
"""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from qaita.ledger.models import Entry
from tests.guard.addresses import (
    MORE,
    PUBLIC_WRITES,
    READS,
    UNKNOWN,
    WRITES,
    addresses,
    desk_addresses,
)
from tests.guard.hands import (
    MODELS,
    foreign_people,
    nothing_written,
    plant,
    signed_in,
    thing_of,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
REFUSED, NOT_MINE, NOT_NOW, WRONG = 403, 404, 409, 422
# Here a person chooses from what is the own organisation's: what is another's is no choice.
FROM_OWN = {
    "networks:merge", "networks:upload", "planning:new", "turmys:announce", "turmys:balance",
    "turmys:new_district", "turmys:take", "works:evidence", "works:line", "works:measure",
    "funding:project",
}  # fmt: skip
# What whoever holds the role does for oneself, wherever: own keys, own entry, a call taken, a bid.
FOR_ONESELF = {
    "accounts:certificates", "accounts:invite", "accounts:keys", "accounts:language",
    "appeals:phone", "procurement:affiliations", "procurement:ask", "procurement:bid",
    "procurement:complain",
    "procurement:key", "producers:apply",
}  # fmt: skip
SENTENCES = re.compile(
    r"belongs to another role or organisation|not open to you|no such page or thing"
    r"|Only the programme office|The financial operator promises"
    r"|the financial operator or the regulator computes"
    r"|do not hold|other role|[Oo]nly the"
)


def address_of(name: str, kind: str) -> str:
    """Return the address with a thing of the demonstration in it."""
    more = MORE.get(name, {})
    asked = desk_addresses()[name].pattern.pattern.converters
    told = {word: more.get(word, kind) for word in asked}
    told = {word: thing_of(one) if one in MODELS else one for word, one in told.items()}
    with override("en"):
        return reverse(name, kwargs=told)


def text_of(answer) -> str:
    return "" if answer.streaming else html.unescape(answer.content.decode(errors="replace"))


def fault_of(name: str, who: str, answer, written: list[str]) -> str:
    """Return what is wrong with an answer to foreign hands, or nothing."""
    allowed = {REFUSED, NOT_MINE, NOT_NOW} | ({WRONG} if name in FROM_OWN else set())
    if written:
        return f"{name}: {who} wrote {written[0]}"
    if answer.status_code not in allowed:
        return f"{name}: {who} got {answer.status_code}"
    if answer.status_code != WRONG and not SENTENCES.search(text_of(answer)):
        return f"{name}: {who} got {answer.status_code} and no sentence that says why"
    return ""


def test_every_address_is_known_here():
    new = sorted(set(desk_addresses()) - set(WRITES) - set(READS))
    assert not new, UNKNOWN.format(names=", ".join(new))
    gone = sorted((set(WRITES) | set(READS)) - set(desk_addresses()))
    assert not gone, f"no longer there, take them out of tests/guard/addresses.py: {gone}"
    exempt = {
        one.name
        for one in addresses()
        if getattr(one.pattern.callback, "csrf_exempt", False)
        and not one.name.startswith(("v1:", "openapi"))
    }
    assert exempt <= PUBLIC_WRITES, f"without CSRF protection: {sorted(exempt - PUBLIC_WRITES)}"


def test_foreign_hands_change_nothing_at_any_address():
    plant()
    faults, people = [], foreign_people()
    height = Entry.objects.count()
    for who, person in people.items():
        client = signed_in(person)
        for name, kind in WRITES.items():
            if name in FOR_ONESELF:
                continue
            with nothing_written() as written:
                answer = client.post(address_of(name, kind), words(name))
            faults.append(fault_of(name, who, answer, written))
    assert [fault for fault in faults if fault] == []
    assert Entry.objects.count() == height


def test_a_nobody_does_nothing_for_oneself_that_needs_a_role():
    client = signed_in(foreign_people()["nobody"])
    height = Entry.objects.count()
    for name in sorted(
        FOR_ONESELF - {"accounts:certificates", "accounts:keys", "accounts:language"}
    ):
        with nothing_written() as written:
            answer = client.post(address_of(name, WRITES[name]), words(name))
        assert (written, answer.status_code in {REFUSED, NOT_MINE, NOT_NOW}) == ([], True), name
    assert Entry.objects.count() == height


def test_pages_that_show_write_nothing_and_strangers_are_asked_to_sign_in():
    plant()
    reader, stranger = signed_in(foreign_people()["all roles elsewhere"]), Client()
    for name, kind in (READS | WRITES).items():
        address = address_of(name, kind)
        with nothing_written() as written:
            asked = stranger.post(address, {})
            shown = reader.post(address, {}) if name in READS else None
        assert written == [], name
        assert name == "accounts:roots_file" or asked.status_code in {302, 405}, name
        assert asked.status_code != 302 or "/account/login/" in asked["Location"], name
        assert shown is None or shown.status_code < 500, name


def test_a_forged_page_changes_nothing():
    """No form is taken without the secret of the page it stands on."""
    plant()
    person = foreign_people()["all roles elsewhere"]
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    for name, kind in WRITES.items():
        with nothing_written() as written:
            answer = client.post(address_of(name, kind), words(name))
        assert (answer.status_code, written) == (403, []), name
