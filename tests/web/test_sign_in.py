import re

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import override

from qaita.accounts.queries import actor_of
from qaita.accounts.services import choose_language, make_demo_people
from qaita.kernel.actor import SYSTEM
from tests.accounts.make import AT, PASSWORD, make_organisation, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted():
    """Forget how often this address has knocked."""
    cache.clear()


def address(name, *arguments, language="ru"):
    with override(language):
        return reverse(name, args=arguments)


def sign_in(client, person, password=PASSWORD, language="ru"):
    words = {"login": person.username, "password": password}
    return client.post(address("account_login", language=language), words)


def text_of(answer):
    return answer.content.decode()


def test_the_desk_asks_strangers_to_sign_in(client):
    answer = client.get(address("desk:home"))
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]


def test_a_person_signs_in_and_reads_in_the_chosen_language(client):
    person = make_person("auditor", make_organisation("audit"))
    choose_language(person, "en")
    answer = sign_in(client, person)
    assert answer["Location"] == "/en/desk/"
    page = text_of(client.get("/en/desk/"))
    assert "Follow any tenge" in page
    assert "Успешный вход" not in page, "nothing is said in the language of the sign-in page"


def test_a_wrong_password_opens_nothing(client):
    person = make_person()
    answer = sign_in(client, person, "wrong")
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("language", "words"), [("kk", "Сәл күте тұрыңыз"), ("ru", "Подождите"), ("en", "Please wait")]
)
def test_guessing_ends_with_a_kind_sentence(client, settings, language, words):
    settings.AXES_FAILURE_LIMIT = 3
    person = make_person()
    for _turn in range(3):
        answer = sign_in(client, person, "wrong", language)
    assert answer.status_code == 429
    assert words in text_of(answer)
    assert sign_in(client, person, PASSWORD, language).status_code == 429


def test_nobody_registers_himself(client):
    answer = client.post(address("account_signup"), {"username": "me", "password1": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert answer.status_code in {200, 302, 403, 404}
    assert not type(make_person()).objects.filter(username="me").exists()


def test_demonstration_sign_ins_are_shown_only_when_it_is_loaded(client):
    page = address("account_login")
    assert "demo-" not in text_of(client.get(page))
    demo = make_demo_people(since=AT, by=SYSTEM, at=AT)
    shown = text_of(client.get(page))
    assert demo.password in shown
    assert all(one.username in shown for one in demo.people)


def code_for(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_a_second_factor_is_set_up_and_then_asked(client):
    person = make_person("sysadmin")
    sign_in(client, person)
    page = address("mfa_activate_totp")
    asked = client.get(page)
    assert "/account/reauthenticate/" in asked["Location"]
    client.post(asked["Location"], {"password": PASSWORD})
    secret = re.search(r'id="authenticator_secret"[^>]*value="(\w+)"', text_of(client.get(page)))
    client.post(page, {"code": code_for(secret.group(1))})
    client.logout()
    answer = sign_in(client, person)
    assert answer["Location"].endswith("/account/2fa/authenticate/")
    assert client.get(address("desk:home")).status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_of_sign_in_is_there_in_three_languages(client, language):
    for name in ("account_login", "account_reset_password"):
        assert client.get(address(name, language=language)).status_code == 200
    sign_in(client, make_person("auditor", make_organisation("audit")))
    again = address("account_reauthenticate", language=language)
    assert client.get(again).status_code == 200
    client.post(again, {"password": PASSWORD})
    for name in ("mfa_index", "account_change_password", "account_logout", "mfa_activate_totp"):
        answer = client.get(address(name, language=language))
        assert answer.status_code == 200, name
        assert b"style=" not in answer.content


def test_the_roles_of_the_demonstration_all_have_a_home(client):
    for one in make_demo_people(since=AT, by=SYSTEM, at=AT).people:
        client.force_login(one.person, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(address("desk:home"))
        assert answer.status_code == 200
        assert re.search("q-(empty|queue)", text_of(answer)), one.role
    assert actor_of(one.person).roles
