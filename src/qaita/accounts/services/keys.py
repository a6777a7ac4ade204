"""API keys: shown once, kept as a digest."""

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from qaita.accounts.errors import KEY_NAME_NEEDED, UNKNOWN_SCOPE
from qaita.accounts.models import ApiKey, Person
from qaita.accounts.queries import key_digest
from qaita.accounts.roles import API_SCOPES, is_keeper
from qaita.kernel.actor import Actor
from qaita.kernel.errors import NotYours, Wrong
from qaita.ledger.services import record

SECRET_BYTES = 32
PREFIX = "qaita_"


def make_api_key(
    person: Person, name: str, scopes: Collection[str], *, by: Actor, at: datetime
) -> tuple[ApiKey, str]:
    """Make a key for oneself; the second value is the secret, which nobody can show again."""
    if by.code != person.code:
        raise NotYours("api_key")
    if not name.strip():
        raise Wrong({"name": [KEY_NAME_NEEDED]})
    if not scopes or not set(scopes) <= set(API_SCOPES):
        raise Wrong({"scopes": [UNKNOWN_SCOPE]})
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        key = ApiKey.objects.create(
            person=person,
            name=name.strip()[:80],
            digest=key_digest(secret),
            scopes=sorted(scopes),
            made_at=at,
        )
        record("api_key.make", key.code, by=by, at=at, facts={"scopes": key.scopes})
    return key, secret


def revoke_api_key(key: ApiKey, *, by: Actor, at: datetime) -> ApiKey:
    """Make the key useless at once; doing it twice changes nothing."""
    if by.code != key.person.code and not is_keeper(by):
        raise NotYours("api_key")
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
            record("api_key.revoke", key.code, by=by, at=at)
            key.revoked_at = at
    return key
