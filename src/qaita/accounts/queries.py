"""Questions about people, organisations and roles."""

import hashlib
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from django.db.models import QuerySet

from qaita.accounts.authority import trusted_roots
from qaita.accounts.models import (
    ApiKey,
    Certificate,
    Membership,
    Organisation,
    Person,
    Signature,
)
from qaita.accounts.roles import ROLES, is_keeper
from qaita.kernel.actor import ANYONE, NOBODY, Actor, Grant
from qaita.kernel.errors import Missing


def actor_of(person: Person) -> Actor:
    """Return the actor a signed-in person is: one grant per membership."""
    if not person.is_active:
        return NOBODY
    rows = person.memberships.values_list("role", "organisation__code", "region__kato")
    return Actor(
        person.code,
        frozenset(Grant(role, place or ANYONE, kato or ANYONE) for role, place, kato in rows),
    )


def get_organisation(code: str) -> Organisation:
    """Return exactly one organisation by its code, or raise Missing."""
    try:
        return Organisation.objects.get(code=code)
    except Organisation.DoesNotExist:
        raise Missing("organisation", code) from None


def get_person(code: str) -> Person:
    """Return exactly one person by the public code, or raise Missing."""
    try:
        return Person.objects.get(code=code)
    except Person.DoesNotExist:
        raise Missing("person", code) from None


def signatures_of(subject_code: str) -> QuerySet[Signature]:
    """Return the signatures over the documents of a thing, oldest first."""
    rows = Signature.objects.filter(subject_code=subject_code)
    return rows.select_related("certificate", "person").order_by("at", "id")


def certificates_of(person: Person) -> QuerySet[Certificate]:
    """Return a person's certificates, newest first."""
    return person.certificates.order_by("-starts_at", "code")


def key_digest(secret: str) -> str:
    """Return what is kept of a key; its 256 random bits need no slow hashing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_with_key(secret: str, scope: str, *, at: datetime) -> Actor:
    """Return the actor a program with this key is, or NOBODY when the key does not reach."""
    keys = ApiKey.objects.select_related("person").filter(revoked_at=None)
    key = keys.filter(digest=key_digest(secret)).first()
    if key is None or scope not in key.scopes:
        return NOBODY
    if key.expires_at is not None and key.expires_at <= at:
        return NOBODY
    return actor_of(key.person)


def demo_sign_ins() -> list[tuple[str, str]]:
    """Return sign-in name and role of the demonstration's people; empty without one."""
    rows = Membership.objects.filter(
        organisation__is_demonstration=True, person__username__startswith="demo-"
    )
    found = rows.values_list("person__username", "role")
    order = list(ROLES)
    return sorted(found, key=lambda pair: (order.index(pair[1]), pair[0]))


def people_seen_by(actor: Actor) -> QuerySet[Person]:
    """Return the people whose roles the actor may see: keepers all, heads their own."""
    if is_keeper(actor):
        return Person.objects.order_by("username")
    own = actor.organisations("utility_head")
    rows = Person.objects.filter(memberships__organisation__code__in=own)
    return rows.distinct().order_by("username")


def organisations_kept_by(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations in which the actor may give roles."""
    if is_keeper(actor):
        return Organisation.objects.all()
    return Organisation.objects.filter(code__in=actor.organisations("utility_head"))


def may_see_people(actor: Actor) -> bool:
    """Tell whether the actor keeps people anywhere."""
    return is_keeper(actor) or actor.has("utility_head")


def trusted_roots_pem() -> bytes:
    """Return the root certificates signatures are checked against, as PEM."""
    return b"".join(root.public_bytes(Encoding.PEM) for root in trusted_roots())
