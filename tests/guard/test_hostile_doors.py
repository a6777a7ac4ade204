"""What strangers try at the doors: numbers out of reach, foreign hosts, stolen codes, guesses."""

import re
import subprocess
import sys

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings as all_settings
from django.core.cache import cache
from django.test import Client

from qaita.accounts.models import Person
from qaita.accounts.services import invite_person
from qaita.accounts.services.people import NewPerson
from qaita.appeals.models import Appeal
from qaita.gateways.messages import MEMORY
from qaita.kernel.actor import SYSTEM
from tests.accounts.make import AT, PASSWORD, make_person

pytestmark = pytest.mark.django_db
LONG = "9" * 5_000  # longer than Python reads as a number
EVIL = "evil.example"


@pytest.fixture(autouse=True)
def nothing_counted():
    """Forget how often this address has knocked."""
    cache.clear()


@pytest.mark.parametrize(
    "address",
    [
        *(f"/open311/v2/requests.{kind}?{name}={value}" for kind in ("json", "xml")
          for name in ("page", "page_size", "start_date") for value in (LONG, "-1", "²", "1e9")),
        *(f"/api/v1/feed?{name}={value}" for name in ("after", "limit")
          for value in (LONG, "-2", "0", "nan")),
        *(f"/en/ledger-book/?{name}={value}" for name in ("q", "page")
          for value in (LONG, "-1", "²")),
        f"/en/ledger-book/{'9' * 30}/", f"/api/v1/ledger/{LONG}/proof",
        f"/data/ocds/package/{LONG}.json", f"/tiles/sections/{'9' * 30}/1/1.mvt",
        "/tiles/sections/99/1/1.mvt", f"/ogc/collections/sections/items?limit={LONG}",
        "/ogc/collections/sections/items?bbox=nan,1,2,3", "/en/address/?lat=nan&lon=inf",
        "/en/projects/?sort=__class__", "/ledger/tile/../../ledger_private_key",
        "/ledger/tile/0/../../../ledger_private_key", "/data/../qaita.sqlite3",
        "/static/../secret_key", "/files/evidence/..%2f..%2fsecret_key.jpg",
        "/en/regions/55%0d%0aX-Evil:1/",
    ],
)  # fmt: skip
def test_no_question_breaks_the_site_or_leaves_its_folders(client, address):
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code < 500
    assert "X-Evil" not in answer.headers


def test_a_foreign_host_is_not_answered_and_never_stands_in_a_letter(client):
    person = make_person()
    Person.objects.filter(pk=person.pk).update(email="person@example.kz")
    MEMORY.sent.clear()
    words = {"email": "person@example.kz"}
    for header in ({"HTTP_HOST": EVIL}, {"HTTP_HOST": f"127.0.0.1@{EVIL}"}):
        assert client.get("/en/account/login/", **header).status_code == 400
        assert client.post("/en/account/password/reset/", words, **header).status_code == 400
    assert not MEMORY.sent
    client.post("/en/account/password/reset/", words, HTTP_X_FORWARDED_HOST=EVIL)
    (letter,) = MEMORY.sent
    assert EVIL not in letter.text and "/password/reset/key/" in letter.text


@pytest.mark.parametrize(
    "target", [f"https://{EVIL}/", f"//{EVIL}", f"/\\{EVIL}", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(client, target):
    words = {"login": make_person("sysadmin").username, "password": PASSWORD, "next": target}
    answer = client.post(f"/en/account/login/?next={target}", words)
    assert answer.status_code == 302
    assert EVIL not in answer["Location"] and "javascript" not in answer["Location"]


def test_a_session_from_before_is_not_the_session_after(client):
    client.get("/en/account/login/")
    client.session["x"] = 1
    client.session.save()
    before = client.cookies.get("sessionid")
    client.post(
        "/en/account/login/", {"login": make_person("sysadmin").username, "password": PASSWORD}
    )
    after = client.cookies["sessionid"]
    assert before is None or before.value != after.value
    assert after["httponly"] and after["samesite"] == "Lax"


def test_behind_tls_every_cookie_is_for_tls_alone(tmp_path):
    script = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT,"
        " s.SECURE_HSTS_SECONDS > 0)"
    )
    environment = {
        "PATH": "/usr/bin:/bin", "PYTHONPATH": "src", "QAITA_HTTPS": "1",
        "QAITA_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "qaita.config.settings",
    }  # fmt: skip
    root = all_settings.PROJECT
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=root, env=environment, capture_output=True, text=True
    )
    assert told.stdout.split() == ["True"] * 4, told.stderr


def test_guessing_tells_nobody_which_names_exist(client, settings):
    settings.AXES_FAILURE_LIMIT = 3
    make_person(username="known.name")
    pages = {}
    for name in ("known.name", "other.name"):
        answers = [
            client.post("/en/account/login/", {"login": name, "password": f"wrong {turn}"})
            for turn in range(4)
        ]
        pages[name] = [
            (
                one.status_code,
                re.sub(r"""value="[^"]*"|CSRFToken": "\w+""", "", one.content.decode()).replace(
                    name, ""
                ),
            )
            for one in answers
        ]
    known, other = pages.values()
    assert [status for status, _page in known] == [200, 200, 429, 429]
    assert known == other


def test_a_reset_for_an_unknown_address_looks_like_one_for_a_known(client):
    person = make_person()
    Person.objects.filter(pk=person.pk).update(email="person@example.kz")
    answers = [
        client.post("/en/account/password/reset/", {"email": email})
        for email in ("person@example.kz", "nobody@example.kz")
    ]
    assert {(one.status_code, one["Location"]) for one in answers} == {
        (302, "/en/account/password/reset/done/")
    }


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_one_time_code_opens_once_in_whatever_process(client):
    person, secret = make_person("sysadmin"), generate_totp_secret()
    TOTP.activate(person, secret)
    words = {"login": person.username, "password": PASSWORD}
    code = code_for(secret)
    client.post("/en/account/login/", words)
    assert client.post("/en/account/2fa/authenticate/", {"code": code})["Location"].endswith(
        "/desk/"
    )
    other = Client()
    other.post("/en/account/login/", words)
    again = other.post("/en/account/2fa/authenticate/", {"code": code})
    assert again.status_code == 200 and "_auth_user_id" not in other.session
    backend = all_settings.CACHES["default"]["BACKEND"]
    assert "locmem" not in backend, "two processes of one site must know the same codes"


def test_an_old_code_opens_nothing(client):
    person, secret = make_person("sysadmin"), generate_totp_secret()
    TOTP.activate(person, secret)
    client.post("/en/account/login/", {"login": person.username, "password": PASSWORD})
    counter = next(iter(yield_hotp_counters_from_time())) - 3
    code = format_hotp_value(hotp_value(secret, counter))
    assert client.post("/en/account/2fa/authenticate/", {"code": code}).status_code == 200
    assert "_auth_user_id" not in client.session


def invitation(person: Person) -> str:
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    key = default_token_generator.make_token(person)
    return f"/en/account/password/reset/key/{user_pk_to_url_str(person)}-{key}/"


def choose(link: str, password: str) -> bool:
    """Choose a password by a link; tell whether it was taken."""
    client = Client()
    page = client.get(link)
    if page.status_code != 302:
        return False
    words = {"password1": password, "password2": password}
    return client.post(page["Location"], words).status_code == 302


def test_an_invitation_opens_once_and_takes_no_weak_password():
    person = invite_person(NewPerson("aigerim.sarova"), by=SYSTEM, at=AT)
    link = invitation(person)
    for weak in ("short", "1234567890123", "password123", "aigerim.sarova"):
        assert not choose(link, weak), weak
    assert choose(link, "a reed bends in the wind")
    assert not choose(link, "somebody else chooses this")
    person.refresh_from_db()
    assert person.check_password("a reed bends in the wind")


def test_a_page_does_not_say_who_is_invited_by_an_invented_link(client):
    for link in ("/en/account/password/reset/key/1-set-password/",
                 "/en/account/password/reset/key/zzz-abc-def/"):  # fmt: skip
        assert client.get(link).status_code == 200
        assert not choose(link, "a reed bends in the wind")


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_an_entity_bomb_is_no_appeal(client, kind):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    answer = client.post(f"/open311/v2/requests.{kind}", bomb, content_type="text/xml")
    assert answer.status_code == 400
    assert not Appeal.objects.exists()


def test_every_page_of_accounts_answers_whoever_asks(client):
    client.raise_request_exception = False
    person = make_person("sysadmin")
    pages = [
        "signup/", "inactive/", "email/", "confirm-email/", "password/set/", "3rdparty/",
        "3rdparty/signup/", "3rdparty/login/error/", "3rdparty/login/cancelled/", "2fa/",
        "2fa/recovery-codes/", "2fa/recovery-codes/generate/", "login/code/confirm/",
    ]  # fmt: skip
    for who in (None, person):
        if who:
            client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        for page in pages:
            answer = client.get(f"/en/account/{page}")
            assert answer.status_code < 500, (who, page)
            assert b"style=" not in answer.content, page
