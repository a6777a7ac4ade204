from datetime import timedelta

import pytest

from qaita.accounts.models import ApiKey
from qaita.accounts.queries import actor_of, actor_with_key
from qaita.accounts.services import make_api_key, revoke_api_key
from qaita.kernel.actor import NOBODY, SYSTEM
from qaita.kernel.errors import NotYours, Wrong
from qaita.ledger.models import Entry
from tests.accounts.make import AT, make_organisation, make_person

pytestmark = pytest.mark.django_db


def make_key(scopes=("readings",)):
    person = make_person("utility_engineer", make_organisation())
    key, secret = make_api_key(person, "meters", scopes, by=actor_of(person), at=AT)
    return person, key, secret


def test_a_program_acts_as_its_person_within_the_scope():
    person, _key, secret = make_key()
    assert actor_with_key(secret, "readings", at=AT) == actor_of(person)
    assert actor_with_key(secret, "works", at=AT) == NOBODY
    assert actor_with_key(secret + "x", "readings", at=AT) == NOBODY


def test_the_secret_is_kept_nowhere():
    _person, key, secret = make_key()
    kept = str(list(ApiKey.objects.values())) + "".join(e.leaf for e in Entry.objects.all())
    assert secret not in kept
    assert key.code in kept


def test_a_revoked_key_opens_nothing():
    person, key, secret = make_key()
    revoke_api_key(key, by=actor_of(person), at=AT)
    revoke_api_key(key, by=actor_of(person), at=AT)
    assert actor_with_key(secret, "readings", at=AT) == NOBODY
    assert Entry.objects.filter(kind="api_key.revoke").count() == 1


def test_an_expired_key_and_one_of_somebody_switched_off_open_nothing():
    person, key, secret = make_key()
    ApiKey.objects.filter(pk=key.pk).update(expires_at=AT)
    assert actor_with_key(secret, "readings", at=AT - timedelta(seconds=1)).code == person.code
    assert actor_with_key(secret, "readings", at=AT) == NOBODY
    ApiKey.objects.filter(pk=key.pk).update(expires_at=None)
    type(person).objects.update(is_active=False)
    assert actor_with_key(secret, "readings", at=AT) == NOBODY


def test_keys_are_made_for_oneself_with_a_name_and_known_scopes():
    person = make_person()
    for by in (NOBODY, SYSTEM):
        with pytest.raises(NotYours):
            make_api_key(person, "x", ["read"], by=by, at=AT)
    for name, scopes in ((" ", ["read"]), ("x", []), ("x", ["everything"])):
        with pytest.raises(Wrong):
            make_api_key(person, name, scopes, by=actor_of(person), at=AT)


def test_a_stranger_cannot_revoke_a_key_but_a_keeper_can():
    _person, key, _secret = make_key()
    with pytest.raises(NotYours):
        revoke_api_key(key, by=NOBODY, at=AT)
    assert revoke_api_key(key, by=SYSTEM, at=AT).revoked_at == AT
