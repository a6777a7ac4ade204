import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from qaita.accounts.models import ApiKey, Membership, Organisation, Person
from qaita.accounts.queries import actor_with_key
from qaita.accounts.services import sign_document
from qaita.gateways.messages import MEMORY
from qaita.ledger.queries import timeline
from tests.accounts.make import AT, make_organisation, make_person, make_signatory
from tests.territory.make import make_region

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def address(name, *arguments):
    with override("en"):
        return reverse(f"accounts:{name}", args=arguments)


def signed_in(client, person):
    client.force_login(person, backend=BACKEND)
    return person


def test_an_administrator_invites_gives_and_takes(client, settings):
    settings.MAIL_URL = ""
    MEMORY.sent.clear()
    signed_in(client, make_person("sysadmin"))
    words = {"username": "new.person", "email": "new@example.kz", "language": "kk"}
    page = client.post(address("invite"), words).content.decode()
    link = re.search(r"http://testserver(/\S+?)<", page).group(1)
    assert link in MEMORY.sent[0].text
    assert Client().get(link, follow=True).status_code == 200
    person = Person.objects.get(username="new.person")
    organisation = make_organisation()
    role = {"role": "utility_engineer", "organisation": organisation.code, "region": ""}
    client.post(address("grant", person.code), role)
    assert person.memberships.get().organisation == organisation
    assert "Demo Water" in client.get(address("person", person.code)).content.decode()
    client.post(address("revoke", person.code), role)
    assert not person.memberships.exists()
    assert [m.action for m in timeline(person.code)] == ["invite", "grant", "revoke"]


@pytest.mark.parametrize("name", ["people", "invite", "organisations", "register"])
def test_pages_of_people_are_for_keepers(client, name):
    signed_in(client, make_person("auditor", make_organisation("audit")))
    assert client.get(address(name)).status_code == 403
    client.logout()
    assert client.get(address(name)).status_code == 302


def test_an_auditor_gives_no_roles(client):
    me = signed_in(client, make_person("auditor", make_organisation("audit")))
    other = make_person("sysadmin")
    for role in ("sysadmin", "no such role"):
        answer = client.post(address("grant", other.code), {"role": role, "organisation": ""})
        assert answer.status_code == 403
        assert other.username not in answer.content.decode()
    assert client.post(address("revoke", other.code), {"role": "sysadmin"}).status_code == 403
    assert client.get(address("person", me.code)).status_code == 403
    assert Membership.objects.count() == 2


def test_a_head_sees_and_gives_in_the_own_organisation_only(client):
    own, other = make_organisation(name="Own"), make_organisation(name="Other")
    signed_in(client, make_person("utility_head", own))
    stranger = make_person("utility_engineer", other)
    page = client.get(address("people")).content.decode()
    assert stranger.username not in page
    role = {"role": "utility_engineer", "organisation": other.code}
    refused = client.post(address("grant", stranger.code), role)
    assert refused.status_code == 422
    assert "Other" not in refused.content.decode(), "where a stranger works is not told"
    assert client.get(address("person", stranger.code)).status_code == 404


@pytest.mark.parametrize("role", ["programme_office", "sysadmin"])
def test_a_role_for_the_whole_country_is_not_narrowed_in_appearance(client, role):
    signed_in(client, make_person("sysadmin"))
    other, place = make_person(), make_organisation("programme_office")
    words = {"role": role, "organisation": place.code, "region": make_region().kato}
    answer = client.post(address("grant", other.code), words)
    assert answer.status_code == 422
    assert "for the whole country" in answer.content.decode()
    assert not other.memberships.exists()


def test_people_are_listed_in_few_queries(client, django_assert_max_num_queries):
    signed_in(client, make_person("sysadmin"))
    place = make_organisation("audit")
    for _turn in range(30):
        make_person("auditor", place)
    with django_assert_max_num_queries(14):
        client.get(address("people"))


def test_an_organisation_is_registered_or_refused_with_words(client):
    signed_in(client, make_person("programme_office", make_organisation("programme_office")))
    words = {"kind": "utility", "name_kk": "а", "name_ru": "б", "name_en": "c"}
    assert client.post(address("register"), {**words, "bin": "031140001298"}).status_code == 422
    assert client.post(address("register"), {**words, "bin": "031140001297"}).status_code == 302
    assert Organisation.objects.filter(bin="031140001297").exists()


def test_a_key_is_shown_once_and_revoked(client):
    me = signed_in(client, make_person("auditor", make_organisation("audit")))
    page = client.post(address("keys"), {"name": "x", "scopes": ["read"]})
    secret = re.search(r"qaita_[\w-]{40,}", page.content.decode()).group(0)
    assert "no-store" in page["Cache-Control"]
    assert actor_with_key(secret, "read", at=AT).code == me.code
    assert secret not in client.get(address("keys")).content.decode()
    client.post(address("revoke_key", ApiKey.objects.get().code))
    assert not actor_with_key(secret, "read", at=AT).grants


def test_another_ones_key_is_not_mine_to_revoke(client):
    signed_in(client, make_person())
    client.post(address("keys"), {"name": "x", "scopes": ["read"]})
    signed_in(client, make_person())
    key = ApiKey.objects.get()
    assert client.post(address("revoke_key", key.code)).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None


def test_signatures_of_a_thing_can_be_taken_away_and_checked(client):
    person, actor = make_signatory()
    row = sign_document("AC-1", b"document", None, role="utility_head", by=actor, at=AT)
    signed_in(client, make_person())
    for name, code in (
        ("signatures", "AC-1"),
        ("signature_file", row.code),
        ("document_file", row.code),
    ):
        assert client.get(address(name, code)).status_code == 403
    signed_in(client, person)
    page = client.get(address("signatures", "AC-1")).content.decode()
    assert person.code in page
    assert client.get(address("signature_file", row.code)).content == bytes(row.cms)
    assert client.get(address("document_file", row.code)).content == b"document"
    assert b"BEGIN CERTIFICATE" in client.get(address("roots_file")).content


def test_the_language_is_kept(client):
    me = signed_in(client, make_person())
    client.post(address("language"), {"language": "ru"})
    me.refresh_from_db()
    assert me.language == "ru"
